"""A backup put back is the room as it was: every row, every trigger, every file, on both engines."""

import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import inspect, text

from controlroom.audit.service import newest
from controlroom.audit.signing import AuditFiles, sign_head
from controlroom.audit.verification import verify
from controlroom.care import manifests
from controlroom.care.backup import make_backup
from controlroom.care.opening import open_room_database
from controlroom.care.restoring import note_restore, restore
from controlroom.care.trust import SERVER_NAME, SQLITE_NAME, Trust, keys_of
from controlroom.cli import main
from controlroom.database.engine import open_engine
from controlroom.database.opening import open_database
from controlroom.errors import Conflict, InvalidInput, Unavailable
from controlroom.incidents.links import IncidentLinks
from controlroom.incidents.records import NewIncident
from controlroom.incidents.service import IncidentService
from controlroom.log import vocabulary
from controlroom.log.records import NewLogEntry
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.nouns import NOUNS
from controlroom.processes.run_folder import RunFolder
from controlroom.settings import Settings
from tests import engines
from tests.builders import Room, make_room
from tests.database.test_migrations import run
from tests.engines import OPENED, database_url
from tests.log.writing import write_addendum, write_entry


def carer_url(folder: Path) -> str:
    """Who restores: on a server its administrator, as desks' roles own nothing there."""
    own = database_url(folder)
    return own if own.startswith("sqlite") else engines.administrators_url(folder)


def given(files: AuditFiles) -> dict[str, Any]:
    return {"nouns": NOUNS, "heads": files.heads.path, "trust": Trust(keys_of(files))}


def log_of(room: Room) -> LogService:
    return LogService(
        room.database, vocabulary.load(), SnapshotStore(room.folder / "snapshots"), IncidentLinks()
    )


def fill(room: Room, words: str = "two people by the entrance") -> None:
    picture = room.folder / "picture.jpg"
    picture.write_bytes(b"a picture of the entrance")
    log = log_of(room)
    entry = write_entry(log, room.operator, NewLogEntry(words, snapshot=picture))
    write_addendum(log, room.operator, entry.id, "colour", "the coat was green")
    camera = room.cameras.cameras(room.supervisor)[0]
    IncidentService(log).open_incident(
        room.operator, NewIncident(category="burglary", camera_id=camera.id, text="a bag was taken")
    )


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = make_room(tmp_path / "room")
    room.add_camera()
    fill(room)
    (room.folder / "settings.toml").write_text('site_name = "Town Hall"\n')
    return room


@pytest.fixture
def files(room: Room) -> AuditFiles:
    files = AuditFiles.of(room.folder, Settings())
    sign_head(room.database, files)
    return files


