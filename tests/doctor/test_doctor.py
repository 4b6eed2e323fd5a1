"""The doctor on real installations, sound and broken: each fault is named with its meaning and its remedy."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from controlroom.app.room import open_services
from controlroom.audit.signed_heads import SigningKey
from controlroom.cameras.records import NewCamera, Place
from controlroom.care.manifests import write_manifest
from controlroom.care.records import Manifest
from controlroom.database.engine import room_url
from controlroom.doctor import database, folder, machine, programs
from controlroom.doctor.examination import FAMILIES, examine, worst
from controlroom.doctor.records import CheckContext, CheckResult, Verdict
from controlroom.nouns import NOUNS
from controlroom.platform import open_to_others
from controlroom.site_key import SiteKey

NOW = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)  # the hour that happens twice


def given(data: Path, url: str | None = None, **more: object) -> CheckContext:
    context = CheckContext(data, room_url(data, url), NOW, NOUNS, {"WAYLAND_DISPLAY": "wayland-0"})
    return replace(context, **more)


def named(checks: Sequence[CheckResult], name: str) -> CheckResult:
    return next(check for check in checks if check.name == name)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A room with an account and a camera."""
    place = tmp_path / "data"
    with open_services(place) as services:
        administrator = services.accounts.add_first("duty", "Administrator", "three random words")
        camera = NewCamera("014", "George Street", Place("", "", ""), "127.0.0.1", 1, "room", "s3cret")
        services.cameras.add(administrator, camera)
    return place


def test_a_sound_room_has_no_failures(data: Path):
    checks = list(examine(given(data), [each for each in FAMILIES if each[0] != "Program"]))
    assert [check for check in checks if check.verdict is Verdict.FAIL] == []
    assert named(checks, "Protection").verdict is Verdict.OK
    assert "opens 1 camera" in named(checks, "Site key").found


def test_looking_changes_nothing(data: Path):
    def state() -> dict[str, tuple[int, bytes]]:
        return {
            str(path): (path.stat().st_mode, path.read_bytes())
            for path in sorted(data.rglob("*"))
            if path.is_file() and not path.name.endswith(("-wal", "-shm"))
        }

    before = state()
    list(examine(given(data), [each for each in FAMILIES if each[0] != "Program"]))
    assert state() == before


def test_an_empty_folder_is_no_fault_and_stays_empty(tmp_path: Path):
    place = tmp_path / "nothing"
    checks = list(examine(given(place), [each for each in FAMILIES if each[0] != "Program"]))
    assert worst(checks) is Verdict.WARN
    assert not place.exists()


def test_every_finding_that_is_not_well_says_what_to_do(tmp_path: Path):
    for check in examine(given(tmp_path / "nothing"), [each for each in FAMILIES if each[0] != "Program"]):
        assert check.verdict is Verdict.OK or check.meaning or check.remedy, check


def test_a_check_that_fails_itself_does_not_hide_the_others(data: Path):
    def broken(_given: CheckContext):
        raise RuntimeError("no such thing")

    checks = list(examine(given(data), [("First", broken), ("Screen", programs.check_screen)]))
    assert checks[0].verdict is Verdict.FAIL
    assert "no such thing" in checks[0].found
    assert named(checks, "Display").verdict is Verdict.OK


# -- the program ---------------------------------------------------------------------------------------------


def test_the_installed_packages_are_those_of_the_lock():
    assert programs.packages().verdict is Verdict.OK


def test_a_package_of_another_version_or_missing_is_named(tmp_path: Path):
    lock = tmp_path / "run.txt"
    lock.write_text("psutil==0.1 \\\n    --hash=sha256:x\n")
    assert "psutil" in programs.packages(lock).found
    assert programs.packages(lock).verdict is Verdict.WARN
    lock.write_text("no-such-package==1.0 \\\n")
    assert programs.packages(lock).verdict is Verdict.FAIL


