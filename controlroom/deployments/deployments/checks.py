"""Records the dated checks of a deployment: survey, DPIA, signs and test picture, which may also fail later.

The newest of a kind counts. One that fails while the camera watches suspends it; the camera is not resumed before that
check has passed again.
"""

from datetime import date, timedelta

from controlroom.audit.act import Act
from controlroom.clock import show_day
from controlroom.deployments.deployments.records import Check, CheckKind, Deployment, DeploymentState, Dpia
from controlroom.deployments.deployments.rules import BEFORE_INSTALLED, UP
from controlroom.deployments.deployments.tables import CheckRow, DeploymentRow
from controlroom.deployments.deployments.work import move_deployment, note_deployment
from controlroom.deployments.input_checks import day_done
from controlroom.deployments.units.records import UnitState
from controlroom.deployments.units.work import lock_unit, move_unit
from controlroom.errors import RuleBroken

_K, _S = CheckKind, DeploymentState
OLDEST = timedelta(days=366)  # an assessment or a survey from before that says nothing about the place today
RECORDABLE = {
    _K.SURVEY: BEFORE_INSTALLED | UP,
    _K.DPIA: BEFORE_INSTALLED | UP,
    _K.SIGNS: frozenset({_S.SCHEDULED}) | UP,
    _K.PICTURE: UP,
}
_WATCHING = frozenset({_S.LIVE, _S.REVIEW_DUE, _S.EXTENDED})
_VERBS = {
    _K.SURVEY: ("survey", "survey-failed"),
    _K.DPIA: ("dpia-passed", "dpia-failed"),
    _K.SIGNS: ("signs-up", "signs-failed"),
    _K.PICTURE: ("test-image", "test-image-failed"),
}


def check_day(kind: CheckKind, here: Deployment, on: date | None, today: date) -> date:
    """The day of a check. Raises InvalidInput for one to come, one too long ago, or one out of order."""
    earliest = today - OLDEST
    if kind is _K.SIGNS and here.dpia_on is not None:
        earliest = max(earliest, here.dpia_on)  # what they say is settled there
    if kind is _K.PICTURE and here.installed_on is not None:
        earliest = max(earliest, here.installed_on)
    return day_done(on, today, not_before=earliest, what=f"{kind.words}:")


def first_installation_day(here: Deployment) -> date | None:
    """The first day on which it can have been installed: decided, surveyed and assessed before."""
    decided = here.approval.decided_on if here.approval is not None else None
    return max((day for day in (decided, here.survey_on, here.dpia_on) if day is not None), default=None)


def check_none_failed(here: Deployment) -> None:
    """Raise RuleBroken while a check failed last."""
    if here.failed:
        first = here.failed[0]
        raise RuleBroken(
            f"{first.kind.words} failed on {show_day(first.done_on)}: {first.note}",
            remedy="Record it again when it has passed.",
        )


def record_check(act: Act, row: DeploymentRow, check: Check) -> None:
    """Record a check, with what follows from it: surveyed when both have passed, suspended when one fails later."""
    columns = {"kind": check.kind.value, "recorded_by": act.who, "recorded_at": act.at}
    row.checks.append(
        CheckRow(
            passed=check.passed,
            done_on=check.done_on,
            reference=check.reference,
            note=check.note,
            picture_path=check.picture_path,
            picture_sha256=check.picture_sha256,
            **columns,
        )
    )
    _set_columns(act, row, check)
    done, failed = _VERBS[check.kind]
    detail = {"on": str(check.done_on), "reference": check.reference}
    if check.picture_sha256:
        detail["sha256"] = check.picture_sha256
    note_deployment(act, row, done if check.passed else failed, text=check.note, **detail)
    act.session.flush()
    if row.state == _S.PLANNED and row.survey_on is not None and row.dpia == Dpia.PASSED:
        move_deployment(act, row, _S.SURVEYED)
    if not check.passed and row.state in _WATCHING:
        why = f"{check.kind.words} failed: {check.note}"
        move_deployment(act, row, _S.SUSPENDED, reason=why)
        move_unit(act, lock_unit(act.session, row.unit_id), UnitState.INSTALLED, why)


def _set_columns(act: Act, row: DeploymentRow, check: Check) -> None:
    """What the deployment's own columns say, as long as the camera is not yet up (or live)."""
    if check.kind is _K.SURVEY and row.installed_on is None:
        row.survey_on, row.survey_note = (check.done_on if check.passed else None), check.note
        row.column = check.reference[:40] or row.column
    if check.kind is _K.DPIA and row.installed_on is None:
        row.dpia = (Dpia.PASSED if check.passed else Dpia.FAILED).value
        row.dpia_on, row.dpia_reference = check.done_on, check.reference[:40] or row.dpia_reference
    if check.kind is _K.SIGNS and row.live_on is None:
        row.signs_up_on = check.done_on if check.passed else None
    if check.kind is _K.PICTURE and row.live_on is None:
        row.test_image = (check.picture_path or check.reference) if check.passed else ""
        row.test_image_at = act.at if check.passed else None
