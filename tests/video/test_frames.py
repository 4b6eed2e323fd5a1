"""Pictures cross in shared memory whole, in order, and leave nothing behind."""

import shutil
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import pytest

from controlroom.errors import Unavailable
from controlroom.video import frames
from controlroom.video.frames import FrameSegment, FrameWriter, new_name
from tests.waiting import LIMIT_S, wait_until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def segment():
    segment = FrameSegment(new_name(), 64, 36)
    yield segment
    segment.close()


def write(writer, width, height, value, at=1.0):
    with writer.begin(width, height) as buffer:
        buffer[:] = bytes([value]) * len(buffer)
    return writer.commit(at)


def exists(name):
    try:
        frames.attach(name).close()
    except FileNotFoundError:
        return False
    return True


def test_a_picture_arrives_as_it_was_written(segment):
    assert segment.read(0) is None
    assert segment.decoded_at is None
    writer = FrameWriter(segment.name)
    number = write(writer, 60, 30, 7, at=12.5)
    picture = segment.read(0)
    assert (picture.sequence, picture.width, picture.height, picture.stride) == (number, 60, 30, 240)
    assert (picture.decoded_at, bytes(picture.pixels)) == (12.5, b"\x07" * 60 * 30 * 4)
    assert segment.read(number) is None
    writer.close()


def test_a_picture_handed_out_does_not_change_any_more(segment):
    writer = FrameWriter(segment.name)
    write(writer, 8, 8, 1)
    picture = segment.read(0)
    for value in range(2, 9):
        write(writer, 8, 8, value)
    writer.close()
    segment.close()
    assert set(picture.pixels) == {1}


def test_the_age_counts_pictures_that_were_not_shown(segment):
    writer = FrameWriter(segment.name)
    writer.saw(99.0)
    assert segment.decoded_at == 99.0
    assert segment.read(0) is None
    writer.close()


def test_a_picture_larger_than_the_tile_is_refused(segment):
    writer = FrameWriter(segment.name)
    with pytest.raises(ValueError, match="does not fit"):
        writer.begin(64, 37)
    writer.close()


def test_a_new_segment_goes_on_counting(segment):
    writer = FrameWriter(segment.name)
    last = [write(writer, 8, 8, 1) for _ in range(5)][-1]
    writer.close()
    larger = FrameSegment(new_name(), 128, 72, sequence=segment.sequence)
    assert larger.read(0) is None
    writer = FrameWriter(larger.name)
    assert write(writer, 128, 72, 2) == last + 1
    picture = larger.read(last)
    assert picture is not None
    assert picture.width == 128
    writer.close()
    larger.close()


def test_a_second_writer_goes_on_where_a_killed_one_stopped(segment):
    first = FrameWriter(segment.name)
    write(first, 8, 8, 1)
    first.begin(8, 8).release()  # killed in the middle of a picture
    second = FrameWriter(segment.name)
    number = write(second, 8, 8, 9)
    assert set(segment.read(0).pixels) == {9}
    assert number == 2
    first.close()
    second.close()


def test_memory_that_is_not_ours_is_refused():
    memory = SharedMemory(new_name(), create=True, size=10_000)
    with pytest.raises(ValueError, match="does not hold pictures"):
        FrameWriter(memory.name)
    memory.close()
    memory.unlink()
    with pytest.raises(FileNotFoundError):
        FrameWriter("cr-nobody-made-this")


def test_closing_unlinks_and_reading_a_closed_segment_gives_nothing(segment):
    name = segment.name
    assert exists(name)
    segment.close()
    assert not exists(name)
    assert segment.read(0) is None
    assert segment.decoded_at is None
    segment.close()


