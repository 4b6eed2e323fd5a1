"""The marks by which row security on PostgreSQL hides a restricted incident: quick, true at every turn, and no clue."""

from types import SimpleNamespace

import pytest
from psycopg import errors
from psycopg.types.json import Jsonb
from sqlalchemy import create_engine

from controlroom.accounts.access import actor_of
from controlroom.accounts.records import Role
from controlroom.accounts.tables import UserRow
from controlroom.audit import service as audit
from controlroom.database import triggers
from controlroom.database.row_marks import hidden_tables, mark_of
from controlroom.database.row_security import name_tables
from controlroom.database.server import settle_roles
from controlroom.declaration import all_but
from controlroom.incidents.links import IncidentLinks
from controlroom.incidents.noun import INCIDENT, RESTRICTION
from controlroom.incidents.records import NewIncident
from controlroom.incidents.restrictions import RestrictionService
from controlroom.incidents.service import IncidentService
from controlroom.log import vocabulary
from controlroom.log.records import NewLogEntry
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.log.tables import LogEntryRow
from controlroom.nouns import NOUNS
from tests import engines
from tests.builders import PASSWORD
from tests.database.own_logins import make_people
from tests.log.writing import write_addendum, write_entry

pytestmark = pytest.mark.postgresql
MARK = mark_of(INCIDENT)
HIDDEN = hidden_tables(RESTRICTION)


@pytest.fixture(scope="module")
def kept():
    """The room as it was first made: its people, the incident, and its database."""
    return []


@pytest.fixture
def room(tmp_path, kept, tmp_path_factory):
    """An incident of two entries with an addendum, and an entry of none; nothing is restricted."""
    if not kept:
        first = tmp_path_factory.mktemp("first")
        made = make_people(first)
        made.accounts.add(made.chief, "second", "Operator 11", PASSWORD, {Role.OPERATOR})
        acting = services(made, first)
        incident = acting.incidents.open_incident(acting.operator, NewIncident("robbery", "A kingfisher"))
        entry = write_entry(
            acting.log, acting.operator, NewLogEntry("A kingfisher again", incident_id=incident.id)
        )
        write_addendum(acting.log, acting.operator, entry.id, "more", "kingfisher words")
        write_entry(acting.log, acting.operator, NewLogEntry("A quiet night"))
        made.database.close()
        kept[:] = [made, incident, engines.keep(first)]
    made, incident, database = kept
    people = made.in_copy_of(database, tmp_path)
    return SimpleNamespace(people=people, incident=incident, **vars(services(people, tmp_path)))


def services(people, folder):
    log = LogService(people.database, vocabulary.load(), SnapshotStore(folder / "pictures"), IncidentLinks())
    with people.database.read() as session:
        rows = session.query(UserRow).filter(UserRow.login.in_(("operator", "supervisor")))
        actors = {row.login: actor_of(row) for row in rows}
    return SimpleNamespace(
        log=log, incidents=IncidentService(log), restrictions=RestrictionService(people.database), **actors
    )


def restrict(room):
    room.restrictions.restrict(
        room.supervisor, room.incident.id, [room.operator.user_id], "kingfisher operation"
    )


def number_seen(room, login):
    """How many rows of each hidden table this person reads by plain SQL, those of the audit's texts of words."""
    with room.people.line(login) as connection:
        counts = {each: f"SELECT count(*) FROM {each}" for each in HIDDEN}
        counts["audit_texts"] += " WHERE text LIKE '%kingfisher%'"
        counts["changes"] += " WHERE kind = 'restriction'"
        return {each: connection.execute(query).fetchone()[0] for each, query in counts.items()}


def test_rows_are_hidden_whenever_they_are_written_and_seen_again_afterwards(room):
    everything = number_seen(room, "second")
    assert (everything["log_entries"], everything["log_addenda"], everything["incident_steps"]) == (3, 1, 1)
    restrict(room)
    later = write_entry(
        room.log, room.operator, NewLogEntry("Again a kingfisher", incident_id=room.incident.id)
    )
    write_addendum(room.log, room.operator, later.id, "more", "kingfisher, later")
    room.incidents.add_addendum(room.operator, room.incident.id, "more", "kingfisher, of the incident")
    nothing = dict.fromkeys(HIDDEN, 0)
    assert number_seen(room, "second") == {**nothing, "log_entries": 1, "log_texts": 1}
    assert number_seen(room, "auditor") == {**nothing, "log_entries": 1, "log_texts": 1}
    assert number_seen(room, "operator")["log_entries"] == 4
    room.restrictions.lift(room.supervisor, room.incident.id, "over")
    seen = number_seen(room, "second")
    assert (seen["incidents"], seen["log_entries"], seen["log_addenda"], seen["incident_steps"]) == (
        1,
        4,
        2,
        2,
    )
    assert number_seen(room, "auditor")["audit_texts"] > 0


