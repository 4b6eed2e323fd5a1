"""The pool against the simulator's cameras: what is shown is what was sent, whole and in order."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from controlroom.simulator import counter
from controlroom.simulator.fleet import Fleet
from controlroom.simulator.picture_modes import LOOP_S
from controlroom.simulator.send_log import SendLog
from controlroom.video.records import StreamAddress, StreamFault, StreamState
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the simulator writes down when each frame was sent."""
    return tmp_path_factory.mktemp("simulator") / "sent"


@pytest.fixture(scope="module")
def fleet(sent: Path) -> Iterator[Fleet]:
    """Four cameras that serve counter loops."""
    with Fleet(4, loops=True, send_log=sent, discovery=False) as fleet:
        yield fleet


def address(fleet, place, stream="sub", **more):
    camera = fleet.cameras[place - 1]
    login = {"username": camera.username, "password": camera.password, **more}
    return StreamAddress(camera.stream_url(stream, with_login=False), **login)


def read(picture):
    return counter.read(np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, 4))


@pytest.mark.parametrize(("stream", "transport"), [("sub", "tcp"), ("main", "tcp"), ("sub", "udp")])
def test_every_picture_shown_is_whole_and_in_order(desk, fleet, sent, stream, transport):
    desk.pool.open("a", address(fleet, 1, stream, transport=transport), 480, 270)
    desk.until_live("a")
    log, pictures = SendLog.open(sent), [desk.next_picture("a", 0)]
    while len(pictures) < 30:
        pictures.append(desk.next_picture("a", pictures[-1].sequence))
    values = [read(picture) for picture in pictures]
    seen = [value for value in values if value is not None]
    assert len(seen) >= (27 if transport == "tcp" else 15)  # a busy machine loses packets of UDP
    assert all(log.sent_at(0, 1 if stream == "sub" else 0, value) for value in seen)
    backwards = sum(later <= earlier for earlier, later in itertools.pairwise(seen))
    seams = 1 + (pictures[-1].decoded_at - pictures[0].decoded_at) // LOOP_S
    assert backwards <= seams


def test_a_wrong_password_is_told_apart_and_the_right_one_works(desk, fleet):
    desk.pool.open("a", address(fleet, 2, password="wrong"), 160, 90)
    assert desk.until("a", StreamState.REFUSED).fault is StreamFault.REFUSED_PASSWORD
    desk.pool.open("a", address(fleet, 2), 160, 90)
    desk.until_live("a")


def test_a_killed_worker_is_back_with_every_camera(desk, fleet):
    for place in (1, 2, 3, 4):
        desk.pool.open(str(place), address(fleet, place), 320, 180)
    desk.until_live("1", "2", "3", "4")
    worker = desk.pool.health()[0].pid
    psutil.Process(worker).kill()
    wait_until(lambda: desk.pool.health()[0].pid not in (None, worker), why="a new worker")
    marks = {place: desk.sequence(place) for place in "1234"}
    wait_until(lambda: all(desk.pool.newest(place, marks[place]) for place in "1234"), why="new pictures")
