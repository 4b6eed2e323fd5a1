"""What can be done with a deployment now, and what stands in the way: pure, read by its record and its page."""

from datetime import date

from controlroom.clock import show_day
from controlroom.deployments.actions import ActionNow
from controlroom.deployments.dates import add_months
from controlroom.deployments.deployments import rules
from controlroom.deployments.deployments.records import Deployment, DeploymentAction, DeploymentState, Dpia

_A, _S = DeploymentAction, DeploymentState


def actions(
    deployment: Deployment, today: date, *, next_meeting: date | None, evaluation_months: int
) -> tuple[ActionNow, ...]:
    """The actions of the deployment's state, the most fitting first."""
    state = deployment.state
    if state in {_S.PLANNED, _S.SURVEYED}:
        return _towards_schedule(deployment)
    if state is _S.SCHEDULED:
        return (
            ActionNow(_A.INSTALL, _wanting(rules.lacks_for_install(deployment))),
            ActionNow(_A.SCHEDULE),
            ActionNow(_A.DPIA),
            ActionNow(_A.ABORT),
        )
    if state is _S.INSTALLED:
        return _towards_live(deployment)
    if state in rules.RUNNING:
        return _running(deployment, today, next_meeting)
    if state is _S.ENDING:
        return (ActionNow(_A.REMOVE),)
    if state is _S.REMOVED and deployment.removed_on is not None:
        due = add_months(deployment.removed_on, evaluation_months)
        early = f"The evaluation is due on {show_day(due)}." if today < due else ""
        return (ActionNow(_A.EVALUATE, early),)
    return (ActionNow(_A.CLOSE),) if state is _S.EVALUATED else ()


def _towards_schedule(deployment: Deployment) -> tuple[ActionNow, ...]:
    offered: list[ActionNow] = []
    if deployment.survey_on is None:
        offered.append(ActionNow(_A.SURVEY))
    if deployment.dpia is not Dpia.PASSED:
        offered.append(ActionNow(_A.DPIA))
    schedule = ActionNow(_A.SCHEDULE, _wanting(rules.lacks_for_schedule(deployment)))
    offered.insert(0 if schedule.ready else len(offered), schedule)
    return (*offered, ActionNow(_A.ABORT))


def _towards_live(deployment: Deployment) -> tuple[ActionNow, ...]:
    offered: list[ActionNow] = []
    if deployment.signs_up_on is None:
        offered.append(ActionNow(_A.SIGNS))
    if not deployment.test_image:
        offered.append(ActionNow(_A.TEST_IMAGE))
    live = ActionNow(_A.GO_LIVE, _wanting(rules.lacks_for_live(deployment)))
    offered.insert(0 if live.ready else len(offered), live)
    return (*offered, ActionNow(_A.ABORT))


def _running(deployment: Deployment, today: date, next_meeting: date | None) -> tuple[ActionNow, ...]:
    state = deployment.state
    no_meeting = "" if next_meeting else "No meeting is planned."
    day = deployment.tabled_for
    tabled = f"On the agenda of {show_day(day)}." if day is not None and day >= today else ""
    offered: list[ActionNow] = []
    if state is _S.SUSPENDED:
        offered.append(ActionNow(_A.RESUME))
    if state is not _S.EXTENDED:
        offered.append(ActionNow(_A.TAKE_TO_JAG, no_meeting or tabled))
    offered.append(ActionNow(_A.ORDER_REMOVAL))
    if state is not _S.EXTENDED:
        offered.append(ActionNow(_A.CHAIR_EXTENDS, no_meeting))
    if state is _S.LIVE:
        offered.insert(0, ActionNow(_A.START_REVIEW))
    if state is not _S.SUSPENDED:
        offered.append(ActionNow(_A.SUSPEND))
    return tuple(offered)


def _wanting(lacking: str) -> str:
    return f"Still missing is {lacking}." if lacking else ""
