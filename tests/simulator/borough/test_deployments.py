"""The demonstration's rapid deployment obeys every guard, whatever day it is written."""

import random
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from controlroom.accounts.records import Role, User
from controlroom.app.picture_check import check_decodes
from controlroom.audit import service as audit
from controlroom.cameras.service import to_record, to_row
from controlroom.clock import local_date, london
from controlroom.database.tables import ReferenceCounterRow
from controlroom.deployments.bids import rules as bid_rules
from controlroom.deployments.bids.records import BidState
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.dates import last_day, overlap
from controlroom.deployments.deployments.pictures import check_kept
from controlroom.deployments.deployments.records import CheckKind, DeploymentAction, DeploymentState, Standing
from controlroom.deployments.deployments.rules import OVER, ROAD, UP
from controlroom.deployments.deployments.tables import AlertRow, DeploymentRow
from controlroom.deployments.meetings.records import MeetingState, Outcome, Subject
from controlroom.deployments.meetings.tables import DecisionRow, MeetingRow
from controlroom.deployments.policy import load_policy
from controlroom.deployments.service import DeploymentServices
from controlroom.deployments.units.records import UnitState
from controlroom.deployments.unusual_days import unusual_day
from controlroom.errors import RuleBroken
from controlroom.log.snapshots import SnapshotStore
from controlroom.simulator.borough.deployment_plan import make_plan, meetings_between
from controlroom.simulator.borough.deployment_stays import shots_of
from controlroom.simulator.borough.deployments import SITES, write_deployments, write_plan
from controlroom.simulator.borough.photographs import photographs
from controlroom.simulator.borough.places import register
from tests.builders import make_room
from tests.deployments.builders import JPEG

DAYS = [
    datetime(2026, 11, 20, 14, 12, tzinfo=UTC),
    datetime(2026, 11, 26, 9, 0, tzinfo=UTC),  # a meeting's day
    datetime(2026, 11, 27, 9, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 1, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 30, tzinfo=UTC),  # the clocks go forward
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # the hour that happens twice
    datetime(2026, 6, 30, 23, 30, tzinfo=UTC),  # 1 July in London
    datetime(2026, 5, 31, 12, 0, tzinfo=UTC),
    datetime(2026, 8, 31, 12, 0, tzinfo=UTC),
    datetime(2027, 2, 28, 6, 0, tzinfo=UTC),
]


class Written:
    """The borough's deployments in a database of their own."""

    def __init__(self, folder, now):
        self.room = make_room(folder, now)
        self.now, self.today = now, local_date(now)
        users = [User(1, "coordinator", "JAG coordinator", frozenset({Role.COORDINATOR}))]
        with self.room.database.write() as work:
            rows = [to_row(camera, self.room.site_key, work.now) for camera in register()]
            work.session.add_all(rows)
            work.session.flush()
            cameras = [to_record(row) for row in rows]
            store = SnapshotStore(folder / "snapshots")
            self.summary = self.write(work, store, users=users, cameras=cameras)
        self.services = DeploymentServices.over(self.room.database, load_policy(), store, check_decodes)

    def write(self, work, store, **given):
        return write_deployments(work, now=self.now, seed=20, **given)


class WithPictures(Written):
    """Two units alone, with the test pictures their cameras took."""

    def write(self, work, store, **given):
        plan = make_plan(self.today, random.Random(20), list(SITES["sites"]))
        stays = [stay for stay in plan.stays if stay.asset in {"RDC-01", "RDC-06"}]
        plan = replace(plan, stays=stays, others=[])
        with photographs(store, shots_of(plan)) as taken:
            return write_plan(work, plan, random.Random(20), taken=taken, **given)


@pytest.fixture(params=DAYS, ids=lambda now: now.strftime("%Y-%m-%d"), scope="module")
def written(request, tmp_path_factory):
    made = Written(tmp_path_factory.mktemp("borough"), request.param)
    yield made
    made.room.database.close()