def test_policies_ask_no_function_about_a_row_of_the_log(room):
    restrict(room)
    with room.people.line("second") as connection:
        for table in HIDDEN:
            (explained,) = connection.execute(
                f"EXPLAIN (FORMAT JSON) SELECT count(*) FROM {table}"
            ).fetchone()
            asked = {
                plan["Relation Name"]: plan["Filter"]
                for plan in plans(explained[0]["Plan"])
                if "controlroom_" in plan.get("Filter", "")
            }
            assert set(asked) <= set(name_tables(RESTRICTION)), asked


def plans(plan):
    yield plan
    for each in plan.get("Plans", ()):
        yield from plans(each)


def test_a_mark_is_nobodys_to_read_of_a_hidden_row_nor_to_set(room):
    restrict(room)
    with room.people.administrator() as connection:
        connection.execute("ANALYZE")
        kept = "SELECT count(*) FROM pg_stats WHERE attname = %s"
        assert connection.execute(kept, (MARK,)).fetchone() == (0,)
    with room.people.line("second") as connection:
        given = [
            each.name
            for each in LogEntryRow.__table__.columns
            if each.name not in ("id", "entry_key", "author")
        ]
        into, values = ", ".join((*given, "author", MARK)), ", ".join((*given, "'Operator 11'", "%s"))
        copied = f"INSERT INTO log_entries ({into}) SELECT {values} FROM log_entries LIMIT 1 RETURNING {MARK}"
        assert connection.execute(copied, (room.incident.id,)).fetchone() == (None,)
        for table in HIDDEN:
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(f"UPDATE {table} SET {MARK} = NULL")
        into = f"INSERT INTO incident_cameras VALUES ({room.incident.id}, 7, 1, '001')"
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
            connection.execute(into)


def test_no_entry_of_ones_own_opens_the_picture_of_a_hidden_one(room, tmp_path):
    taken = tmp_path / "picture.jpg"
    taken.write_bytes(b"a kingfisher")
    new = NewLogEntry("A picture", incident_id=room.incident.id, snapshot=taken)
    snapshot = write_entry(room.log, room.operator, new).snapshot
    assert snapshot is not None
    restrict(room)
    given = all_but(LogEntryRow, "id", "entry_key", "author", "snapshot_path", "snapshot_sha256")
    into, own = ", ".join((*given, "author", "snapshot_path", "snapshot_sha256")), ", ".join(given)
    copied = f"INSERT INTO log_entries ({into}) SELECT {own}, 'Operator 11', %s, %s FROM log_entries LIMIT 1"
    with room.people.line("second") as connection:
        assert connection.execute(copied, ("2026/11/20/mine.jpg", snapshot.sha256)).rowcount == 1
        with pytest.raises(errors.RaiseException, match="a picture of another record is refused"):
            connection.execute(copied, (snapshot.path, snapshot.sha256))


def test_news_of_a_hidden_record_is_for_those_who_see_it_and_bears_ones_own_name(room):
    told = "SELECT count(*) FROM changes WHERE key <> ''"
    with room.people.line("second") as connection:
        assert connection.execute(told).fetchone() > (0,)
    restrict(room)
    later = NewLogEntry("A kingfisher, later", incident_id=room.incident.id)
    write_entry(room.log, room.operator, later)
    about = (
        "SELECT kind, key, actor FROM changes WHERE kind IN ('incident', 'restriction', 'log') AND key <> '' "
        "AND NOT (kind = 'log' AND key = (SELECT max(id)::text FROM log_entries))"
    )
    with room.people.line("operator") as connection:
        assert {kind for kind, _key, _actor in connection.execute(about)} == {
            "incident",
            "restriction",
            "log",
        }
    for login in ("second", "auditor"):
        with room.people.line(login) as connection:
            assert connection.execute(about).fetchall() == []
            general = "SELECT actor FROM changes WHERE kind = 'incident' AND key = ''"
            assert connection.execute(general).fetchone() == ("",)
    put = (
        "INSERT INTO changes (at, desk, kind, key, actor, transaction_id) "
        "VALUES (now(), 'd', 'camera', '1', 'Supervisor 02', 9000000000) RETURNING actor, transaction_id < 9000000000"
    )
    with room.people.line("second") as connection:
        assert connection.execute(put).fetchone() == ("Operator 11", True)
    with room.people.line("desk") as connection:
        assert connection.execute("SELECT count(*) FROM changes WHERE kind <> 'setting'").fetchone() == (0,)
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(put)


