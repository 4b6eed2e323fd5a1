"""Where a deployable camera is listed, shown and logged follows its deployment, by date, on both engines."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from controlroom.cameras.places import IN_STORE
from controlroom.cameras.records import NewCamera, Owner, Place
from controlroom.changes import Change
from controlroom.deployments.units.records import NewUnit
from controlroom.incidents.links import IncidentLinks
from controlroom.incidents.records import NewIncident
from controlroom.incidents.service import IncidentService
from controlroom.log import vocabulary
from controlroom.log.records import NewLogEntry
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from tests.deployments.builders import CONTENT, make_desk
from tests.log.writing import write_entry

pytestmark = pytest.mark.both_engines

REGISTERED = Place("Charles Street", "Rapid deployment", "Fairfield", 51.3712, -0.1031)
MARCH = date(2026, 3, 2)


class Town:
    """A room whose deployable camera RDC-05 was registered at Charles Street, with its log and incidents."""

    def __init__(self, folder):
        self.desk = make_desk(folder, datetime(2026, 3, 2, 10, tzinfo=UTC))
        self.room = self.desk.room
        rdc = NewCamera("RDC-05", "Charles Street", REGISTERED, owner=Owner.RAPID_DEPLOYMENT)
        self.camera = self.room.cameras.add(self.room.supervisor, rdc)
        self.fixed = self.room.add_camera()
        self.log = LogService(
            self.room.database, vocabulary.load(), SnapshotStore(folder / "snapshots"), IncidentLinks()
        )
        self.incidents = IncidentService(self.log)
        new = NewUnit("RDC-05", "Axis", "Q6225-LE", camera_number="RDC-05")
        self.unit = self.desk.services.units.add(self.desk.coordinator, new)

    def listed(self):
        """The camera as the register lists it now."""
        found = self.room.cameras.cameras(self.room.operator)
        return next(each for each in found if each.id == self.camera.id)

    def live_at(self, place, ward):
        """The unit's deployment at a place, live from today."""
        bids = self.desk.services.bids
        added = bids.add

        def with_ward(actor, content):
            return added(actor, replace(content, ward=ward))

        bids.add = with_ward
        try:
            return self.desk.live(self.unit, place)
        finally:
            bids.add = added

    def remove(self, deployment):
        """End it and take it down, today."""
        service = self.desk.services.deployments
        service.start_review(self.desk.coordinator, deployment.id, "Its purpose is met.")
        service.order_removal(self.desk.coordinator, deployment.id, "Its purpose is met.", by=self.desk.today)
        service.remove(self.desk.coordinator, deployment.id, signs_down=True)

    def incident(self, at=None):
        """An incident seen by the camera."""
        new = NewIncident("robbery", "Phone taken", camera_id=self.camera.id, occurred_at=at)
        return self.incidents.open_incident(self.room.operator, new)


@pytest.fixture
def town(tmp_path):
    made = Town(tmp_path)
    yield made
    made.room.database.close()


def test_a_deployed_camera_is_listed_at_its_deployment_and_in_store_between_two(town):
    assert (town.listed().name, town.listed().place.ward) == (IN_STORE, "")
    deployment = town.live_at("Broom Road", "Shirley South")
    camera = town.listed()
    assert (camera.name, camera.place.street, camera.place.ward) == (
        "Broom Road", "Broom Road", "Shirley South",
    )  # fmt: skip
    assert (camera.place.area, camera.place.latitude) == ("Rapid deployment", CONTENT.latitude)
    assert town.log.cameras(town.room.operator)[-1] == camera
    town.desk.go_to(date(2026, 3, 20))
    town.remove(deployment)
    assert town.listed().place == Place(IN_STORE, "Rapid deployment", "")


def test_a_camera_that_is_no_units_keeps_the_place_of_the_register(town):
    town.live_at("Broom Road", "Shirley South")
    found = town.room.cameras.cameras(town.room.operator)
    assert next(each for each in found if each.id == town.fixed.id) == town.fixed


def test_what_is_logged_has_the_place_the_camera_has_at_that_moment(town):
    town.live_at("Broom Road", "Shirley South")
    entry = write_entry(town.log, town.room.operator, NewLogEntry("Quiet.", camera_id=town.camera.id))
    assert (entry.place, entry.ward) == ("Broom Road", "Shirley South")
    incident = town.incident()
    assert (incident.place, incident.ward) == ("Broom Road", "Shirley South")


def test_an_incident_counts_under_the_place_of_its_day_and_not_of_today(town):
    first = town.live_at("Broom Road", "Shirley South")
    in_march = town.incident()
    town.desk.go_to(date(2026, 3, 20))
    town.remove(first)
    in_store = town.incident()
    town.desk.go_to(date(2026, 3, 23))
    town.live_at("Milton Road", "Addiscombe West")
    town.desk.go_to(date(2026, 3, 24))
    seen_now = town.incident()
    told_late = town.incident(at=datetime(2026, 3, 20, 9, tzinfo=UTC))
    read = {
        each.reference: (each.place, each.ward)
        for each in town.incidents.incidents(town.room.operator).records
    }
    assert read == {
        in_march.reference: ("Broom Road", "Shirley South"),
        in_store.reference: ("Broom Road", "Shirley South"),  # it hung there in the morning of that day
        seen_now.reference: ("Milton Road", "Addiscombe West"),
        told_late.reference: ("Broom Road", "Shirley South"),
    }


def test_desks_hear_that_a_camera_hangs_elsewhere(town):
    heard = []
    town.room.changes.listen(heard.append)
    deployment = town.live_at("Broom Road", "Shirley South")
    camera = Change("camera", str(town.camera.id))
    assert camera in heard
    heard.clear()
    town.remove(deployment)
    assert camera in heard