def test_a_missing_system_library_comes_with_its_package(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(programs.system, "wanted_libraries", lambda _: {"libnot-there.so.9": "libnot-there9"})
    check = programs.libraries(given(Path("/")))
    assert check.verdict is Verdict.FAIL
    assert "libnot-there9" in check.remedy


def test_no_display_is_said(data: Path):
    check = programs.display(given(data, environment={}))
    assert check.verdict is Verdict.WARN or sys.platform != "linux"


# -- the folder ----------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    assert folder.writable(tmp_path / "file").verdict is Verdict.FAIL
    assert named(list(folder.check_folder(given(tmp_path / "file"))), "Place").verdict is Verdict.FAIL


def test_a_folder_open_to_others_is_named(data: Path):
    data.chmod(0o755)
    check = folder.owner_only_access(data)
    assert check.verdict is Verdict.WARN
    assert "--mend" in check.remedy


def test_a_key_open_to_others_is_named(data: Path):
    (data / "site.key").chmod(0o644)
    assert "site.key" in folder.owner_only_access(data).found


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away"
)
def test_a_folder_of_another_user_is_named(data: Path):
    os.chown(data, 65534, 65534)
    check = folder.owner_only_access(data)
    assert check.verdict is Verdict.FAIL
    assert "user number 65534" in check.found


@pytest.mark.parametrize(("free", "verdict"), [(1e6, Verdict.FAIL), (1e9, Verdict.WARN), (1e11, Verdict.OK)])
def test_little_room_is_told_in_time(
    data: Path, monkeypatch: pytest.MonkeyPatch, free: float, verdict: Verdict
):
    usage = psutil.disk_usage(str(data))
    monkeypatch.setattr(folder.shutil, "disk_usage", lambda _: usage._replace(free=int(free)))
    assert folder.space(data).verdict is verdict


def test_a_network_share_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(folder, "network_share", lambda _: "nfs4")
    assert folder.on_local_disk(data).verdict is Verdict.FAIL


def test_settings_that_cannot_be_used_are_named(data: Path):
    (data / "settings.toml").write_text("colour = 1")
    assert "colour" in folder.settings_usable(given(data)).found


def test_settings_that_are_no_file_are_told_wherever_they_are_needed(data: Path):
    looks = [(name, look) for name, look in FAMILIES if name in ("Data folder", "Keys", "Backups")]
    path = data / "settings.toml"
    for put_there, reason in (
        (path.mkdir, "Is a directory"),
        (lambda: path.symlink_to(path.name), "Too many levels of symbolic links"),
    ):
        put_there()
        checks = list(examine(given(data), looks))
        for name in ("Settings", "Audit key", "Newest"):
            assert f"{path} cannot be read: {reason}." in named(checks, name).found
        path.rmdir() if path.is_dir() else path.unlink()


def test_a_file_given_as_the_data_folder_is_told_without_any_check_failing_itself(tmp_path: Path):
    path = tmp_path / "file"
    path.write_text("in the way")
    checks = list(examine(given(path), [each for each in FAMILIES if each[0] != "Program"]))
    assert named(checks, "Place").found == f"{path} is not a folder"
    assert "The check itself" not in [check.name for check in checks]


# -- database and keys ---------------------------------------------------------------------------------------


def test_a_damaged_database_is_named_and_left_alone(data: Path):
    file = data / "controlroom.db"
    content = bytearray(file.read_bytes())
    content[4096:12288] = b"\xff" * 8192
    file.write_bytes(content)
    check = list(database.check_database(given(data)))[-1]
    assert check.verdict is Verdict.FAIL
    assert "damaged" in check.found
    assert file.read_bytes() == bytes(content)


def test_a_database_of_another_version_is_named(data: Path):
    with closing(sqlite3.connect(data / "controlroom.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from-the-future'")
    assert "newer version" in list(database.check_database(given(data)))[-1].found


def test_a_trigger_taken_away_is_named(data: Path):
    with closing(sqlite3.connect(data / "controlroom.db")) as connection, connection:
        (name,) = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' LIMIT 1"
        ).fetchone()
        connection.execute(f'DROP TRIGGER "{name}"')
    check = named(list(database.check_database(given(data))), "Protection")
    assert check.verdict is Verdict.FAIL
    assert name in check.found


