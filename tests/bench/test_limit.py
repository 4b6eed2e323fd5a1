"""The streams decoded and thrown away: the limit the wall is compared with."""

import json
import subprocess
import sys

import psutil

from controlroom.bench.measure import cpu_seconds, tree
from controlroom.bench.streams import decoding
from controlroom.video.records import StreamAddress
from tests.video.loop_camera import LoopCamera
from tests.waiting import LIMIT_S


def test_every_stream_is_decoded_and_everything_ends_with_the_phase():
    with LoopCamera("viewer", "a secret/word") as camera:
        addresses = [StreamAddress(camera.url(f"c{n}"), "viewer", "a secret/word") for n in range(3)]
        with decoding(addresses) as pid:
            assert camera.watched == 3
            assert all("secret" not in " ".join(process.cmdline()) for process in tree([pid]))
            assert cpu_seconds(tree([pid])) > 0
        assert not psutil.pid_exists(pid)


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
