"""The desk's pictures, through real workers, against cameras that live, freeze, lie and die."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import psutil
import pytest

from controlroom.errors import NotFound, Unavailable
from controlroom.processes.run_folder import sweep
from controlroom.video import frames
from controlroom.video.records import Frame, StreamAddress, StreamFault, StreamState
from controlroom.video.rules import OFFLINE_AFTER_S, STALLED_AFTER_S
from tests.video.conftest import running_desk
from tests.video.loop_camera import LoopCamera, clip
from tests.video.tls_front import TlsFront
from tests.waiting import LIMIT_S, wait_until

ROOT = Path(__file__).parents[2]
LIVE, STALLED, OFFLINE, REFUSED = (
    StreamState.LIVE,
    StreamState.STALLED,
    StreamState.OFFLINE,
    StreamState.REFUSED,
)


@pytest.fixture
def camera():
    with LoopCamera("viewer", "s3cret word") as camera:
        yield camera


def address(camera, path="main", **more):
    return StreamAddress(camera.url(path), camera.username, camera.password, **more)


def segments(desk):
    return sorted(path.name for path in Path("/dev/shm").glob(f"cr{os.getpid()}-*"))


def test_a_tile_shows_the_camera_at_its_own_shape(desk, camera):
    desk.pool.open("a", address(camera), 400, 400)
    desk.until_live("a")
    picture = desk.pool.newest("a", 0)
    assert (picture.width, picture.height, picture.stride) == (400, 225, 1600)
    assert len(picture.pixels) == 1600 * 225
    image = np.frombuffer(picture.pixels, np.uint8).reshape(225, 400, 4)
    assert 60 < image[..., 0].mean() < 130  # grey with a bright bar
    assert set(image[:1, :, 3].flat) == {255}
    wait_until(lambda: desk.status("a").fps > 20, why="the pace is measured")
    status = desk.status("a")
    assert (status.source_width, status.source_height, status.detail, status.fault) == (320, 180, "", None)


def test_pictures_keep_coming_with_rising_numbers_and_times(desk, camera):
    desk.pool.open("a", address(camera), 160, 90)
    desk.until_live("a")
    seen: list[Frame] = []
    for _ in range(20):
        seen.append(desk.next_picture("a", seen[-1].sequence if seen else 0))
        assert seen[-1].decoded_at <= time.monotonic()
    for earlier, later in itertools.pairwise(seen):
        assert later.sequence > earlier.sequence
        assert later.decoded_at > earlier.decoded_at


def test_udp_is_a_choice_per_camera(desk, camera):
    desk.pool.open("udp", address(camera, "one", transport="udp"), 160, 90)
    desk.pool.open("tcp", address(camera, "two"), 160, 90)
    desk.until_live("udp", "tcp")
    wait_until(  # it is told with the next report
        lambda: (desk.status("udp").transport, desk.status("tcp").transport) == ("udp", "tcp"), "each its own"
    )
    assert sorted(each.udp is not None for each in camera._viewers if each.playing) == [False, True]


def test_the_same_camera_on_two_tiles_is_decoded_once(desk, camera):
    desk.pool.open("small", address(camera), 160, 90)
    desk.pool.open("large", address(camera), 640, 360)
    desk.until_live("small", "large")
    assert (camera.watched, camera.plays) == (1, 1)
    assert desk.pool.newest("small", 0).width == 160
    assert desk.pool.newest("large", 0).width == 640
    desk.pool.close_tile("small")
    before = desk.sequence("large")
    wait_until(lambda: desk.sequence("large") > before + 5, why="the other tile goes on")


def test_a_resized_tile_gets_pictures_of_the_new_size_and_numbers_go_on(desk, camera):
    desk.pool.open("a", address(camera), 160, 90)
    desk.until_live("a")
    before = desk.sequence("a")
    for width in range(200, 330, 16):  # as when a window is dragged
        desk.pool.resize("a", width, 180)
    wait_until(lambda: (p := desk.pool.newest("a", before)) and p.width == 320, why="320 pixels wide")
    assert desk.status("a").state is LIVE
    assert camera.plays == 1
    wait_until(lambda: len(segments(desk)) == 1, why="the older segments are gone")


def test_another_camera_on_the_tile_goes_on_counting_and_coming_back_costs_no_connection(desk, camera):
    desk.pool.open("a", address(camera, "one"), 160, 90)
    desk.until_live("a")
    before = desk.sequence("a")
    desk.pool.open("a", address(camera, "two"), 160, 90)
    wait_until(lambda: desk.pool.newest("a", before), why="pictures of the other camera")
    assert camera.plays == 2
    before = desk.sequence("a")
    desk.pool.open("a", address(camera, "one"), 160, 90)
    wait_until(lambda: desk.pool.newest("a", before), why="the first camera is still open")
    assert camera.plays == 2


def test_a_closed_tile_hangs_up_and_is_stopped(desk, camera):
    desk.pool.open("a", address(camera), 160, 90)
    desk.until_live("a")
    desk.pool.close_tile("a")
    assert desk.status("a").state is StreamState.STOPPED
    assert desk.pool.newest("a", 0) is None
    wait_until(lambda: camera.watched == 0 and not segments(desk), why="the camera is let go")


def test_a_hidden_tile_costs_no_pictures_but_keeps_its_age_and_returns_at_once(desk, camera):
    desk.pool.open("a", address(camera), 160, 90)
    desk.until_live("a")
    desk.pool.set_shown("a", False)
    # An answer to what was asked later: the worker knows that the tile is hidden.
    desk.pool.snapshot("a", desk.folder / "later.jpg").result(LIMIT_S)
    desk.until_decoded("a", 2)  # what was under way has arrived
    before = desk.sequence("a")
    desk.until_decoded("a", 5)
    assert desk.sequence("a") == before
    desk.pool.set_shown("a", True)
    wait_until(lambda: desk.sequence("a") > before)


def test_a_frozen_picture_is_stalled_then_offline_then_back(desk, camera):
    """From which age on is a rule of its own (test_rules.py)."""
    desk.pool.open("a", address(camera), 160, 90)
    desk.until_live("a")
    camera.frozen = True
    status = desk.until("a", STALLED)
    assert time.monotonic() - status.last_picture_at >= STALLED_AFTER_S
    assert "stopped sending" in status.detail
    status = desk.until("a", OFFLINE)
    assert time.monotonic() - status.last_picture_at >= OFFLINE_AFTER_S
    wait_until(lambda: desk.status("a").fault is StreamFault.SILENT, "the worker says why")
    camera.frozen = False
    desk.until("a", LIVE)


def test_a_camera_that_restarts_is_live_again_by_itself(desk):
    with LoopCamera() as camera:
        desk.pool.open("a", address(camera), 160, 90)
        desk.until_live("a")
        port = camera.port
    wait_until(lambda: desk.status("a").fault is StreamFault.UNREACHABLE, why="it is gone")
    assert desk.status("a").retry_in_s is not None
    with LoopCamera(port=port):
        desk.until("a", LIVE)


def test_a_refused_password_is_sent_once_until_someone_acts(desk, camera):
    wrong = StreamAddress(camera.url(), "viewer", "wrong")
    for tile in "abc":
        desk.pool.open(tile, wrong, 160, 90)
    for tile in "abc":
        status = desk.until(tile, REFUSED)
        assert status.fault is StreamFault.REFUSED_PASSWORD
        assert status.retry_in_s is None
    assert camera.refusals == 1
    worker = desk.pool.health()[0].pid
    psutil.Process(worker).kill()  # a new worker must not try it either, nor does turning the page
    desk.pool.close_tile("a")
    desk.pool.open("a", wrong, 160, 90)
    desk.pool.open("fine", address(camera, "other"), 160, 90)
    desk.until_live("fine")
    assert desk.status("a").state is REFUSED
    assert camera.refusals == 1
    camera.password = "wrong"
    desk.pool.retry("a")
    desk.until_live("a", "b", "c")


def test_each_dead_camera_has_its_plain_words_and_disturbs_nobody(desk, camera):
    listener = socket.create_server(("127.0.0.1", 0))
    silent = f"rtsp://127.0.0.1:{listener.getsockname()[1]}/main"
    closed = socket.create_server(("127.0.0.1", 0))
    dead = f"rtsp://127.0.0.1:{closed.getsockname()[1]}/main"
    closed.close()
    desk.pool.open("fine", address(camera), 160, 90)
    expected = {
        "dead": (dead, OFFLINE, StreamFault.UNREACHABLE, "refuses the connection"),
        "silent": (silent, OFFLINE, StreamFault.SILENT, "says nothing"),
        "missing": (camera.url("missing"), OFFLINE, StreamFault.NOT_A_STREAM, "no stream at this address"),
        "file": (
            "file:///etc/hostname",
            REFUSED,
            StreamFault.UNSUPPORTED_SCHEME,
            "rtsp, rtsps, http or https",
        ),
        "nonsense": ("rtsp://", REFUSED, StreamFault.NOT_A_STREAM, "names no camera"),
    }
    for tile, (url, *_) in expected.items():
        desk.pool.open(tile, StreamAddress(url, camera.username, camera.password), 160, 90)
    for tile, (_, state, fault, words) in expected.items():
        wait_until(
            lambda tile=tile, state=state: desk.status(tile).state is state and desk.status(tile).detail,
            tile,
        )
        status = desk.status(tile)
        assert (status.fault, words in status.detail) == (fault, True), status
    desk.until_live("fine")
    listener.close()


def test_a_camera_that_shows_another_certificate_than_the_registers_gives_no_picture_until_it_is_trusted(
    tmp_path,
):
    with LoopCamera("viewer", "x") as camera, TlsFront(camera.port, tmp_path) as front:
        unknown = StreamAddress(f"rtsps://127.0.0.1:{front.port}/main", "viewer", "x")
        with running_desk(tmp_path) as desk:
            desk.pool.open("a", unknown, 160, 90)
            desk.until_live("a")
            known = desk.status("a").certificate
            front.change_certificate()
            assert desk.until("a", REFUSED).fault is StreamFault.CERTIFICATE_CHANGED, (
                "the first one seen counts"
            )
            desk.pool.open("b", replace(unknown, certificate=known), 160, 90)
            refused = desk.until("b", REFUSED)
            assert refused.fault is StreamFault.CERTIFICATE_CHANGED
            assert "no password was sent" in refused.detail
            desk.pool.retry("b")
            assert desk.until("b", REFUSED).certificate not in ("", known)
            desk.pool.open("b", replace(unknown, certificate=refused.certificate), 160, 90)
            desk.until_live("b")


def test_a_stream_that_never_sends_is_silent_and_the_others_come(desk, camera):
    with LoopCamera() as mute:
        mute.frozen = True
        desk.pool.open("mute", address(mute), 160, 90)
        wait_until(lambda: mute.plays, why="it is being opened")
        desk.pool.open("fine", address(camera), 160, 90)
        desk.until_live("fine")
        wait_until(lambda: desk.status("mute").fault is StreamFault.SILENT)


def test_a_stream_whose_description_lacks_its_parameters_is_read_all_the_same(desk):
    pictures = clip()
    bare = replace(pictures, frames=pictures.frames[3:] + pictures.frames[:3], parameter_sets="")
    with LoopCamera(pictures=bare) as camera:
        desk.pool.open("a", address(camera), 160, 90)
        desk.until_live("a")


@pytest.mark.parametrize("encoding", ["H265", "JPEG"])
def test_other_encodings_are_shown_as_well(desk, encoding):
    with LoopCamera(pictures=clip(256, 144, fps=15, frames=15, encoding=encoding)) as camera:
        desk.pool.open("a", StreamAddress(camera.url()), 160, 90)
        desk.until_live("a")
        picture = desk.pool.newest("a", 0)
        image = np.frombuffer(picture.pixels, np.uint8).reshape(90, 160, 4)
        assert abs(np.median(image[..., :3]) - 90) < 4
        assert image[..., :3].max() > 215


def test_a_killed_worker_is_back_with_all_its_tiles(desk, camera):
    tiles = [f"t{n}" for n in range(8)]
    for tile in tiles:
        desk.pool.open(tile, address(camera, tile), 160, 90)
    desk.until_live(*tiles)
    worker, before = desk.pool.health()[0].pid, {tile: desk.sequence(tile) for tile in tiles}
    psutil.Process(worker).kill()
    wait_until(lambda: desk.status("t0").fault is StreamFault.WORKER_LOST or desk.pool.health()[0].restarts)
    wait_until(lambda: desk.pool.health()[0].pid not in (None, worker), why="a new worker")
    mark = {tile: max(desk.sequence(tile), before[tile]) for tile in tiles}
    wait_until(lambda: all(desk.pool.newest(tile, mark[tile]) for tile in tiles), why="new pictures")
    desk.until_live(*tiles)


def test_streams_are_spread_over_workers_and_one_that_dies_leaves_the_others_alone(desk_of_two, camera):
    desk = desk_of_two
    for n in range(6):
        desk.pool.open(f"t{n}", address(camera, f"c{n}"), 160, 90)
    desk.pool.open("again", address(camera, "c0"), 320, 180)
    desk.until_live(*(f"t{n}" for n in range(6)), "again")
    assert camera.plays == 6
    spread = [desk.pool._tiles[f"t{n}"].worker for n in range(6)]
    assert sorted(spread) == [0, 0, 0, 1, 1, 1]
    assert desk.pool._tiles["again"].worker == spread[0]
    first = desk.pool.health()[0].pid
    os.kill(first, signal.SIGSTOP)  # as good as dead, and for longer
    stopped = [f"t{n}" for n in range(6) if spread[n] == 0]
    for tile in stopped:
        desk.until(tile, STALLED)
    marks = {tile: desk.sequence(tile) for tile in (f"t{n}" for n in range(6)) if tile not in stopped}
    wait_until(lambda: all(desk.pool.newest(tile, mark) for tile, mark in marks.items()), "the others go on")
    os.kill(first, signal.SIGCONT)
    desk.until_live(*stopped)


def test_closing_does_not_wait_for_a_worker_that_hangs(desk, camera):
    desk.pool.open("a", address(camera), 160, 90)
    desk.until_live("a")
    pid = desk.pool.health()[0].pid
    os.kill(pid, signal.SIGSTOP)
    desk.pool.close(timeout_s=0.5)
    assert not psutil.pid_exists(pid)
    assert segments(desk) == []


def test_a_tile_without_memory_says_so_and_the_others_go_on(desk, camera, monkeypatch):
    desk.pool.open("fine", address(camera, "fine"), 160, 90)
    desk.until_live("fine")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(frames.os, "posix_fallocate", full)
    desk.pool.open("a", address(camera), 160, 90)
    assert "no shared memory left" in desk.until("a", OFFLINE).detail
    monkeypatch.undo()
    desk.pool.retry("a")
    desk.until_live("fine", "a")


def test_a_hung_worker_is_replaced_and_its_tiles_stall_meanwhile(desk, camera):
    desk.pool.open("a", address(camera), 160, 90)
    desk.until_live("a")
    worker = desk.pool.health()[0].pid
    os.kill(worker, signal.SIGSTOP)
    desk.until("a", STALLED)
    desk.pool._workers[0]._hang_after_s = STALLED_AFTER_S
    wait_until(lambda: desk.pool.health()[0].pid != worker, why="it is ended")
    desk.pool._workers[0]._hang_after_s = LIMIT_S
    wait_until(lambda: desk.pool.health()[0].pid not in (None, worker), why="it is replaced")
    desk.until("a", LIVE)


def test_a_snapshot_is_the_cameras_own_size_under_any_name(desk, camera):
    desk.pool.open("a", address(camera), 64, 36)
    desk.until_live("a")
    path = desk.folder / "Größe 14.jpg"
    assert desk.pool.snapshot("a", path).result(LIMIT_S) == path
    with av.open(str(path)) as file:
        image = next(file.decode(video=0))
    assert (image.width, image.height) == (320, 180)
    desk.pool.set_shown("a", False)
    assert desk.pool.snapshot("a", desk.folder / "hidden.jpg").result(LIMIT_S).exists()
    assert [each.name for each in desk.folder.glob("*.part")] == []


def test_a_snapshot_that_cannot_be_taken_says_why(desk, camera):
    with pytest.raises(NotFound):
        desk.pool.snapshot("nothing", desk.folder / "x.jpg").result(LIMIT_S)
    desk.pool.open("a", StreamAddress(camera.url("missing"), camera.username, camera.password), 64, 36)
    desk.until("a", OFFLINE)
    with pytest.raises(Unavailable, match="No new picture"):
        desk.pool.snapshot("a", desk.folder / "x.jpg").result(LIMIT_S)
    desk.pool.open("b", address(camera), 64, 36)
    desk.until_live("b")
    with pytest.raises(Unavailable, match="could not be saved"):
        desk.pool.snapshot("b", desk.folder / "no" / "folder" / "x.jpg").result(LIMIT_S)


def test_a_frozen_camera_gives_no_snapshot_rather_than_an_old_picture(desk, camera):
    desk.pool.open("a", address(camera), 64, 36)
    desk.until_live("a")
    desk.pool.set_shown("a", False)
    desk.pool.snapshot("a", desk.folder / "before.jpg").result(LIMIT_S)
    camera.frozen = True
    desk.until("a", STALLED)
    with pytest.raises(Unavailable, match="No new picture"):
        desk.pool.snapshot("a", desk.folder / "after.jpg").result(LIMIT_S)
    assert not (desk.folder / "after.jpg").exists()


def test_nothing_is_left_after_closing(desk, camera):
    for n in range(4):
        desk.pool.open(f"t{n}", address(camera, f"c{n}"), 160, 90)
    desk.until_live(*(f"t{n}" for n in range(4)))
    assert len(segments(desk)) == 4
    pid = desk.pool.health()[0].pid
    pending = desk.pool.snapshot("t0", desk.folder / "x.jpg")
    desk.pool.close()
    assert pending.done() or pending.exception(1) is not None
    assert not psutil.pid_exists(pid)
    assert segments(desk) == []
    wait_until(lambda: camera.watched == 0, why="the camera was told goodbye")
    desk.pool.open("late", address(camera), 160, 90)
    assert desk.status("late").state is StreamState.STOPPED


DESK = """
    import sys, time
    from multiprocessing import resource_tracker
    from pathlib import Path
    from controlroom.processes.run_folder import RunFolder
    from controlroom.processes.supervisor import Supervisor
    from controlroom.video.pool import VideoPool
    from controlroom.video.records import StreamAddress
    run_folder = RunFolder(Path(sys.argv[1]))
    pool = VideoPool(Supervisor(run_folder), run_folder)
    pool.open("a", StreamAddress(sys.argv[2]), 160, 90)
    while pool.newest("a", 0) is None:
        time.sleep(0.01)
    assert not {"cv2", "PySide6", "numpy"} & set(sys.modules), "the desk stays light"
    print(pool.health()[0].pid, pool._tiles["a"].segment.name, resource_tracker._resource_tracker._pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows frees shared memory by itself")
def test_a_killed_desk_leaves_nothing_the_next_start_does_not_sweep(tmp_path):
    with LoopCamera() as camera:
        command = [sys.executable, "-c", textwrap.dedent(DESK), str(tmp_path / "run"), camera.url()]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            worker, name, tracker = process.stdout.readline().split()
            os.kill(int(tracker), signal.SIGKILL)  # Python's own clean-up must not be what saves us
            process.kill()
        sweep(tmp_path / "run")
        with pytest.raises(FileNotFoundError):
            frames.attach(name)
        wait_until(lambda: camera.watched == 0, why="the orphaned worker has left")
    wait_until(
        lambda: (
            not psutil.pid_exists(int(worker)) or psutil.Process(int(worker)).status() == psutil.STATUS_ZOMBIE
        )
    )


def test_no_password_appears_on_a_command_line_or_in_the_log(desk, camera, caplog):
    caplog.set_level("DEBUG")
    desk.pool.open("a", address(camera), 160, 90)
    desk.until_live("a")
    camera.password = "changed"
    camera.hang_up()
    desk.until("a", REFUSED)
    process = psutil.Process(desk.pool.health()[0].pid)
    said = " ".join(process.cmdline()) + " ".join(process.environ().values()) + caplog.text
    for secret in ("s3cret word", "s3cret%20word"):
        assert secret not in said
    assert "s3cret" not in repr(address(camera))
