"""Desks on one data folder know of each other and leave each other's things alone."""

import os
import subprocess
import sys

import pytest

from controlroom.app.data_folder import DeskSlot
from controlroom.clock import SystemClock
from controlroom.platform import network_share

HOLD = """
import sys, time
from pathlib import Path
from controlroom.app.data_folder import DeskSlot
from controlroom.clock import SystemClock
slot = DeskSlot.take(Path(sys.argv[1]), SystemClock())
print(slot.number, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path):
    """Another desk's process on the folder, with number 1."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "1\n"
    yield process
    process.kill()
    process.communicate()


def test_the_first_desk_is_alone_and_uses_the_usual_places(tmp_path):
    slot = DeskSlot.take(tmp_path, SystemClock())
    assert (slot.number, slot.others()) == (1, [])
    assert slot.window_file == tmp_path / "window.json"
    slot.close()


def test_a_second_desk_is_told_who_the_first_is_and_has_places_of_its_own(tmp_path, other):
    slot = DeskSlot.take(tmp_path, SystemClock())
    (first,) = slot.others()
    assert (first.number, first.pid) == (1, other.pid)
    assert first.host
    assert first.since is not None
    assert slot.number == 2
    assert slot.window_file.name == "window-2.json"
    assert slot.pictures != tmp_path / "run" / "pictures-1"
    slot.close()


def test_pictures_of_a_desk_at_work_stay_and_those_of_a_killed_one_go(tmp_path, other):
    for name in ("pictures", "pictures-1", "pictures-2"):
        (tmp_path / "run" / name).mkdir(parents=True)
    slot = DeskSlot.take(tmp_path, SystemClock())
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["pictures-1"]
    slot.close()


def test_the_number_of_a_killed_desk_is_free_again(tmp_path, other):
    other.kill()
    other.wait()
    slot = DeskSlot.take(tmp_path, SystemClock())
    assert slot.number == 1
    assert slot.others() == []
    slot.close()


def test_two_desks_in_one_process_do_not_share_a_number(tmp_path):
    slots = [DeskSlot.take(tmp_path, SystemClock()) for _ in range(3)]
    assert [slot.number for slot in slots] == [1, 2, 3]
    assert [each.pid for each in slots[0].others()] == [os.getpid()] * 2
    for slot in slots:
        slot.close()


def test_a_folder_that_takes_no_locks_still_gives_a_number_of_its_own(tmp_path):
    (tmp_path / "desks").write_text("a file in the way")
    slot = DeskSlot.take(tmp_path, SystemClock())
    assert slot.number > 1
    slot.close()


def test_a_disk_of_this_computer_is_no_network_share(tmp_path):
    assert network_share(tmp_path) == ""
