"""The streams decoded and thrown away: the limit the wall is compared with."""

import json
import shutil
import subprocess
import sys

import psutil
import pytest

from controlroom.bench.limit import Limit
from controlroom.bench.measure import cpu_seconds, tree
from controlroom.video.records import StreamAddress
from tests.video.loop_camera import LoopCamera
from tests.waiting import LIMIT_S


def test_every_stream_is_decoded_and_everything_ends_with_the_phase():
    with LoopCamera("viewer", "a secret/word") as camera:
        addresses = [StreamAddress(camera.url(f"c{n}"), "viewer", "a secret/word") for n in range(3)]
        limit = Limit(addresses)
        assert limit.tool == "pyav"  # a password would show on ffmpeg's command line
        with limit.running() as pids:
            assert camera.watched == 3
            assert all("secret" not in " ".join(process.cmdline()) for process in tree(pids))
            assert cpu_seconds(tree(pids)) > 0
        assert not any(psutil.pid_exists(pid) for pid in pids)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_ffmpeg_is_the_limit_where_it_is_installed_and_nothing_is_secret():
    with LoopCamera() as camera:
        limit = Limit([StreamAddress(camera.url(f"c{n}")) for n in range(2)])
        assert limit.tool == "ffmpeg"
        with limit.running() as pids:
            assert len(pids) == camera.watched == 2
        assert not any(psutil.pid_exists(pid) for pid in pids)


def test_a_hundred_streams_are_not_given_to_a_hundred_processes():
    assert Limit([StreamAddress(f"rtsp://camera/{n}") for n in range(100)]).tool == "pyav"


def test_decoding_alone_counts_pictures_and_leaves_with_its_parent():
    with LoopCamera() as camera:
        command = [sys.executable, "-m", "controlroom.bench.stream_readers"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps([camera.url("a"), camera.url("b")]) + "\n")
            process.stdin.flush()
            said = []
            for line in process.stdout:
                said.append(json.loads(line))
                if said[-1]["live"] == 2 and said[-1]["pictures"] > said[0]["pictures"]:
                    break
            process.stdin.close()
            assert process.wait(LIMIT_S) == 0
    counts = [each["pictures"] for each in said]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
