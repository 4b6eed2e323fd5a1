"""Cameras that answer, stamp or send in ways of their own: each is live, or says what it waits for."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

import av
import psutil
import pytest

from controlroom.simulator.fleet import Fleet
from controlroom.video.records import StreamAddress, StreamFault, StreamState
from tests.video.loop_camera import LoopCamera, clip
from tests.waiting import LIMIT_S, wait_until

LIVE, OFFLINE = StreamState.LIVE, StreamState.OFFLINE
ON_THE_SPOT = 6  # cameras


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with Fleet(ON_THE_SPOT, loops=True, discovery=False) as fleet:
        yield fleet


@contextlib.contextmanager
def befallen(fleet: Fleet, *faults: str) -> Iterator[list[StreamAddress]]:
    """One camera for each of the faults; their sub streams' addresses."""
    for place, fault in enumerate(faults, 1):
        fleet.fault(place, fault)
    yield [address(fleet, place) for place in range(1, len(faults) + 1)]
    for place in range(1, len(faults) + 1):
        fleet.clear_fault(place)


def address(fleet: Fleet, place: int) -> StreamAddress:
    camera = fleet.cameras[place - 1]
    return StreamAddress(camera.stream_url(with_login=False), camera.username, camera.password)


def states_until_live(desk, *tiles):
    """What each tile was on its way, up to live; how it stood and why."""
    seen = {tile: set() for tile in tiles}

    def all_live():
        for tile, stages in seen.items():
            status = desk.status(tile)
            stages.add((status.state, status.fault))
        return all((LIVE, None) in stages for stages in seen.values())

    wait_until(all_live, f"live: {seen}")
    return seen


def test_a_stream_is_live_by_its_arrival_whatever_its_stamps_say(desk, fleet):
    """Stamped for a thousand pictures a second, and all alike; by its stamps the first would fall 2 s behind."""
    with befallen(fleet, "stamps:1000", "stamps:0") as addresses:
        for tile, where in zip("ab", addresses, strict=True):
            desk.pool.open(tile, where, 160, 90)
        desk.until_live("a", "b")
        connections = [fleet.camera_state(place)["logins_accepted"] for place in (1, 2)]
        desk.until_decoded("a", 35)
        wait_until(lambda: {desk.status(tile).state for tile in "ab"} == {LIVE}, "neither is stalled")
        assert [fleet.camera_state(place)["logins_accepted"] for place in (1, 2)] == connections


def test_cameras_that_need_patience_are_live_without_having_been_called_offline(desk, fleet):
    """One starts its source for who asks and stays, one hangs up the first question, one speaks UDP only, one has
    moved within itself.
    """
    with befallen(fleet, "on-demand:0.4", "busy:0.4", "udp-only", "moved") as addresses:
        for tile, where in zip("abcd", addresses, strict=True):
            desk.pool.open(tile, where, 160, 90)
        seen = states_until_live(desk, *"abcd")
        assert not any(state is OFFLINE for stages in seen.values() for state, _ in stages), seen
        chosen = ["tcp", "tcp", "udp", "tcp"]
        wait_until(
            lambda: [desk.status(tile).transport for tile in "abcd"] == chosen, "told with the next report"
        )
        desk.pool.open("e", replace(addresses[2], transport="tcp"), 160, 90)
        wait_until(lambda: "does not offer its stream by TCP" in desk.status("e").detail, "chosen by hand")


def test_a_key_picture_is_waited_for_and_the_tile_says_so(desk, fleet):
    with befallen(fleet, "rare-keys:1.5") as (where,):
        desk.pool.open("a", where, 160, 90)
        wait_until(lambda: desk.status("a").fault is StreamFault.AWAITING_KEY, "it says what it waits for")
        status = desk.status("a")
        assert status.state is StreamState.CONNECTING
        assert "Waiting for a key picture" in status.detail
        seen = states_until_live(desk, "a")["a"]
        assert seen == {(StreamState.CONNECTING, StreamFault.AWAITING_KEY), (LIVE, None)}


def test_what_arrives_spoilt_ends_no_worker_and_disturbs_nobody(desk, fleet):
    """Wrong bytes in a third of the packets, and a stream that claims 16,000 by 16,000 pixels."""
    desk.pool.open("fine", address(fleet, ON_THE_SPOT), 160, 90)
    desk.until_live("fine")
    worker = desk.pool.health()[0].pid
    before = psutil.Process(worker).memory_info().rss
    with befallen(fleet, "corrupt:0.3", "absurd-size") as (spoilt, absurd):
        desk.pool.open("spoilt", spoilt, 160, 90)
        desk.pool.open("absurd", absurd, 160, 90)
        wait_until(
            lambda: desk.status("absurd").fault is StreamFault.AWAITING_KEY, "no memory is made for it"
        )
        wait_until(lambda: desk.status("spoilt").last_picture_at, "some of it can be shown")
        number = desk.sequence("fine")
        desk.next_picture("fine", number)
        assert psutil.Process(worker).memory_info().rss - before < 150e6
    desk.until_live("fine", "absurd", "spoilt")
    assert desk.pool.health()[0].pid == worker


def test_a_picture_that_turns_upright_keeps_its_proportions_on_tile_and_snapshot(desk):
    with LoopCamera() as camera:
        desk.pool.open("a", StreamAddress(camera.url()), 400, 400)
        desk.until_live("a")
        assert (desk.pool.newest("a", 0).width, desk.pool.newest("a", 0).height) == (400, 225)
        camera.pictures = clip(180, 320)
        wait_until(lambda: (desk.status("a").source_width, desk.status("a").source_height) == (180, 320))
        wait_until(lambda: desk.pool.newest("a", 0).height == 400, "the tile shows it upright")
        assert desk.pool.newest("a", 0).width == 225
        path = desk.pool.snapshot("a", desk.folder / "upright.jpg").result(LIMIT_S)
        with av.open(str(path)) as file:
            image = next(file.decode(video=0))
        assert (image.width, image.height) == (180, 320)
        assert camera.plays == 1
