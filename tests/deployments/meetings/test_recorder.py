"""What the recorder's own login may do to bids, decisions and deployments on a server: the calendar's steps alone."""

import psycopg
import pytest
from psycopg import errors

from controlroom.database.opening import open_database
from controlroom.deployments.bids.records import BidState
from controlroom.deployments.deployments.records import DeploymentState
from controlroom.deployments.service import DeploymentServices
from controlroom.log.snapshots import SnapshotStore
from controlroom.nouns import NOUNS
from tests import engines
from tests.database.own_logins import secret_of
from tests.deployments.builders import days, make_desk
from tests.deployments.meetings.test_chairs_action import LAST_DAY, URGENT, approved_by_chair, now

pytestmark = pytest.mark.postgresql


@pytest.fixture
def desk(tmp_path, engine_kind):
    return make_desk(tmp_path)


def recorders_url(folder):
    return engines.url_as(folder, engines.ROOM.of("recorder"), secret_of("recorder"))


def test_the_recorders_own_login_ends_a_chairs_action_that_nobody_answered(desk, tmp_path):
    _meeting, _decision, live = approved_by_chair(desk, desk.unit(), 60)
    bid = desk.assessed("Elsewhere")
    desk.services.meetings.chair_approves(desk.coordinator, bid.id, URGENT)
    planned = desk.scheduled(bid, desk.unit("RDC-02"))
    desk.go_to(live.live_on + days(LAST_DAY + 1))
    database = open_database(recorders_url(tmp_path), desk.room.clock, NOUNS)
    engines.OPENED.append(database)
    services = DeploymentServices.over(database, desk.policy, SnapshotStore(tmp_path / "snapshots"))
    assert [each.reference for each in services.alerts.raise_due()] == [live.reference]
    assert now(desk, live).state is DeploymentState.ENDING
    assert now(desk, planned).state is DeploymentState.ABORTED
    assert desk.services.bids.bid(desk.coordinator, planned.bid_id).state is BidState.LAPSED


def test_the_recorders_secret_decides_nothing(desk, tmp_path):
    desk.live(desk.unit())
    (meeting,) = desk.services.meetings.meetings(desk.coordinator)
    desk.services.meetings.table_bid(desk.coordinator, desk.assessed("Elsewhere").id, meeting.id)
    address = recorders_url(tmp_path).replace("postgresql+psycopg", "postgresql")
    copied = (
        "INSERT INTO jag_decisions (subject, bid_id, outcome, decided_on, reason, departs, stands_until, "
        "signed_off_by, recorded_by, recorded_at) SELECT subject, (SELECT max(id) FROM bids), outcome, "
        "decided_on, reason, departs, decided_on + 35, signed_off_by, 'The chair', recorded_at "
        "FROM jag_decisions LIMIT 1"
    )
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in (
            copied,
            "UPDATE bids SET state = 'withdrawn' WHERE state = 'tabled'",
            "UPDATE deployments SET state = 'suspended'",
        ):
            with pytest.raises(
                errors.InsufficientPrivilege, match="what the calendar does not do is refused"
            ):
                connection.execute(statement)
        for state in ("approved", "lapsed"):
            with pytest.raises(errors.CheckViolation, match="is refused"):
                connection.execute(f"UPDATE bids SET state = '{state}' WHERE state = 'tabled'")
        for column in ("dpia = 'passed'", "live_on = NULL", "decision_id = NULL"):
            with pytest.raises(errors.InsufficientPrivilege, match="permission denied"):
                connection.execute(f"UPDATE deployments SET {column}")
