"""The demonstration's deployments, as rows with their audit entries."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from controlroom.clock import london
from controlroom.deployments.dates import add_months, last_day, review_due
from controlroom.deployments.deployments.records import DeploymentState, Dpia
from controlroom.deployments.deployments.tables import DeploymentRow, PeriodRow
from controlroom.deployments.units.tables import UnitRow
from controlroom.simulator.borough.deployment_bids import BidStory
from controlroom.simulator.borough.deployment_book import Book
from controlroom.simulator.borough.deployment_plan import Plan, Stay

_S = DeploymentState
CLOCK = "Control Room"  # who acts when the calendar does
ABORTED_FOR = "The column is condemned by highways."
PAPERS = {
    "Milton Road": "Reports at the place fell from 14 to 6 in three months; comparison streets rose 8 %.",
    "Old Lodge Lane": "Clearances fell from weekly to two a month; the barrier is built in spring.",
    "College Green": "Reports fell from 19 to 11; the youth club reopens in eight weeks.",
}


class _Road:
    """One deployment on its road: each step sets the state and notes the entry the service would have written."""

    def __init__(self, book: Book, row: DeploymentRow) -> None:
        self.book, self.row = book, row

    def note(self, at: datetime, verb: str, text: str = "", **detail: Any) -> None:
        self.book.note(at, f"deployment.{verb}", "deployment", self.row.reference, text=text, **detail)

    def to(
        self, state: DeploymentState, at: datetime, reason: str = "", who: str = "", **detail: Any
    ) -> None:
        verb, was = f"deployment.{state.value.replace(' ', '-')}", self.row.state
        self.book.note(at, verb, "deployment", self.row.reference, who=who, text=reason, was=was, **detail)
        self.row.state = state.value
        if state not in {_S.REMOVED, _S.EVALUATED, _S.CLOSED}:  # these leave on the record why it ended
            self.row.reason = reason


def write_stays(
    book: Book,
    plan: Plan,
    stories: list[BidStory],
    units: Mapping[str, UnitRow],
) -> dict[int, tuple[Stay | None, str]]:
    """Write a deployment for every approved bid; returns the stays (None: aborted) and references by id."""
    begun = sorted(
        (
            (_planned_on(story), story)
            for story in stories
            if story.stay is not None or story.ends == "aborted"
        ),
        key=lambda each: (each[0], each[1].saved.id),
    )
    rows: list[tuple[DeploymentRow, BidStory]] = []
    for day, story in begun:
        row = _new_row(book, story, london(day, 9, 20))
        road = _Road(book, row)
        road.note(london(day, 9, 20), "planned", bid=story.saved.reference)
        _survey(road, day, story)
        if story.stay is None:
            given_up = london(story.decisions[-1][0] + timedelta(days=20), 11)
            road.to(_S.ABORTED, given_up, ABORTED_FOR)
        else:
            _install(road, story.stay, story, units)
            _run(road, plan, story.stay, story)
        rows.append((row, story))
    book.work.session.add_all([row for row, _ in rows])
    book.work.session.flush()
    _write_units_moves(book, rows)
    return {row.id: (story.stay, row.reference) for row, story in rows}


def _planned_on(story: BidStory) -> date:
    """The day survey and DPIA began: after the assessment, before the decision."""
    stay = story.stay
    if stay is not None and stay.chair_on is not None:
        return stay.chair_on
    return story.saved.created_at.date() + timedelta(days=8)


def _new_row(book: Book, story: BidStory, at: datetime) -> DeploymentRow:
    return DeploymentRow(
        reference=book.work.next_reference("DEP", at=at),
        state=_S.PLANNED.value,
        bid_id=story.saved.id,
        created_at=at,
        column="",
        survey_note="",
        dpia=Dpia.NONE.value,
        dpia_reference="",
        test_image="",
        evaluation="",
        paper=PAPERS.get(story.place, ""),
        reason="",
    )


def _survey(road: _Road, day: date, story: BidStory) -> None:
    row, number = road.row, story.saved.id
    row.column = f"LC {10 + number * 7 % 83:03d}"
    row.survey_note = "Power all night, 4G good on two networks, view clear in winter and summer."
    row.survey_on = row.dpia_on = day
    road.note(london(day, 14, 0), "survey", row.survey_note, column=row.column)
    row.dpia, row.dpia_reference = Dpia.PASSED.value, f"DPIA-{day.year}-{number:03d}"
    road.note(london(day, 16, 30), "dpia-passed", dpia=row.dpia_reference)
    road.to(_S.SURVEYED, london(day, 16, 30))


def _install(road: _Road, stay: Stay, story: BidStory, units: Mapping[str, UnitRow]) -> None:
    """From scheduled to live, as far as the stay came."""
    row = road.row
    decided = stay.chair_on or stay.meeting
    row.decision_id = story.approval.id if story.approval else None
    row.unit_id, row.install_on = units[stay.asset].id, stay.install_on
    row.stays_from, row.stays_to = stay.install_on, last_day(stay.install_on)
    scheduled = london(decided, 17, 0)
    road.to(_S.SCHEDULED, scheduled, unit=stay.asset, install_on=str(stay.install_on))
    if stay.live_on is None:
        return
    row.installed_on = row.signs_up_on = row.live_on = stay.live_on
    row.test_image = f"{row.reference}-test-image.jpg"
    row.test_image_at = london(stay.live_on, 14, 40)
    road.to(_S.INSTALLED, london(stay.live_on, 13, 30), unit=stay.asset, on=str(stay.live_on))
    road.note(london(stay.live_on, 14, 10), "signs-up", on=str(stay.live_on))
    road.note(london(stay.live_on, 14, 40), "test-image", row.test_image)
    road.to(_S.LIVE, london(stay.live_on, 15, 0), ends_on=str(stay.periods[0][1]))


def _run(road: _Road, plan: Plan, stay: Stay, story: BidStory) -> None:
    """From live to where it stands today."""
    row = road.row
    for number, (first, last) in enumerate(stay.periods, 1):
        decision = story.extension if number > 1 else story.approval
        row.periods.append(
            PeriodRow(
                number=number, starts_on=first, ends_on=last, decision_id=decision.id if decision else 0
            )
        )
        row.stays_to = last
    if stay.live_on is None or stay.kind == "live":
        return
    if stay.kind == "fault":
        _fail(road, stay)
    else:
        _review(road, plan, stay)
    if stay.ended_on is not None:
        why = (
            "Water in the power supply; cannot be mended on the column."
            if stay.faulty_on
            else "Its purpose is met."
        )
        road.to(_S.ENDING, london(stay.ended_on, 11), why, by=str(row.stays_to))
    if stay.removed_on is not None:
        _take_down(road, plan, stay)


def _fail(road: _Road, stay: Stay) -> None:
    if stay.faulty_on is not None:
        road.to(_S.SUSPENDED, london(stay.faulty_on, 8, 15), "Power fault, with contractor")


def _review(road: _Road, plan: Plan, stay: Stay) -> None:
    """The reviews of each period, and the extension between two."""
    for number, (first, last) in enumerate(stay.periods):
        due = review_due(first, last, plan.meetings)
        if due >= plan.today:
            return
        road.to(_S.REVIEW_DUE, london(due, 6), who=CLOCK)
        if number + 1 < len(stay.periods) and stay.extended_at is not None:
            further = stay.periods[number + 1]
            road.to(
                _S.EXTENDED,
                london(stay.extended_at, 10, 15),
                "Reports fell by half.",
                ends_on=str(further[1]),
            )
            road.to(_S.LIVE, london(further[0], 6), who=CLOCK)


def _take_down(road: _Road, plan: Plan, stay: Stay) -> None:
    row, removed = road.row, stay.removed_on
    if removed is None:
        return
    row.removed_on, row.stays_to = removed, removed - timedelta(days=1)
    road.to(_S.REMOVED, london(removed, 12), on=str(removed))
    evaluated = add_months(removed, road.book.policy.evaluation_months) + timedelta(days=4)
    if evaluated >= plan.today:
        return
    before = 12 + row.bid_id * 5 % 17
    row.reports_before, row.reports_during, row.reports_after = before, before // 3, before // 2
    row.evaluation = (
        f"Reports fell from {before} to {before // 3} while it stood, and stay at {before // 2} after it."
    )
    row.evaluated_on = evaluated
    road.to(
        _S.EVALUATED,
        london(evaluated, 10),
        row.evaluation,
        before=before,
        during=before // 3,
        after=before // 2,
    )
    closed = evaluated + timedelta(days=6)
    if closed < plan.today:
        road.to(_S.CLOSED, london(closed, 10))


def _write_units_moves(book: Book, rows: list[tuple[DeploymentRow, BidStory]]) -> None:
    """The audit entries of the units' own changes, from the stays that made them."""
    by_unit: dict[str, list[tuple[Stay, str]]] = defaultdict(list)
    for row, story in rows:
        if story.stay is not None:
            by_unit[story.stay.asset].append((story.stay, row.reference))
    for asset, stays in by_unit.items():
        stays.sort(key=lambda each: each[0].install_on)
        back: datetime | None = None  # when the unit came back from the stay before
        for stay, reference in stays:
            promised = london(stay.chair_on or stay.meeting, 17, 0)
            if back is not None and promised > back:
                book.note(back, "unit.in-store", "unit", asset)
            moves = [(max(promised, back or promised), "scheduled")]
            if stay.live_on is not None:
                moves += [(london(stay.live_on, 13, 30), "installed"), (london(stay.live_on, 15, 0), "live")]
            if stay.faulty_on is not None:
                moves.append((london(stay.faulty_on, 8, 15), "faulty"))
            for at, verb in moves:
                book.note(at, f"unit.{verb}", "unit", asset, deployment=reference)
            back = london(stay.removed_on, 12) if stay.removed_on and not stay.faulty_on else None
        if back is not None:
            book.note(back, "unit.in-store", "unit", asset)
