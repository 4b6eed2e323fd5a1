"""A decoder nobody here wrote plays the streams: OpenCV's FFmpeg, in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from controlroom.simulator.fleet import Fleet
from tests.waiting import LIMIT_S


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with Fleet(1, discovery=False) as running:
        yield running


def decode(url: str, transport: str, pictures: int) -> dict[str, Any]:
    child = subprocess.run(
        [sys.executable, "-m", "tests.simulator.decode_child", url, transport, str(pictures)],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=True,
    )
    return json.loads(child.stdout.splitlines()[-1])


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize(("stream", "size"), [("sub", [640, 360]), ("main", [1280, 720])])
def test_the_stream_is_decoded_and_its_counter_read(
    fleet: Fleet, stream: str, size: list[int], transport: str
) -> None:
    seen = decode(fleet.cameras[0].stream_url(stream), transport, 20)
    assert seen["sizes"] == size
    counters = [value for value in seen["counters"] if value is not None]
    assert len(counters) >= (18 if transport == "tcp" else 10)  # a busy machine loses packets of UDP
    assert all(0 < (two - one) % 65_536 < 32_768 for one, two in pairwise(counters))
    assert seen["mean"] > 15  # a picture, not darkness


def test_a_wrong_password_gets_no_picture(fleet: Fleet) -> None:
    url = fleet.cameras[0].stream_url().replace(":simulated@", ":guess@")
    assert decode(url, "tcp", 1)["counters"] == []
