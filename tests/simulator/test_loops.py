"""Counter loops and footage: encoded once, played to everybody."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from controlroom.errors import InvalidInput, Unavailable
from controlroom.simulator import counter
from controlroom.simulator.fleet import Fleet
from controlroom.simulator.media.footage import open_footage
from controlroom.simulator.settings import MAIN, SUB
from tests.simulator.rtsp_client import RtspClient, is_key_start, rtp_header


def write_video(path: Path, codec: str, size: tuple[int, int] = (320, 240), seconds: float = 2.0) -> Path:
    """A small film whose pictures carry a counter."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=25)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = 10
        stream.codec_context.time_base = Fraction(1, 25)
        for number in range(int(seconds * 25)):
            picture = np.full((size[1], size[0], 3), 60 + number, np.uint8)
            counter.draw(picture, number)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    return path


def decoded_counters(fleet: Fleet, place: int, stream: str, wanted: int) -> list[int | None]:
    """Counters of the stream's first pictures, decoded from the packets."""
    camera = fleet.cameras[place - 1]
    decoder: Any = av.CodecContext.create("h264", "r")
    counters: list[int | None] = []
    unit = b""
    with RtspClient(camera.host, camera.rtsp_port, f"/{place}/{stream}") as client:
        client.play()
        for channel, packet in client.packets():
            if channel:
                continue
            unit += unit_of(packet[12:])
            if rtp_header(packet)[0]:
                for frame in decoder.decode(av.Packet(unit)):
                    counters.append(counter.read(frame.to_ndarray(format="bgr24")))
                unit = b""
            if len(counters) >= wanted:
                break
    return counters


def unit_of(payload: bytes) -> bytes:
    if payload[0] & 0x1F != 28:
        return b"\0\0\0\1" + payload
    start = b"\0\0\0\1" + bytes([(payload[0] & 0xE0) | (payload[1] & 0x1F)]) if payload[1] & 0x80 else b""
    return start + payload[2:]


@pytest.fixture(scope="module")
def loops() -> Iterator[Fleet]:
    with Fleet(3, loops=True, discovery=False) as fleet:
        yield fleet


def test_every_camera_plays_the_loop_from_a_place_of_its_own(loops: Fleet) -> None:
    starts = []
    for place in (1, 2, 3):
        counters = decoded_counters(loops, place, "sub", 6)
        assert None not in counters
        assert all((two or 0) == ((one or 0) + 1) % 150 for one, two in pairwise(counters))
        starts.append(counters[0])
    assert len(set(starts)) == 3


def test_the_main_loop_is_there_too(loops: Fleet) -> None:
    counters = decoded_counters(loops, 1, "main", 5)
    assert None not in counters and counters == sorted(counters, key=lambda value: value or 0)


def test_a_newcomer_is_sent_the_running_group_at_once(loops: Fleet) -> None:
    camera = loops.cameras[0]
    with (
        RtspClient(camera.host, camera.rtsp_port, "/1/sub") as first,
        RtspClient(camera.host, camera.rtsp_port, "/1/sub") as second,
    ):
        first.play()
        packets = first.packets()
        for _ in range(8):
            next(packets)
        second.play()
        _, packet = next(second.packets())
        assert is_key_start(packet)


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_footage_is_served_whatever_its_encoding(tmp_path: Path, codec: str) -> None:
    film = write_video(tmp_path / "film.mp4", codec)
    with Fleet(1, footage=film, discovery=False) as fleet:
        counters = decoded_counters(fleet, 1, "main", 60)  # more than the film has: it begins again
    known = [value for value in counters if value is not None]
    assert len(known) > 40
    assert any(two < one for one, two in pairwise(known))


def test_h264_footage_is_passed_on_untouched_and_other_footage_encoded(tmp_path: Path) -> None:
    own = open_footage(write_video(tmp_path / "own.mp4", "libx264"))
    assert own.is_passed_on(MAIN) and own.is_passed_on(SUB)
    large = open_footage(write_video(tmp_path / "large.mp4", "libx264", (1920, 1080), 0.2))
    assert large.is_passed_on(MAIN) and not large.is_passed_on(SUB)
    assert (large.shape_for(SUB).width, large.shape_for(SUB).height) == (640, 360)
    other = open_footage(write_video(tmp_path / "other.mp4", "mpeg4"))
    assert not other.is_passed_on(MAIN)
    assert len(other.clip(SUB).frames) == 30  # two seconds at 15 a second


@pytest.mark.parametrize("content", [b"", b"not a film at all" * 100], ids=["empty", "text"])
def test_a_file_that_is_no_film_is_refused_plainly(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "film.mp4").write_bytes(content)
    with pytest.raises(InvalidInput, match="cannot be opened as video"):
        open_footage(tmp_path / "film.mp4")
    with pytest.raises(Unavailable, match="cannot be opened as video"):
        Fleet(1, footage=tmp_path / "film.mp4", discovery=False).start()
