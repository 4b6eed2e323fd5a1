"""A whole purge on PostgreSQL, each step under its person's own login, and what their client may not do past it."""

import contextlib
from datetime import UTC, date, datetime

import pytest
from psycopg import Error
from sqlalchemy import text

from controlroom.accounts.records import Role
from controlroom.accounts.service import AccountService
from controlroom.accounts.sign_in import SignInService
from controlroom.accounts.step_keys import StepKeys
from controlroom.audit.verification import verify
from controlroom.care.purge_records import PurgeState
from controlroom.care.purging import PurgeService
from controlroom.database.opening import open_database
from controlroom.database.people import people_of
from controlroom.incidents.links import IncidentLinks
from controlroom.log import vocabulary
from controlroom.log.records import NewLogEntry
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.nouns import NOUNS
from tests import engines
from tests.builders import PASSWORD
from tests.clock import SetClock
from tests.database.test_people import desk_url, line
from tests.log.writing import write_entry

pytestmark = pytest.mark.postgresql
LONG_AGO, NOW = datetime(2019, 3, 1, 12, tzinfo=UTC), datetime(2026, 11, 20, 22, tzinfo=UTC)


class Desk:
    """A desk under its own role, with the services that its people use."""

    def __init__(self, folder, clock):
        self.database = open_database(desk_url(folder), clock, NOUNS)
        engines.OPENED.append(self.database)
        keys, store = StepKeys(), SnapshotStore(folder / "snapshots")
        self.sign_in = SignInService(self.database, people_of(self.database), desk="desk 1", keys=keys)
        self.purges = PurgeService(self.database, store, keys)
        self.log = LogService(self.database, vocabulary.load(), store, IncidentLinks())


@pytest.fixture
def clock():
    return SetClock(LONG_AGO)


@pytest.fixture
def desk(tmp_path, clock):
    with contextlib.closing(open_database(engines.administrators_url(tmp_path), clock, NOUNS)) as database:
        accounts = AccountService(database, people_of(database))
        chief = accounts.add_first("chief", "Administrator", PASSWORD)
        for login, handle, role in (
            ("operator", "Operator 07", Role.OPERATOR),
            ("supervisor", "Supervisor 02", Role.SUPERVISOR),
        ):
            accounts.add(chief, login, handle, PASSWORD, {role})
    made = Desk(tmp_path, clock)
    operator = made.sign_in.sign_in("operator", PASSWORD)
    write_entry(made.log, operator, NewLogEntry("a man in a green coat"))
    clock.at = NOW
    return made


def test_one_person_proposes_and_another_approves_and_carries_out(desk):
    supervisor = desk.sign_in.sign_in("supervisor", PASSWORD)
    purge = desk.purges.propose(supervisor, date(2020, 1, 1), "retention policy 2026")
    assert purge.counted.numbers["log_texts"] == 1
    chief = desk.sign_in.sign_in("chief", PASSWORD)
    desk.purges.approve(chief, purge.id)
    done = desk.purges.execute(chief, purge.id)
    assert (done.state, done.removed) == (PurgeState.DONE, purge.counted)
    with desk.database.read() as session:
        outcome = verify(session)
        gone = session.execute(
            text("SELECT text_table, count(*) FROM purged_texts GROUP BY text_table")
        ).all()
    assert outcome.faults == ()
    assert dict(map(tuple, gone)) == {name: many for name, many in done.removed.numbers.items() if many}


@pytest.mark.parametrize("table", ["log_texts", "audit_texts"])
def test_while_it_runs_nobody_takes_more_with_their_own_client(desk, tmp_path, table):
    purge = desk.purges.propose(desk.sign_in.sign_in("supervisor", PASSWORD), date(2020, 1, 1), "policy")
    chief = desk.sign_in.sign_in("chief", PASSWORD)
    write_entry(desk.log, desk.sign_in.sign_in("operator", PASSWORD), NewLogEntry("a woman in a red coat"))
    chief = desk.sign_in.sign_in("chief", PASSWORD)
    desk.purges._start(chief, desk.purges.approve(chief, purge.id).id)
    with line(tmp_path, "operator") as connection:
        with pytest.raises(Error):
            connection.execute(f"DELETE FROM {table}".encode())
        with pytest.raises(Error):
            connection.execute(b"INSERT INTO purged_texts VALUES (1, 'log_texts', 1, 1)")
    desk.purges.execute(chief, purge.id)


def test_a_sealed_key_is_read_by_its_person_alone(desk, tmp_path):
    for login in ("supervisor", "chief"):
        desk.sign_in.sign_in(login, PASSWORD)
    public, sealed = b"SELECT count(*) FROM user_keys", b"SELECT count(*) FROM sealed_keys"
    for login in ("operator", "supervisor", "chief"):
        with line(tmp_path, login) as connection:
            assert connection.execute(public).fetchone() == (3,)
            assert connection.execute(sealed).fetchone() == (1,)
    with line(tmp_path, "operator") as connection, pytest.raises(Error, match="row-level security"):
        connection.execute(
            b"INSERT INTO user_keys (handle, public_key, one_time, made_at, approved_by, approver_key, approval)"
            b" VALUES ('Supervisor 02', 'A', false, now(), '', '', '')"
        )