def test_an_upgrade_marks_what_is_restricted_already(room, tmp_path):
    restrict(room)
    engine = create_engine(engines.administrators_url(tmp_path))
    with engine.begin() as connection:
        for table in HIDDEN:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {MARK} CASCADE")
        settle_roles(connection, engines.ROOM, NOUNS)
        assert triggers.missing(connection, NOUNS) == []
        connection.exec_driver_sql("ALTER TABLE log_texts DISABLE TRIGGER marks_incident_own")
        connection.exec_driver_sql("DROP TRIGGER marks_incident_all ON incident_restrictions")
        assert triggers.missing(connection, NOUNS) == [
            "the trigger marks_incident_all on incident_restrictions does not hide what it should",
            "the trigger marks_incident_own on log_texts does not hide what it should",
        ]
        connection.exec_driver_sql("ALTER TABLE log_texts ENABLE TRIGGER marks_incident_own")
    engine.dispose()
    assert number_seen(room, "second")["log_texts"] == 1
    assert number_seen(room, "operator")["log_texts"] == 4


def test_every_column_a_row_is_written_with_is_refused_to_be_changed(room):
    columns = (
        "SELECT relname, tgname, attname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "JOIN pg_attribute ON attrelid = tgrelid AND attnum > 0 AND NOT attisdropped AND attname <> %s "
        "WHERE relname = ANY (%s) AND tgname ~ '_no_(closed_)?update$' AND tgattr <> '' AND attnum <> ALL (tgattr)"
    )
    with room.people.administrator() as connection:
        assert connection.execute(columns, (MARK, HIDDEN)).fetchall() == []


def test_nobody_brings_in_what_is_hidden_from_them(room):
    """An addendum to a hidden entry waits on its desk until somebody is connected who may see that entry."""
    restrict(room)
    with room.people.administrator() as server:
        (hidden,) = server.execute("SELECT entry_id FROM incident_entries").fetchone()
        (plain,) = server.execute("SELECT id FROM log_entries WHERE id <> %s", (hidden,)).fetchone()
    bring = "SELECT controlroom_bring_in('log_addenda', %s)"
    said = {"written_at": "2026-11-20T22:41:07+00:00", "author": "Supervisor 02", "text_hash": "a" * 64}
    for login, entry_id, may in (
        ("second", hidden, False),
        ("second", plain, True),
        ("operator", hidden, True),
    ):
        with room.people.line(login) as connection:
            given = Jsonb({**said, "entry_id": entry_id, "brought_in_by": ""})
            if may:
                assert connection.execute(bring, (given,)).fetchone()
            else:
                with pytest.raises(errors.InsufficientPrivilege, match="what is hidden"):
                    connection.execute(bring, (given,))


def test_the_audit_answers_of_what_waited_on_a_desk_by_its_key_alone(room):
    restrict(room)
    key = "6f1c2a5e-8f0e-4d59-9a54-0d7c5f3b7d11"
    with room.people.database.write() as work:
        audit.record(work, "Operator 07", "sign-out", "user", "Operator 07", desk="desk 1", key=key)
    asked = "SELECT controlroom_noted(%s, %s, %s)"
    with room.people.line("second") as connection:
        for words, answer in (
            (("incident.opened", room.incident.reference, "robbery"), False),
            (("incident.opened", room.incident.reference, "opened"), False),
            (("user.added", "Supervisor 02", "supervisor"), False),
            (("sign-out", "Operator 07", "desk 1"), False),
            (("sign-out", "Operator 07", key), True),
        ):
            assert connection.execute(asked, words).fetchone() == (answer,), words
