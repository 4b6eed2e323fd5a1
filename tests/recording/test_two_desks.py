"""Two desks and one camera on PostgreSQL: a real recorder, real control processes, a simulated camera's own log."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from controlroom.accounts.records import Actor
from controlroom.accounts.step_keys import OpenKey, make_key
from controlroom.audit.signatures import sign
from controlroom.cameras.control.messages import HoldWord
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import ControlEvent, ControlEventKind, DeviceAddress
from controlroom.cameras.holds.records import GuardKind, HoldNews, HoldsSeen, NoticeKind, proof_facts
from controlroom.cameras.tables import CameraRow
from controlroom.processes.run_folder import RunFolder
from controlroom.processes.supervisor import Supervisor
from controlroom.recording.tables import CameraHoldRow
from controlroom.simulator.fleet import Fleet
from controlroom.simulator.settings import PtzQuirks
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.pages.live.hold_words import OURS
from tests.builders import PASSWORD
from tests.recording.cut_line import CutLine
from tests.recording.test_recorder_process import Site, site_at
from tests.recording.two_windows import window_of
from tests.waiting import LIMIT_S, wait_until

pytestmark = pytest.mark.postgresql


@dataclass
class Desk:
    """A desk without a window: its control process, what it hears, and a key that somebody holds down."""

    name: str
    camera_id: str
    supervisor: Supervisor
    client: ControlClient
    speed: float
    """A pan of its own, by which the camera's log knows whose order it was."""
    events: list[ControlEvent] = field(default_factory=list)
    news: list[HoldNews] = field(default_factory=list)
    seen: HoldsSeen = field(default_factory=HoldsSeen)

    def press(self) -> None:
        self.client.move(self.camera_id, self.speed, 0, 0)

    def let_go(self) -> None:
        self.client.stop(self.camera_id)

    def say(self, word: HoldWord) -> None:
        self.client.say(self.camera_id, word)

    def stopped(self, why: str) -> bool:
        return any(each.kind is ControlEventKind.STOPPED and each.detail == why for each in self.events)

    @property
    def holds(self) -> bool:
        return self.camera_id in self.seen.ours

    def hears(self, **wanted: Any) -> bool:
        return any(all(getattr(each, name) == value for name, value in wanted.items()) for each in self.news)

    @property
    def control_pid(self) -> int:
        pid = self.supervisor.health()[0].pid
        assert pid is not None
        return pid


class ControlRoom:
    """One camera, one recorder, and desks that come and go."""

    def __init__(self, site: Site, fleet: Fleet, stack: ExitStack, folder: Path) -> None:
        self.site, self.fleet, self._stack, self._folder = site, fleet, stack, folder

    def desk(self, name: str, speed: float, actor: Actor, *, port: int = 0) -> Desk:
        """`port` is where this desk finds the camera: its own, unless there is something between them."""
        key = self._key(actor.handle)
        supervisor = Supervisor(RunFolder(self._folder / name))
        desk = Desk(name, str(self.site.camera_id), supervisor, ControlClient(supervisor), speed)
        self._stack.callback(supervisor.run_folder.close)
        self._stack.callback(supervisor.close)
        desk.client.on_event = desk.events.append
        desk.client.on_hold_news = desk.news.append
        desk.client.on_holds = lambda seen: setattr(desk, "seen", seen)

        def prove(recorder: str, at: str, nonce: str) -> str:
            return sign(key.private, *proof_facts(recorder, at, nonce, actor.handle))

        desk.client.lease_at(self.site.storage.contact(), name)
        desk.client.sit_down(actor.handle, prove)
        camera = self.fleet.cameras[0]
        login = (camera.host, port or camera.onvif_port, camera.username, camera.password)
        desk.client.connect(desk.camera_id, DeviceAddress(*login, "Camera 001"))
        wait_until(lambda: any(each.kind is ControlEventKind.REACHABLE for each in desk.events), "connected")
        wait_until(lambda: desk.seen.guarded and not desk.seen.away, "the recorder knows the desk")
        return desk

    def tell_of_the_recorder(self, *desks: Desk) -> None:
        for desk in desks:
            desk.client.lease_at(self.site.storage.contact(), desk.name)

    def orders(self) -> list[dict[str, Any]]:
        return self.fleet.camera_state(1)["orders"]

    def moved_by(self, desk: Desk) -> bool:
        return any(each["order"] == "continuous" and each["pan"] == desk.speed for each in self.orders())

    def stands(self) -> bool:
        return not self.fleet.camera_state(1)["moving"]

    def holder(self) -> str:
        return next((each[1] for each in self.site.running().holds), "")

    def counted(self) -> list[tuple[str, int | None, str, int]]:
        row = CameraHoldRow
        query = select(row.handle, row.user_id, row.desk, row.moves).order_by(row.id)
        with self.site.room.database.read() as session:
            return [(handle, user, desk, moves) for handle, user, desk, moves in session.execute(query)]

    def _key(self, handle: str) -> OpenKey:
        with self.site.room.database.write() as work:
            return make_key(work, handle, PASSWORD, by=None)


