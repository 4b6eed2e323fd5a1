"""Encoded pictures are cut for RTP so that a receiver can put them together again."""

import av
import numpy as np
import pytest

from controlroom.simulator.arrays import Image
from controlroom.simulator.media import h264
from controlroom.simulator.media.encoder import Encoder, parameter_sets
from controlroom.simulator.settings import MAIN, SUB


def put_together(payloads: list[bytes]) -> list[bytes]:
    """What RFC 6184 tells a receiver to do."""
    units: list[bytes] = []
    pieces = b""
    for payload in payloads:
        if payload[0] & 0x1F != 28:
            units.append(payload)
            continue
        if payload[1] & 0x80:
            pieces = bytes([(payload[0] & 0xE0) | (payload[1] & 0x1F)])
        pieces += payload[2:]
        if payload[1] & 0x40:
            units.append(pieces)
    return units


def frame(picture: Image) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(picture, "nv12")


def encoded(pictures: int, keys: tuple[int, ...] = ()) -> list[bytes]:
    encoder = Encoder(SUB)
    rng = np.random.default_rng(2)
    return [
        encoder.encode(
            frame(rng.integers(0, 255, (540, 640), dtype=np.uint8)), number * 6000, key=number in keys
        )
        for number in range(pictures)
    ]


def test_fragments_go_together_to_the_units_that_were_cut() -> None:
    for data in encoded(3):
        payloads = h264.payloads(data)
        assert max(map(len, payloads)) <= h264.MOST_PAYLOAD
        assert len(payloads) > 10
        assert put_together(payloads) == list(h264.units(data))


def test_both_lengths_of_start_code_are_understood() -> None:
    data = b"\0\0\0\1\x67abc\0\0\1\x68de\0\0\0\1\x65frame"
    assert list(h264.units(data)) == [b"\x67abc", b"\x68de", b"\x65frame"]
    assert h264.parameter_sets(data) == (b"\x67abc", b"\x68de")
    assert h264.is_key(data)


def test_a_key_frame_comes_when_asked_and_brings_its_parameter_sets() -> None:
    keys = [h264.is_key(data) for data in encoded(8, keys=(5,))]
    assert keys == [True, False, False, False, False, True, False, False]
    assert h264.parameter_sets(encoded(1)[0]) is not None


def test_a_key_frame_comes_every_second_by_itself() -> None:
    keys = [number for number, data in enumerate(encoded(32)) if h264.is_key(data)]
    assert keys == [0, 15, 30]


@pytest.mark.parametrize("shape", [MAIN, SUB], ids=lambda shape: shape.name)
def test_the_announced_parameter_sets_are_those_of_the_stream(shape) -> None:
    encoder = Encoder(shape)
    data = encoder.encode(frame(np.zeros((shape.height * 3 // 2, shape.width), np.uint8)), 0)
    assert h264.parameter_sets(data) == parameter_sets(shape)
    assert "sprop-parameter-sets=" in h264.sdp_parameters(parameter_sets(shape))
