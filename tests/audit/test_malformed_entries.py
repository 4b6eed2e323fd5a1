"""Entries that the program never writes: refused by a server, and where one stands all the same, named and readable."""

import json

import pytest

from controlroom.accounts.sign_in import NOBODY
from controlroom.audit import service as audit
from controlroom.audit.queries import every_entry, list_entries
from controlroom.audit.records import AuditFilter
from controlroom.database.audit_bounds import MOST_CHARACTERS
from controlroom.nouns import NOUNS
from tests import engines
from tests.builders import make_room
from tests.database.own_logins import HANDLES, make_people

MALFORMED = ("not json", "[]", "[" * 100_000, "7")


@pytest.mark.both_engines
@pytest.mark.parametrize("detail", MALFORMED)
def test_an_entry_that_says_no_object_is_named_and_stops_nobody(tmp_path, engine_kind, detail):
    room = make_room(tmp_path)
    for number in (1, 2):
        with room.database.write() as work:
            audit.record(work, "Operator 07", "note", "bid", number, count=number)
    engines.tamper(tmp_path, f"UPDATE audit_entries SET detail = '{detail}' WHERE subject = '1'")
    with room.database.read() as session:
        outcome = audit.verify(session)
        assert len(outcome.faults) == 2  # the digests of the first entry are those of the whole room
        assert "was written past the program: what it says is no JSON object" in outcome.fault
        (entry,) = audit.entries_about(session, "bid", "1")
        assert entry.detail == {"malformed": detail[:200]}
        assert len(list(every_entry(session, AuditFilter()))) == outcome.entries


@pytest.mark.postgresql
@pytest.mark.parametrize("at", ["infinity", "-infinity", "20000-01-01", "0044-01-01 BC"])
def test_an_entry_of_a_moment_nobody_can_read_is_named_and_stops_nobody(tmp_path, engine_kind, at):
    room = make_room(tmp_path)
    with room.database.write() as work:
        audit.record(work, "Operator 07", "note", "bid", 1)
    engines.tamper(tmp_path, f"UPDATE audit_entries SET at = '{at}'")
    with room.database.read() as session:
        assert "its moment is before 2000 or after 2099" in audit.verify(session).fault
        assert len(list_entries(session, AuditFilter()).entries) == 1


def entry(**changed):
    refusal = {"desk": "desk 1", "why": "wrong"}
    whole = {
        "at": "2026-11-20T22:41:00+00:00",
        "actor": NOBODY,
        "action": "sign-in.refused",
        "salt": "",
        "words": "",
        "subject_kind": "user",
        "subject": "unknown",
        "detail": json.dumps(refusal),
        "rows": [],
    }
    return json.dumps([{**whole, **changed}])


def refused(connection, given):
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("SELECT controlroom_append(%s::jsonb)", (given,))
    except engines.postgresql.psycopg.Error as error:
        return str(error)
    return ""


@pytest.mark.postgresql
def test_a_server_appends_no_entry_that_the_program_never_writes(tmp_path, engine_kind):
    people = make_people(tmp_path)
    locked = json.dumps({"desk": "desk 1", "until": "22:41 GMT"})
    said = json.dumps({"desk": "desk 1", "why": "wrong", "more": "own words"})
    twice = '{"desk": "desk 1", "why": "own words", "why": "wrong"}'
    past_the_desk = (
        {"action": "sign-in.anything"},
        {"action": "sign-in"},
        {"subject": "own words"},
        {"subject_kind": "incident", "subject": "1"},
        {"words": "own words", "salt": "x"},
        {"detail": '{"desk": "desk 1", "why": "own words"}'},
        {"detail": '{"desk": 7, "why": "wrong"}'},
        {"detail": json.dumps({"desk": "d" * 65, "why": "wrong"})},
        {"detail": json.dumps({"desk": "desk 1", "until": "own words"}), "action": "sign-in.locked"},
        {"detail": "{}"},
        {"detail": said},
        {"detail": twice},
    )
    malformed = tuple({"detail": each} for each in MALFORMED) + tuple(
        {"at": each} for each in ("infinity", "-infinity", "20000-01-01", "0044-01-01 BC", "1999-12-31", None)
    )
    for login, own in (("desk", {}), ("operator", {"actor": "Operator 07", "action": "note"})):
        with people.line(login) as connection:
            assert refused(connection, entry()) == ""
            assert (
                refused(connection, entry(subject="Operator 07", detail=locked, action="sign-in.locked"))
                == ""
            )
            for changed in past_the_desk:
                assert "in the name of nobody is refused" in refused(connection, entry(**changed)), (
                    login,
                    changed,
                )
            for changed in malformed:
                assert refused(connection, entry(**own, **changed)), (login, changed)


NO_READER = {
    "a number of thousands of digits": {"detail": '{"a":' + "9" * 5000 + "}"},
    "the same, hidden behind one of the same name": {"detail": '{"a":' + "9" * 5000 + ', "a": 1}'},
    "a number beyond any count": {"detail": '{"a": 1e999}'},
    "brackets without end": {"detail": '{"a":' + "[" * 3000 + "]" * 3000 + "}"},
    "objects in objects": {"detail": '{"a": {"b": {"c": 1}}}'},
    "more than a detail has": {"detail": json.dumps({"a": "x" * MOST_CHARACTERS})},
    "more words than any field takes": {"words": "y" * (MOST_CHARACTERS + 1), "salt": "s"},
    "a digest of rows it has not": {"detail": '{"rows_written": "00"}'},
    "a digest of rows that is a number": {"detail": '{"rows_written": 7}'},
    "a line break in its subject": {"subject": "1\n2"},
}


@pytest.mark.postgresql
def test_a_server_appends_no_entry_that_could_not_be_read_back(tmp_path, engine_kind):
    people = make_people(tmp_path)
    own = {"actor": "Auditor", "action": "note", "subject_kind": "camera", "subject": "1", "detail": "{}"}
    usual = {"on": True, "none": None, "share": -0.125, "given": {"a": 8, "b": 9}, "names": ['say "x" \\']}
    with people.line("auditor") as connection:
        assert refused(connection, entry(**own)) == ""
        assert refused(connection, entry(**{**own, "detail": json.dumps(usual)})) == ""
        for what, changed in NO_READER.items():
            assert "is refused" in refused(connection, entry(**{**own, **changed})), what
        many = json.loads(entry(**own)) * 5_001
        assert "so much at once" in refused(connection, json.dumps(many))
    with people.line("desk") as connection:
        assert refused(connection, json.dumps(json.loads(entry()) * 2)) == ""
        assert "so many of nobody" in refused(connection, json.dumps(json.loads(entry()) * 3))


@pytest.mark.postgresql
def test_actions_that_change_who_is_believed_are_entered_by_those_who_may(tmp_path, engine_kind):
    people = make_people(tmp_path)
    may = {action: groups for noun in NOUNS for action, groups in noun.entered_by.items()}
    assert {
        "user.added",
        "user.roles",
        "user.key-confirmed",
        "audit.key-changed",
        "incident.signing-begun",
    } < set(may)
    assert "audit.rows-entered" in may
    for login in (*HANDLES, "recorder"):
        group = login if login == "recorder" else f"{login}s"
        with people.line(login) as connection:
            for action, groups in may.items():
                said = entry(actor=people.handles[login], action=action, detail="{}")
                trouble = refused(connection, said)
                assert (f"entering {action} is refused" in trouble) == (group not in groups), (login, action)
                assert bool(trouble) == (group not in groups), (login, action)