def test_the_units_stand_as_the_notes_say(written):
    units = written.services.units.units(written.room.coordinator)
    assert [unit.asset for unit in units] == [f"RDC-{number:02d}" for number in range(1, 11)]
    assert Counter(unit.state for unit in units) == {
        UnitState.LIVE: 6,
        UnitState.INSTALLED: 1,
        UnitState.FAULTY: 1,
        UnitState.SCHEDULED: 1,
        UnitState.IN_STORE: 1,
    }
    standing = Counter(
        each.standing
        for each in written.services.deployments.deployments(written.room.coordinator)
        if each.state in UP or each.state is DeploymentState.SCHEDULED
    )
    assert standing == {
        Standing.LIVE: 2,
        Standing.REVIEW_DUE: 2,
        Standing.PAST_END: 1,
        Standing.ENDING: 2,
        Standing.DECIDED: 1,
    }


def test_the_next_agenda_has_six_scored_bids_and_units_to_give(written):
    agenda = written.services.meetings.next_agenda(written.room.coordinator)
    assert agenda.meeting.day == written.summary.next_meeting >= written.today
    assert len(agenda.bids) == 6
    assert [item.place for item in agenda.bids][:2] == ["Wellington Road", "Headley Drive"]
    assert all(item.score > 20 and len(item.parts) == 6 for item in agenda.bids)
    assert agenda.units_free == ("RDC-06", "RDC-08", "RDC-10")
    assert agenda.free == 3
    assert agenda.needs_information == 1
    assert "Milton Road" in [item.place for item in agenda.deployments]


def test_eighteen_months_of_meetings_hold_every_kind_of_decision(written):
    with written.room.database.read() as session:
        held = session.scalars(select(MeetingRow).filter_by(state=MeetingState.HELD.value)).all()
        assert 17 <= len(held) <= 19
        assert all(row.day < written.today and row.minutes for row in held)
        ahead = session.scalars(select(MeetingRow).filter_by(state=MeetingState.PLANNED.value)).all()
        assert all(row.day >= written.today for row in ahead)
        outcomes = Counter(session.scalars(select(DecisionRow.outcome)))
        assert set(outcomes) >= {"approved", "refused", "deferred", "waitlisted", "extended", "ratified"}
        assert outcomes["approved"] > 30
        states = Counter(session.scalars(select(BidRow.state)))
        assert set(states) >= {
            "lapsed",
            "withdrawn",
            "needs information",
            "submitted",
            "draft",
            "tabled",
            "refused",
        }


def roads(session, kind):
    """What the chain says of each record: (subject, was, verb, moment) in its order."""
    found = defaultdict(list)
    for entry in reversed(audit.newest(session, 1_000_000)):
        if entry.subject_kind == kind:
            found[entry.subject].append(entry)
    return found


@pytest.mark.parametrize("kind", ["bid", "deployment"])
def test_every_history_is_legal_and_ends_where_the_record_stands(written, kind):
    table, states, road = (
        (BidRow, BidState, bid_rules.ROAD) if kind == "bid" else (DeploymentRow, DeploymentState, ROAD)
    )
    with written.room.database.read() as session:
        histories = roads(session, kind)
        for row in session.scalars(select(table)):
            here = states("draft" if kind == "bid" else "planned")
            entries = histories.pop(row.reference)
            assert entries[0].at == row.created_at
            for entry in entries:
                assert entry.at <= written.now
                if "was" not in entry.detail:
                    continue
                there = states(entry.action.partition(".")[2].replace("-", " "))
                assert entry.detail["was"] == here.value
                assert there in road[here], f"{row.reference}: {here} to {there}"
                here = there
            assert here == row.state, row.reference
        assert not histories


