"""One random road through bids, meetings and deployments: every step through the services, lawful or refused."""

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from controlroom.app.picture_check import check_decodes
from controlroom.audit import service as audit
from controlroom.clock import local_date
from controlroom.database.engine import open_engine
from controlroom.database.unit_of_work import Database
from controlroom.deployments.deployments.records import CheckKind
from controlroom.deployments.meetings.records import BID_OUTCOMES, DEPLOYMENT_OUTCOMES
from controlroom.deployments.service import DeploymentServices
from controlroom.errors import ControlRoomError
from controlroom.log.snapshots import SnapshotStore
from controlroom.nouns import NOUNS
from tests.clock import SetClock
from tests.deployments.builders import MORNING, Desk, make_desk
from tests.deployments.roads.judge import Judge

THREE_YEARS = timedelta(days=3 * 365)
PICK = st.integers(0, 9)
OFFSET = st.integers(-4, 40)
FAR = st.one_of(OFFSET, st.sampled_from([-400, 90, 700, 26_000]))
WHY = "A reason that holds."


class Empty:
    """An empty room with four units, copied into memory for each road."""

    def __init__(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="roads-"))
        self.desk = make_desk(folder)
        for number in range(1, 5):
            self.desk.unit(f"RDC-{number:02d}")
        self.picture = self.desk.picture()

    def copy(self) -> tuple[Desk, sqlite3.Connection]:
        """A desk over a copy of its own, and the plain connection under it."""
        engine = open_engine("sqlite://")
        with engine.connect() as connection:
            plain = connection.connection.dbapi_connection
            assert isinstance(plain, sqlite3.Connection)
            connection.rollback()
            with closing(sqlite3.connect(self.desk.room.folder / "room.db")) as source:
                source.backup(plain)
        clock = SetClock(MORNING)
        database = Database(engine, clock, NOUNS)
        pictures = SnapshotStore(self.desk.room.folder / "snapshots")
        services = DeploymentServices.over(database, self.desk.policy, pictures, check_decodes)
        return Desk(
            replace(self.desk.room, database=database, clock=clock), services, self.desk.policy
        ), plain


