"""The table of sending times: where a frame's slot is, and who may open what."""

import struct
import time
from pathlib import Path

import pytest

from controlroom.errors import InvalidInput
from controlroom.simulator.send_log import SLOTS, SendLog


def test_a_noted_frame_is_found_by_camera_stream_and_counter(tmp_path: Path) -> None:
    written = SendLog.create(tmp_path / "log", 3)
    before = time.monotonic_ns()
    written.note(2, 1, SLOTS + 7)
    moment = SendLog.open(tmp_path / "log").sent_at(2, 1, SLOTS + 7)
    assert moment is not None and before <= moment <= time.monotonic_ns()


def test_the_file_is_little_endian_nanoseconds_in_the_agreed_slot(tmp_path: Path) -> None:
    written = SendLog.create(tmp_path / "log", 2)
    written.note(1, 0, 5)
    slot = (1 * 2 + 0) * 4096 + 5
    (moment,) = struct.unpack_from("<q", (tmp_path / "log").read_bytes(), slot * 8)
    assert moment == written.sent_at(1, 0, 5)


def test_a_frame_never_sent_has_no_time(tmp_path: Path) -> None:
    assert SendLog.create(tmp_path / "log", 1).sent_at(0, 0, 9) is None


def test_another_file_is_refused_as_a_send_log(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"hello")
    with pytest.raises(InvalidInput, match="not a send log"):
        SendLog.open(tmp_path / "other")
