"""Alarms: one for one cause, and each at the desk of those who act on it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Role
from controlroom.app import alarms
from controlroom.app.alarms import LOST_TOGETHER, LOST_WITHIN, Cause
from controlroom.app.desk import Desk
from controlroom.app.recorder import the_jobs
from controlroom.app.room import Room, open_room
from controlroom.audit.signing import AuditFiles, refill_heads
from controlroom.database.availability import Availability
from controlroom.deployments.deployments.records import Alert
from controlroom.processes.records import ProcessHealth, ProcessState
from controlroom.recording.jobs import JobRunner, JobStore
from controlroom.recording.records import SIGNING, CameraHealth, HealthState, JobState, RunOutcome
from controlroom.settings import Settings
from controlroom.ui.pages.cameras.page import CamerasPage
from controlroom.ui.pages.deployments.page import DeploymentsPage
from controlroom.ui.pages.status.process_lines import ProcessLine, ProcessPart
from controlroom.video.records import StreamState, StreamStatus
from tests.builders import PASSWORD, make_room
from tests.clock import SetClock
from tests.ui.conftest import _themed

__all__ = ["_themed"]

NOW = datetime(2026, 11, 20, 22, 41, tzinfo=UTC)
SECOND = timedelta(seconds=1)
UNSIGNED = "Audit trail not signed: it is gone"
PAST_END = Alert(7, "DEP-2026-00007", "RDC-02", "Milton Road", NOW.date(), 3)


def lost(count: int, apart: timedelta = SECOND, begun: datetime = NOW) -> list[CameraHealth]:
    """So many cameras that stopped answering one after the other."""
    return [CameraHealth(number, HealthState.OFFLINE, begun + number * apart, NOW) for number in range(count)]


def texts(troubled: list[CameraHealth]) -> list[str]:
    return [each.text for each in alarms.camera_alarms(alarms.lost_cameras(troubled, {}, {}))]


def test_sixteen_cameras_lost_are_one_alarm_that_counts_and_goes():
    gone = lost(16)
    assert texts(gone) == ["16 cameras lost since 22:41"]
    assert texts(gone[:10]) == ["10 cameras lost since 22:41"]
    assert texts(gone[: LOST_TOGETHER - 1]) == []
    assert texts([]) == []


def test_cameras_lost_one_now_and_then_are_no_alarm():
    assert texts(lost(5, apart=LOST_WITHIN)) == []
    assert len(texts(lost(5, apart=LOST_WITHIN / 2))) == 1


def test_two_causes_are_two_alarms():
    night = lost(4, begun=NOW - timedelta(hours=9))
    evening = [replace(each, camera_id=100 + each.camera_id) for each in lost(16)]
    assert texts(night + evening) == ["4 cameras lost since 13:41", "16 cameras lost since 22:41"]


def test_a_camera_that_refuses_the_login_or_was_not_looked_at_is_not_lost():
    for state in (HealthState.REFUSED, HealthState.UNKNOWN):
        assert texts([replace(each, state=state) for each in lost(16)]) == []


def test_the_wall_knows_better_of_what_it_shows():
    live = dict.fromkeys(range(14), StreamState.LIVE)
    assert alarms.lost_cameras(lost(16), live, {}).keys() == {14, 15}
    offline = dict.fromkeys(range(50, 53), StreamState.OFFLINE)
    seen = alarms.lost_cameras([], offline, dict.fromkeys(offline, NOW))
    assert len(alarms.camera_alarms(seen)) == 1


def line(state: ProcessState, part: ProcessPart, silent_s: float | None = None) -> ProcessLine:
    return ProcessLine(ProcessHealth("some", None, state, 1.0, 0, silent_s, None), part)


def test_processes_are_one_alarm_once_they_do_not_come_back_by_themselves():
    running = line(ProcessState.RUNNING, ProcessPart.CHILD)
    failing = line(ProcessState.FAILING, ProcessPart.CHILD)
    restarting = line(ProcessState.RESTARTING, ProcessPart.CHILD)
    away = line(ProcessState.RESTARTING, ProcessPart.RECORDER, alarms.RECORDER_AWAY_S + 1)
    back_soon = line(ProcessState.RESTARTING, ProcessPart.RECORDER, 2.0)
    assert alarms.process_alarms([running, restarting, back_soon]) == []
    (alarm,) = alarms.process_alarms([running, failing, away])
    assert (alarm.cause, alarm.text.count("some")) == (Cause.PROCESSES, 2)


def test_a_disk_that_takes_nothing_and_a_database_that_is_away_are_one_alarm():
    availability = Availability(SetClock(NOW))
    assert alarms.saving_alarms(availability) == []
    availability.save_failed("The disk with the data folder is full.")
    assert "disk" in alarms.saving_alarms(availability)[0].text
    availability.lost("connection refused")
    assert [each.text for each in alarms.saving_alarms(availability)] == ["Database away since 22:41"]


@pytest.mark.both_engines
def test_a_file_of_signed_heads_that_is_gone_is_an_alarm_until_it_is_mended(tmp_path: Path):
    """Through the recorder's own job, as it is run each hour."""
    room = make_room(tmp_path)
    room.add_camera()
    clock, files = room.clock, AuditFiles.of(tmp_path, Settings())
    (job,) = [each for each in the_jobs(room.database, tmp_path) if each.name == SIGNING]
    runner = JobRunner([job], JobStore(room.database), clock)

    def an_hour_later() -> list[str]:
        clock.advance(timedelta(hours=1))
        runner.run_once()
        return [each.text for each in alarms.audit_alarms(runner.states())]

    assert an_hour_later() == []
    files.heads.path.unlink()
    (said,) = an_hour_later()
    assert "is not what it was: 1 signed heads are missing" in said
    refill_heads(room.database, files, "Administrator", "the stick is lost")
    assert an_hour_later() == []


