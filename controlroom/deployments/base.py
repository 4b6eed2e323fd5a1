"""What every use case of deployments shares: the database, the policy, and London's today."""

from datetime import date, datetime

from controlroom.clock import local_date, show_day
from controlroom.database.unit_of_work import Database, Work
from controlroom.deployments.loading import get_row, load_one
from controlroom.deployments.policy import Policy
from controlroom.deployments.records import Deployment
from controlroom.deployments.tables import DeploymentRow
from controlroom.errors import InvalidInput


class DeploymentBase:
    """Holds the database and the borough's policy."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy

    @property
    def policy(self) -> Policy:
        """The borough's choices: partners, objectives, weights, periods."""
        return self._policy

    def today(self) -> date:
        """The day in London."""
        return local_date(self._database.clock.now())

    def _load(self, work: Work, deployment_id: int) -> tuple[DeploymentRow, Deployment]:
        """The locked row and what it says today."""
        row = get_row(work.session, deployment_id, lock=True)
        return row, load_one(work.session, row, self._policy, local_date(work.now))

    def _again(self, work: Work, row: DeploymentRow) -> Deployment:
        """The record after a change."""
        work.session.flush()
        return load_one(work.session, row, self._policy, local_date(work.now))


def day_done(on: date | None, now: datetime, *, not_before: date | None, what: str) -> date:
    """The day something was done: `on` or today. Raises InvalidInput for a day to come or before it was possible."""
    today = local_date(now)
    day = on or today
    if day > today:
        raise InvalidInput(
            f"{what} on {show_day(day)} has not happened yet.", remedy="Enter it when it is done."
        )
    if not_before is not None and day < not_before:
        raise InvalidInput(f"{what} cannot be before {show_day(not_before)}.", remedy="Correct the day.")
    return day


def needed(text: str, question: str) -> str:
    """`text` without blanks at its ends; raises InvalidInput asking `question` when nothing is left."""
    if not text.strip():
        raise InvalidInput(question, remedy="Say it in a few words.")
    return text.strip()
