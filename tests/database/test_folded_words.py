# ruff: noqa: RUF001 (letters that look alike are what this is about)
"""The upgrade folds stored words anew: old records are found as new ones are, and `db check` finds no fault."""

import importlib

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from controlroom.audit.signing import AuditFiles
from controlroom.care.checking import check
from controlroom.care.records import Health
from controlroom.database.migrations import config_for
from controlroom.database.server import settle_roles
from controlroom.incidents.records import IncidentFilter
from controlroom.log import work
from controlroom.nouns import NOUNS
from controlroom.settings import Settings
from tests.engines import ROOM, administrators_url
from tests.incidents.desk import make_desk
from tests.log.writing import write_addendum

pytestmark = pytest.mark.both_engines
migration = importlib.import_module("controlroom.database.migrations.versions.0036_folded_words")
BEFORE = "0035"


def test_an_old_rooms_records_are_found_after_the_upgrade(tmp_path, engine_kind, monkeypatch):
    desk = make_desk(tmp_path)
    monkeypatch.setattr(work, "fold", migration.folded_before)  # as the program before wrote them
    entry = desk.write("Łukasz O´Connor’s van AB12 CDE, by the café", camera_id=desk.camera.id)
    added = desk.write("Quiet")
    write_addendum(desk.log, desk.operator, added.id, "Zoë says it was", "RDC‑04, not ＲＤＣ–05")
    incident = desk.open(text="Fight in Łódź Street")
    desk.incidents.inform_agency(desk.operator, incident.id, "Housing", "told Đoković")
    monkeypatch.undo()
    owner = administrators_url(tmp_path) if engine_kind == "postgresql" else desk.room.database.engine.url
    engine = create_engine(owner)
    with engine.begin() as connection:
        command.downgrade(config_for(connection), BEFORE)
        before = connection.execute(text("SELECT id, salt, text, reason FROM log_texts")).all()
    assert found(desk, "lukasz") == found(desk, "rdc-04") == []
    with engine.begin() as connection:
        command.upgrade(config_for(connection), "head")
        if engine_kind == "postgresql":
            settle_roles(connection, ROOM, NOUNS)
        assert connection.execute(text("SELECT id, salt, text, reason FROM log_texts")).all() == before
    engine.dispose()
    assert found(desk, "lukasz oconnors AB12CDE cafe") == found(desk, "AB12-CDE") == [entry.id]
    assert found(desk, "zoe rdc-04") == found(desk, "rdc05") == [added.id]
    for typed in ("lodz", "dokovic", incident.reference):
        (shown,) = desk.incidents.incidents(desk.operator, IncidentFilter(words=typed)).records
        assert shown.id == incident.id
    findings = check(desk.room.database, tmp_path, AuditFiles.of(tmp_path, Settings()))
    assert [each for each in findings if each.health is Health.FAULT] == []


def found(desk, typed):
    return [each.id for each in desk.log.search(desk.operator, typed).records]