@pytest.fixture
def room_folder(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()


pytestmark = [pytest.mark.both_engines, pytest.mark.usefixtures("room_folder")]


def everything(url: str) -> dict[str, object]:
    """Each table's rows, and each trigger's definition."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            tables = sorted(inspect(connection).get_table_names())
            rows = {
                name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}")).all()))
                for name in tables
            }
            if engine.dialect.name == "sqlite":
                query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
            else:
                query = "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
            triggers = [tuple(row) for row in connection.execute(text(query))]
        return {**rows, "triggers": triggers}
    finally:
        engine.dispose()


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_backup_put_back_is_the_room_as_it_was(room: Room, files: AuditFiles, tmp_path: Path):
    backup = make_backup(room.database, room.folder, tmp_path / "backups", files)
    before = everything(carer_url(room.folder))
    pictures, settings = files_below(room.folder / "snapshots"), (room.folder / "settings.toml").read_bytes()
    assert len(before["triggers"]) > 20 and len(before["log_entries"]) == 2 and pictures  # type: ignore[arg-type]
    fill(room, "written after the backup")
    (room.folder / "settings.toml").write_text('site_name = "Elsewhere"\n')
    assert everything(carer_url(room.folder)) != before
    room.database.close()
    done = restore(backup, room.folder, carer_url(room.folder), room.clock, **given(files), replace=True)
    assert everything(carer_url(room.folder)) == before
    assert files_below(room.folder / "snapshots") == pictures
    assert (room.folder / "settings.toml").read_bytes() == settings
    assert done.aside
    rows = {name: len(before[name]) for name in backup.manifest.rows}  # type: ignore[arg-type]
    assert rows == backup.manifest.rows


def test_after_a_restore_the_chain_goes_on_and_says_so(room: Room, files: AuditFiles, tmp_path: Path):
    url = database_url(room.folder)
    backup = make_backup(room.database, room.folder, tmp_path / "backups", files)
    fill(room, "written after the backup")
    sign_head(room.database, files)
    room.database.close()
    restore(backup, room.folder, carer_url(room.folder), room.clock, **given(files), replace=True)
    database = open_database(url, room.clock, NOUNS)
    OPENED.append(database)
    with database.read() as session:
        assert "a tail was cut" in verify(session, heads=files.heads, trusted=files.trusted()[0]).fault
    list(note_restore(database, room.folder, files, backup))
    with database.read() as session:
        outcome = verify(session, heads=files.heads, trusted=files.trusted()[0])
    assert outcome.sound, outcome.faults
    assert any("restored" in each for each in outcome.notes)
    assert outcome.entries == backup.manifest.audit_sequence + 1


def test_a_backup_of_an_older_version_is_brought_up_to_date_when_it_is_put_back(
    room: Room, files: AuditFiles, tmp_path: Path
):
    engine = open_engine(carer_url(room.folder))
    run(engine, command.downgrade, "0015")
    backup = make_backup(room.database, room.folder, tmp_path / "backups", files)
    assert backup.manifest.revision == "0015"
    room.database.close()
    engine.dispose()
    where = (
        "--from",
        str(tmp_path / "backups"),
        "--data",
        str(room.folder),
        "--database",
        carer_url(room.folder),
    )
    assert main(["db", "restore", backup.name, "--replace", *where]) == 0
    database = open_database(carer_url(room.folder), room.clock, NOUNS)
    OPENED.append(database)
    with database.read() as session:
        assert newest(session, 1)[0].action == "database.restored"


def test_nothing_is_replaced_unasked_and_nothing_under_a_running_desk(
    room: Room, files: AuditFiles, tmp_path: Path
):
    backup = make_backup(room.database, room.folder, tmp_path / "backups", files)
    before = everything(carer_url(room.folder))
    with pytest.raises(Conflict, match=r"open|connected"):
        restore(backup, room.folder, carer_url(room.folder), room.clock, **given(files), replace=True)
    room.database.close()
    with pytest.raises(Conflict, match="--replace"):
        restore(backup, room.folder, carer_url(room.folder), room.clock, **given(files), replace=False)
    ledger = RunFolder(room.folder / "run")
    with pytest.raises(Conflict, match="running here"):
        restore(backup, room.folder, carer_url(room.folder), room.clock, **given(files), replace=True)
    ledger.close()
    assert everything(carer_url(room.folder)) == before


def test_a_backup_with_a_changed_file_is_refused(room: Room, files: AuditFiles, tmp_path: Path):
    backup = make_backup(room.database, room.folder, tmp_path / "backups", files)
    name = next(each for each in backup.manifest.files if each.startswith("snapshots/"))
    (backup.folder / name).write_bytes(b"another picture")
    room.database.close()
    with pytest.raises(Unavailable, match=f"damaged: {name}"):
        restore(backup, room.folder, database_url(room.folder), room.clock, **given(files), replace=True)


def test_a_backup_of_a_newer_version_is_refused(room: Room, files: AuditFiles, tmp_path: Path):
    backup = make_backup(room.database, room.folder, tmp_path / "backups", files)
    path = backup.folder / "manifest.json"
    path.write_text(path.read_text().replace(f'"{backup.manifest.revision}"', '"9999"'))
    room.database.close()
    with pytest.raises(InvalidInput, match=r"newer version.*9999"):
        restore(
            manifests.read_backup(backup.folder),
            room.folder,
            carer_url(room.folder),
            room.clock,
            **given(files),
            replace=True,
        )


def test_backups_hold_no_keys_and_share_what_did_not_change(room: Room, files: AuditFiles, tmp_path: Path):
    first = make_backup(room.database, room.folder, tmp_path / "backups", files)
    room.clock.advance(timedelta(days=1))
    second = make_backup(room.database, room.folder, tmp_path / "backups", files)
    assert not [path for path in second.folder.rglob("*") if path.suffix == ".key"]
    picture = next(each for each in first.manifest.files if each.startswith("snapshots/"))
    assert (first.folder / picture).samefile(second.folder / picture)
    manifests.check_files(second)
    assert second.folder.stat().st_mode & 0o077 == 0


def test_a_room_is_backed_up_while_it_writes(room: Room, files: AuditFiles, tmp_path: Path):
    log, stop, written = log_of(room), threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            written.append(write_entry(log, room.operator, NewLogEntry(f"entry {len(written)}")).id)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backup = make_backup(room.database, room.folder, tmp_path / "backups", files)
    finally:
        stop.set()
        writer.join()
    assert written
    room.database.close()
    url = database_url(room.folder)
    restore(backup, room.folder, carer_url(room.folder), room.clock, **given(files), replace=True)
    database = open_database(url, room.clock, NOUNS)
    OPENED.append(database)
    with database.read() as session:
        outcome = verify(session)
    assert (outcome.fault, outcome.entries) == ("", backup.manifest.audit_sequence)


def test_a_failed_backup_leaves_nothing_half(
    room: Room, files: AuditFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(Unavailable, match=r"disk is full.*as they were"):
        make_backup(room.database, room.folder, tmp_path / "backups", files)
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_damaged_file_is_named_with_the_backup_that_helps(
    room: Room, files: AuditFiles, engine_kind: str, tmp_path: Path
):
    if engine_kind != "sqlite":
        return
    backup = make_backup(room.database, room.folder, room.folder / "backups", files)
    room.database.close()
    path = room.folder / "room.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 6] = b"\xa5" * (4096 * 5)
    path.write_bytes(content)
    url = database_url(room.folder)
    with pytest.raises(Unavailable, match=rf"damaged.*left as it is.*{backup.name}"):
        open_room_database(room.folder, url, room.clock, NOUNS)
    assert path.read_bytes() == bytes(content)
    done = restore(backup, room.folder, carer_url(room.folder), room.clock, **given(files), replace=True)
    OPENED.append(open_room_database(room.folder, url, room.clock, NOUNS))
    assert (Path(done.aside) / "room.db").read_bytes() == bytes(content)


def test_the_database_lies_in_the_backup_under_a_name_that_says_what_it_is(
    room: Room, files: AuditFiles, engine_kind: str, tmp_path: Path
):
    backup = make_backup(room.database, room.folder, tmp_path / "backups", files)
    name = SQLITE_NAME if engine_kind == "sqlite" else SERVER_NAME
    assert backup.manifest.files[name] == manifests.digest_of(backup.folder / name)


def test_two_backups_at_once_do_not_harm_each_other(room: Room, files: AuditFiles, tmp_path: Path):
    target = tmp_path / "backups"
    with manifests.one_at_a_time(target):
        (draft := target / "2026-01-01T030000Z.partial").mkdir()
        with pytest.raises(Conflict, match="Another backup"):
            make_backup(room.database, room.folder, target, files)
        assert draft.is_dir()
    (stranger := target / "somebody-else.partial").mkdir()
    made = make_backup(room.database, room.folder, target, files)
    assert [each.folder for each in manifests.backups(target)] == [made.folder]
    assert not draft.exists()
    assert stranger.is_dir()


@pytest.mark.parametrize("replace", [True, False])
def test_what_cannot_be_finished_leaves_database_and_files_as_they_were(
    room: Room, files: AuditFiles, tmp_path: Path, replace: bool, monkeypatch: pytest.MonkeyPatch
):
    backup = make_backup(room.database, room.folder, tmp_path / "backups", files)
    room.database.close()
    (room.folder / "settings.toml").write_text("late_entry_minutes = 20\n")
    url, before = carer_url(room.folder), everything(carer_url(room.folder))
    lying = files_below(room.folder)
    if replace:
        really = shutil.move

        def move(old: Path, new: Path) -> object:
            if "restoring-" in str(old) and not list(tmp_path.glob("refused")):
                (tmp_path / "refused").touch()
                raise OSError(5, "Input/output error")
            return really(old, new)

        monkeypatch.setattr("controlroom.care.restoring.shutil.move", move)
    with pytest.raises(Unavailable if replace else Conflict, match=r"Input/output|--replace"):
        restore(backup, room.folder, url, room.clock, **given(files), replace=replace)
    assert everything(url) == before
    now = files_below(room.folder)
    assert now.keys() == lying.keys()
    differing = {name for name in now if now[name] != lying[name]}
    assert differing <= {"room.db"}, "of which looking alone counts a number up"
