"""The walk's bid is approved and its camera goes live on the days of five months, at odd times too.

Without windows: the same meeting is held as in the walk, through the services, over a borough that holds the present of
rapid deployment and leaves its history away (`simulator/borough/test_deployments.py` writes the history).
"""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from controlroom.accounts.records import Role, User
from controlroom.app.picture_check import check_decodes
from controlroom.cameras.records import Camera
from controlroom.cameras.service import to_record, to_row
from controlroom.clock import local_date, london, show_moment
from controlroom.database.engine import open_engine
from controlroom.database.unit_of_work import Database
from controlroom.deployments import dates
from controlroom.deployments.bids.records import Bid, BidState
from controlroom.deployments.deployments.records import DeploymentState
from controlroom.deployments.meetings.records import (
    Agenda,
    AgendaItem,
    ChairItem,
    DeploymentItem,
    Meeting,
    Outcome,
)
from controlroom.deployments.policy import load_policy
from controlroom.deployments.service import DeploymentServices
from controlroom.deployments.units.records import UnitState
from controlroom.log.snapshots import SnapshotStore
from controlroom.nouns import NOUNS
from controlroom.simulator.borough.deployment_plan import Plan, make_plan
from controlroom.simulator.borough.deployments import SITES, write_plan
from controlroom.simulator.borough.places import register
from controlroom.tour.meeting import hold_meeting
from tests.builders import Room, make_room
from tests.clock import SetClock
from tests.deployments.builders import Desk

SEED = 20
MONTHS = [(2027, 3), (2027, 10), (2027, 11), (2027, 12), (2028, 2)]
"""Both changes of the clock, Christmas, a leap day, and a month whose last days are missing three months on."""
TIMES = ((0, 5), (10, 0), (23, 55), (9, 59), (16, 40))  # five, so that each meets every day of the week


def moments(year: int, month: int) -> Iterator[datetime]:
    """A moment of each day at the month's ends and of every sixth between, and each odd one of clock changes."""
    day = date(year, month, 1)
    while day.month == month:
        if not 3 <= day.day <= 26 or day.day % 6 == month % 6:
            yield london(day, *TIMES[day.toordinal() % len(TIMES)])
        if london(day + timedelta(days=1)) - london(day) != timedelta(days=1):
            yield from (london(day, *time) for time in ((0, 5), (0, 59), (1, 30), (23, 55)))
            yield london(day, 1, 30, fold=1)
        day += timedelta(days=1)


class Borough:
    """A database in memory that can be made new at once, with the ten units as they stand at a moment.

    The walk's own bid waits in it, assessed and not tabled.
    """

    def __init__(self, room: Room) -> None:
        with room.database.write() as work:
            rows = [
                to_row(camera, room.site_key, work.now)
                for camera in register()
                if camera.number.startswith("RDC") or camera.place.ward.startswith("New Addington")
            ]
            work.session.add_all(rows)
            work.session.flush()
            self.cameras: list[Camera] = [to_record(row) for row in rows]
        policy = load_policy()
        self.bid = Desk(
            room,
            DeploymentServices.over(
                room.database, policy, SnapshotStore(room.folder / "snapshots"), check_decodes
            ),
            policy,
        ).assessed("Headley Drive, by the parade")
        self.empty = sqlite3.connect(room.folder / "room.db")
        self.engine: Engine = open_engine("sqlite://")
        self.room = room

    def at(self, now: datetime) -> Desk:
        """The borough on that day."""
        with self.engine.connect() as connection:
            target = connection.connection.dbapi_connection
            assert isinstance(target, sqlite3.Connection)
            connection.rollback()
            self.empty.backup(target)
        clock = SetClock(now)
        database = Database(self.engine, clock, NOUNS)
        users = [User(1, "coordinator", "JAG coordinator", frozenset({Role.COORDINATOR}))]
        dice = random.Random(SEED * 1009 + local_date(now).toordinal())
        plan = present_of(make_plan(local_date(now), dice, list(SITES["sites"])))
        with database.write() as work:
            write_plan(work, plan, dice, users=users, cameras=self.cameras)
        policy = load_policy()
        return Desk(
            replace(self.room, database=database, clock=clock),
            DeploymentServices.over(
                database, policy, SnapshotStore(self.room.folder / "snapshots"), check_decodes
            ),
            policy,
        )

    def close(self) -> None:
        self.empty.close()
        self.engine.dispose()


