"""The audit chain: written with the change, verifiable, and every kind of tampering named."""

import threading

import pytest

from controlroom.audit import service as audit
from tests.builders import make_room
from tests.engines import tamper

pytestmark = pytest.mark.both_engines


@pytest.fixture
def room(tmp_path):
    room = make_room(tmp_path)
    for number in range(1, 6):
        with room.database.write() as work:
            audit.record(work, "Operator 07", "note", "camera", number, text=f"words {number}", count=number)
    return room


def fault(room):
    with room.database.read() as session:
        return audit.verify(session).fault


def test_an_untouched_chain_is_sound(room):
    assert fault(room) == ""


def test_entries_about_a_record_come_back_with_text_and_detail(room):
    with room.database.read() as session:
        (entry,) = audit.entries_about(session, "camera", "3")
    assert (entry.actor, entry.action, entry.text, entry.detail) == (
        "Operator 07",
        "note",
        "words 3",
        {"count": 3},
    )


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit_entries SET actor = 'Operator 01' WHERE sequence = 3", "entry 3 was changed"),
        ("UPDATE audit_texts SET text = 'other words' WHERE sequence = 2", "text of entry 2 was changed"),
        ("DELETE FROM audit_entries WHERE sequence = 2", "entry 2 is missing"),
        ("DELETE FROM audit_entries WHERE sequence = 5", "tail was cut"),
        (
            "INSERT INTO audit_entries SELECT 6, at, actor, action, subject_kind, subject, detail, text_hash,"
            " previous_hash, hash FROM audit_entries WHERE sequence = 5",
            "entry 6 does not follow",
        ),
    ],
)
def test_tampering_is_named(room, statement, said):
    tamper(room.folder, statement)
    assert said in fault(room)


def test_text_taken_away_without_a_purge_is_named(room):
    tamper(room.folder, "DELETE FROM audit_texts WHERE sequence = 4")
    assert "text of entry 4 is missing" in fault(room)


def test_a_rolled_back_change_leaves_no_entry(room):
    with pytest.raises(RuntimeError), room.database.write() as work:
        audit.record(work, "Operator 07", "note", "camera", "lost")
        raise RuntimeError("no")
    with room.database.read() as session:
        assert audit.entries_about(session, "camera", "lost") == []
        assert audit.verify(session).entries == 5


def test_writers_at_once_make_one_chain(room):
    def write():
        for index in range(20):
            with room.database.write() as work:
                audit.record(work, "Operator 07", "note", "camera", index)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with room.database.read() as session:
        outcome = audit.verify(session)
    assert (outcome.entries, outcome.fault) == (85, "")
