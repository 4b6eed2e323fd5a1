"""Makes alarms of what is wrong: one for one cause, each for the roles that act on it (docs/rules.md, "Alarms")."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from controlroom.accounts.permissions import PERMISSIONS, Permission
from controlroom.accounts.records import Role
from controlroom.clock import show_time
from controlroom.database.availability import Availability
from controlroom.deployments.deployments.records import Alert
from controlroom.recording.records import SIGNING, CameraHealth, HealthState, JobState, RunOutcome
from controlroom.ui.pages.status.process_lines import ProcessLine, ProcessPart
from controlroom.video.records import StreamState

LOST_TOGETHER = 3  # so many cameras lost within …
LOST_WITHIN = timedelta(minutes=3)  # … so long have one cause; fewer are faults of single cameras
RECORDER_AWAY_S = 60.0  # a recorder that is started again answers sooner


class Cause(StrEnum):
    """What an alarm is about."""

    CAMERAS = "cameras"
    PROCESSES = "processes"
    SAVING = "saving"
    DEPLOYMENT = "deployment"
    AUDIT = "audit"


_ROOM = frozenset({Role.OPERATOR, Role.SUPERVISOR})
AUDIENCE: Mapping[Cause, frozenset[Role]] = {
    Cause.CAMERAS: _ROOM,
    Cause.PROCESSES: _ROOM | {Role.ADMINISTRATOR},
    Cause.SAVING: _ROOM | {Role.ADMINISTRATOR},
    Cause.DEPLOYMENT: frozenset({Role.COORDINATOR, Role.SUPERVISOR}),
    Cause.AUDIT: frozenset(role for role, held in PERMISSIONS.items() if Permission.READ_AUDIT in held),
}


@dataclass(frozen=True)
class Alarm:
    """One alarm; `opens` is the kind and key of what its page shows."""

    cause: Cause
    text: str
    opens: tuple[str, str]


def for_roles(alarms: Iterable[Alarm], roles: Collection[Role]) -> list[Alarm]:
    """Those that concern somebody with these roles."""
    return [each for each in alarms if not AUDIENCE[each.cause].isdisjoint(roles)]


def lost_cameras(
    troubled: Iterable[CameraHealth], wall: Mapping[int, StreamState], offline: Mapping[int, datetime]
) -> dict[int, datetime]:
    """By camera id since when it is lost.

    To the recorder (`troubled`), or on this desk's `wall`, which knows better of what it shows; `offline` says since
    when a picture is.
    """
    lost = {
        each.camera_id: each.since
        for each in troubled
        if not each.state.answers and each.state is not HealthState.UNKNOWN
    }
    for camera, state in wall.items():
        if state is StreamState.LIVE:
            lost.pop(camera, None)
        elif camera in offline:
            lost[camera] = min(lost.get(camera, offline[camera]), offline[camera])
    return lost


def camera_alarms(lost: Mapping[int, datetime]) -> list[Alarm]:
    """One alarm for all cameras that were lost together, with their number as it is now.

    Losses that follow each other within `LOST_WITHIN` belong together; where `LOST_TOGETHER` of them lie within that
    time, they are an alarm.
    """
    groups: list[list[datetime]] = []
    for moment in sorted(lost.values()):
        if groups and moment - groups[-1][-1] <= LOST_WITHIN:
            groups[-1].append(moment)
        else:
            groups.append([moment])
    return [
        Alarm(
            Cause.CAMERAS,
            f"{len(group)} cameras lost since {show_time(group[0])}",
            ("cameras in trouble", ""),
        )
        for group in groups
        if any(
            later - first <= LOST_WITHIN
            for first, later in zip(group, group[LOST_TOGETHER - 1 :], strict=False)
        )
    ]


def process_alarms(lines: Sequence[ProcessLine]) -> list[Alarm]:
    """Return one alarm that names every process which does not come back by itself; none when all run."""
    down = [line for line in lines if not line.off and (line.mark == "alarm" or _recorder_away(line))]
    if not down:
        return []
    text = ", ".join(f"{line.name} {line.word}" for line in down)
    return [Alarm(Cause.PROCESSES, text, ("process", down[0].key))]


def _recorder_away(line: ProcessLine) -> bool:
    silent = line.health.last_beat_age_s
    return (
        line.part is ProcessPart.RECORDER
        and not line.running
        and silent is not None
        and silent > RECORDER_AWAY_S
    )


def saving_alarms(availability: Availability) -> list[Alarm]:
    """The alarm that nothing is saved, because the database is away or its disk takes nothing."""
    reach, failed = availability.reach, availability.failed_save
    if reach.since is not None:
        text = f"Database away since {show_time(reach.since)}"
    elif failed is not None:
        text = f"Nothing saved since {show_time(failed.since)}: {failed.what}"
    else:
        return []
    return [Alarm(Cause.SAVING, text, ("process", ""))]


def audit_alarms(jobs: Iterable[JobState]) -> list[Alarm]:
    """The alarm that the audit's head cannot be signed, or that the file of signed heads is gone or was cut.

    The recorder finds it each hour, and it goes with the first run that finds everything in order.
    """
    failed = [each for each in jobs if each.name == SIGNING and each.outcome is RunOutcome.FAILED]
    return [Alarm(Cause.AUDIT, f"Audit trail not signed: {each.words}", ("process", "")) for each in failed]


def deployment_alarms(alerts: Iterable[Alert]) -> list[Alarm]:
    """An alarm for each deployment somebody has to decide on."""
    return [Alarm(Cause.DEPLOYMENT, each.text, ("deployment", str(each.deployment_id))) for each in alerts]