def present_of(plan: Plan) -> Plan:
    """What a plan says about today: each unit's last stay, and the bids on today's agenda if it is a meeting's day."""
    last = {stay.asset: stay for stay in sorted(plan.stays, key=lambda each: each.install_on)}
    tabled = [each for each in plan.others if each.ends == "tabled" and plan.next == plan.today]
    return replace(plan, stays=list(last.values()), others=tabled)


@pytest.fixture(scope="module")
def borough(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Borough]:
    made = Borough(make_room(tmp_path_factory.mktemp("borough")))
    yield made
    made.close()


class ServiceSecretary:
    """Takes part in the meeting as the desk's windows do, through the services alone."""

    def __init__(self, desk: Desk, bid: Bid) -> None:
        self.services, self.who, self.bid = desk.services, desk.coordinator, bid

    def meetings(self) -> Sequence[Meeting]:
        return self.services.meetings.meetings(self.who)

    def plan(self, day: date) -> Meeting:
        return self.services.meetings.plan(self.who, day, "10:00", "Town hall")

    def table(self, meeting: Meeting) -> None:
        self.services.meetings.table_bid(self.who, self.bid.id, meeting.id)

    def agenda(self, meeting: Meeting) -> Agenda:
        return self.services.meetings.agenda(self.who, meeting.id)

    def decide(self, meeting: Meeting, item: AgendaItem, choice) -> None:
        meetings, why = self.services.meetings, choice.reason
        if isinstance(item, ChairItem):
            ratified = choice.outcome is Outcome.RATIFIED
            meetings.ratify(self.who, meeting.id, item.decision.id, ratified=ratified, reason=why)
        elif isinstance(item, DeploymentItem):
            meetings.record_extension(self.who, meeting.id, item.deployment_id, choice.outcome, reason=why)
        else:
            meetings.record_decision(self.who, meeting.id, item.bid_id, choice.outcome, reason=why)


def go_live(desk: Desk, bid: Bid) -> None:
    """The walk's next steps, with what the desk's forms propose; ends with the camera live until its last day."""
    service, who = desk.services.deployments, desk.coordinator
    unit = next(each for each in desk.services.units.units(who) if each.state is UnitState.IN_STORE)
    deployment = desk.scheduled(bid, unit)
    service.install(who, deployment.id, on=desk.today)
    service.record_signs(who, deployment.id, on=desk.today)
    service.record_test_image(who, deployment.id, desk.picture())
    live = service.go_live(who, deployment.id)
    assert live.state is DeploymentState.LIVE
    assert live.ends_on == dates.last_day(desk.today)


@pytest.mark.timeout(600)  # three seconds by itself, a minute and more on a busy machine
@pytest.mark.parametrize(("year", "month"), MONTHS, ids=[f"{year}-{month:02d}" for year, month in MONTHS])
def test_the_bid_is_approved_and_goes_live_all_through_the_month(
    borough: Borough, year: int, month: int
) -> None:
    failed: list[str] = []
    for now in moments(year, month):
        desk = borough.at(now)
        try:
            hold_meeting(ServiceSecretary(desk, borough.bid), desk.today, borough.bid.id)
            approved = desk.services.bids.bid(desk.coordinator, borough.bid.id)
            assert approved.state is BidState.APPROVED
            if now.day < 3 or now.day > 26:  # where three months later is another day of the month
                go_live(desk, approved)
        except Exception as error:
            failed.append(f"{show_moment(now)}: {error!r}")
    assert not failed, "\n".join(failed)
