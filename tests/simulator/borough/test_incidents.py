"""The demonstration's log and incidents obey the rules they would have been written under."""

import itertools
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from controlroom.accounts.records import Role, User
from controlroom.audit import service as audit
from controlroom.audit.tables import AuditEntryRow
from controlroom.clock import local, local_date
from controlroom.database.tables import ReferenceCounterRow
from controlroom.incidents import rules, signatures
from controlroom.incidents.links import IncidentLinks
from controlroom.incidents.records import IncidentAction, IncidentFilter, IncidentState, NewIncident, StepKind
from controlroom.incidents.service import IncidentService
from controlroom.incidents.tables import IncidentRow, IncidentStepRow
from controlroom.log import vocabulary
from controlroom.log.records import LogFilter
from controlroom.log.rules import is_late
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.log.tables import LogEntryRow, LogTextRow
from controlroom.log.work import hash_of
from controlroom.simulator.borough.hours import is_school_day
from controlroom.simulator.borough.incidents import write_incidents
from tests.builders import FRIDAY_NIGHT, make_room

MONTHS = 3
SUPERVISING = {IncidentAction.APPROVE, IncidentAction.RETURN, IncidentAction.REOPEN}


class Written:
    """A room with three months of the borough in it."""

    def __init__(self, folder, seed=20):
        self.room = make_room(folder)
        self.cameras = [self.room.add_camera(f"{number:03d}") for number in range(1, 9)]
        self.users = [
            User(actor.user_id, str(actor.user_id), actor.handle, actor.roles)
            for actor in (self.room.operator, self.room.supervisor)
        ]
        log = LogService(
            self.room.database, vocabulary.load(), SnapshotStore(folder / "snapshots"), IncidentLinks()
        )
        self.log, self.incidents = log, IncidentService(log)
        with self.room.database.write() as work:
            self.summary = write_incidents(
                work, now=FRIDAY_NIGHT, seed=seed, users=self.users, cameras=self.cameras, months=MONTHS
            )
            audit.add(work, signatures.begin_entry(work.now))

    def rows(self, table, order):
        with self.room.database.read() as session:
            found = session.scalars(select(table).order_by(order)).all()
            session.expunge_all()
            return found


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    made = Written(tmp_path_factory.mktemp("borough"))
    yield made
    made.room.database.close()


@pytest.fixture(scope="module")
def steps(written):
    found = written.rows(IncidentStepRow, IncidentStepRow.id)
    return {
        key: list(group)
        for key, group in itertools.groupby(
            sorted(found, key=lambda row: (row.incident_id, row.id)), lambda row: row.incident_id
        )
    }


def test_the_volumes_are_a_room_of_this_size(written):
    assert 1200 <= written.summary.entries / MONTHS <= 1500
    assert 170 <= written.summary.incidents / MONTHS <= 190
    assert 0.28 <= written.summary.proactive / written.summary.incidents <= 0.42


def test_every_step_follows_the_road_and_ends_where_the_incident_stands(written, steps):
    for incident in written.rows(IncidentRow, IncidentRow.id):
        road = steps[incident.id]
        assert road[0].kind == StepKind.OPENED
        state = IncidentState.OPEN
        for step in road[1:]:
            if step.kind != StepKind.MOVED:
                continue
            move = rules.ROAD[IncidentAction(step.action)]
            assert state in move.sources, (incident.reference, step.action, state)
            assert (step.from_state, step.to_state) == (state, move.target)
            state = move.target
        assert incident.state == state
        assert incident.version == len(road)


def test_reasons_results_and_reviewers_are_as_the_rules_ask(written, steps):
    with written.room.database.read() as session:
        reasons = dict(
            session.execute(
                select(LogTextRow.step_id, LogTextRow.reason).where(LogTextRow.step_id.is_not(None))
            ).all()
        )
    submitted_by = ""
    for step in itertools.chain.from_iterable(steps.values()):
        if step.kind != StepKind.MOVED:
            continue
        action = IncidentAction(step.action)
        if rules.needs_reason(action, IncidentState(step.from_state)):
            assert reasons.get(step.id), step.action
        assert bool(step.result) == (action is IncidentAction.CONCLUDE)
        assert (step.author == "Supervisor 02") == (action in SUPERVISING)
        submitted_by = step.author if action is IncidentAction.SUBMIT else submitted_by
        assert action is not IncidentAction.APPROVE or step.author != submitted_by


def test_nothing_lies_ahead_and_every_step_follows_its_opening(written, steps):
    for incident in written.rows(IncidentRow, IncidentRow.id):
        assert incident.opened_at <= incident.changed_at <= FRIDAY_NIGHT
        moments = [step.recorded_at for step in steps[incident.id]]
        assert moments == sorted(moments)
        assert moments[0] == incident.opened_at
    entries = written.rows(LogEntryRow, LogEntryRow.id)
    recorded = [entry.recorded_at for entry in entries]
    assert recorded == sorted(recorded)
    assert recorded[-1] <= FRIDAY_NIGHT
    assert all(entry.late == is_late(entry.occurred_at, entry.recorded_at) for entry in entries)


