"""One text for each entry, addendum and step: a second one is refused, and where one got in, the first is shown."""

import pytest
from sqlalchemy import text

from controlroom.audit.signing import AuditFiles
from controlroom.care.checking import check
from controlroom.errors import ControlRoomError
from controlroom.settings import Settings
from tests.engines import tamper
from tests.log.writing import write_addendum

pytestmark = pytest.mark.both_engines

INTO = "INSERT INTO log_texts (id, entry_id, addendum_id, step_id, salt, reason, text, words)"
OTHER = (
    "99, entry_id, addendum_id, step_id, salt, reason, 'nothing happened', 'nothing happened' FROM log_texts"
)
SECOND = f"{INTO} SELECT {OTHER} WHERE entry_id = 1 AND addendum_id IS NULL"


def words_fault(desk, what="words of the log"):
    files = AuditFiles.of(desk.room.folder, Settings())
    findings = check(desk.room.database, desk.room.folder, files)
    return next(each.words for each in findings if each.what == what)


def test_the_database_refuses_a_second_text_of_an_entry(desk):
    desk.write("Two males running")
    with pytest.raises(ControlRoomError), desk.room.database.write() as work:
        work.session.execute(text(SECOND))


def test_sqlite_refuses_to_replace_the_text_of_an_entry(desk, engine_kind):
    if engine_kind != "sqlite":
        pytest.skip("only SQLite knows INSERT OR REPLACE")
    desk.write("Two males running")
    with pytest.raises(ControlRoomError), desk.room.database.write() as work:
        work.session.execute(text(SECOND.replace("INSERT", "INSERT OR REPLACE")))
    assert desk.log.entry(desk.operator, 1).text == "Two males running"


def test_a_second_text_that_got_in_is_named_and_not_shown(desk):
    desk.write("Two males running")
    tamper(desk.room.folder, "DROP INDEX uq_log_texts_own_of_entry", SECOND)
    assert desk.log.entry(desk.operator, 1).text == "Two males running"
    assert "log entry 1 has a second text, put in past the program" in words_fault(desk)


def test_a_second_text_of_an_addendum_is_not_shown(desk, engine_kind):
    if engine_kind == "sqlite":
        pytest.skip("SQLite's own index of a constraint cannot be dropped")
    entry = desk.write("Two males running")
    write_addendum(desk.log, desk.operator, entry.id, "place", "it was the arcade")
    unique = "ALTER TABLE log_texts DROP CONSTRAINT uq_log_texts_addendum_id"
    tamper(desk.room.folder, unique, f"{INTO} SELECT {OTHER} WHERE addendum_id = 1")
    (addendum,) = desk.log.entry(desk.operator, entry.id).addenda
    assert addendum.text == "it was the arcade"
    assert "the words of addendum 1 were changed" in words_fault(desk)


def test_words_put_to_a_step_that_had_none_are_named(desk):
    desk.open()
    silent = "SELECT 99, NULL, NULL, id, 'salt', '', 'nothing happened', '' FROM incident_steps WHERE text_hash = ''"
    tamper(desk.room.folder, f"{INTO} {silent} AND id = 1")
    assert "were changed after they were written" in words_fault(desk, "words of incidents")