@pytest.fixture
def background(qapp: QApplication) -> Iterator[Background]:
    theme.apply(qapp)
    made = Background()
    yield made
    made.close(LIMIT_S)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ControlRoom]:
    with (
        Fleet.of_one(PtzQuirks(ignore_timeout=True, tours=1)) as fleet,
        site_at(tmp_path, fleet) as site,
        ExitStack() as stack,
    ):
        with site.room.database.write() as work:  # a tile shows, and so steers, what has a picture
            row = work.session.get(CameraRow, site.camera_id)
            assert row is not None
            row.main_stream = fleet.cameras[0].main_url
        site.open()
        yield ControlRoom(site, fleet, stack, tmp_path)


def holding(room: ControlRoom, desk: Desk) -> None:
    def moves() -> bool:
        desk.press()
        return desk.holds and room.moved_by(desk)

    wait_until(moves, "it moves the camera")


def test_a_hold_is_seen_asked_for_given_and_taken_over_with_notice(
    room: ControlRoom, qtbot: QtBot, background: Background
) -> None:
    """The take-over itself goes through the two desks' windows."""
    people = room.site.room
    anna, cara = room.desk("desk 1", 0.1, people.operator), room.desk("desk 3", 0.3, people.supervisor)
    first = window_of(qtbot, people, people.operator, anna.client, background)
    second = window_of(qtbot, people, people.supervisor, cara.client, background)
    room.fleet.control("POST", "/cameras/1/tour", {"running": True})
    wait_until(lambda: not room.stands(), "its patrol is under way")
    cara.client.stop_all(cara.camera_id)
    wait_until(lambda: room.stands() and not room.fleet.camera_state(1)["touring"], "one Stop ends it")
    wait_until(lambda: cara.holds, "and it is held, so that it goes on afterwards")
    cara.say(HoldWord.GIVE)
    wait_until(lambda: room.fleet.camera_state(1)["touring"], "it goes on")
    holding(room, anna)
    wait_until(lambda: room.holder() == "Operator 07", "the recorder says who")
    assert not room.fleet.camera_state(1)["touring"], "the camera's own patrol is paused first"
    wait_until(
        lambda: [each.name for each in cara.seen.holds] == ["Operator 07"], "the other desk's tile says who"
    )

    cara.press()
    wait_until(lambda: cara.hears(guard=GuardKind.OTHERS, name="Operator 07", may_take=True), "held back")
    assert not room.moved_by(cara)

    cara.say(HoldWord.ASK)
    wait_until(
        lambda: [each.asked_by for each in anna.seen.holds] == ["Supervisor 02"], "the holder is asked"
    )
    anna.say(HoldWord.GIVE)
    wait_until(lambda: cara.holds and not anna.holds, "and gives it")
    holding(room, cara)
    anna.press()
    wait_until(lambda: anna.hears(guard=GuardKind.OTHERS, name="Supervisor 02", may_take=False))
    cara.say(HoldWord.GIVE)
    wait_until(lambda: not cara.holds, "given back")
    wait_until(
        lambda: room.fleet.camera_state(1)["touring"], "the patrol goes on when nobody holds it any more"
    )

    holding(room, anna)
    qtbot.waitUntil(lambda: (first.tile, second.tile) == (OURS, "Operator 07 has control"))
    assert second.line == "Operator 07 has control. K takes it over"
    second.key(qtbot, Qt.Key.Key_K)
    wait_until(lambda: anna.hears(notice=NoticeKind.TAKEN, name="Supervisor 02"), "the loser sees who has it")
    qtbot.waitUntil(lambda: (first.tile, second.tile) == ("Supervisor 02 has control", OURS))
    assert "Supervisor 02 has taken control of camera 001." in first.strip
    assert (first.line, second.line) == ("Supervisor 02 has control. K asks for it", "You have control")
    wait_until(lambda: room.holder() == "Supervisor 02", "the recorder says the same")
    holding(room, cara)
    assert two_holders(room.orders()) == 0

    os.kill(cara.control_pid, signal.SIGKILL)
    cara.supervisor.close()  # the desk is gone with it
    wait_until(room.stands, "stopped")
    wait_until(lambda: not anna.seen.holds, "and released within its lease")
    holding(room, anna)
    room.site.supervisor.end()  # what ended within the last minute is written when the recorder ends
    wait_until(lambda: len(room.counted()) >= 4, "each hold is counted with its person")
    *who, moves = next(each for each in room.counted() if each[3])
    assert who == ["Operator 07", room.site.room.operator.user_id, "desk 1"]
    assert moves > 0


