"""A range of addresses: read as it is typed, each address asked once, and nothing beyond it."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest

from controlroom.cameras.address_range import MOST_ADDRESSES, PER_SECOND, RangeSearch, read_range
from controlroom.cameras.devices import DiscoveredDevice
from controlroom.cameras.onvif.probe import ask_once
from controlroom.cameras.records import Protocol
from controlroom.cameras.register_file.found import found_file
from controlroom.cameras.register_file.reading import read_register_file
from controlroom.cli import main
from controlroom.errors import InvalidInput, Unavailable
from controlroom.simulator.fleet import Fleet
from controlroom.simulator.settings import numbered_cameras
from tests.cameras.onvif.loopback import HandMadeCamera, LoopbackServer, Reply

DEVICE = DiscoveredDevice("10.0.0.3", 80, "Axis Q6225", "Q6225", make="Axis")


@pytest.mark.parametrize(
    ("typed", "first", "last", "count"),
    [
        ("10.20.30.1-40", "10.20.30.1", "10.20.30.40", 40),
        (" 10.20.30.250 – 10.20.31.5 ", "10.20.30.250", "10.20.31.5", 12),
        ("10.20.30.0/26", "10.20.30.1", "10.20.30.62", 62),
        ("10.20.30.7/26", "10.20.30.1", "10.20.30.62", 62),
        ("10.20.30.7", "10.20.30.7", "10.20.30.7", 1),
        ("10.20.28.0/22", "10.20.28.1", "10.20.31.254", MOST_ADDRESSES - 2),
    ],
)
def test_a_range_is_read_as_people_type_it(typed, first, last, count):
    found = read_range(typed)
    assert (found[0], found[-1], len(found)) == (first, last, count)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "is not a host name or address"),
        ("camera-14", "is not an IPv4 address"),
        ("10.20.30.40-1", "before it begins"),
        ("10.20.30.1-300", "not the end of an address"),
        ("10.20.30.1-040", "not the end of an address"),
        ("10.020.030.1-40", "Type 10.20.30.1"),
        ("10.20.0.0/16", "65,536 addresses"),
        ("0.0.0.0-255.255.255.255", "are the most of one search"),
        ("10.20.30.0/33", "is not a network"),
        ("fd00::1-fd00::9", "is not an IPv4 address"),
    ],
)
def test_what_is_no_range_or_too_large_is_refused(typed, said):
    with pytest.raises(InvalidInput, match=said):
        read_range(typed)


class Network:
    """Answers each address at once, and notes who was asked and what was waited between."""

    def __init__(self, *there: DiscoveredDevice) -> None:
        self.there = {each.host: each for each in there}
        self.asked: list[str] = []
        self.pauses: list[float] = []

    def ask(self, address: str) -> "Future[DiscoveredDevice | None]":
        self.asked.append(address)
        future: Future[DiscoveredDevice | None] = Future()
        if address == "10.0.0.4":
            future.set_exception(Unavailable("The control process ended."))
        else:
            future.set_result(self.there.get(address))
        return future


def test_each_address_is_asked_once_at_its_pace_and_progress_is_told():
    network, told = Network(DEVICE), []
    search = RangeSearch(
        read_range("10.0.0.1-5"), network.ask, lambda asked, found: told.append((asked, found))
    )
    search.pause = network.pauses.append  # type: ignore[assignment]
    assert search.run() == [DEVICE]
    assert network.asked == [f"10.0.0.{last}" for last in range(1, 6)]
    assert network.pauses == [1 / PER_SECOND] * 4
    assert told == [(1, 0), (2, 0), (3, 1), (4, 1), (5, 1)]


def test_a_stopped_search_asks_nobody_else():
    network = Network(DEVICE)
    search = RangeSearch(
        read_range("10.0.0.1-200"), network.ask, lambda _asked, found: found and search.stop()
    )
    assert search.run() == [DEVICE]
    assert network.asked == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]


@pytest.fixture
def others() -> Iterator[dict[str, LoopbackServer]]:
    with (
        LoopbackServer(lambda _: Reply("nothing here", 404)) as page,
        LoopbackServer(lambda _: Reply("", 401)) as shy,
    ):
        yield {"page": page, "shy": shy}


def test_what_answers_is_asked_once_and_without_a_password(others):
    with HandMadeCamera() as camera, ThreadPoolExecutor() as pool:

        def asked(port: int) -> list[DiscoveredDevice]:
            return RangeSearch(["127.0.0.1"], lambda host: pool.submit(ask_once, host, port)).run()

        (found,) = asked(camera.address.port)
        (shy,) = asked(others["shy"].port)
        assert asked(others["page"].port) == []
    assert (found.host, found.port) == ("127.0.0.1", camera.address.port)
    assert (shy.host, shy.hardware) == ("127.0.0.1", "")
    for each in (camera.server, *others.values()):
        assert each.operations() == ["GetDeviceInformation"]
        (request,) = each.requests
        assert "Authorization" not in request.headers
        assert not request.has("UsernameToken")


def test_a_camera_by_https_alone_is_found_without_a_password_and_taken_with_https():
    with (
        Fleet([replace(each, https_only=True) for each in numbered_cameras(1)]) as fleet,
        ThreadPoolExecutor() as pool,
    ):
        port = fleet.cameras[0].onvif_port
        (found,) = RangeSearch(["127.0.0.1"], lambda host: pool.submit(ask_once, host, port)).run()
        told = fleet.camera_state()
    assert (found.port, found.secure) == (port, True)
    assert told["logins_accepted"] == told["logins_refused"] == 0
    (row,) = found_file([found], (), "range").rows
    assert row.given["protocol"] is Protocol.ONVIF_HTTPS
    (row,) = found_file([replace(found, secure=False)], (), "range").rows
    assert "protocol" not in row.given


def test_the_command_prints_who_answered_and_writes_a_sheet_to_fill_in(tmp_path, capsys):
    sheet = tmp_path / "found.xlsx"
    with HandMadeCamera() as camera:
        port = camera.address.port
        assert main(["camera", "range", "127.0.0.1", "--port", str(port), "--sheet", str(sheet)]) == 0
        assert camera.server.operations() == ["GetDeviceInformation"]
    told, progress = capsys.readouterr()
    assert told.startswith(f"127.0.0.1:{port}  ")
    assert "1 asked, 1 found" in progress
    (row,) = read_register_file(sheet).rows
    assert (row.number, row.given["host"], row.given["port"], row.faults) == ("001", "127.0.0.1", port, ())