def test_a_server_that_does_not_answer_is_named(data: Path):
    (check,) = database.check_database(given(data, url="postgresql://desk:hidden@127.0.0.1:1/room"))
    assert check.verdict is Verdict.FAIL
    assert "hidden" not in repr(check)


@pytest.mark.parametrize("how", ["lost", "wrong", "unreadable"])
def test_a_site_key_in_trouble_is_named(data: Path, how: str):
    path = data / "site.key"
    path.unlink()
    if how == "wrong":
        SiteKey.make(path)
    if how == "unreadable":
        path.write_bytes(b"torn")
    check = database.site_key(given(data))
    assert check.verdict is Verdict.FAIL
    assert "site-key import" in check.remedy


# -- time and machine ----------------------------------------------------------------------------------------


def test_a_clock_from_before_the_program_is_a_fault(data: Path):
    checks = list(machine.check_time(given(data, now=datetime(2001, 1, 1, tzinfo=UTC))))
    assert named(checks, "Clock").verdict is Verdict.FAIL
    assert named(checks, "Time zones").verdict is Verdict.OK


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"chronyc": "A,B,3,1,0.000123,0,0,0,0,0,0,0,0,Normal"}, Verdict.OK),
        ({"chronyc": "A,B,3,1,0.1,0,0,0,0,0,0,0,0,Not synchronised"}, Verdict.WARN),
        ({"timedatectl": "yes\n"}, Verdict.OK),
        ({"timedatectl": "no\n"}, Verdict.WARN),
        ({}, Verdict.WARN),
    ],
)
def test_who_keeps_the_clock_is_told(tmp_path: Path, monkeypatch, said: dict[str, str], verdict: Verdict):
    """Programs of these names that say what the real ones say."""
    for name, words in said.items():
        (tmp_path / name).write_text(f"#!/bin/sh\nprintf '%s' '{words}'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin" if said else str(tmp_path))
    if "timedatectl" in said and "chronyc" not in said:
        monkeypatch.setattr(
            machine.shutil, "which", lambda name: str(tmp_path / name) if name in said else None
        )
    assert machine.synchronised().verdict is verdict


def test_this_machine_lends_what_is_needed():
    checks = list(machine.check_machine(given(Path("/"))))
    assert {check.name for check in checks} == {
        "Shared memory", "Open files", "Memory", "Ports", "Search for cameras",
    }  # fmt: skip
    assert named(checks, "Ports").verdict is Verdict.OK


def test_little_shared_memory_is_told(monkeypatch: pytest.MonkeyPatch):
    usage = psutil.disk_usage("/")
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    assert machine.shared_memory().verdict is Verdict.FAIL or not machine.SHARED.is_dir()


# -- what runs, backups, cameras -----------------------------------------------------------------------------


def test_other_desks_on_the_folder_and_killed_ones_are_counted(data: Path):
    run = data / "run"
    run.mkdir()
    me = psutil.Process()
    (run / "1.json").write_text(json.dumps({"pid": me.pid, "started": me.create_time()}))
    (run / "2.json").write_text(json.dumps({"pid": me.pid, "started": me.create_time() - 999}))
    assert folder.desks(given(data)).found.startswith(f"process {me.pid}; 1 killed run")
    parent = psutil.Process(me.ppid())
    (run / "3.json").write_text(json.dumps({"pid": parent.pid, "started": parent.create_time()}))
    assert folder.desks(given(data)).verdict is Verdict.WARN


def test_pictures_and_backups_open_to_others_are_named_and_closed_when_asked_to(data: Path, tmp_path: Path):
    elsewhere = tmp_path / "backups"
    context = replace(given(data), environment={"CONTROLROOM_BACKUP_FOLDER": str(elsewhere)})
    opened = [data / "snapshots" / "2026" / "a.jpg", elsewhere / "2026-11-20T224107Z" / "database.sqlite"]
    for path in opened:
        path.parent.mkdir(parents=True)
        path.write_bytes(b"people")
        path.chmod(0o664)
    assert "data/snapshots/2026/a.jpg" in folder.owner_only_access(data).found
    assert (
        "backups/2026-11-20T224107Z/database.sqlite"
        in named(list(folder.check_backups(context)), "Owner").found
    )
    assert len(list(folder.mend(context))) == 2
    assert {path.stat().st_mode & 0o777 for path in opened} == {0o600}
    assert {path.parent.stat().st_mode & 0o777 for path in opened} == {0o700}
    assert folder.owner_only_access(data).verdict is Verdict.OK