class Road(RuleBasedStateMachine):
    """What people of the room may try, in any order and on any day of three years."""

    empty: ClassVar[Empty]
    figures: ClassVar[Counter[str]] = Counter()

    @initialize()
    def begin(self) -> None:
        self.desk, self.plain = self.empty.copy()
        self.judge, self.looked, self.bids = Judge(self.plain), False, 0
        self.figures["roads"] += 1

    # -- the calendar ------------------------------------------------------------------------------------------

    @rule(days=st.sampled_from([0, 1, 1, 3, 7, 14, 29, 35, 36, 61]), look=st.booleans())
    def pass_days(self, days: int, look: bool) -> None:
        if self.desk.today + timedelta(days=days) < local_date(MORNING) + THREE_YEARS:
            self.desk.go_to(self.desk.today + timedelta(days=days))
        self.looked = look
        if look:
            self.desk.services.alerts.raise_due()

    @rule(days=st.integers(0, 70))
    def plan_meeting(self, days: int) -> None:
        self.do(lambda: self.desk.meeting(self.day(days)))

    @rule(meeting=PICK, days=FAR)
    def move_meeting(self, meeting: int, days: int) -> None:
        self.do(
            lambda: self.meetings.move(
                self.who, self.of("jag_meetings", meeting), self.day(days), "10:00", "Hall"
            )
        )

    @rule(meeting=PICK)
    def cancel_meeting(self, meeting: int) -> None:
        self.do(lambda: self.meetings.cancel(self.who, self.of("jag_meetings", meeting), WHY))

    @rule(meeting=PICK, defer=st.booleans())
    def close_meeting(self, meeting: int, defer: bool) -> None:
        """Close it as it is, or after deciding what stands on its agenda."""
        found = self.of("jag_meetings", meeting)
        if defer:
            for bid in self.meetings.agenda(self.who, found).bids if found else ():
                self.do(lambda bid=bid: self.decide(found, bid.bid_id, "deferred"))
            for item in self.meetings.agenda(self.who, found).deployments if found else ():
                self.do(lambda item=item: self.extension(found, item.deployment_id, "ended", None))
        self.do(lambda: self.meetings.close(self.who, found, "Present: six."))

    # -- bids and decisions --------------------------------------------------------------------------------------

    @rule()
    def enter_bid(self) -> None:
        self.bid()

    def bid(self) -> None:
        self.bids += 1
        self.do(lambda: self.desk.assessed(f"Place {self.bids}"))

    @rule(bid=PICK, meeting=PICK)
    def table(self, bid: int, meeting: int) -> None:
        self.do(
            lambda: self.meetings.table_bid(self.who, self.of("bids", bid), self.of("jag_meetings", meeting))
        )

    @rule(meeting=PICK, bid=PICK, outcome=st.sampled_from(["approved", "approved", *BID_OUTCOMES]))
    def decide_bid(self, meeting: int, bid: int, outcome: str) -> None:
        self.do(lambda: self.decide(self.of("jag_meetings", meeting), self.of("bids", bid), outcome))

    @rule(bid=PICK)
    def chair_approves(self, bid: int) -> None:
        self.do(lambda: self.meetings.chair_approves(self.who, self.of("bids", bid), WHY))

    @rule(deployment=PICK)
    def chair_extends(self, deployment: int) -> None:
        self.do(lambda: self.meetings.chair_extends(self.who, self.of("deployments", deployment), WHY))

    @rule(meeting=PICK, decision=PICK, ratified=st.booleans())
    def ratify(self, meeting: int, decision: int, ratified: bool) -> None:
        held = self.of("jag_meetings", meeting)
        about = self.of("jag_decisions", decision, "meeting_id IS NULL AND about_id IS NULL")
        self.do(lambda: self.meetings.ratify(self.who, held, about, ratified=ratified, reason=WHY))

    @rule(meeting=PICK, deployment=PICK, outcome=st.sampled_from(DEPLOYMENT_OUTCOMES), days=st.none() | FAR)
    def decide_deployment(self, meeting: int, deployment: int, outcome: str, days: int | None) -> None:
        by = None if days is None else self.day(days)
        held, number = self.of("jag_meetings", meeting), self.of("deployments", deployment)
        self.do(lambda: self.extension(held, number, outcome, by))

    # -- deployments ---------------------------------------------------------------------------------------------

    @rule(bid=PICK)
    def plan(self, bid: int) -> None:
        self.do(lambda: self.service.plan(self.who, self.of("bids", bid)))

    @rule(unit=PICK, urgent=st.booleans())
    def go_up(self, unit: int, urgent: bool) -> None:
        """A new bid all the way to a live camera, by the chair or by a meeting of the day."""
        self.bid()
        bid = self.of("bids", 0)
        if urgent:
            self.do(lambda: self.meetings.chair_approves(self.who, bid, WHY))
        else:
            self.do(lambda: self.desk.meeting(self.desk.today))
            today = self.of("jag_meetings", 0, f"state = 'planned' AND day = '{self.desk.today}'")
            self.do(lambda: self.meetings.table_bid(self.who, bid, today))
            self.do(lambda: self.decide(today, bid, "approved"))
        self.do(lambda: self.service.plan(self.who, bid))
        self.prepare_now(self.of("deployments", 0), self.of("rdc_units", unit))

    @rule(deployment=PICK, unit=PICK)
    def prepare(self, deployment: int, unit: int) -> None:
        """All the steps to a live camera that are possible now, one after the other."""
        self.prepare_now(self.of("deployments", deployment), self.of("rdc_units", unit))

    def prepare_now(self, number: int, chosen: int) -> None:
        service, who = self.service, self.who
        for step in (
            lambda: service.record_survey(who, number, column="LC 1", note="Good."),
            lambda: service.record_dpia(who, number, passed=True, reference="DPIA-1"),
            lambda: service.schedule(who, number, chosen, self.desk.today),
            lambda: service.install(who, number),
            lambda: service.record_signs(who, number),
            lambda: service.record_test_image(who, number, self.empty.picture),
            lambda: service.go_live(who, number),
        ):
            self.do(step)

    @rule(deployment=PICK, kind=st.sampled_from(CheckKind), passed=st.booleans(), days=FAR)
    def check(self, deployment: int, kind: CheckKind, passed: bool, days: int) -> None:
        number, on, service, who = self.of("deployments", deployment), self.day(days), self.service, self.who
        again: dict[CheckKind, Callable[[], object]] = {
            CheckKind.SURVEY: lambda: service.record_survey(who, number, column="LC 1", note="Good.", on=on),
            CheckKind.DPIA: lambda: service.record_dpia(who, number, passed=True, reference="DPIA-1", on=on),
            CheckKind.SIGNS: lambda: service.record_signs(who, number, on=on),
            CheckKind.PICTURE: lambda: service.record_test_image(who, number, self.empty.picture, on=on),
        }
        self.do(again[kind] if passed else lambda: service.record_failed_check(who, number, kind, WHY))

    @rule(deployment=PICK, unit=PICK, days=FAR)
    def schedule(self, deployment: int, unit: int, days: int) -> None:
        number, chosen = self.of("deployments", deployment), self.of("rdc_units", unit)
        self.do(lambda: self.service.schedule(self.who, number, chosen, self.day(days)))

    @rule(deployment=PICK, days=FAR)
    def install(self, deployment: int, days: int) -> None:
        number = self.of("deployments", deployment)
        self.do(lambda: self.service.install(self.who, number, on=self.day(days)))

    @rule(
        deployment=PICK,
        what=st.sampled_from(["go_live", "resume", "suspend", "start_review", "abort", "close"]),
    )
    def move(self, deployment: int, what: str) -> None:
        number = self.of("deployments", deployment)
        words = () if what in {"go_live", "resume", "close"} else (WHY,)
        more = {"unit_down": True} if what == "abort" else {}
        self.do(lambda: getattr(self.service, what)(self.who, number, *words, **more))

    @rule(deployment=PICK, days=st.none() | FAR)
    def order_removal(self, deployment: int, days: int | None) -> None:
        number, by = self.of("deployments", deployment), None if days is None else self.day(days)
        self.do(lambda: self.service.order_removal(self.who, number, WHY, by=by))

    @rule(deployment=PICK, days=st.integers(-3, 1))
    def remove(self, deployment: int, days: int) -> None:
        number = self.of("deployments", deployment)
        self.do(lambda: self.service.remove(self.who, number, signs_down=True, on=self.day(days)))

    # -- the judge -----------------------------------------------------------------------------------------------

    @invariant()
    def lawful(self) -> None:
        if hasattr(self, "judge"):
            wrong = self.judge.verdict(self.desk.today, looked=self.looked)
            assert not wrong, f"on {self.desk.today}: {wrong}"

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        with self.desk.room.database.read() as session:
            assert audit.verify(session).sound
        self.figures["live"] += self.plain.execute(
            "SELECT count(*) FROM deployments WHERE live_on IS NOT NULL"
        ).fetchone()[0]
        self.desk.room.database.close()

    # -- the parts -----------------------------------------------------------------------------------------------

    def do(self, step: Callable[[], object]) -> None:
        """Try a step; what the services refuse is no step. Anything but a refusal in words is a fault."""
        self.figures["steps"] += 1
        try:
            step()
        except ControlRoomError:
            return
        self.figures["accepted"] += 1
        self.looked = False

    def decide(self, meeting: int, bid: int, outcome: str) -> object:
        more = {"reason": WHY, "signed_off_by": "JAG chair"}
        chosen = next(each for each in BID_OUTCOMES if each == outcome)
        return self.meetings.record_decision(self.who, meeting, bid, chosen, **more)

    def extension(self, meeting: int, deployment: int, outcome: str, by: date | None) -> object:
        chosen = next(each for each in DEPLOYMENT_OUTCOMES if each == outcome)
        return self.meetings.record_extension(self.who, meeting, deployment, chosen, reason=WHY, by=by)

    def of(self, table: str, place: int, where: str = "true") -> int:
        """The key of one of the newest ten rows, 0 for one that does not exist."""
        rows = self.plain.execute(
            f"SELECT id FROM {table} WHERE {where} ORDER BY id DESC LIMIT 10"
        ).fetchall()
        return rows[place % len(rows)][0] if rows else 0

    def day(self, days: int) -> date:
        return self.desk.today + timedelta(days=days)

    @property
    def who(self):
        return self.desk.coordinator

    @property
    def meetings(self):
        return self.desk.services.meetings

    @property
    def service(self):
        return self.desk.services.deployments
