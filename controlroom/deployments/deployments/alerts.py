"""Raises the daily alert for units that are up past their last day, and does what the calendar decides by itself."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.audit.act import SYSTEM, Act
from controlroom.clock import local_date
from controlroom.database.people import acts_for_the_room
from controlroom.database.unit_of_work import Database
from controlroom.deployments.deployments import ends, rules
from controlroom.deployments.deployments.queries import load, periods_of, review_due_on
from controlroom.deployments.deployments.records import Alert, Deployment, DeploymentState
from controlroom.deployments.deployments.tables import AlertRow, DeploymentRow
from controlroom.deployments.deployments.work import follow_calendar, raise_alert
from controlroom.deployments.jag import Jag
from controlroom.deployments.policy import Policy

_S = DeploymentState
_UP = select(DeploymentRow).where(DeploymentRow.state.in_(sorted(rules.UP))).order_by(DeploymentRow.id)


class AlertService:
    """Raises what has to be decided or taken down, every day until it is."""

    def __init__(self, database: Database, policy: Policy, jag: Jag) -> None:
        self._database, self._policy, self._jag = database, policy, jag

    def raise_due(self, today: date | None = None) -> list[Alert]:
        """Raise the day's alert for every unit that is up past its last day; return those, longest past first.

        Alerts are rows, not worked out when read: that the room was told on a day has to be provable after somebody
        decided. Raising is idempotent (one a day and deployment, held by the database), and a day on which nothing
        ran is not invented afterwards. What is decided meanwhile is no longer returned. The calendar's own moves
        (live to review due, extended to live, the end of a chair's action no meeting answered in time) are made in
        the same transaction. Nobody's permission is asked: the clock acts, under the name Control Room: on a server in
        the recorder, while desks only show what is due.
        """
        days = self._policy.chair_action_days
        with self._database.read() as session:
            day = today or local_date(self._database.clock.now())
            up = load(session, session.scalars(_UP), self._policy, self._jag, day)
            told = _told(session, day)
            over = self._jag.chair_ended(session, day, days)
            nothing_due = not over and not any(_due(each, day, told) for each in up)
            if nothing_due or not acts_for_the_room(self._database.engine):
                return _alerts(up, day)
        with self._database.write() as work:
            act = Act.now(work, SYSTEM)
            if day == act.today:
                self._follow_calendar(act)
            rows = {row.id: row for row in work.session.scalars(_UP.with_for_update())}
            up = load(work.session, rows.values(), self._policy, self._jag, day)
            told = _told(work.session, day)
            for alert in _alerts(up, day):
                if alert.deployment_id not in told:
                    raise_alert(act, rows[alert.deployment_id], alert)
            return _alerts(up, day)

    def _follow_calendar(self, act: Act) -> None:
        """Make the moves that the calendar makes by itself."""
        self._jag.end_chairs_actions(act, self._policy.chair_action_days)
        calendar = self._jag.calendar(act.session)
        for row in act.session.scalars(_UP.with_for_update()).all():
            if row.state in rules.RUNNING:
                follow_calendar(act, row, review_due_on(periods_of(row), calendar, self._policy))
        act.session.flush()


def _due(each: Deployment, day: date, told: set[int]) -> bool:
    """True when an alert has to be raised, or the calendar moves the deployment."""
    if ends.to_be_told(each, day) and each.id not in told:
        return True
    moves = each.state in {_S.EXTENDED, _S.LIVE}
    return moves and rules.running_state(each.periods, each.review_due_on, day) is not each.state


def _alerts(up: list[Deployment], day: date) -> list[Alert]:
    found = [ends.alert(each, day) for each in up if ends.to_be_told(each, day)]
    return sorted(found, key=lambda alert: (-alert.days_past, alert.reference))


def _told(session: Session, day: date) -> set[int]:
    return set(session.scalars(select(AlertRow.deployment_id).filter_by(day=day)))
