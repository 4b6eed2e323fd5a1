"""Plans what the demonstration's units did over eighteen months: pure planning in days, without a database.

Everything is computed from today backwards, by the same calendar rules as the program's, so that the story obeys the
rules whatever day it is.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from controlroom.deployments.dates import add_months, last_day, monthly_meetings, review_due
from controlroom.deployments.meetings.records import Outcome
from controlroom.deployments.unusual_days import unusual_day

MONTHS_BACK, MONTHS_AHEAD = 18, 6
SATURDAY = 5
DECIDED_BEFORE = 4  # days between a decision and the installation, at least

# Asset, place, how it stands today, and for how many days it has been live (for the overdue one: past its end).
STANDING = (
    ("RDC-01", "Lansdowne Road", "live", 39),
    ("RDC-02", "Milton Road", "overdue", 3),
    ("RDC-03", "Brook Road", "live", 31),
    ("RDC-04", "Old Lodge Lane", "review", 64),
    ("RDC-08", "Queen's Gardens", "ending", 79),
    ("RDC-09", "College Green", "review", 67),
)
# Asset, place, how many days ago the last stay ended, and whether by a fault.
RESTING = (
    ("RDC-05", "Charles Street", 70, False),
    ("RDC-07", "Poplar Road", 46, True),
    ("RDC-10", "Frensham Drive", 32, False),
)
SCHEDULED = ("RDC-05", "Broom Road", 10)
# Agreed by the chair so many days before the last meeting, which closed without ratifying it.
CHAIR_ENDED = ("RDC-06", "Oakfield Road", 7)
EXTENDED_PLACE, CHAIR_ASSET = "Charles Street", "RDC-06"
NEXT_AGENDA = (
    "Wellington Road",
    "Headley Drive",
    "Portland Road shops",
    "Panton Close",
    "Tamworth Road",
    "King Henry's Drive",
)
DEFERRED_PLACE = "Panton Close"  # at the last meeting; it stands on the next agenda again
WAITING = (("Whitehorse Road", "asked"), ("Regina Road", "submitted"), ("Holmesdale Road", "draft"))


@dataclass
class Stay:
    """A unit's time at a place. `kind` is scheduled, live, review, overdue, ending, chair ended, past or fault; days
    are London's.

    It was decided at the meeting of `meeting`, or by the chair on `chair_on` and ratified at that meeting. Where that
    meeting did not ratify it (chair ended), it hung from `install_on` on and was never live.
    """

    asset: str
    place: str
    kind: str
    meeting: date
    install_on: date
    periods: list[tuple[date, date]] = field(default_factory=list)
    chair_on: date | None = None
    extended_at: date | None = None
    faulty_on: date | None = None
    ended_on: date | None = None
    removed_on: date | None = None

    @property
    def live_on(self) -> date | None:
        """The first day, None while only scheduled."""
        return self.periods[0][0] if self.periods else None


@dataclass
class Other:
    """A bid that led to no camera: what each meeting decided, and how it ended otherwise.

    `ends` is lapsed, withdrawn, aborted (approved, then given up), tabled (for the next meeting), asked, submitted
    or draft. `around` is the meeting it was meant for.
    """

    place: str
    around: date
    decisions: list[tuple[date, Outcome]]
    ends: str = ""


@dataclass
class Plan:
    """The whole story, and the meetings that decided it."""

    today: date
    meetings: list[date]
    stays: list[Stay]
    others: list[Other]

    @property
    def held(self) -> list[date]:
        """The meetings before today."""
        return [day for day in self.meetings if day < self.today]

    @property
    def next(self) -> date:
        """The next meeting, today's included."""
        return next(day for day in self.meetings if day >= self.today)


