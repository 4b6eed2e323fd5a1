"""Builders of the rapid-deployment records, made through the services."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from controlroom.app.picture_check import check_decodes
from controlroom.clock import local_date
from controlroom.deployments.bids.records import Assessment, Bid, BidContent
from controlroom.deployments.deployments.records import Deployment
from controlroom.deployments.meetings.records import Meeting, Outcome
from controlroom.deployments.policy import Policy, load_policy
from controlroom.deployments.service import DeploymentServices
from controlroom.deployments.units.records import NewUnit, Unit
from controlroom.log.snapshots import SnapshotStore
from tests.builders import Room, make_room

MORNING = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
JPEG = Path(__file__).with_name("view.jpg").read_bytes()
GOOD_SCORES = {
    "severity": 8,
    "frequency": 8,
    "vulnerability": 7,
    "coverage": 0,
    "feasibility": 9,
    "alternatives": 8,
}

CONTENT = BidContent(
    partner="ASB team",
    contact="ASB officer 4",
    place="Headley Drive",
    ward="New Addington South",
    latitude=51.3489,
    longitude=-0.0157,
    objectives=("deter", "evidence"),
    reports_3_months=14,
    reports_12_months=41,
    evidence="41 reports of mopeds and fireworks, 14 of them since August.",
    causes="A cut-through behind the shops, no lighting, two closed premises.",
    tried="Patrols in September, gating application, youth workers on Fridays.",
    less_intrusive="Patrols displace the riders for an hour; lighting alone changed nothing.",
    overlooked_homes="Four flats above the shops; masked in the picture.",
    times_of_concern="Fridays and Saturdays 18 to 24, school days 15 to 17.",
    success_measures="Reports halved in three months, no injuries.",
    plan="Six-month plan: enforcement, lighting, tenancy action, camera for its middle part.",
    agencies=("ASB team", "Housing", "Safer Neighbourhood Teams"),
    beyond_one_agency=True,
    medium_term_plan=True,
    agencies_committed=True,
)


@dataclass
class Desk:
    """A room with the rapid-deployment services over it."""

    room: Room
    services: DeploymentServices
    policy: Policy

    @property
    def coordinator(self):
        return self.room.coordinator

    @property
    def today(self) -> date:
        return local_date(self.room.clock.now())

    def go_to(self, day: date) -> None:
        """Put the clock at ten in the morning of a day."""
        self.room.clock.at = datetime(day.year, day.month, day.day, 10, 0, tzinfo=UTC)

    def unit(self, asset: str = "RDC-01") -> Unit:
        return self.services.units.add(
            self.coordinator, NewUnit(asset, "Axis", "Q6225-LE", "SIM 1", "10.0.0.1")
        )

    def meeting(self, day: date) -> Meeting:
        return self.services.meetings.plan(self.coordinator, day, "10:00", "Town hall, room 2")

    def assessed(self, place: str = "Headley Drive", **scores: int) -> Bid:
        bid = self.services.bids.add(self.coordinator, replace(CONTENT, place=place))
        self.services.bids.submit(self.coordinator, bid.id)
        given = GOOD_SCORES | self.services.bids.proposed(self.coordinator, bid.id) | scores
        note = {"coverage": "seen on the survey"} if "coverage" in scores else {}
        return self.services.bids.assess(self.coordinator, bid.id, Assessment(given, note))

    def approved(self, place: str = "Headley Drive") -> Bid:
        """A bid approved at a meeting held today (which is planned for it)."""
        meeting = next(
            (each for each in self.services.meetings.meetings(self.coordinator) if each.day == self.today),
            None,
        )
        meeting = meeting or self.meeting(self.today)
        bid = self.assessed(place)
        self.services.meetings.table_bid(self.coordinator, bid.id, meeting.id)
        self.services.meetings.record_decision(
            self.coordinator, meeting.id, bid.id, Outcome.APPROVED, reason="A unit comes back in time."
        )
        return self.services.bids.bid(self.coordinator, bid.id)

    def surveyed(self, bid: Bid) -> Deployment:
        service = self.services.deployments
        deployment = service.plan(self.coordinator, bid.id)
        service.record_survey(self.coordinator, deployment.id, column="LC 14", note="Power and signal good.")
        return service.record_dpia(self.coordinator, deployment.id, passed=True, reference="DPIA-2026-31")

    def picture(self, name: str = "view.jpg") -> Path:
        """A picture file, as a camera or a stick holds one."""
        path = self.room.folder / name
        path.write_bytes(JPEG)
        return path

    def scheduled(self, bid: Bid, unit: Unit, on: date | None = None) -> Deployment:
        deployment = self.surveyed(bid)
        return self.services.deployments.schedule(self.coordinator, deployment.id, unit.id, on or self.today)

    def live(self, unit: Unit, place: str = "Headley Drive") -> Deployment:
        """A deployment live since today."""
        service = self.services.deployments
        deployment = self.scheduled(self.approved(place), unit)
        service.install(self.coordinator, deployment.id)
        return self.go_live(deployment.id)

    def go_live(self, deployment_id: int) -> Deployment:
        """Signs, picture, live: what an installed camera still needs."""
        service = self.services.deployments
        service.record_signs(self.coordinator, deployment_id)
        service.record_test_image(self.coordinator, deployment_id, self.picture())
        return service.go_live(self.coordinator, deployment_id)


def make_desk(folder: Path, at: datetime = MORNING) -> Desk:
    """A room with no units, bids or meetings yet."""
    return desk_over(make_room(folder, at))


def desk_over(room: Room) -> Desk:
    """The rapid-deployment services over a room that is there."""
    policy, pictures = load_policy(), SnapshotStore(room.folder / "snapshots")
    return Desk(room, DeploymentServices.over(room.database, policy, pictures, check_decodes), policy)


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)
