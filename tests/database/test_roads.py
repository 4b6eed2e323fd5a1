"""Records begin in their first state and go on by the arrows of the services, whatever way somebody writes."""

import pytest
from sqlalchemy import text

from controlroom.database import roads, trigger_definitions
from controlroom.declaration import all_tables
from controlroom.deployments.meetings.records import MeetingState
from controlroom.errors import ControlRoomError
from controlroom.nouns import NOUNS
from tests.database.own_logins import make_people
from tests.deployments.builders import CONTENT, make_desk
from tests.incidents.desk import make_desk as make_incident_desk

pytestmark = pytest.mark.both_engines
BORN_BID = {"reference": "'BID-2026-00099'", "state": "'approved'"}
# Their triggers say more than which state comes first and which follows.
OWN = {"purges": {"begin", "road"}, "deployments": {"begins", "in_turn"}}


@pytest.fixture
def desk(tmp_path, engine_kind):
    return make_desk(tmp_path)


def run(database, statement):
    with database.write() as work:
        assert work.session.execute(text(statement)).rowcount


def refused(database, statement, said):
    with pytest.raises(ControlRoomError) as caught:
        run(database, statement)
    assert said in str(caught.value.__cause__)


def test_a_bid_begins_as_a_draft_and_is_approved_from_the_table_alone(desk):
    bid, database = desk.services.bids.add(desk.coordinator, CONTENT), desk.room.database
    columns = columns_of(database, "bids")
    copied = ", ".join(str(BORN_BID.get(each, each)) for each in columns)
    born = f"INSERT INTO bids ({', '.join(columns)}) SELECT {copied} FROM bids WHERE id = {bid.id}"
    refused(database, born, "beginning in a later state is refused")
    refused(database, "UPDATE bids SET state = 'approved'", "refused")
    for state in ("needs information", "deployed"):
        refused(database, f"UPDATE bids SET state = '{state}'", "a state out of turn is refused")


def test_a_meeting_begins_as_planned(desk):
    for state in (MeetingState.HELD, MeetingState.CANCELLED):
        refused(
            desk.room.database,
            "INSERT INTO jag_meetings (day, time, place, state, minutes, version) "
            f"VALUES ('2026-11-20', '10:00', 'Town hall', '{state}', 'All agreed.', 1)",
            "beginning in a later state is refused",
        )


def test_a_unit_begins_in_store_and_is_live_only_once_it_hangs(desk):
    desk.unit()
    database = desk.room.database
    refused(
        database,
        "INSERT INTO rdc_units (asset, make, model, sim, address, state, note, since, version) "
        "SELECT 'RDC-99', make, model, sim, address, 'live', '', since, 1 FROM rdc_units",
        "beginning in a later state is refused",
    )
    refused(database, "UPDATE rdc_units SET state = 'live'", "a state out of turn is refused")


BORN = (
    "INSERT INTO incidents (reference, state, category, source, origin, place, ward, cad, crime_reference, result, "
    "outcome, opened_by, opened_at, occurred_at, changed_at, submitted_by, version) VALUES ('INC-2026-00099', "
    "'approved', 'robbery', 'own sighting', 'proactive', '', '', '', '', 'no trace', 'none', '{who}', "
    "'2026-11-20 22:41:00+00', '2026-11-20 22:41:00+00', '2026-11-20 22:41:00+00', '', 1)"
)


def test_an_incident_begins_open(tmp_path, engine_kind):
    if engine_kind == "postgresql":
        people = make_people(tmp_path)
        for login in ("supervisor", "operator"):
            with (
                people.line(login) as connection,
                pytest.raises(Exception, match="beginning in a later state"),
            ):
                connection.execute(BORN.format(who=people.handles[login]).encode())
        return
    desk = make_incident_desk(tmp_path)
    born = BORN.format(who=desk.supervisor.handle).replace("+00", ".000000")
    refused(desk.room.database, born, "beginning in a later state is refused")


def test_every_record_with_states_has_a_road_and_the_migrations_made_it(desk, engine_kind):
    tables = list(all_tables(NOUNS))
    with_states = {each.name for each in tables if "state" in each.row.__table__.c and each.digested}
    assert with_states == {each.name for each in tables if each.road is not None} | set(OWN)
    assert all(set(OWN[each.name]) <= set(each.triggers) for each in tables if each.name in OWN)
    declared = [each for table in tables for each in roads.statements(table, engine_kind)]
    with desk.room.database.engine.connect() as connection:
        found = trigger_definitions.found(connection)
    made = {key: each for key, each in found.items() if key[1].endswith((roads.FIRST, roads.NEXT))}
    wanted = trigger_definitions.wanted(engine_kind, tuple(declared))
    assert made == {key: wanted[key] for key in made}
    assert {name for _, name in made} == {
        f"{each.name}_{name}" for each in tables for name in roads.names_of(each)
    }


def columns_of(database, table):
    with database.read() as session:
        names = session.execute(text(f"SELECT * FROM {table}")).keys()
    return [each for each in names if each != "id"]