def test_rule_2_holds_for_every_deployment(written):
    with written.room.database.read() as session:
        decisions = {row.id: row for row in session.scalars(select(DecisionRow))}
        for row in session.scalars(select(DeploymentRow)):
            if row.installed_on is None:
                assert row.state in {"planned", "surveyed", "scheduled", "aborted"}
                continue
            decision = decisions[row.decision_id]
            assert decision.outcome == Outcome.APPROVED
            assert decision.bid_id == row.bid_id
            assert decision.decided_on <= row.installed_on
            assert row.dpia == "passed"
            assert row.dpia_on <= row.installed_on
            assert row.test_image
            if row.live_on is None:
                assert row.chair_ended_on is not None
                continue
            assert row.signs_up_on <= row.live_on
            assert row.periods[0].starts_on == row.live_on
            assert len(row.periods) == 1 + sum(
                each.outcome == Outcome.EXTENDED and each.bid_id == row.bid_id for each in decisions.values()
            )
            for before, after in pairwise(row.periods):
                assert after.starts_on == before.ends_on + timedelta(days=1)
            assert all(period.ends_on == last_day(period.starts_on) for period in row.periods)
            if row.state in OVER:
                assert row.removed_on < written.today
                assert row.live_on < row.removed_on


def test_no_unit_is_in_two_places(written):
    with written.room.database.read() as session:
        stays = defaultdict(list)
        for row in session.scalars(select(DeploymentRow).where(DeploymentRow.stays_from.is_not(None))):
            stays[row.unit_id].append((row.stays_from, row.stays_to))
        assert len(stays) == 10
        assert all(len(each) >= 2 for each in stays.values())
        for each in stays.values():
            ordered = sorted(each)
            assert all(first <= last for first, last in ordered)
            assert not any(overlap(a, b) for a, b in pairwise(ordered))


def test_decisions_are_the_meetings_on_its_day_and_follow_the_ranking_or_say_why(written):
    with written.room.database.read() as session:
        days = {row.id: row.day for row in session.scalars(select(MeetingRow))}
        by_meeting = defaultdict(list)
        for row in session.scalars(select(DecisionRow)):
            assert row.recorded_at < written.now
            if row.meeting_id is None:
                assert row.reason
                assert days[row.ratify_meeting_id] > row.decided_on
                continue
            assert row.decided_on == days[row.meeting_id]
            if row.outcome in {Outcome.REFUSED, Outcome.DEFERRED} or row.departs:
                assert row.reason
            assert bool(row.signed_off_by) == (row.outcome == Outcome.REFUSED)
            if row.subject == Subject.BID and row.rank is not None:
                by_meeting[row.meeting_id].append(row)
        for rows in by_meeting.values():
            rows.sort(key=lambda row: row.rank)
            assert [row.rank for row in rows] == list(range(1, len(rows) + 1))
            assert [row.score for row in rows] == sorted((row.score for row in rows), reverse=True)
            last = max((row.rank for row in rows if row.outcome == Outcome.APPROVED), default=0)
            assert all(row.departs for row in rows if row.outcome != Outcome.APPROVED and row.rank < last)


def test_the_chain_verifies_and_the_counters_go_on(written):
    with written.room.database.read() as session:
        found = audit.verify(session)
        assert found.sound
        assert found.entries > 700
        for prefix, table in (("BID", BidRow), ("DEP", DeploymentRow)):
            counters = {
                row.year: row.last
                for row in session.scalars(select(ReferenceCounterRow).filter_by(prefix=prefix))
            }
            references = session.scalars(select(table.reference).order_by(table.id)).all()
            assert len(references) == sum(counters.values()) == len(set(references))
            assert list(references) == sorted(references)
        total = session.scalar(select(func.count()).select_from(DeploymentRow))
    assert total == written.summary.deployments > 30