def test_a_machine_without_shared_memory_is_a_plain_refusal(monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(frames.os, "posix_fallocate", full, raising=False)
    name = new_name()
    with pytest.raises(Unavailable, match="no shared memory left"):
        FrameSegment(name, 10, 10)
    assert not exists(name)


WRITER = """
    import sys
    from controlroom.video.frames import FrameWriter
    writer, value = FrameWriter(sys.argv[1]), 0
    print("ready", flush=True)
    sizes = [(400, 225), (320, 180), (64, 36)]
    while True:
        value = value % 250 + 1
        with writer.begin(*sizes[value % 3]) as buffer:
            half = len(buffer) // 2
            buffer[:half] = bytes([value]) * half
            buffer[half:] = bytes([value]) * (len(buffer) - half)
        writer.commit(value)
"""


def python(code, *arguments, executable=sys.executable):
    pipe = subprocess.PIPE
    command = [executable, "-c", textwrap.dedent(code), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_three_readers_never_see_a_torn_picture():
    segment = FrameSegment(new_name(), 400, 225)
    deadline = time.monotonic() + LIMIT_S

    def read_many(_):
        seen, last = 0, 0
        while seen < 100 and time.monotonic() < deadline:
            picture = segment.read(last)
            if picture is None:
                continue
            assert picture.sequence > last
            last = picture.sequence
            value = int(picture.decoded_at)
            assert bytes(picture.pixels) == bytes([value]) * (picture.stride * picture.height)
            seen += 1
        return seen

    with python(WRITER, segment.name) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with ThreadPoolExecutor(3) as readers:
            seen = list(readers.map(read_many, range(3)))
        writer.kill()
    segment.close()
    assert seen == [100, 100, 100]


ATTACHER = """
    import sys
    from multiprocessing import resource_tracker
    from controlroom.video.frames import FrameWriter
    writer = FrameWriter(sys.argv[1])
    with writer.begin(8, 8) as buffer:
        buffer[:] = b"\\x05" * len(buffer)
    writer.commit(1.0)
    tracker = getattr(resource_tracker._resource_tracker, "_pid", None)
    print("tracker" if tracker else "no tracker", flush=True)
    if "--close" in sys.argv:
        writer.close()
    sys.stdin.readline()
"""

OWNER = """
    import sys
    from controlroom.video.frames import FrameSegment
    segment = FrameSegment(sys.argv[1], 8, 8)
    print("made", flush=True)
    sys.stdin.readline()
    assert set(segment.read(0).pixels) == {5}
    segment.close()
    print("closed", flush=True)
"""


def interpreters():
    found = {f"{sys.version_info[0]}.{sys.version_info[1]}": sys.executable}
    for version in ("3.11", "3.12", "3.13"):
        path = shutil.which(f"python{version}")
        if version not in found and path is not None:
            answer = subprocess.run([path, "-c", "print(1)"], check=False, capture_output=True)
            if answer.returncode == 0:  # a version manager's stand-in may lead nowhere
                found[version] = path
    return found


def line_of(process):
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("ending", ["leaves", "closes", "killed"])
def test_an_attacher_that_ends_leaves_the_segment_alone(version, ending):
    executable = interpreters().get(version)
    if executable is None:
        pytest.skip(f"Python {version} is not installed")
    name = new_name()
    with python(OWNER, name, executable=executable) as owner:
        assert line_of(owner) == "made\n"
        attacher = python(ATTACHER, name, "--close" if ending == "closes" else "", executable=executable)
        with attacher:
            assert line_of(attacher) == "no tracker\n"
            if ending == "killed":
                attacher.kill()
            _, errors = attacher.communicate("\n", timeout=LIMIT_S)
        assert errors == ""
        assert exists(name)
        output, errors = owner.communicate("\n", timeout=LIMIT_S)
    assert (output, errors) == ("closed\n", "")
    assert not exists(name)


def test_attaching_leaves_the_creators_entry_with_the_tracker(segment, monkeypatch):
    registered = []
    monkeypatch.setattr(resource_tracker, "unregister", lambda *entry: registered.append(entry))
    before = resource_tracker.register
    for _ in range(3):
        writer = FrameWriter(segment.name)
        writer.close()
    assert registered == []
    assert resource_tracker.register is before


def test_what_a_killed_owner_leaves_is_gone_soon():
    name = new_name()
    with python(OWNER, name) as owner:
        line_of(owner)
        owner.kill()
    wait_until(lambda: not exists(name), why="the owner's own tracker unlinks it")
