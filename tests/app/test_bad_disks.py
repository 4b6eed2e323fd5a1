"""A disk that is full, read-only, damaged or somebody else's: said plainly, nothing lost, and work goes on after it."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from controlroom.accounts.records import Actor, Role
from controlroom.app.room import Services, keeping_up, open_services
from controlroom.audit import service as audit
from controlroom.audit.signing import AuditFiles
from controlroom.care.backup import make_backup
from controlroom.errors import Unavailable
from controlroom.log.records import NewLogEntry
from controlroom.settings import Settings
from tests.log.writing import write_entry
from tests.waiting import LIMIT_S, wait_until

PASSWORD = "three random words"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 MB of its own; only root on Linux can make one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = sys.platform == "linux" and shutil.which("mount") is not None
    if mounted:
        command = ["mount", "-t", "tmpfs", "-o", "size=12m,mode=700", "tmpfs", str(place)]
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    if not mounted:
        pytest.skip("a small disk can be mounted here by root alone")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def failing_disk(tmp_path: Path) -> Iterator[tuple[Path, Callable[[], None]]]:
    """A disk of its own, and what makes it fail: Linux then turns it read-only under whoever has files open."""
    image, place = tmp_path / "disk.img", tmp_path / "failing"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(24 << 20)
    commands = (
        ["mkfs.ext4", "-q", "-F", str(image)],
        ["mount", "-o", "loop,errors=remount-ro", str(image), str(place)],
    )
    for command in commands:
        there = sys.platform == "linux" and shutil.which(command[0]) is not None
        if not there or subprocess.run(command, capture_output=True, check=False).returncode != 0:
            pytest.skip("a disk that fails on demand can be made here by root alone, with a loop device")
    device = place.stat().st_dev
    name = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve().name

    def fail() -> None:
        Path(f"/sys/fs/ext4/{name}/trigger_fs_error").write_text("a test", encoding="utf-8")

    yield place, fail
    subprocess.run(["umount", "-l", str(place)], check=True)


def people(services: Services) -> Actor:
    administrator = services.accounts.add_first("duty", "Administrator", PASSWORD)
    user = services.accounts.add(administrator, "op7", "Operator 07", PASSWORD + " more", {Role.OPERATOR})
    user = getattr(user, "user", user)
    return Actor(user.id, user.handle, user.roles)


def fill(place: Path) -> Path:
    """Take every free byte."""
    big = place / "big"
    with big.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return big


def test_a_full_disk_is_said_nothing_accepted_is_lost_and_it_goes_on_by_itself(small_disk: Path):
    data = small_disk / "data"
    with open_services(data) as services:
        operator = people(services)
        before = write_entry(services.log, operator, NewLogEntry("Before the disk was full."))
        big = fill(small_disk)
        refusals: list[Unavailable] = []
        for number in range(40):  # SQLite's journal may hold a few more
            try:
                write_entry(services.log, operator, NewLogEntry(f"While it is full, {number}. " + "x" * 2000))
            except Unavailable as error:
                refusals.append(error)
        assert refusals
        assert services.database.availability.failed_save is not None
        assert all("full" in each.what and "Nothing was saved" in each.meaning for each in refusals)
        big.unlink()
        after = write_entry(services.log, operator, NewLogEntry("After room was made."))
        assert services.database.availability.failed_save is None
        with services.database.read() as session:
            assert audit.verify(session).sound
            written = [each for each in audit.newest(session, 100) if each.action == "log.written"]
        assert len(written) == 2 + 40 - len(refusals)
        assert after.id > before.id


def test_a_full_disk_at_the_start_is_one_plain_refusal(small_disk: Path):
    fill(small_disk)
    with pytest.raises(Unavailable, match="cannot be written") as refusal, open_services(small_disk / "data"):
        pass
    assert "Make room" in refusal.value.remedy


def test_a_read_only_disk_is_said_at_the_start_and_while_running(small_disk: Path):
    data = small_disk / "data"
    with open_services(data) as services:
        operator = people(services)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    try:
        with pytest.raises(Unavailable, match="cannot be written"), open_services(data):
            pass
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    with open_services(data) as services:
        assert write_entry(services.log, operator, NewLogEntry("It is writable again.")).id


def test_a_disk_that_turns_read_only_under_the_running_room_is_said_and_nothing_is_lost(failing_disk):
    place, fail = failing_disk
    with open_services(place / "data") as services, keeping_up(services):
        operator = people(services)
        services.outbox.accept(operator, NewLogEntry("Before the disk failed.")).result(LIMIT_S)
        wait_until(lambda: not services.outbox.entries(), "what was accepted is in the database")
        fail()
        for _ in range(2):
            with pytest.raises(Unavailable, match="disk with the data folder fails") as refusal:
                write_entry(services.log, operator, NewLogEntry("After it failed."))
            assert "Nothing was saved" in refusal.value.meaning
        with pytest.raises(Unavailable, match="could not be kept"):
            services.outbox.accept(operator, NewLogEntry("After it failed.")).result(LIMIT_S)
        assert services.database.availability.failed_save is not None
        with services.database.read() as session:
            assert [each.action for each in audit.newest(session, 100)].count("log.written") == 1
            assert audit.verify(session).sound


def test_the_desk_without_room_for_its_log_still_starts_its_log(small_disk: Path):
    fill(small_disk)
    code = (
        "import logging, sys; from pathlib import Path; from controlroom import logs;"
        "made = logs.set_up(Path(sys.argv[1]) / 'logs'); logging.getLogger('x').error('one line'); made.close();"
        "print('alive')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(small_disk)],
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )
    assert done.stdout.strip() == "alive", done.stderr


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away"
)
def test_a_folder_of_another_user_is_refused_and_left_alone(tmp_path: Path):
    data = tmp_path / "theirs"
    data.mkdir(mode=0o755)
    os.chown(data, 65534, 65534)
    with pytest.raises(Unavailable, match="another user"), open_services(data):
        pass
    assert data.stat().st_mode & 0o777 == 0o755
    assert list(data.iterdir()) == []


@pytest.mark.parametrize("backups", [True, False])
def test_a_damaged_database_names_the_newest_backup_and_is_left_alone(tmp_path: Path, backups: bool):
    with open_services(tmp_path) as services:
        people(services)
        advice = "No good backup"
        if backups:
            files = AuditFiles.of(tmp_path, Settings())
            made = make_backup(services.database, tmp_path, tmp_path / "backups", files)
            advice = f"restore {made.name} --replace"
    file = tmp_path / "controlroom.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(file.read_bytes())
    content[4096:16384] = b"\xff" * 12288
    file.write_bytes(content)
    with pytest.raises(Unavailable, match="is damaged") as refusal, open_services(tmp_path):
        pass
    assert advice in refusal.value.remedy
    assert file.read_bytes() == bytes(content)


def test_no_display_is_one_plain_line(tmp_path: Path):
    environment = {
        name: value
        for name, value in os.environ.items()
        if "DISPLAY" not in name and name != "QT_QPA_PLATFORM"
    }
    command = [sys.executable, "-m", "controlroom.cli", "run", "--data", str(tmp_path)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=LIMIT_S
    )
    assert done.returncode == 1
    assert "no display" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
