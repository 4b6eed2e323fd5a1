"""On a server each person purges under their own login, to whom restricted text is hidden: it goes all the same."""

from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select

from controlroom.accounts.access import actor_of
from controlroom.accounts.records import Actor, Role
from controlroom.accounts.step_keys import StepKeys
from controlroom.accounts.tables import UserRow
from controlroom.care.purging import PurgeService
from controlroom.database.opening import open_database
from controlroom.database.unit_of_work import Database
from controlroom.incidents.links import IncidentLinks
from controlroom.incidents.records import IncidentAction, NewIncident, Result, Step
from controlroom.incidents.restrictions import RestrictionService
from controlroom.incidents.service import IncidentService
from controlroom.log import vocabulary
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.nouns import NOUNS
from tests import engines
from tests.builders import PASSWORD
from tests.database.own_logins import People, make_people
from tests.incidents.desk import ROAD
from tests.step_keys import open_keys

pytestmark = pytest.mark.postgresql
BEFORE = date(2027, 1, 1)
Desk = Callable[[str], tuple[Database, Actor]]


@pytest.fixture
def people(tmp_path: Path, engine_kind: str) -> People:
    people = make_people(tmp_path)
    people.accounts.add(people.chief, "second", "Supervisor 03", PASSWORD, {Role.SUPERVISOR})
    return people


@pytest.fixture
def desk(people: People) -> Desk:
    """A room opened under somebody's own login, and who they are."""

    def opened(login: str) -> tuple[Database, Actor]:
        database = open_database(people.url(login), people.clock, NOUNS)
        engines.OPENED.append(database)
        with people.database.read() as session:
            return database, actor_of(session.query(UserRow).filter_by(login=login).one())

    return opened


def purges_of(people: People, database: Database) -> PurgeService:
    keys, me = StepKeys(), select(UserRow.handle).where(UserRow.database_role == func.session_user())
    with database.read() as session:
        handle = session.scalars(me).one()
    keys.open(database, handle, PASSWORD)
    return PurgeService(database, SnapshotStore(people.folder / "snapshots"), keys)


@pytest.fixture
def secret(people: People, desk: Desk) -> None:
    """An incident with a picture, approved nine years ago, that its operator and one supervisor see."""
    picture = people.folder / "picture.jpg"
    picture.write_bytes(b"two people in the arcade")
    (mine, operator), (theirs, supervisor) = desk("operator"), desk("supervisor")
    store = SnapshotStore(people.folder / "snapshots")
    hers = open_keys(StepKeys(), mine, operator)
    incidents = IncidentService(LogService(mine, vocabulary.load(), store, IncidentLinks()), hers)
    his = open_keys(StepKeys(), theirs, supervisor)
    reviewing = IncidentService(LogService(theirs, vocabulary.load(), store, IncidentLinks()), his)
    incident = incidents.open_incident(operator, NewIncident("robbery", "a kingfisher", snapshot=picture))
    for action in ROAD:
        ended = Result.ARREST if action is IncidentAction.CONCLUDE else None
        incidents.act(operator, incident.id, Step(action, result=ended))
    reviewing.act(supervisor, incident.id, Step(IncidentAction.APPROVE))
    RestrictionService(theirs).restrict(supervisor, incident.id, [operator.user_id], "Operation Heron")
    people.clock.advance(timedelta(days=9 * 365))


@pytest.mark.usefixtures("secret")
def test_what_was_counted_goes_whoever_may_see_it(people: People, desk: Desk):
    (theirs, second), (own, administrator) = desk("second"), desk("administrator")
    with people.administrator() as connection:
        texts = connection.execute("SELECT count(*) FROM log_texts").fetchone()
    proposed = purges_of(people, theirs).propose(second, BEFORE, "retention policy")
    assert (proposed.counted.numbers["log_texts"], proposed.counted.numbers["pictures"]) == (
        *(texts or ()),
        1,
    )
    purges_of(people, own).approve(administrator, proposed.id)
    done = purges_of(people, own).execute(administrator, proposed.id)
    assert done.removed.numbers["log_texts"] == proposed.counted.numbers["log_texts"]
    assert done.removed.numbers["pictures"] == 1
    with people.administrator() as connection:
        assert connection.execute("SELECT count(*) FROM log_texts").fetchone() == (0,)
    assert not [path for path in (people.folder / "snapshots").rglob("*") if path.is_file()]


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("call", ["controlroom_purge_batch({}, 500)", "controlroom_purge_files({})"])
@pytest.mark.parametrize("approved", [False, True])
def test_nothing_goes_and_no_path_is_told_before_a_purge_runs(
    people: People, desk: Desk, call: str, approved: bool
):
    (theirs, second), (own, administrator) = desk("second"), desk("administrator")
    purge = purges_of(people, theirs).propose(second, BEFORE, "retention policy")
    if approved:
        purges_of(people, own).approve(administrator, purge.id)
    with (
        people.line("second") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="not running"),
    ):
        connection.execute(f"SELECT * FROM {call.format(purge.id)}".encode())


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("login", ["operator", "coordinator", "auditor", "desk"])
def test_nobody_else_counts_or_purges(people: People, login: str):
    calls = ("controlroom_purge_counts(now())", "controlroom_purge_batch(1, 1)", "controlroom_purge_files(1)")
    for call in calls:
        with people.line(login) as connection, closing(connection):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
                connection.execute(f"SELECT * FROM {call}".encode())
