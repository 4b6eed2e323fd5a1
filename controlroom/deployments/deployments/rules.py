"""Rules of deployments (rule 2, docs/rules.md): their states, what each step needs, what can be done now. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from controlroom.clock import show_day
from controlroom.deployments import dates
from controlroom.deployments.bids.records import ActionNow
from controlroom.deployments.deployments.records import (
    CheckKind,
    Deployment,
    DeploymentAction,
    DeploymentState,
    DeploymentStep,
    Period,
    Standing,
)
from controlroom.errors import RuleBroken

_A, _S = DeploymentAction, DeploymentState
ROAD: Mapping[DeploymentState, frozenset[DeploymentState]] = {
    _S.PLANNED: frozenset({_S.SURVEYED, _S.ABORTED}),
    _S.SURVEYED: frozenset({_S.SCHEDULED, _S.ABORTED}),
    _S.SCHEDULED: frozenset({_S.INSTALLED, _S.ABORTED}),
    # To ending without a review: the chair's action it stands on is over.
    _S.INSTALLED: frozenset({_S.LIVE, _S.ENDING, _S.ABORTED}),
    _S.LIVE: frozenset({_S.REVIEW_DUE, _S.ENDING, _S.SUSPENDED}),
    _S.REVIEW_DUE: frozenset({_S.EXTENDED, _S.ENDING, _S.SUSPENDED}),
    # Extended: decided, the further period has not begun; it is live again when that begins.
    _S.EXTENDED: frozenset({_S.LIVE, _S.ENDING, _S.SUSPENDED}),
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
# The period is running, and someone has to decide before it ends.
RUNNING = frozenset({_S.LIVE, _S.REVIEW_DUE, _S.EXTENDED, _S.SUSPENDED})
OVER = frozenset({_S.REMOVED, _S.EVALUATED, _S.CLOSED})
# What has to be there before an action, as it is named where it is missing.
_SURVEY, _DPIA, _DECISION = "the site survey", "a passed DPIA", "a JAG decision in force"
_UNIT, _SIGNS, _IMAGE = "a unit and a day", "the signs", "a test picture"
NEEDED = {
    _A.SCHEDULE: (_SURVEY, _DPIA, _DECISION),
    _A.INSTALL: (_DECISION, _SURVEY, _DPIA, _UNIT),
    _A.GO_LIVE: (_DECISION, _SURVEY, _DPIA, _SIGNS, _IMAGE),
    _A.RESUME: (_DECISION,),
}
# By check: the action that records it.
_STEP = {
    CheckKind.SURVEY: _A.SURVEY,
    CheckKind.DPIA: _A.DPIA,
    CheckKind.SIGNS: _A.SIGNS,
    CheckKind.PICTURE: _A.TEST_IMAGE,
}


def check_move(reference: str, here: DeploymentState, there: DeploymentState) -> None:
    """Raise RuleBroken unless a deployment can go from `here` to `there`."""
    if there not in ROAD[here]:
        raise RuleBroken(f"{reference} is {here}: it cannot become {there} now.")


def steps(deployment: Deployment) -> tuple[DeploymentStep, ...]:
    """The checklist to a live camera, in the order of the work."""
    each = deployment
    approval = each.approval
    checked = {kind: _checked(each, kind) for kind in CheckKind}
    scheduled = each.install_on is not None and bool(each.asset)
    return (
        checked[CheckKind.SURVEY],
        checked[CheckKind.DPIA],
        DeploymentStep("JAG decision", approval is not None, f"{approval.taken_by}" if approval else ""),
        DeploymentStep("Scheduled", scheduled, f"{each.asset} {_on(each.install_on)}" if scheduled else ""),
        DeploymentStep("Installed", each.installed_on is not None, _on(each.installed_on)),
        checked[CheckKind.SIGNS],
        checked[CheckKind.PICTURE],
        DeploymentStep("Live", each.live_on is not None, _on(each.live_on)),
    )


def lacking(each: Deployment, action: DeploymentAction) -> str:
    """What an action needs and the deployment does not have yet, in words; empty when nothing is missing."""
    present = {
        _SURVEY: each.passed(CheckKind.SURVEY),
        _DPIA: each.passed(CheckKind.DPIA),
        _DECISION: each.approval is not None,
        _UNIT: each.unit_id is not None and each.install_on is not None,
        _SIGNS: each.passed(CheckKind.SIGNS),
        _IMAGE: each.passed(CheckKind.PICTURE),
    }
    return " and ".join(what for what in NEEDED.get(action, ()) if not present[what])


def check_nothing_lacking(what: str, each: Deployment, action: DeploymentAction) -> None:
    """Raise RuleBroken when something the action needs is missing."""
    if missing := lacking(each, action):
        raise RuleBroken(
            f"{what} is refused: {missing} is missing.", remedy="The checklist shows what to do next."
        )


def check_recordable(deployment: Deployment, states: frozenset[DeploymentState], what: str) -> None:
    """Raise RuleBroken unless the deployment is in one of the states in which `what` can be recorded."""
    if deployment.state not in states:
        raise RuleBroken(f"{deployment.reference} is {deployment.state}: {what} cannot be recorded now.")


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
        return Standing.INSTALLED if state is _S.INSTALLED else Standing.DECIDED
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
    """The further period an extension gives: it begins the day after the last one, whenever it is decided.

    One period by one decision: raises RuleBroken while the period of the decision before has not begun.
    """
    last = periods[-1]
    if today < last.starts_on:
        raise RuleBroken(
            f"It is extended until {show_day(last.ends_on)} already.",
            remedy="A further period is decided when that one has begun.",
        )
    start = dates.day_of_period(last.ends_on, 2)
    period = Period(last.number + 1, start, dates.last_day(start, months))
    if period.ends_on < today:
        raise RuleBroken(
            f"An extension would end on {show_day(period.ends_on)}, which is past.",
            remedy="Order the removal, and bid anew if the camera is still needed.",
        )
    return period


def actions(
    each: Deployment, today: date, *, next_meeting: date | None, evaluation_months: int
) -> tuple[ActionNow, ...]:
    """What can be done with a deployment in its state now, the most fitting first."""
    match each.state:
        case _S.PLANNED | _S.SURVEYED:
            missing = {
                _A.SURVEY: not each.passed(CheckKind.SURVEY),
                _A.DPIA: not each.passed(CheckKind.DPIA),
            }
            return _towards(_A.SCHEDULE, missing, each)
        case _S.SCHEDULED:
            return (_now(_A.INSTALL, each), *map(ActionNow, (_A.SCHEDULE, _A.SURVEY, _A.DPIA, _A.ABORT)))
        case _S.INSTALLED:
            missing = {_STEP[kind]: not each.passed(kind) for kind in CheckKind}
            return (*_towards(_A.GO_LIVE, missing, each), ActionNow(_A.CHECK_FAILED))
        case _S.ENDING:
            return (ActionNow(_A.REMOVE), *_never_live(each))
        case _S.REMOVED if each.removed_on is not None:
            due = dates.add_months(each.removed_on, evaluation_months)
            early = f"The evaluation is due on {show_day(due)}." if today < due else ""
            return (ActionNow(_A.EVALUATE, early),)
        case _S.EVALUATED:
            return (ActionNow(_A.CLOSE),)
    return _running_actions(each, today, next_meeting) if each.state in RUNNING else ()


def _towards(
    aim: DeploymentAction, missing: Mapping[DeploymentAction, bool], each: Deployment
) -> tuple[ActionNow, ...]:
    """The steps that are still missing, and what they lead to: first as soon as it is ready."""
    offered = [ActionNow(step) for step, is_missing in missing.items() if is_missing]
    last = _now(aim, each)
    offered.insert(0 if last.ready else len(offered), last)
    return (*offered, ActionNow(_A.ABORT))


def _now(action: DeploymentAction, each: Deployment) -> ActionNow:
    missing = lacking(each, action)
    return ActionNow(action, f"Still missing is {missing}." if missing else "")


def _running_actions(each: Deployment, today: date, next_meeting: date | None) -> tuple[ActionNow, ...]:
    no_meeting = "" if next_meeting else "No meeting is planned."
    day = each.tabled_for
    tabled = f"On the agenda of {show_day(day)}." if day is not None and day >= today else ""
    offered = (
        (ActionNow(_A.START_REVIEW), each.state is _S.LIVE),
        *((ActionNow(_STEP[failed.kind]), True) for failed in each.failed),
        (ActionNow(_A.RESUME, _why_not_resume(each)), each.state is _S.SUSPENDED),
        (ActionNow(_A.TAKE_TO_JAG, no_meeting or tabled), each.state is not _S.EXTENDED),
        (ActionNow(_A.ORDER_REMOVAL), True),
        (ActionNow(_A.CHAIR_EXTENDS, no_meeting), each.state is not _S.EXTENDED),
        (ActionNow(_A.SUSPEND), each.state is not _S.SUSPENDED),
        (ActionNow(_A.CHECK_FAILED), True),
    )
    return tuple(action for action, fits in offered if fits)


def _never_live(each: Deployment) -> tuple[ActionNow, ...]:
    """That a camera which hangs on a chair's action that is over does not go live any more."""
    if each.chair_ended_on is None or each.live_on is not None:
        return ()
    return (
        ActionNow(_A.GO_LIVE, f"The chair's action it stood on ended on {show_day(each.chair_ended_on)}."),
    )


def _why_not_resume(each: Deployment) -> str:
    failed = ", ".join(check.kind.words for check in each.failed)
    return f"Failed last: {failed}." if failed else _now(_A.RESUME, each).why_not


def _checked(each: Deployment, kind: CheckKind) -> DeploymentStep:
    """A check with its day and its result, as the checklist shows it."""
    newest = each.newest(kind)
    if newest is None:
        return DeploymentStep(kind.words, done=False)
    told = newest.reference if kind is CheckKind.DPIA else ""
    fact = " ".join(part for part in (told, show_day(newest.done_on)) if part)
    return DeploymentStep(
        kind.words, newest.passed, fact if newest.passed else f"failed {fact}: {newest.note}"
    )


def _on(day: date | None) -> str:
    return show_day(day) if day else ""
