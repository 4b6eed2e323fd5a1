"""A noun that lives in tests alone gets all a noun of the product gets, by its declaration and the lists it is in."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text

from controlroom.accounts.access import actor_of
from controlroom.accounts.audit_trail import AuditTrail
from controlroom.accounts.records import Role
from controlroom.accounts.service import AccountService
from controlroom.accounts.tables import UserRow
from controlroom.app.room import keeping_up, open_services
from controlroom.audit.queries import ABOUT_RESTRICTED
from controlroom.audit.records import AuditFilter
from controlroom.audit.signing import AuditFiles
from controlroom.audit.verification import verify
from controlroom.care.backup import make_backup
from controlroom.care.checking import check
from controlroom.care.declarations import as_markdown
from controlroom.care.purging import PurgeService
from controlroom.care.records import Health
from controlroom.care.restoring import restore
from controlroom.care.trust import Trust, keys_of
from controlroom.database import triggers
from controlroom.database.engine import sqlite_url
from controlroom.database.opening import open_database
from controlroom.database.people import people_of
from controlroom.errors import ControlRoomError
from controlroom.incidents.links import IncidentLinks
from controlroom.log import vocabulary
from controlroom.log.records import NewLogEntry
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.search.service import SearchService
from controlroom.settings import Settings
from controlroom.ui.session import DeskSession
from controlroom.ui.shell.palette_sources import records as finder
from tests import engines, postgresql
from tests.builders import PASSWORD
from tests.clock import SetClock
from tests.log.writing import write_entry
from tests.lost_items.make import WITH_LOST_ITEMS, make_tables, room_with_lost_items
from tests.lost_items.noun import KIND
from tests.lost_items.service import LostItems
from tests.step_keys import step_keys_of

LONG_AGO = datetime(2019, 5, 4, 9, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def room(tmp_path, engine_kind):
    return room_with_lost_items(tmp_path, at=LONG_AGO)


@pytest.fixture
def items(room):
    return LostItems(room.database)


@pytest.fixture
def log(room):
    store = SnapshotStore(room.folder / "snapshots")
    return LogService(room.database, vocabulary.load(), store, IncidentLinks())


def files(room):
    return AuditFiles.of(room.folder, Settings())


def faults(room):
    return {
        each.what: each.words
        for each in check(room.database, room.folder, files(room))
        if each.health is Health.FAULT
    }


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lost_item_texts SET text = 'x'",
        "DELETE FROM lost_item_texts",
        "DELETE FROM lost_item_entries",
        "DELETE FROM lost_items",
    ],
)
def test_its_triggers_refuse_what_it_says(room, items, log, statement):
    entry = write_entry(log, room.operator, NewLogEntry("an umbrella was left"))
    items.hand_in(room.operator, "umbrella", "a man in green", entry_id=entry.id)
    with pytest.raises(ControlRoomError), room.database.write() as work:
        work.session.execute(text(statement))
    assert faults(room) == {}
    with room.database.read() as session:
        assert triggers.missing(session.connection(), WITH_LOST_ITEMS) == []


@pytest.mark.both_engines
def test_what_it_asks_to_be_checked_is_checked(room, items):
    items.hand_in(room.operator, "umbrella", "someone")
    assert faults(room) == {}
    engines.tamper(room.folder, "UPDATE lost_items SET what = ''")
    assert faults(room)["lost items"] == "LOST-2019-00001 has no name"


def test_a_trigger_of_it_that_is_gone_is_named(room):
    engines.tamper(room.folder, put_back=False)
    with room.database.read() as session:
        missing = triggers.missing(session.connection(), WITH_LOST_ITEMS)
    assert "the trigger lost_item_texts_no_update on lost_item_texts is missing" in missing


@pytest.mark.both_engines
def test_its_references_are_counted_and_a_counter_behind_them_is_found(room, items):
    assert items.hand_in(room.operator, "umbrella", "someone")[1] == "LOST-2019-00001"
    assert items.hand_in(room.operator, "glove", "someone")[1] == "LOST-2019-00002"
    engines.tamper(room.folder, "UPDATE reference_counters SET last = 1 WHERE prefix = 'LOST'")
    assert "LOST-2019-00002 was issued, but the counter stands at 1" in faults(room)["counters"]


@pytest.fixture
def secret(room, items, log):
    """An umbrella for the operator and the supervisor alone, with its log entry; a glove for everybody."""
    entry = write_entry(log, room.operator, NewLogEntry("a kingfisher umbrella"))
    key, reference = items.hand_in(room.operator, "umbrella", "the kingfisher man", entry_id=entry.id)
    items.hand_in(room.operator, "glove", "someone")
    items.restrict(room.supervisor, key, [room.operator.user_id])
    return SimpleNamespace(key=key, reference=reference, entry=entry)


@pytest.mark.both_engines
def test_restricted_to_named_people_it_is_there_for_nobody_else(room, items, log, secret):
    search = SearchService(room.database)
    for actor, seen in ((room.operator, True), (room.supervisor, True), (room.auditor, False)):
        assert [what for _id, what, _text in items.items(actor)] == (["umbrella"] if seen else []) + ["glove"]
        assert bool(log.search(actor, "kingfisher").records) == seen
        assert bool(search.find(actor, "umbrella")) == seen
        assert [each.kind for each in search.find(actor, "glove")] == [KIND]


@pytest.mark.both_engines
def test_the_audit_has_its_words_its_chip_and_withholds_what_is_restricted(room, secret):
    trail = AuditTrail(room.database)
    assert trail.words["lost-item.handed-in"] == "Item handed in"
    assert trail.groups["Lost items"] == {KIND}
    about = AuditFilter(subject=secret.reference, kinds=frozenset({KIND}))
    for actor, seen in ((room.supervisor, True), (room.auditor, False)):
        entries = trail.entries(actor, about).entries
        assert [(each.text, each.removed) for each in entries] == (
            [("r", ""), ("the kingfisher man", "")]
            if seen
            else [("", ABOUT_RESTRICTED), ("", ABOUT_RESTRICTED)]
        )
    (written,) = trail.entries(room.auditor, AuditFilter(subject=str(secret.entry.id))).entries
    assert written.removed == ABOUT_RESTRICTED
    with room.database.read() as session:
        assert verify(session).sound


@pytest.mark.both_engines
def test_a_purge_takes_its_texts_spares_what_is_open_and_says_so(room, items, log):
    entries = [
        write_entry(log, room.operator, NewLogEntry(words)) for words in ("back with its owner", "still here")
    ]
    items.hand_in(room.operator, "umbrella", "a man in green", state="returned", entry_id=entries[0].id)
    items.hand_in(room.operator, "glove", "a woman in red", entry_id=entries[1].id)
    room.clock.at = NOW
    purges = PurgeService(room.database, log.snapshots, step_keys_of(room))
    proposed = purges.propose(room.supervisor, date(2020, 1, 1), "retention policy")
    assert proposed.counted.numbers["lost_item_texts"] == 1
    assert "1 texts about lost items" in proposed.counted.words
    assert (proposed.counted.numbers["log_texts"], proposed.counted.numbers["audit_texts"]) == (1, 1)
    purges.approve(room.administrator, proposed.id)
    done = purges.execute(room.administrator, proposed.id)
    assert done.removed == proposed.counted
    assert [each for _id, _what, each in items.items(room.operator)] == [None, "a woman in red"]
    assert faults(room) == {}


@pytest.mark.both_engines
def test_a_backup_holds_it(room, items, tmp_path):
    items.hand_in(room.operator, "umbrella", "someone")
    backup = make_backup(room.database, room.folder, tmp_path / "backups", files(room))
    assert (backup.manifest.rows["lost_items"], backup.manifest.rows["lost_item_texts"]) == (1, 1)


def test_put_back_it_is_protected_as_before(room, items, tmp_path):
    items.hand_in(room.operator, "umbrella", "someone")
    backup = make_backup(room.database, room.folder, tmp_path / "backups", files(room))
    room.database.close()
    address = engines.database_url(room.folder)
    places = {"nouns": WITH_LOST_ITEMS, "heads": files(room).heads.path}
    trust = Trust(keys_of(files(room)))
    restore(backup, room.folder, address, room.clock, **places, replace=True, trust=trust)
    again = replace(room, database=open_database(address, room.clock, WITH_LOST_ITEMS))
    engines.OPENED.append(again.database)
    assert [what for _id, what, _text in LostItems(again.database).items(room.operator)] == ["umbrella"]
    assert faults(again) == {}


def test_after_an_outage_its_pages_are_told_to_read_again(tmp_path):
    with open_services(tmp_path, sqlite_url(tmp_path / "controlroom.db"), nouns=WITH_LOST_ITEMS) as services:
        heard = []
        services.changes.listen(lambda change: heard.append(change.kind))
        with keeping_up(services):
            services.database.availability.lost("pulled out")
            services.database.availability.answered(1.0)
        assert KIND in heard


def test_the_palette_finds_it(room, items):
    key, reference = items.hand_in(room.operator, "umbrella", "someone")
    session, opened = DeskSession(), []
    session.sign_in(room.operator)
    work = finder(session, SearchService(room.database), lambda *record: opened.append(record))("umbr")
    assert work is not None
    (entry,) = work()
    assert (entry.lead, entry.title, entry.icon_name) == (reference, "umbrella", "package")
    entry.run()
    assert opened == [(KIND, str(key))]


def test_the_printed_declarations_speak_of_it():
    triggers_of_texts = (
        "counted, dated_insert, fits_insert, fits_update, no_delete, no_update; SQLite: no_replace_1"
    )
    assert f"| `lost_item_texts` | {triggers_of_texts}" in as_markdown(WITH_LOST_ITEMS)


@pytest.fixture
def people(tmp_path, engine_kind):
    """A room on a server whose operator and auditor may connect by themselves."""
    make_tables(tmp_path)
    database = open_database(engines.administrators_url(tmp_path), SetClock(NOW), WITH_LOST_ITEMS)
    accounts = AccountService(database, people_of(database))
    chief = accounts.add_first("chief", "Administrator", PASSWORD)
    for login, role in (
        ("operator", Role.OPERATOR),
        ("other", Role.OPERATOR),
        ("supervisor", Role.SUPERVISOR),
    ):
        accounts.add(chief, login, login.title(), PASSWORD, {role})
    yield database
    database.close()


@pytest.mark.postgresql
def test_on_a_server_grants_and_row_security_are_made_from_its_declaration(people, tmp_path):
    with people.read() as session:
        actors = {row.login: actor_of(row) for row in session.query(UserRow)}
    items = LostItems(people)
    log = LogService(people, vocabulary.load(), SnapshotStore(tmp_path / "snapshots"), IncidentLinks())
    entry = write_entry(log, actors["operator"], NewLogEntry("a kingfisher umbrella"))
    key, _reference = items.hand_in(actors["operator"], "umbrella", "someone", entry_id=entry.id)
    items.restrict(actors["supervisor"], key, [actors["operator"].user_id])
    seen = {"operator": 1, "supervisor": 1, "other": 0}
    for login, count in seen.items():
        with postgresql.server().connect(
            engines._Now.databases[tmp_path], user=engines.ROOM.person(login), password=PASSWORD
        ) as connection:
            for table in (
                "lost_items",
                "lost_item_texts",
                "lost_item_restrictions",
                "log_entries",
                "log_texts",
            ):
                assert connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (count,), (
                    login,
                    table,
                )
            allowed = "SELECT has_table_privilege('lost_items', 'INSERT'), has_table_privilege('lost_items', 'DELETE')"
            assert connection.execute(allowed).fetchone() == (True, False)
            named = f"INSERT INTO lost_item_readers SELECT {key}, id FROM users WHERE login = 'other'"
            if login == "other":
                with pytest.raises(InsufficientPrivilege):
                    connection.execute(named.encode())