def test_the_chain_verifies_and_its_hashes_prove_the_words(written):
    with written.room.database.read() as session:
        assert audit.verify(session).sound
        hashes = select(LogEntryRow.text_hash, LogTextRow.salt, LogTextRow.text).join(
            LogTextRow, LogTextRow.entry_id == LogEntryRow.id
        )
        for kept, salt, text in session.execute(hashes.where(LogTextRow.addendum_id.is_(None))):
            assert hash_of(salt, "", text) == kept
        noted = session.scalar(select(func.count()).where(AuditEntryRow.action == "log.written"))
        assert noted == written.summary.entries


def test_every_name_is_from_the_lists(written):
    lists = vocabulary.load()
    entries = written.rows(LogEntryRow, LogEntryRow.id)
    assert entries
    for entry in entries:
        lists.check_category(entry.category, of_incident=False)
        lists.check_source(entry.source)


def test_references_follow_their_opening_and_the_next_number_follows(written):
    incidents = written.rows(IncidentRow, IncidentRow.opened_at)
    references = [incident.reference for incident in incidents]
    assert references == sorted(references)
    with written.room.database.read() as session:
        counter = session.get(ReferenceCounterRow, ("INC", 2026))
        assert counter is not None
        last = counter.last
    assert last == int(references[-1][-5:])
    number = f"{last + 1:05d}"
    opened = written.incidents.open_incident(
        written.room.operator, NewIncident("fire", "Smoke", camera_id=written.cameras[0].id)
    )
    assert opened.number == number
    with written.room.database.read() as session:
        assert audit.verify(session).sound


def test_friday_and_saturday_nights_and_the_end_of_school_are_busiest(written):
    by_hour = Counter()
    hours = Counter()
    for incident in written.rows(IncidentRow, IncidentRow.id):
        by_hour[_kind(incident.occurred_at)] += 1
    since = FRIDAY_NIGHT - timedelta(days=MONTHS * 30)
    for hour in range(MONTHS * 30 * 24):
        hours[_kind(since + timedelta(hours=hour))] += 1
    rate = {kind: by_hour[kind] / hours[kind] for kind in hours}
    assert rate["weekend night"] > 3 * rate["other"]
    assert rate["end of school"] > 1.5 * rate["other"]


def _kind(at):
    here = local(at)
    night = (here.hour >= 22 and here.weekday() in (4, 5)) or (here.hour < 3 and here.weekday() in (5, 6))
    if night:
        return "weekend night"
    return "end of school" if here.hour in (15, 16) and is_school_day(local_date(at)) else "other"


def test_the_cases_the_demonstration_is_shown_with_are_there(written):
    def states(words):
        part = written.incidents.incidents(written.room.operator, IncidentFilter(words=words))
        return [incident.state for incident in part.records]

    assert states("fire seen before the fire brigade knew") == [IncidentState.SUBMITTED]
    assert states("panic premises 41 nothing to be seen at the door")[0] is IncidentState.SUBMITTED
    assert states("high-risk missing flat cap brown coat") == [IncidentState.APPROVED]
    now = {state for state, count in written.summary.by_state.items() if count}
    assert now >= set(IncidentState)


def test_words_differ_and_no_slot_is_left_open(written):
    texts = [row.text for row in written.rows(LogTextRow, LogTextRow.id)]
    assert not [text for text in texts if "{" in text or "}" in text]
    assert len(set(texts)) > len(texts) / 4  # on one street; the borough has thirty


def test_late_entries_and_addenda_occur(written):
    assert written.summary.addenda > 10
    part = written.log.entries(written.room.operator, LogFilter(late_only=True))
    assert len(part.records) > 20


def test_the_same_seed_writes_the_same(tmp_path):
    first, again, other = (Written(tmp_path / name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    texts = [[row.text for row in each.rows(LogTextRow, LogTextRow.id)] for each in (first, again, other)]
    assert texts[0] == texts[1] != texts[2]
    for each in (first, again, other):
        each.room.database.close()


def test_a_room_without_operators_is_still_written(tmp_path):
    room = make_room(tmp_path)
    camera = room.add_camera()
    only = User(room.auditor.user_id, "auditor", room.auditor.handle, frozenset({Role.AUDITOR}))
    with room.database.write() as work:
        summary = write_incidents(work, now=FRIDAY_NIGHT, seed=3, users=[only], cameras=[camera], months=0.2)
    assert summary.incidents
    room.database.close()
