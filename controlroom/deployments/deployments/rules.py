"""Pure rules of deployments (rule 2, docs/rules.md): their road, what each step asks for, and how one stands today."""

from collections.abc import Mapping, Sequence
from datetime import date

from controlroom.clock import local_date, show_day
from controlroom.deployments import dates
from controlroom.deployments.deployments.records import (
    Deployment,
    DeploymentState,
    Dpia,
    Period,
    Standing,
    Step,
)
from controlroom.errors import InvalidInput, RuleBroken

_S = DeploymentState
ROAD: Mapping[DeploymentState, frozenset[DeploymentState]] = {
    _S.PLANNED: frozenset({_S.SURVEYED, _S.ABORTED}),
    _S.SURVEYED: frozenset({_S.SCHEDULED, _S.ABORTED}),
    _S.SCHEDULED: frozenset({_S.INSTALLED, _S.ABORTED}),
    _S.INSTALLED: frozenset({_S.LIVE, _S.ABORTED}),
    _S.LIVE: frozenset({_S.REVIEW_DUE, _S.SUSPENDED}),
    _S.REVIEW_DUE: frozenset({_S.EXTENDED, _S.ENDING, _S.SUSPENDED}),
    # Extended: decided, the further period has not begun; it is live again when that begins.
    _S.EXTENDED: frozenset({_S.LIVE, _S.SUSPENDED}),
    _S.SUSPENDED: frozenset({_S.LIVE, _S.REVIEW_DUE, _S.EXTENDED, _S.ENDING}),
    _S.ENDING: frozenset({_S.REMOVED}),
    _S.REMOVED: frozenset({_S.EVALUATED}),
    _S.EVALUATED: frozenset({_S.CLOSED}),
    _S.CLOSED: frozenset(),
    _S.ABORTED: frozenset(),
}
BEFORE_INSTALLED = frozenset({_S.PLANNED, _S.SURVEYED, _S.SCHEDULED})
TO_LIVE = BEFORE_INSTALLED | {_S.INSTALLED}
UP = frozenset({_S.INSTALLED, _S.LIVE, _S.REVIEW_DUE, _S.EXTENDED, _S.SUSPENDED, _S.ENDING})
# The clock runs, and someone has to decide before it runs out.
RUNNING = frozenset({_S.LIVE, _S.REVIEW_DUE, _S.EXTENDED, _S.SUSPENDED})
OVER = frozenset({_S.REMOVED, _S.EVALUATED, _S.CLOSED})


def check_move(reference: str, here: DeploymentState, there: DeploymentState) -> None:
    """Raise RuleBroken unless a deployment can go from `here` to `there`."""
    if there not in ROAD[here]:
        raise RuleBroken(f"{reference} is {here}: it cannot become {there} now.")


def steps(deployment: Deployment) -> tuple[Step, ...]:
    """The checklist to a live camera, in the order of the work."""
    each = deployment
    approval = each.approval
    scheduled = each.install_on is not None and bool(each.asset)
    return (
        Step("Site survey", each.survey_on is not None, _on(each.survey_on)),
        Step("DPIA passed", each.dpia is Dpia.PASSED, f"{each.dpia_reference} {_on(each.dpia_on)}".strip()),
        Step("JAG decision", approval is not None, f"{approval.taken_by}" if approval else ""),
        Step("Scheduled", scheduled, f"{each.asset} {_on(each.install_on)}" if scheduled else ""),
        Step("Installed", each.installed_on is not None, _on(each.installed_on)),
        Step("Signs up", each.signs_up_on is not None, _on(each.signs_up_on)),
        Step(
            "Test image",
            bool(each.test_image),
            _on(local_date(each.test_image_at) if each.test_image_at else None),
        ),
        Step("Live", each.live_on is not None, _on(each.live_on)),
    )


def lacks_for_schedule(deployment: Deployment) -> str:
    """Why no unit and day can be fixed yet; empty when they can."""
    return _joined(
        (deployment.survey_on is None, "the site survey"),
        (deployment.dpia is not Dpia.PASSED, "a passed DPIA"),
        (deployment.approval is None, "a JAG decision in force"),
    )


def lacks_for_install(deployment: Deployment) -> str:
    """Why the unit may not be put up; empty when it may."""
    return _joined(
        (deployment.approval is None, "a JAG decision in force"),
        (deployment.dpia is not Dpia.PASSED, "a passed DPIA"),
        (deployment.unit_id is None or deployment.install_on is None, "a unit and a day"),
    )