def test_the_program_goes_on_from_there(written):
    """The alert is raised, nothing else moves by itself, and the overdue camera can be decided."""
    service, who = written.services.deployments, written.room.coordinator
    before = {each.reference: each.state for each in service.deployments(who)}
    alerts = written.services.alerts.raise_due()
    assert {alert.place for alert in alerts} == {"Milton Road", "Oakfield Road"}
    assert {each.reference: each.state for each in service.deployments(who)} == before
    assert written.services.overview.attention(who).badge == 2
    agenda = written.services.meetings.next_agenda(who)
    best = agenda.bids[0]
    written.services.meetings.chair_approves(who, best.bid_id, "Cannot wait for the meeting.")
    planned = service.plan(who, best.bid_id)
    service.record_survey(who, planned.id, column="LC 1", note="Good.")
    service.record_dpia(who, planned.id, passed=True, reference="DPIA-1")
    store = next(unit for unit in written.services.units.units(who) if unit.asset == "RDC-10")
    service.schedule(who, planned.id, store.id, written.today)
    service.install(who, planned.id)
    service.record_signs(who, planned.id)
    picture = written.room.folder / "view.jpg"
    picture.write_bytes(JPEG)
    service.record_test_image(who, planned.id, picture)
    assert service.go_live(who, planned.id).state is DeploymentState.LIVE


def test_the_last_meeting_closed_without_ratifying_a_camera_of_the_chair(written):
    """It was never live, is to come down, is told of every day, and nobody can make it live."""
    service, who = written.services.deployments, written.room.coordinator
    (ended,) = [each for each in service.deployments(who) if each.place == "Oakfield Road"]
    closed = max(each.day for each in written.services.meetings.meetings(who) if not each.planned)
    assert (ended.state, ended.live_on) == (DeploymentState.ENDING, None)
    assert ended.chair_ended_on == ended.remove_by == closed
    answer = written.services.meetings.decisions(who, ended.bid_id)[-1]
    assert (answer.outcome, answer.decided_on) == (Outcome.NOT_RATIFIED, closed)
    with written.room.database.read() as session:
        told = session.scalars(select(AlertRow.day).filter_by(deployment_id=ended.id)).all()
    days = [closed + timedelta(days=n) for n in range((written.today - closed).days)]
    assert set(days) <= set(told)
    (why,) = [each.why_not for each in ended.actions if each.action is DeploymentAction.GO_LIVE]
    assert "chair's action" in why
    with pytest.raises(RuleBroken):
        service.go_live(who, ended.id)


def test_every_test_picture_is_drawn_and_stored_as_any_other(tmp_path):
    made = WithPictures(tmp_path, DAYS[0])
    service, who = made.services.deployments, made.room.coordinator
    pictured = [each for each in service.deployments(who) if each.passed(CheckKind.PICTURE)]
    assert len(pictured) == made.summary.deployments >= 6
    found = [service.picture(who, each.id) for each in pictured]
    assert len({path.read_bytes() for path in found}) == len(found), "each shows its own place and day"
    with made.room.database.read() as session:
        assert check_kept(session, tmp_path)[0] == []
    made.room.database.close()


def test_no_meeting_falls_in_christmas_week_or_on_a_bank_holiday():
    for year in range(2024, 2064):
        days = meetings_between(date(year, 1, 1), date(year, 12, 31))
        assert [day.month for day in days] == list(range(1, 13))
        assert not any(unusual_day(day) for day in days)


def test_it_can_be_written_on_any_day_of_four_years(tmp_path):
    places = list(SITES["sites"])
    for number in range(4 * 366):
        today = date(2026, 1, 1) + timedelta(days=number)
        plan = make_plan(today, random.Random(number), places)
        assert len({stay.asset for stay in plan.stays}) == 10
        chairs = [(stay.chair_on, stay.meeting) for stay in plan.stays if stay.chair_on is not None]
        assert all(meeting == min(day for day in plan.held if day >= acted) for acted, meeting in chairs)
        assert all(meeting > acted for acted, meeting in chairs), "a meeting of that day would decide it"
        assert all(
            london(stay.meeting, 17) < london(stay.install_on, 13) for stay in plan.stays if not stay.chair_on
        )
