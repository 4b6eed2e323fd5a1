"""Leases: renewed by the whole of what a desk steers, lapsing without a word, kept over a kill."""

from pathlib import Path

import pytest

from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import ControlEvent, ControlEventKind, DeviceAddress
from controlroom.recording.leases import (
    DISCONNECT_AFTER_S,
    GRACE_S,
    LONGEST_S,
    WARM_AFTER_S,
    LeaseBook,
    LeaseWatch,
)
from controlroom.recording.owed_stops import OwedStops


class Time:
    """Monotonic seconds in the test's hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Control(ControlClient):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def connect(self, camera_id: str, address: DeviceAddress, **_: object) -> None:
        self.told.append(f"connect {camera_id}")

    def forget(self, camera_id: str) -> None:
        self.told.append(f"forget {camera_id}")

    def stop(self, camera_id: str, *, moved: bool = False) -> None:
        self.told.append(f"stop {camera_id}")

    def stop_focus(self, camera_id: str) -> None:
        self.told.append(f"stop focus {camera_id}")


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def book(tmp_path: Path, time: Time) -> LeaseBook:
    return LeaseBook(tmp_path / "leases.json", time)


def held(book: LeaseBook) -> list[tuple[str, str]]:
    return sorted((lease.desk, lease.camera_id) for lease in book.current())


def test_a_desk_says_the_whole_of_what_it_steers(book: LeaseBook) -> None:
    book.renew("desk 1", ["14", "15"], 2)
    book.renew("desk 2", ["14"], 2)
    book.renew("desk 1", ["15"], 2)
    assert held(book) == [("desk 1", "15"), ("desk 2", "14")]
    book.renew("desk 1", [], 2)
    assert held(book) == [("desk 2", "14")]


def test_a_lease_lapses_once_and_only_when_it_is_not_renewed(book: LeaseBook, time: Time) -> None:
    for _ in range(20):
        book.renew("desk 1", ["14"], 2)
        time.now += 1.9
        assert book.lapsed() == []
    time.now += 0.2
    assert [lease.camera_id for lease in book.lapsed()] == ["14"]
    assert book.lapsed() == []


def test_a_camera_somebody_else_steers_is_not_stopped(book: LeaseBook, time: Time) -> None:
    book.renew("desk 1", ["14"], 2)
    time.now += 1.5
    book.renew("desk 2", ["14"], 2)
    time.now += 1
    assert book.lapsed() == []
    assert held(book) == [("desk 2", "14")]


def test_no_desk_gets_a_lease_for_ever(book: LeaseBook, time: Time) -> None:
    book.renew("desk 1", ["14"], 1e9)
    time.now += LONGEST_S + 0.1
    assert len(book.lapsed()) == 1


def test_after_a_kill_the_cameras_that_were_steered_are_known(
    tmp_path: Path, book: LeaseBook, time: Time
) -> None:
    book.renew("desk 1", ["14", "15"], 2)
    time.now = 5.0  # another process, another clock
    again = LeaseBook(tmp_path / "leases.json", time)
    again.renew("desk 1", ["15"], 2)
    assert held(again) == [("desk 1", "15")]  # the desk lives and says so
    third = LeaseBook(tmp_path / "leases.json", time)
    time.now += GRACE_S + 0.1
    assert [lease.camera_id for lease in third.lapsed()] == ["15"]


def test_a_damaged_file_is_no_lease(tmp_path: Path, time: Time) -> None:
    (tmp_path / "leases.json").write_text('[["14"')
    assert LeaseBook(tmp_path / "leases.json", time).current() == []


def test_a_full_disk_does_not_cost_the_lease(tmp_path: Path, time: Time) -> None:
    (tmp_path / "leases.new").mkdir()  # what is written there first fails
    book = LeaseBook(tmp_path / "leases.json", time)
    book.renew("desk 1", ["14"], 2)
    assert held(book) == [("desk 1", "14")]


STOPPED = ControlEvent("14", ControlEventKind.STOPPED)


def watch(book: LeaseBook, time: Time, control: Control, known: dict[str, DeviceAddress]) -> LeaseWatch:
    return LeaseWatch(book, known.get, control, time)


def test_the_camera_is_connected_once_the_orders_went_out_and_stopped_when_the_lease_lapses(
    book: LeaseBook, time: Time
) -> None:
    control = Control()
    looking = watch(book, time, control, {"14": DeviceAddress("10.0.0.5")})
    book.renew("desk 1", ["14"], 2.5)
    looking.run_once()
    assert control.told == []
    time.now += WARM_AFTER_S + 0.01
    looking.run_once()
    looking.run_once()
    assert control.told == ["connect 14"]
    time.now += 2
    looking.run_once()
    looking.run_once()
    assert control.told == ["connect 14", "stop 14", "stop focus 14"]
    assert looking.stops == 1
    assert looking.owed == {"14": "desk 1"}, "until the camera has acknowledged it"
    looking.take_event(STOPPED)
    assert looking.owed == {}
    time.now += DISCONNECT_AFTER_S + 1
    looking.run_once()
    assert control.told[-1] == "forget 14"


def test_a_released_camera_is_not_stopped(book: LeaseBook, time: Time) -> None:
    control = Control()
    looking = watch(book, time, control, {"14": DeviceAddress("10.0.0.5")})
    book.renew("desk 1", ["14"], 2.5)
    book.renew("desk 1", [], 2.5)
    time.now += 10
    looking.run_once()
    assert control.told == []


def test_a_stop_is_owed_until_the_register_tells_the_camera(book: LeaseBook, time: Time) -> None:
    control, known = Control(), dict[str, DeviceAddress]()
    looking = watch(book, time, control, known)
    book.renew("desk 1", ["14"], 1)
    time.now += 2
    looking.run_once()
    assert control.told == []
    known["14"] = DeviceAddress("10.0.0.5")
    looking.run_once()
    assert control.told == ["connect 14", "stop 14", "stop focus 14"]


def test_a_stop_is_owed_until_the_camera_acknowledges_it_over_a_restart_too(
    tmp_path: Path, book: LeaseBook, time: Time
) -> None:
    known, path = {"14": DeviceAddress("10.0.0.5")}, tmp_path / "owed.json"
    looking = LeaseWatch(book, known.get, Control(), time, OwedStops(path))
    book.renew("desk 1", ["14"], 1)
    time.now += 2
    looking.run_once()
    control = Control()
    again = LeaseWatch(LeaseBook(tmp_path / "others.json", time), known.get, control, time, OwedStops(path))
    assert again.stopping == {"14"}
    again.run_once()
    assert control.told == ["connect 14", "stop 14", "stop focus 14"]
    again.take_event(STOPPED)
    assert again.stopping == set()
    assert OwedStops(path).cameras == {}


def test_a_desk_whose_stop_is_not_acknowledged_hands_it_over_and_hears_when_it_was(
    book: LeaseBook, time: Time
) -> None:
    control = Control()
    looking = watch(book, time, control, {"14": DeviceAddress("10.0.0.5"), "15": DeviceAddress("10.0.0.6")})
    book.renew("desk 1", ["14"], 2.5)
    assert looking.hand_over("desk 1", ["14", "15"]) == [], "15 is not its to stop"
    assert looking.hand_over("desk 2", ["14"]) == ["14"], "somebody else moves it by now"
    looking.run_once()
    assert control.told == ["connect 14", "stop 14", "stop focus 14"]
    assert looking.hand_over("desk 1", ["14"]) == []
    looking.take_event(STOPPED)
    assert looking.hand_over("desk 1", ["14"]) == ["14"]
    looking.run_once()
    assert looking.stops == 1


def test_a_stop_that_was_acknowledged_to_the_desk_after_all_does_not_count_for_its_next_one(
    book: LeaseBook, time: Time
) -> None:
    looking = watch(book, time, Control(), {"14": DeviceAddress("10.0.0.5")})
    book.renew("desk 1", ["14"], 2.5)
    looking.hand_over("desk 1", ["14"])
    looking.run_once()
    looking.take_event(STOPPED)
    assert looking.hand_over("desk 1", []) == [], "its own Stop was acknowledged meanwhile"
    assert looking.hand_over("desk 1", ["14"]) == [], "another one, which nobody has stopped yet"
    looking.run_once()
    assert looking.stops == 2