def lacks_for_live(deployment: Deployment) -> str:
    """Why it may not go live; empty when it may."""
    return _joined(
        (deployment.approval is None, "a JAG decision in force"),
        (deployment.signs_up_on is None, "the signs"),
        (not deployment.test_image, "a test image"),
    )


def check_recordable(deployment: Deployment, states: frozenset[DeploymentState], what: str) -> None:
    """Raise RuleBroken unless the deployment is in one of the states in which `what` can be recorded."""
    if deployment.state not in states:
        raise RuleBroken(f"{deployment.reference} is {deployment.state}: {what} cannot be recorded now.")


def check_removal_day(by: date | None, ends_on: date | None, today: date) -> None:
    """Raise InvalidInput for a day to take a unit down that is past, or later than the day it may stand until."""
    if by is not None and by < today:
        raise InvalidInput(f"{show_day(by)} is past.", remedy="Choose today or a later day.")
    if by is not None and ends_on is not None and by > ends_on >= today:
        raise InvalidInput(
            f"It may stand until {show_day(ends_on)}.", remedy="Choose that day or an earlier one."
        )


def check_lacking(what: str, lacking: str) -> None:
    """Raise RuleBroken when something is lacking."""
    if lacking:
        raise RuleBroken(
            f"{what} is refused: {lacking} is missing.", remedy="The checklist shows what to do next."
        )


def check_stay(
    stay: tuple[date, date | None], others: Sequence[tuple[str, date, date | None]], asset: str
) -> None:
    """Raise RuleBroken when `stay` (days inclusive) shares a day with another stay (title, first, last) of the unit."""
    for title, first, last in others:
        if dates.overlap(stay, (first, last)):
            until = f"until {show_day(last)}" if last else "with no end fixed"
            raise RuleBroken(
                f"{asset} cannot be in two places: {title} has it from {show_day(first)} {until}.",
                remedy="Choose another unit or another day, or move the other deployment first.",
            )


def standing(
    state: DeploymentState, ends_on: date | None, review_due_on: date | None, today: date
) -> Standing:
    """How a deployment looks today, its state and the calendar together."""
    if state is _S.ABORTED:
        return Standing.ABORTED
    if state in OVER:
        return Standing.PAST
    if state in {_S.PLANNED, _S.SURVEYED}:
        return Standing.PLANNED
    if state in {_S.SCHEDULED, _S.INSTALLED}:
        return Standing.DECIDED
    if state is _S.ENDING:
        return Standing.ENDING
    if past_end(state, ends_on, today):
        return Standing.PAST_END
    if state is _S.SUSPENDED:
        return Standing.SUSPENDED
    if state is _S.LIVE and review_due_on is not None and review_due_on <= today:
        return Standing.REVIEW_DUE
    return Standing.REVIEW_DUE if state is _S.REVIEW_DUE else Standing.LIVE


def past_end(state: DeploymentState, ends_on: date | None, today: date) -> bool:
    """True for a running deployment whose last day is over and for which nobody has decided."""
    return state in RUNNING and ends_on is not None and ends_on < today


def running_state(periods: Sequence[Period], review_due_on: date | None, today: date) -> DeploymentState:
    """The state the calendar gives a deployment that runs: extended before its newest period, then live, then due."""
    if len(periods) > 1 and today < periods[-1].starts_on:
        return _S.EXTENDED
    return _S.REVIEW_DUE if review_due_on is not None and review_due_on <= today else _S.LIVE


def next_period(periods: Sequence[Period], months: int, today: date) -> Period:
    """The further period an extension gives: it begins the day after the last one, whenever it is decided."""
    last = periods[-1]
    start = dates.day_of_period(last.ends_on, 2)
    period = Period(last.number + 1, start, dates.last_day(start, months))
    if period.ends_on < today:
        raise RuleBroken(
            f"An extension would end on {show_day(period.ends_on)}, which is past.",
            remedy="Order the removal, and bid anew if the camera is still needed.",
        )
    return period


def _on(day: date | None) -> str:
    return show_day(day) if day else ""


def _joined(*lacking: tuple[bool, str]) -> str:
    return " and ".join(words for absent, words in lacking if absent)