def test_a_newest_backup_that_was_not_sound_is_a_failure(data: Path):
    now = given(data).now
    for name, days, faults in (("good", 1, ()), ("bad", 0, ("pictures: 3 are missing",))):
        (made := data / "backups" / name).mkdir(parents=True)
        made_at = now - timedelta(days=days)
        write_manifest(made, Manifest(made_at, "sqlite", "0009", {}, {}, 0, "", faults))
    checks = list(folder.check_backups(given(data)))
    assert named(checks, "Sound").verdict is Verdict.FAIL
    assert "pictures: 3 are missing" in named(checks, "Sound").found
    assert named(checks, "Newest").found.startswith("good")


def test_a_backup_that_the_room_did_not_sign_is_named_and_is_not_the_newest(data: Path):
    SigningKey.create(data / "audit-signing.key")
    (made := data / "backups" / "2026-01-01T030000Z").mkdir(parents=True)
    write_manifest(made, Manifest(given(data).now, "sqlite", "0009", {}, {}, 0, ""))
    checks = list(folder.check_backups(given(data)))
    assert made.name in named(checks, "Signed").found
    assert named(checks, "Newest").found.startswith("none")


def test_a_start_closes_pictures_that_an_earlier_version_left_open(data: Path):
    picture = data / "snapshots" / "2026" / "a.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"people")
    for path, mode in ((picture, 0o644), (picture.parent, 0o755), (data / "snapshots", 0o755)):
        path.chmod(mode)
    with open_services(data):
        pass
    assert not list(open_to_others(data / "snapshots"))


def test_a_crash_on_record_is_told(data: Path):
    (data / "logs").mkdir(exist_ok=True)
    (data / "logs" / "desk-crash-20261120T224107.log").write_text("Segmentation fault")
    assert folder.crashes(given(data)).verdict is Verdict.WARN


def test_an_old_backup_and_none_are_told(data: Path):
    (check,) = folder.check_backups(given(data))
    assert check.verdict is Verdict.WARN
    unfinished = data / "backups" / "2026-01-01T030000Z.partial"
    unfinished.mkdir(parents=True)
    (unfinished / "controlroom.db").write_bytes(b"half")
    (check,) = folder.check_backups(given(data))
    assert check.verdict is Verdict.WARN, "what was not finished is no backup"
    finished = data / "backups" / "finished"
    finished.mkdir()
    now = given(data).now
    for age, verdict, words in ((1, Verdict.OK, "24 hours"), (5, Verdict.FAIL, "5 days")):
        write_manifest(finished, Manifest(now - timedelta(days=age), "SQLite", "0009", {}, {}, 0, ""))
        (check,) = folder.check_backups(given(data))
        assert check.verdict is verdict
        assert words in check.found
        assert "finished" in check.found


def test_cameras_are_asked_only_when_told_to(data: Path):
    assert list(database.check_cameras(given(data))) == []
    (check,) = database.check_cameras(given(data, cameras=True))
    assert check.verdict is Verdict.WARN
    assert "014 (connection refused)" in check.found


# -- the command ---------------------------------------------------------------------------------------------


def test_the_command_explains_and_its_exit_code_tells(data: Path):
    def doctor(*words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "controlroom.cli", "doctor", "--data", str(data), *words]
        environment = {**os.environ, "PATH": os.environ["PATH"]}
        return subprocess.run(
            command, capture_output=True, text=True, env=environment, check=False, timeout=110
        )

    (data / "site.key").unlink()
    done = doctor("--json")
    assert done.returncode == 1, done.stderr
    answer = json.loads(done.stdout)
    assert answer["verdict"] == "fail"
    failed = [check for check in answer["checks"] if check["verdict"] == "fail"]
    assert [check["name"] for check in failed] == ["Site key"]
