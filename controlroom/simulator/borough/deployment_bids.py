"""The demonstration's bids, their scores and the decisions about them, as rows with their audit entries."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from controlroom.cameras.records import Camera
from controlroom.clock import london
from controlroom.deployments.bids import scoring
from controlroom.deployments.bids.loading import content_columns
from controlroom.deployments.bids.records import Assessment, BidContent, BidState
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.bids.work import set_score
from controlroom.deployments.meetings.records import Outcome, Subject
from controlroom.deployments.meetings.tables import DecisionRow, MeetingRow
from controlroom.simulator.borough.deployment_book import Book
from controlroom.simulator.borough.deployment_plan import Plan, Stay

# Severity, vulnerability, feasibility, alternatives; reports in 3 and 12 months: what stands on the next agenda.
NEXT_SCORES = {
    "Wellington Road": ((10, 9, 9, 9), (31, 90)),
    "Headley Drive": ((7, 7, 8, 8), (14, 41)),
    "Portland Road shops": ((8, 6, 8, 7), (12, 38)),
    "Panton Close": ((5, 6, 5, 5), (8, 26)),
    "Tamworth Road": ((7, 6, 8, 6), (12, 44)),
    "King Henry's Drive": ((4, 3, 9, 7), (7, 19)),
}
REASONS = {
    Outcome.REFUSED: "Lighting and tenancy action come first; to be looked at again when both are done.",
    Outcome.DEFERRED: "The owner of the lamp column is not known yet; highways to answer before the next meeting.",
    Outcome.WAITLISTED: "",
}
STATES = {
    Outcome.APPROVED: BidState.APPROVED,
    Outcome.REFUSED: BidState.REFUSED,
    Outcome.DEFERRED: BidState.DEFERRED,
    Outcome.WAITLISTED: BidState.WAITLISTED,
}
QUESTION = "Who owns the lamp column at the corner, and is there power in it after midnight?"
SIGNED_BY = "JAG chair"


@dataclass
class BidStory:
    """One bid: where, for which meeting, what was decided, and what became of it."""

    place: str
    around: date
    decisions: list[tuple[date, Outcome]]
    stay: Stay | None = None
    ends: str = ""
    given: dict[str, int] = field(default_factory=dict)
    row: BidRow | None = None
    approval: DecisionRow | None = None
    extension: DecisionRow | None = None

    @property
    def saved(self) -> BidRow:
        """The row; there is one once bids are written."""
        if self.row is None:
            raise ValueError(f"the bid for {self.place} is not written yet")
        return self.row


def write_bids(
    book: Book,
    plan: Plan,
    stories: list[BidStory],
    meetings: Mapping[date, MeetingRow],
    cameras: Sequence[Camera],
    sites: Mapping[str, Any],
    dice: random.Random,
) -> int:
    """Write the bids and every decision; returns how many decisions. Each story then knows its rows."""
    begun = {id(story): _begun(plan, story, dice) for story in stories}
    stories.sort(key=lambda story: begun[id(story)])
    for story in stories:
        story.row = _bid_row(book, story, begun[id(story)], sites, dice)
        _score(book, story, cameras, sites)
    _keep_the_ranking(book, stories, cameras)
    book.work.session.add_all([story.saved for story in stories])
    book.work.session.flush()
    for story in stories:
        _walk(book, plan, story, begun[id(story)], meetings)
    return _write_decisions(book, stories, meetings)


def _begun(plan: Plan, story: BidStory, dice: random.Random) -> datetime:
    first = min([story.around, *(day for day, _ in story.decisions)])
    if story.stay is not None and story.stay.chair_on is not None:
        first = story.stay.chair_on + timedelta(days=8)
    first = min(first, plan.today + timedelta(days=2))
    return london(first - timedelta(days=dice.randint(17, 27)), dice.randint(9, 16), dice.randint(0, 59))


def _bid_row(
    book: Book, story: BidStory, begun: datetime, sites: Mapping[str, Any], dice: random.Random
) -> BidRow:
    content = _content(story, sites, dice)
    return BidRow(
        reference=book.work.next_reference("BID", at=begun),
        state=BidState.DRAFT.value,
        version=1,
        created_at=begun,
        created_by=book.coordinator,
        question="",
        reason="",
        nearest_number="",
        nearest_name="",
        **content_columns(content),
    )


def _content(story: BidStory, sites: Mapping[str, Any], dice: random.Random) -> BidContent:
    site = sites["sites"][story.place]
    theme = sites["themes"][site["theme"]]
    low, high = theme["reports"]
    twelve = dice.randint(low, high)
    three = max(2, round(twelve * dice.uniform(0.2, 0.4)))
    if story.ends == "tabled":
        three, twelve = NEXT_SCORES[story.place][1]
    if story.ends == "draft":
        return BidContent(
            partner=site["partner"], contact=site["contact"], place=story.place, ward=site["ward"]
        )
    words = {
        name: theme[name].format(place=story.place)
        for name in (
            "evidence",
            "causes",
            "tried",
            "less_intrusive",
            "overlooked_homes",
            "times_of_concern",
            "success_measures",
            "plan",
        )
    }
    return BidContent(
        partner=site["partner"],
        contact=site["contact"],
        place=story.place,
        ward=site["ward"],
        latitude=site["at"][0],
        longitude=site["at"][1],
        objectives=tuple(theme["objectives"]),
        reports_3_months=three,
        reports_12_months=twelve,
        agencies=tuple(theme["agencies"]),
        beyond_one_agency=True,
        medium_term_plan=True,
        agencies_committed=True,
        **words,
    )


def _score(book: Book, story: BidStory, cameras: Sequence[Camera], sites: Mapping[str, Any]) -> None:
    """Give the bid its scores, where it was ever assessed."""
    if story.ends in {"asked", "submitted", "draft", "withdrawn"}:
        return
    theme = sites["themes"][sites["sites"][story.place]["theme"]]
    parts = NEXT_SCORES[story.place][0] if story.ends == "tabled" else tuple(theme["scores"])
    story.given = dict(zip(("severity", "vulnerability", "feasibility", "alternatives"), parts, strict=True))
    _apply_score(book, story, cameras)


def _apply_score(book: Book, story: BidStory, cameras: Sequence[Camera]) -> None:
    row, policy = story.saved, book.policy
    nearest = scoring.nearest_camera(row.latitude, row.longitude, cameras, policy)
    content = BidContent(reports_3_months=row.reports_3_months, reports_12_months=row.reports_12_months)
    given = story.given | scoring.proposed(content, nearest, policy)
    lines, total = scoring.score_lines(Assessment(given), nearest, policy)
    set_score(row, lines, total, nearest)


def _keep_the_ranking(book: Book, stories: list[BidStory], cameras: Sequence[Camera]) -> None:
    """Mark down what was not approved, until what was approved at the same meeting ranks above it."""
    by_meeting: dict[date, list[tuple[BidStory, Outcome]]] = defaultdict(list)
    for story in stories:
        for day, outcome in story.decisions:
            by_meeting[day].append((story, outcome))
    for decided in by_meeting.values():
        floor = min(
            (story.saved.score or 0 for story, outcome in decided if outcome is Outcome.APPROVED), default=101
        )
        for story, outcome in decided:
            if outcome is Outcome.APPROVED or story.ends == "tabled":
                continue
            while (story.saved.score or 0) >= floor and any(story.given.values()):
                story.given = {part: max(0, given - 1) for part, given in story.given.items()}
                _apply_score(book, story, cameras)


def _walk(
    book: Book, plan: Plan, story: BidStory, begun: datetime, meetings: Mapping[date, MeetingRow]
) -> None:
    """Take the bid along its road as far as it came, with the audit entry of each step."""
    row, stay = story.saved, story.stay
    book.note(begun, "bid.added", "bid", row.reference, text=row.place, partner=row.partner)
    if story.ends == "draft":
        return
    day = begun.date()
    submitted = day + timedelta(days=2)
    row.submitted_on = submitted
    _step(book, row, BidState.SUBMITTED, london(submitted, 10, 5))
    if story.ends in {"asked", "withdrawn"}:
        ended = london(day + timedelta(days=6), 14, 20)
        asked = story.ends == "asked"
        row.question = QUESTION if asked else ""
        reason = QUESTION if asked else "The partner solved it by closing the gate."
        _step(book, row, BidState.NEEDS_INFORMATION if asked else BidState.WITHDRAWN, ended, reason)
        return
    if story.ends == "submitted":
        return
    assessed = london(day + timedelta(days=7), 11, 40)
    given = {line.part: line.given for line in row.lines}
    _step(book, row, BidState.ASSESSED, assessed, score=row.score, given=given)
    if stay is not None and stay.chair_on is not None:
        row.meeting_id = meetings[stay.meeting].id
        at = london(stay.chair_on, 9, 10)
        _step(book, row, BidState.TABLED, at, meeting=str(stay.meeting))
        _step(
            book,
            row,
            BidState.APPROVED,
            at,
            "A firearm was discharged there last night.",
            by="chair's action",
        )
    tabled_at = london(day + timedelta(days=9), 15, 5)
    for meeting, outcome in story.decisions:
        _step(book, row, BidState.TABLED, tabled_at, meeting=str(meeting))
        row.meeting_id = meetings[meeting].id
        _step(
            book,
            row,
            STATES[outcome],
            london(meeting, 10, 45),
            REASONS.get(outcome, ""),
            meeting=str(meeting),
        )
        tabled_at = london(meeting, 16, 10)
    if story.ends == "tabled":
        _step(book, row, BidState.TABLED, tabled_at, meeting=str(plan.next))
        row.meeting_id = meetings[plan.next].id
    if story.ends == "lapsed":
        lapsed = story.decisions[-1][0] + timedelta(days=62)
        if lapsed < plan.today:
            _step(book, row, BidState.LAPSED, london(lapsed, 9, 50), "No unit came free in two months.")
    if story.ends == "aborted":
        lapsed = story.decisions[-1][0] + timedelta(days=34)
        _step(
            book, row, BidState.LAPSED, london(lapsed, 9, 50), "The column is condemned; no other has power."
        )
    if stay is not None and stay.live_on is not None:
        _step(book, row, BidState.DEPLOYED, london(stay.live_on, 15, 0))


def _step(book: Book, row: BidRow, to: BidState, at: datetime, reason: str = "", **detail: Any) -> None:
    verb = f"bid.{to.value.replace(' ', '-')}"
    book.note(at, verb, "bid", row.reference, text=reason, was=row.state, **detail)
    row.state, row.reason = to.value, reason


def _write_decisions(book: Book, stories: list[BidStory], meetings: Mapping[date, MeetingRow]) -> int:
    by_meeting: dict[date, list[tuple[BidStory, Outcome]]] = defaultdict(list)
    for story in stories:
        for day, outcome in story.decisions:
            by_meeting[day].append((story, outcome))
    rows: list[DecisionRow] = []
    for day, meeting in meetings.items():
        ranked = sorted(
            by_meeting[day], key=lambda each: (-(each[0].saved.score or 0), each[0].saved.reference)
        )
        approved = [rank for rank, (_, outcome) in enumerate(ranked, 1) if outcome is Outcome.APPROVED]
        for rank, (story, outcome) in enumerate(ranked, 1):
            row = _decision(book, story, outcome, london(day, 10, 20 + 5 * rank % 35), meeting_id=meeting.id)
            row.rank, row.score = rank, story.saved.score
            row.departs = outcome is not Outcome.APPROVED and bool(approved) and rank < max(approved)
            if row.departs and not row.reason:
                row.reason = "Waits for the street works to end; the next in rank can begin at once."
            row.signed_off_by = SIGNED_BY if outcome is Outcome.REFUSED else ""
            if outcome is Outcome.APPROVED:
                story.approval = row
            rows.append(row)
        rows.extend(_extensions(book, stories, day, meeting))
    book.work.session.add_all(rows)
    book.work.session.flush()
    ratified = _chair_decisions(book, stories, meetings)
    return len(rows) + ratified


def _extensions(book: Book, stories: list[BidStory], day: date, meeting: MeetingRow) -> list[DecisionRow]:
    rows = []
    for story in stories:
        if story.stay is not None and story.stay.extended_at == day:
            row = _decision(book, story, Outcome.EXTENDED, london(day, 10, 15), meeting_id=meeting.id)
            row.subject = Subject.DEPLOYMENT.value
            row.reason = "Reports fell by half; the lighting that replaces the camera comes in spring."
            story.extension = row
            rows.append(row)
    return rows


def _chair_decisions(book: Book, stories: list[BidStory], meetings: Mapping[date, MeetingRow]) -> int:
    """The chair's actions and the ratifications that point at them."""
    count = 0
    for story in stories:
        stay = story.stay
        if stay is None or stay.chair_on is None:
            continue
        meeting = meetings[stay.meeting]
        at = london(stay.chair_on, 9, 10)
        acted = _decision(book, story, Outcome.APPROVED, at, ratify_meeting_id=meeting.id)
        acted.reason, acted.score = "A firearm was discharged there last night.", story.saved.score
        book.work.session.add(acted)
        book.work.session.flush()
        answer = _decision(book, story, Outcome.RATIFIED, london(stay.meeting, 10, 10), meeting_id=meeting.id)
        answer.about_id = acted.id
        book.work.session.add(answer)
        at, day = london(stay.meeting, 10, 10), str(stay.meeting)
        book.note(at, "bid.ratified", "bid", story.saved.reference, meeting=day)
        story.approval = acted
        count += 2
    book.work.session.flush()
    return count


def _decision(
    book: Book,
    story: BidStory,
    outcome: Outcome,
    at: datetime,
    *,
    meeting_id: int | None = None,
    ratify_meeting_id: int | None = None,
) -> DecisionRow:
    return DecisionRow(
        subject=Subject.BID.value,
        bid_id=story.saved.id,
        meeting_id=meeting_id,
        ratify_meeting_id=ratify_meeting_id,
        outcome=outcome.value,
        decided_on=at.date(),
        reason=REASONS.get(outcome, ""),
        departs=False,
        signed_off_by="",
        recorded_by=book.coordinator,
        recorded_at=at,
    )