def make_plan(today: date, dice: random.Random, places: Sequence[str]) -> Plan:
    """Plan stays and other bids; `places` are all that may be used."""
    meetings = meetings_between(add_months(today, -MONTHS_BACK), add_months(today, MONTHS_AHEAD))
    plan = Plan(today, meetings, [], [])
    taken = (
        {place for _, place, *_ in (*STANDING, *RESTING)}
        | {SCHEDULED[1], CHAIR_ENDED[1], *NEXT_AGENDA}
        | {place for place, _ in WAITING}
    )
    spare = [place for place in places if place not in taken]
    dice.shuffle(spare)
    for asset, place, kind, days in STANDING:
        plan.stays.append(_standing(plan, asset, place, kind, days))
    plan.stays.append(_ended_with_its_chair(plan, *CHAIR_ENDED))
    for asset, place, days, faulty in RESTING:
        plan.stays.append(_rested(plan, asset, place, days, faulty=faulty))
    asset, place, days = SCHEDULED
    install = _workday(today + timedelta(days=days))
    plan.stays.append(Stay(asset, place, "scheduled", plan.held[-1], install))
    for stay in list(plan.stays):
        if stay.kind != "scheduled":
            plan.stays.extend(_before(plan, stay, dice, spare))
    _let_the_chair_act(plan)
    plan.others = _others(plan, dice, spare)
    return plan


def meetings_between(first: date, last: date) -> list[date]:
    """The fourth Thursday of each month, and a week earlier where that is a bank holiday or in Christmas week."""
    days = monthly_meetings(first, last)
    return [day - timedelta(days=7) if unusual_day(day) else day for day in days]


def _ended_with_its_chair(plan: Plan, asset: str, place: str, days: int) -> Stay:
    meeting = plan.held[-1]
    acted, installed = meeting - timedelta(days=days), meeting - timedelta(days=1)
    return Stay(asset, place, "chair ended", meeting, installed, chair_on=acted)


def _standing(plan: Plan, asset: str, place: str, kind: str, days: int) -> Stay:
    """Plan the stay nearest to what is asked for that has this kind today, by the calendar."""
    for shift in (0, 1, -1, 2, -2, 3, -3, *(-n for n in range(4, 30))):
        if kind == "overdue":
            start = _start_of(plan.today - timedelta(days=days + shift))
        else:
            start = _workday(plan.today - timedelta(days=days + shift))
        if start is not None and _looks(plan, kind, start):
            meeting = _meeting_before(plan, start)
            if meeting is None:
                break
            stay = Stay(asset, place, kind, meeting, start, [(start, last_day(start))])
            if kind == "ending":
                stay.ended_on = plan.today - timedelta(days=2)
            return stay
    raise ValueError(f"no day makes {asset} look {kind} on {plan.today}")


def _looks(plan: Plan, kind: str, start: date) -> bool:
    end, today = last_day(start), plan.today
    due = review_due(start, end, plan.meetings)
    if kind == "live":
        return start < today < due
    if kind == "overdue":
        return today - timedelta(days=6) <= end < today
    if kind == "review":
        return due < today and end > today + timedelta(days=7)
    return due < today - timedelta(days=3) and end > today + timedelta(days=2)


def _start_of(end: date) -> date | None:
    """Return the day whose period ends on `end`; None for the few days on which none does."""
    return next(
        (day for day in (end - timedelta(days=n) for n in range(88, 93)) if last_day(day) == end), None
    )


def _rested(plan: Plan, asset: str, place: str, days: int, *, faulty: bool) -> Stay:
    removed = _workday(plan.today - timedelta(days=days))
    stay = _past(plan, asset, place, removed, extend=place == EXTENDED_PLACE)
    if stay is None:
        raise ValueError(f"{asset} has no room for its last stay before {removed}")
    if faulty:
        start = removed - timedelta(days=54)
        stay.kind, stay.periods = "fault", [(start, last_day(start))]
        stay.install_on, stay.meeting = start, _meeting_before(plan, start) or stay.meeting
        stay.faulty_on, stay.ended_on = removed - timedelta(days=6), removed - timedelta(days=2)
    return stay


