"""Says until when a unit may hang at a place, and from when on everybody is told that it still does. Pure."""

from datetime import date

from controlroom.clock import show_day
from controlroom.deployments import dates
from controlroom.deployments.deployments.records import Alert, Deployment, DeploymentState
from controlroom.deployments.deployments.rules import UP
from controlroom.deployments.input_checks import check_near
from controlroom.errors import InvalidInput


def last_day_up(each: Deployment) -> date | None:
    """The last day the unit may hang there; None while it does not hang.

    A removal order counts where it is earlier than the last period, and after it only by a decision.
    """
    if each.state not in UP:
        return None
    if each.state is DeploymentState.INSTALLED:
        return each.stays_to
    if each.state is DeploymentState.ENDING and each.remove_by is not None:
        decided = each.removal_decision_id is not None or each.ends_on is None
        return each.remove_by if decided else min(each.remove_by, each.ends_on or each.remove_by)
    return each.ends_on


def alerts_since(each: Deployment) -> date | None:
    """The first day on which everybody is told: the day after its last one, or the day its chair's action ended."""
    if each.state is DeploymentState.ENDING and each.chair_ended_on is not None:
        return each.chair_ended_on
    last = last_day_up(each)
    return dates.day_of_period(last, 2) if last is not None else None


def to_be_told(each: Deployment, today: date) -> bool:
    """True for a unit that is up past its last day, or on a chair's action that ended: an alert every day."""
    since = alerts_since(each)
    return since is not None and since <= today


def alert(each: Deployment, today: date) -> Alert:
    """The day's alert, in words for whoever has to decide or take down."""
    last = last_day_up(each) or today
    past = (today - (each.chair_ended_on or last)).days
    why = ""
    if each.state is DeploymentState.ENDING and each.chair_ended_on is not None:
        why = f"the chair's action ended on {show_day(each.chair_ended_on)}, take it down by {show_day(last)}"
    elif each.state is DeploymentState.ENDING:
        why = f"was to be removed by {show_day(last)} and is still up"
    elif each.state is DeploymentState.INSTALLED:
        why = f"hangs past its time, which was over on {show_day(last)}"
    return Alert(each.id, each.reference, each.asset, each.place, today, past, why)


def check_removal_day(by: date | None, latest: date | None, today: date, remedy: str) -> None:
    """Raise InvalidInput for a day to take a unit down that is past, or later than the `latest` one it may stand.

    Where that one is past itself, it is the only day.
    """
    if by is None or latest is None:
        return
    check_near(by, today, field="by")
    if by > latest:
        raise InvalidInput(f"It may stand until {show_day(latest)}.", remedy=remedy)
    if by < min(latest, today):
        raise InvalidInput(f"{show_day(by)} is past.", remedy="Choose today or a later day.")