def test_while_the_recorder_is_away_the_holder_goes_on_others_are_warned_and_both_are_told(
    room: ControlRoom,
) -> None:
    anna = room.desk("desk 1", 0.1, room.site.room.operator)
    cara = room.desk("desk 3", 0.3, room.site.room.supervisor)
    holding(room, anna)
    wait_until(lambda: cara.seen.holds)
    room.site.supervisor.close()  # nobody starts it again
    os.kill(room.site.storage.contact().pid, signal.SIGKILL)  # type: ignore[union-attr]
    wait_until(lambda: anna.seen.away and cara.seen.away, "both see that it is away")
    anna.let_go()
    holding(room, anna)

    cara.press()
    wait_until(
        lambda: cara.hears(guard=GuardKind.UNGUARDED, name="Operator 07"), "the last known holder is named"
    )
    assert not room.moved_by(cara)
    anna.let_go()
    cara.say(HoldWord.ANYWAY)

    def moves() -> bool:
        cara.press()
        return room.moved_by(cara)

    wait_until(moves, "after the warning it steers")
    cara.let_go()

    room.site.supervisor = room.site.make_supervisor()
    room.site.open()
    room.tell_of_the_recorder(anna, cara)
    wait_until(
        lambda: anna.hears(notice=NoticeKind.STEERED_MEANWHILE, name="Supervisor 02"), "the holder is told"
    )
    wait_until(
        lambda: cara.hears(notice=NoticeKind.STEERED_MEANWHILE, name="Operator 07"), "and the other one"
    )
    wait_until(lambda: room.holder() == "Operator 07", "whoever held it holds it")
    cara.news.clear()
    cara.press()
    wait_until(lambda: cara.hears(guard=GuardKind.OTHERS, name="Operator 07"), "and keys do nothing again")


def test_a_camera_whose_desk_cannot_stop_it_is_stopped_by_the_recorder_and_taken_over(
    room: ControlRoom,
) -> None:
    """The holder's line to the camera is cut in mid-pan; its line to the recorder is whole, and so it renews."""
    with CutLine(room.fleet.cameras[0].onvif_port) as line:
        anna = room.desk("desk 1", 0.1, room.site.room.operator, port=line.port)
        cara = room.desk("desk 3", 0.3, room.site.room.supervisor)
        holding(room, anna)
        line.cut()
        cara.say(HoldWord.TAKE)
        wait_until(lambda: cara.holds, "the hold is handed on after a bounded time")
        wait_until(lambda: "stop" in [each["order"] for each in room.orders()], "stopped by somebody else")
        wait_until(room.stands, "and it stands")
        wait_until(lambda: anna.stopped("The recorder has stopped it."), "its desk is told who stopped it")
        holding(room, cara)
        assert two_holders(room.orders()) == 0
        cara.let_go()
        line.mend()
        wait_until(room.stands, "stopped")
        wait_until(lambda: room.site.running().leases == (), "nobody owes a Stop any more")


def two_holders(orders: list[dict[str, Any]]) -> int:
    """How often a desk's order to move came while another's movement was under way: no Stop between them."""
    count, last = 0, None
    for each in orders:
        if each["order"] == "stop":
            last = None
        elif each["order"] == "continuous":
            count += last is not None and abs(each["pan"]) != last
            last = abs(each["pan"])
    return count