def _past(plan: Plan, asset: str, place: str, removed: date, *, extend: bool = False) -> Stay | None:
    """Plan a stay that was over by `removed`; None when it would reach back before the first meeting."""
    end = next(day for n in range(8) if _start_of(day := removed - timedelta(days=1 + n)) is not None)
    start = _start_of(end)
    periods = [(start, end)] if start else []
    extended_at = None
    while start and extend and len(periods) < 2:
        earlier_end = start - timedelta(days=1)
        first = _start_of(earlier_end)
        if first is None:  # no period ends that day: the first one a little earlier, the second as it follows
            end -= timedelta(days=1)
            start = _start_of(end) or start - timedelta(days=1)
            periods = [(start, last_day(start))]
            continue
        periods.insert(0, (first, earlier_end))
        extended_at = max((day for day in plan.meetings if day < earlier_end), default=None)
    if start is None:
        return None
    first_day = periods[0][0]
    meeting = _meeting_before(plan, first_day)
    if meeting is None or (extend and extended_at is None):
        return None
    stay = Stay(
        asset, place, "past", meeting, first_day, periods, extended_at=extended_at, removed_on=removed
    )
    due = review_due(*periods[-1], plan.meetings)
    stay.ended_on = max(due, end - timedelta(days=9)) + timedelta(days=1)
    return stay


def _before(plan: Plan, stay: Stay, dice: random.Random, spare: list[str]) -> list[Stay]:
    """Plan the unit's earlier stays, back to the first meeting."""
    found: list[Stay] = []
    start = stay.install_on
    while True:
        removed = _workday(start - timedelta(days=dice.randint(8, 32)))
        earlier = _past(plan, stay.asset, spare[0], removed)
        if earlier is None:
            return found
        spare.append(spare.pop(0))
        found.append(earlier)
        start = earlier.install_on


def _let_the_chair_act(plan: Plan) -> None:
    """Let one earlier stay start by the chair's action, ratified at the meeting after it."""
    stays = [stay for stay in plan.stays if stay.asset == CHAIR_ASSET and stay.kind == "past"]
    for stay in stays:
        acted = _workday(stay.install_on - timedelta(days=3))
        if acted in plan.held:  # a meeting on the same day would have to decide it
            acted = _workday(acted - timedelta(days=1))
        ratified = next((day for day in plan.held if day > acted), None)
        if ratified is not None and acted > stay.meeting:
            stay.chair_on, stay.meeting = acted, ratified
            return


def _others(plan: Plan, dice: random.Random, spare: list[str]) -> list[Other]:
    """Plan refusals, deferrals, waiting lists, a lapse and a withdrawal, spread over the meetings."""

    def place() -> str:
        spare.append(spare.pop(0))
        return spare[-1]

    held = plan.held
    others: list[Other] = []
    for number, day in enumerate(held[:-1]):
        following = held[number + 1]
        kind = number % 5
        if kind == 0:
            others.append(Other(place(), day, [(day, Outcome.REFUSED)]))
        elif kind == 1:
            others.append(Other(place(), day, [(day, Outcome.WAITLISTED)], "lapsed"))
        elif kind == 2:
            others.append(Other(place(), day, [(day, Outcome.DEFERRED), (following, Outcome.REFUSED)]))
        elif kind == 3:
            others.append(Other(place(), day, [], "withdrawn"))
        if dice.random() < 0.5:
            others.append(Other(place(), day, [(day, Outcome.REFUSED)]))
    others.append(Other(place(), held[-7], [(held[-7], Outcome.APPROVED)], "aborted"))
    for each in NEXT_AGENDA:
        before = [(held[-1], Outcome.DEFERRED)] if each == DEFERRED_PLACE else []
        others.append(Other(each, plan.next, before, "tabled"))
    others.extend(Other(each, plan.next, [], ends) for each, ends in WAITING)
    return others


def _meeting_before(plan: Plan, installed: date) -> date | None:
    """Return the last past meeting early enough to have decided an installation."""
    limit = installed - timedelta(days=DECIDED_BEFORE)
    return max((day for day in plan.held if day <= limit), default=None)


def _workday(day: date) -> date:
    """Return `day`, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))
