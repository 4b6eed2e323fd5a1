"""Databases that must be refused at start-up, and those that are upgraded."""

import hashlib
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from controlroom.clock import SystemClock
from controlroom.database.engine import sqlite_url
from controlroom.database.migrations import config_for
from controlroom.database.opening import open_database
from controlroom.errors import Unavailable
from controlroom.nouns import NOUNS


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_damaged_file_is_refused_with_what_to_do_and_left_alone(tmp_path):
    path = tmp_path / "room.db"
    open_database(sqlite_url(path), SystemClock(), NOUNS).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 6] = b"\xa5" * (4096 * 5)
    path.write_bytes(content)
    before = digest(path)
    with pytest.raises(Unavailable, match=r"damaged.*backup"):
        open_database(sqlite_url(path), SystemClock(), NOUNS)
    assert digest(path) == before


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "room.db"
    path.write_bytes(b"just some words, no database at all" * 300)
    with pytest.raises(Unavailable, match="damaged"):
        open_database(sqlite_url(path), SystemClock(), NOUNS)


def test_a_file_that_another_program_holds_is_said_to_be_in_use_and_by_whom(tmp_path):
    path = tmp_path / "room.db"
    open_database(sqlite_url(path), SystemClock(), NOUNS).close()
    hold = (
        "import sqlite3, sys; held = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "held.execute('PRAGMA locking_mode = EXCLUSIVE'); held.execute('BEGIN EXCLUSIVE'); "
        "print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Unavailable) as refusal:
            open_database(sqlite_url(path), SystemClock(), NOUNS)
        holder.communicate("")
    assert f"process {holder.pid}" in str(refusal.value)
    assert "is in use" in str(refusal.value)
    assert "not damaged" in str(refusal.value)
    assert "backup in its place" not in str(refusal.value)
    open_database(sqlite_url(path), SystemClock(), NOUNS).close()


def test_a_file_that_cannot_be_read_is_not_called_damaged(tmp_path):
    path = tmp_path / "room.db"
    (path / "inside").mkdir(parents=True)
    with pytest.raises(Unavailable, match="cannot be read") as refusal:
        open_database(sqlite_url(path), SystemClock(), NOUNS)
    assert "damaged" not in str(refusal.value)


def test_a_database_from_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "room.db"
    open_database(sqlite_url(path), SystemClock(), NOUNS).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Unavailable, match=r"newer version.*9999"):
        open_database(sqlite_url(path), SystemClock(), NOUNS)


def test_another_programs_database_is_refused(tmp_path):
    path = tmp_path / "room.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE recipes (id INTEGER)")
    with pytest.raises(Unavailable, match="another program"):
        open_database(sqlite_url(path), SystemClock(), NOUNS)


def test_an_older_database_is_backed_up_then_upgraded(tmp_path):
    path = tmp_path / "room.db"
    url = sqlite_url(path)
    engine = create_engine(url)
    with engine.begin() as connection:
        command.upgrade(config_for(connection), "0001")
    engine.dispose()
    database = open_database(url, SystemClock(), NOUNS)
    with database.read() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) != "0001"
    database.close()
    backup = tmp_path / "room-before-upgrade-from-0001.db"
    with closing(sqlite3.connect(backup)) as connection, connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_the_file_is_for_its_owner_only_and_durable(tmp_path):
    path = tmp_path / "room.db"
    database = open_database(sqlite_url(path), SystemClock(), NOUNS)
    assert path.stat().st_mode & 0o077 == 0
    with database.read() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
    database.close()
