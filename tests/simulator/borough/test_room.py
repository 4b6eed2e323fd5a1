"""The rest of the demonstration's room: who sat where, which cameras failed, what only some may see."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select

from controlroom.accounts.records import Actor, User
from controlroom.accounts.sign_in import SignInService
from controlroom.audit import service as audit
from controlroom.audit.tables import AuditEntryRow
from controlroom.cameras.places import stays_of
from controlroom.changes import Changes
from controlroom.clock import local_date
from controlroom.database.engine import sqlite_url
from controlroom.database.opening import open_database
from controlroom.declaration import action_words
from controlroom.errors import PermissionRefused
from controlroom.incidents.links import IncidentLinks
from controlroom.incidents.records import IncidentFilter
from controlroom.incidents.service import IncidentService
from controlroom.incidents.tables import RestrictionRow
from controlroom.log import vocabulary
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.log.tables import LogEntryRow
from controlroom.nouns import NOUNS
from controlroom.recording.health_store import HealthService
from controlroom.recording.records import HealthState
from controlroom.simulator.borough.build import build_borough
from controlroom.simulator.borough.people import AGENCY, DEMO_PASSWORD, SWITCHED_OFF
from controlroom.site_key import SiteKey
from tests.builders import FRIDAY_NIGHT
from tests.clock import SetClock


class Borough:
    """The whole borough on a database of its own."""

    def __init__(self, folder):
        self.database = open_database(
            sqlite_url(folder / "controlroom.db"), SetClock(FRIDAY_NIGHT), NOUNS, Changes()
        )
        self.made = build_borough(self.database, SiteKey.load_or_create(folder / "site.key"), {})
        log = LogService(
            self.database, vocabulary.load(), SnapshotStore(folder / "snapshots"), IncidentLinks()
        )
        self.incidents = IncidentService(log)

    def user(self, login) -> User:
        return next(user for user in SignInService(self.database).users() if user.login == login)

    def actor(self, login) -> Actor:
        user = self.user(login)
        return Actor(user.id, user.handle, user.roles)


@pytest.fixture(scope="module")
def borough(tmp_path_factory):
    made = Borough(tmp_path_factory.mktemp("borough"))
    yield made
    made.database.close()


def test_the_trail_runs_in_the_order_things_happened_and_verifies(borough):
    with borough.database.read() as session:
        moments = session.scalars(select(AuditEntryRow.at).order_by(AuditEntryRow.sequence)).all()
        assert audit.verify(session).sound
    assert len(moments) > 30_000
    assert all(before <= after for before, after in itertools.pairwise(moments))


def test_everybody_on_the_rota_sat_down_lately_and_never_at_two_desks_at_once(borough):
    with borough.database.read() as session:
        query = select(AuditEntryRow).where(AuditEntryRow.action.in_(("sign-in", "sign-out")))
        rows = session.scalars(query.order_by(AuditEntryRow.sequence)).all()
        seated: dict[str, bool] = {}
        for row in rows:
            assert seated.get(row.actor, False) is (row.action == "sign-out"), (row.actor, row.at)
            seated[row.actor] = row.action == "sign-in"
    assert seated["Operator 07"], "the desk's own person is on duty"
    assert sum(seated.values()) <= 8, "two shifts at most, while one hands over to the other"


def test_one_account_is_off_and_one_ends_soon(borough):
    assert not borough.user(SWITCHED_OFF).active
    with pytest.raises(PermissionRefused, match=r"switched off|not right"):
        SignInService(borough.database).sign_in(SWITCHED_OFF, DEMO_PASSWORD)
    assert SignInService(borough.database).sign_in(AGENCY, DEMO_PASSWORD).handle == "Operator 14"


def test_cameras_failed_as_often_as_the_room_says_and_none_is_claimed_to_be_live(borough):
    health, actor = HealthService(borough.database), borough.actor("supervisor02")
    year = FRIDAY_NIGHT - timedelta(days=365)
    shares = [
        health.availability(actor, camera.id, year, FRIDAY_NIGHT).share or 0
        for camera in borough.made.cameras
    ]
    assert 0.96 < sum(shares) / len(shares) < 0.995
    assert min(shares) > 0.8
    assert {each.state for each in health.current(actor).values()} == {HealthState.UNKNOWN}


def test_the_restricted_incident_is_there_for_supervisors_only(borough):
    with borough.database.read() as session:
        restricted = session.scalars(select(RestrictionRow)).one().incident_id
    wanted = IncidentFilter()

    def seen_by(login):
        found, after = set(), None
        while True:
            part = borough.incidents.incidents(borough.actor(login), wanted, after=after)
            found |= {each.id for each in part.records}
            if restricted in found or part.next is None:
                return found
            after = part.next

    assert restricted in seen_by("supervisor01")
    assert restricted not in seen_by("operator07")


def test_what_deployable_cameras_saw_has_the_place_they_had_on_that_day(borough):
    with borough.database.read() as session:
        stays = stays_of(session)
        rows = session.scalars(select(LogEntryRow).where(LogEntryRow.camera_id.in_(stays))).all()
        wrong = [
            (row.camera_number, row.place, row.occurred_at)
            for row in rows
            if row.place not in hung_on(stays[row.camera_id], local_date(row.occurred_at))
        ]
        seen = {(row.camera_number, row.place) for row in rows}
    assert wrong == []
    assert len(seen) > len(stays), "some of them moved"


def hung_on(stays, day) -> set[str]:
    """The places at which a camera hung on a day."""
    return {each.street for each in stays if each.first <= day <= (each.last or day)}


def test_everything_in_its_audit_trail_has_words(borough):
    with borough.database.read() as session:
        written = set(session.scalars(select(AuditEntryRow.action).distinct()))
    assert written <= set(action_words(NOUNS))