# -- at a desk ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with open_room(tmp_path_factory.mktemp("room")) as made:
        accounts = made.services.accounts
        root = accounts.add_first("root", "Administrator", PASSWORD)
        for role in Role:
            accounts.add(root, f"the.{role.value}", f"Person {role.value}", PASSWORD, {role})
        yield made


@pytest.fixture
def desk(room: Room, qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(room)
    qtbot.addWidget(made.window)
    made.show(restore=False)
    qtbot.waitUntil(lambda: not made.background.busy)
    made._states.stop()  # what the cameras say is said by the tests
    yield made
    made.close()


def sit(desk: Desk, role: Role) -> None:
    desk.session.sign_in(desk.room.services.sign_in.sign_in(f"the.{role.value}", PASSWORD))


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.OPERATOR, ["3 cameras lost since 22:41"]),
        (Role.SUPERVISOR, ["3 cameras lost since 22:41", UNSIGNED, PAST_END.text]),
        (Role.COORDINATOR, [PAST_END.text]),
        (Role.ADMINISTRATOR, [UNSIGNED]),
        (Role.AUDITOR, [UNSIGNED]),
    ],
)
def test_each_role_sees_the_alarms_it_acts_on(desk: Desk, qtbot: QtBot, role: Role, seen: list[str]):
    sit(desk, role)
    qtbot.waitUntil(lambda: not desk.background.busy)
    desk.alarm_watch._jobs = lambda: [JobState(SIGNING, "Audit head signed", RunOutcome.FAILED, "it is gone")]
    desk.alarm_watch._take_alerts([PAST_END])
    desk._states.health_heard.emit(lost(3), NOW)
    assert [each.text for each in desk.alarm_watch.shown] == seen
    assert desk.window.top_bar.alarms.isVisible() is bool(seen)


def test_f10_opens_what_the_first_alarm_is_about(desk: Desk, qtbot: QtBot):
    sit(desk, Role.OPERATOR)
    desk._states.health_heard.emit(lost(3), NOW)
    desk.window.alarms_requested.emit()
    page = desk.window.page(CamerasPage)
    assert desk.window.current is page
    assert page.list.chips.index == 2
    desk._states.health_heard.emit([], NOW)
    assert desk.alarm_watch.shown == []
    told: list[object] = []
    desk.messages.shown.connect(told.append)
    desk.window.alarms_requested.emit()
    assert [str(each.text) for each in told] == ["There is no alarm."]  # type: ignore[attr-defined]
    sit(desk, Role.COORDINATOR)
    desk.alarm_watch._take_alerts([PAST_END])
    desk.window.alarms_requested.emit()
    assert desk.window.current is desk.window.page(DeploymentsPage)


def test_f10_pressed_again_opens_the_next_alarm_and_then_the_first_again(desk: Desk, qtbot: QtBot):
    sit(desk, Role.SUPERVISOR)
    desk._states.health_heard.emit(lost(3), NOW)
    desk.alarm_watch._take_alerts([PAST_END])
    cameras, deployments = desk.window.page(CamerasPage), desk.window.page(DeploymentsPage)
    for page in (cameras, deployments, cameras):
        desk.window.alarms_requested.emit()
        assert desk.window.current is page
    sit(desk, Role.COORDINATOR)
    sit(desk, Role.SUPERVISOR)
    desk._states.health_heard.emit(lost(3), NOW)
    desk.alarm_watch._take_alerts([PAST_END])
    desk.window.alarms_requested.emit()
    assert desk.window.current is cameras, "another person begins with the first"


def test_sixteen_tiles_without_a_picture_are_an_alarm_without_a_recorder(desk: Desk, qtbot: QtBot):
    sit(desk, Role.OPERATOR)
    gone = {number: StreamStatus(StreamState.OFFLINE) for number in range(16)}
    desk._states.pictures_seen.emit(gone)
    desk._states.health_heard.emit((), NOW)
    assert [each.text[:15] for each in desk.alarm_watch.shown] == ["16 cameras lost"]
    desk._states.pictures_seen.emit(dict.fromkeys(gone, StreamStatus(StreamState.LIVE)))
    desk._states.health_heard.emit((), NOW)
    assert desk.alarm_watch.shown == []
