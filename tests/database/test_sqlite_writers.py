"""Writers on one SQLite file take turns; one that never comes to its turn is told so, and leaves nothing behind."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from controlroom.audit import service as audit
from controlroom.errors import Unavailable
from tests.builders import make_room


def test_a_writer_whose_turn_never_comes_is_refused_as_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("controlroom.database.engine.WAITS_S", 0.2)
    room = make_room(tmp_path)
    with closing(sqlite3.connect(tmp_path / "room.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="busy"):
            with room.database.write() as work:
                audit.record(work, "Operator 07", "note", "camera", 1)
        other.execute("ROLLBACK")
    with room.database.write() as work:
        audit.record(work, "Operator 07", "note", "camera", 2)
        assert work.session.scalar(text("PRAGMA busy_timeout")) == 5000
    with room.database.read() as session:
        assert [entry.subject for entry in audit.newest(session, 5)] == ["2"]
