"""Puts bids, deployments, units and meetings into words and states for the screen: pure functions."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import TypeVar

from controlroom.clock import show_day
from controlroom.deployments.bids.records import BidState
from controlroom.deployments.deployments import ends
from controlroom.deployments.deployments.records import Deployment, DeploymentState, Standing
from controlroom.deployments.meetings.records import Meeting, MeetingState, Outcome
from controlroom.deployments.overview import Bar
from controlroom.deployments.units.records import UnitState

E = TypeVar("E", bound=StrEnum)


def _by_state(**named: Iterable[E]) -> dict[E, str]:
    """The theme's state for each member, from the members of each state; the word always stands beside it."""
    return {each: state for state, members in named.items() for each in members}


STANDING_STATES = _by_state(
    live=(Standing.LIVE, Standing.ENDING),
    planned=(Standing.PLANNED, Standing.DECIDED, Standing.INSTALLED),
    warn=(Standing.REVIEW_DUE, Standing.SUSPENDED),
    alarm=(Standing.PAST_END,),
    idle=(Standing.PAST, Standing.ABORTED),
)
BID_STATES = _by_state(
    live=(BidState.APPROVED, BidState.DEPLOYED),
    planned=(BidState.SUBMITTED, BidState.ASSESSED, BidState.TABLED),
    warn=(BidState.NEEDS_INFORMATION, BidState.WAITLISTED, BidState.DEFERRED),
    idle=(BidState.DRAFT, BidState.REFUSED, BidState.LAPSED, BidState.WITHDRAWN),
)
UNIT_STATES = _by_state(
    live=(UnitState.LIVE,),
    planned=(UnitState.SCHEDULED, UnitState.INSTALLED),
    alarm=(UnitState.FAULTY,),
    idle=(UnitState.IN_STORE, UnitState.RETIRED),
)
OUTCOME_STATES = _by_state(
    live=(Outcome.APPROVED, Outcome.EXTENDED, Outcome.RATIFIED),
    warn=(Outcome.WAITLISTED, Outcome.DEFERRED),
    alarm=(Outcome.NOT_RATIFIED, Outcome.LAPSED),
    idle=(Outcome.REFUSED, Outcome.ENDED),
)
MEETING_STATES = _by_state(
    live=(MeetingState.HELD,), planned=(MeetingState.PLANNED,), idle=(MeetingState.CANCELLED,)
)
# The colour of each part of a score, in the policy's order; each part is also named in words.
PART_ROLES = ("accent", "live", "what_if", "warn", "planned", "idle")


def count(number: int, one: str, many: str = "") -> str:
    """`1 unit`, `2 units`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def in_days(day: date, today: date) -> str:
    """`today`, `tomorrow`, `in 6 days`, `3 days ago`."""
    days = (day - today).days
    if days == 0:
        return "today"
    if days == 1:
        return "tomorrow"
    return f"in {days} days" if days > 0 else f"{count(-days, 'day')} ago"


def day_and_month(day: date) -> str:
    """`26 Nov`."""
    return f"{day.day} {day:%b}"


def long_day(day: date, *, weekday: bool = False, year: bool = False) -> str:
    """`26 November`, with the day of the week before it and the year after it where asked for."""
    text = f"{day.day} {day:%B}"
    if weekday:
        text = f"{day:%A} {text}"
    return f"{text} {day.year}" if year else text


def days_left(days: int | None) -> str:
    """`41 days left`, `ends today`, `3 days past its end`."""
    if days is None:
        return ""
    if days == 0:
        return "ends today"
    return f"{count(days, 'day')} left" if days > 0 else f"{count(-days, 'day')} past its end"


def past_line(each: Deployment, today: date) -> str:
    """What is wrong with a unit that is up past its last day, in one line."""
    if each.standing is Standing.PAST_END:
        return f"past its end by {count(-(each.days_left or 0), 'day')}"
    return ends.alert(each, today).why


def bar_state(bar: Bar) -> str:
    """The theme's state of a bar: an alarm for a unit that is up past its time, whatever it looks like otherwise."""
    return "alarm" if bar.still_up_until is not None else STANDING_STATES[bar.standing]


def bar_line(bar: Bar) -> str:
    """The second line of a bar: ward, partner, and what matters about it now."""
    if bar.standing in {Standing.PAST, Standing.ABORTED}:
        return f"removed {day_and_month(bar.last)}"
    now = {
        Standing.DECIDED: f"install {day_and_month(bar.first)}",
        Standing.LIVE: days_left(bar.days_left),
        Standing.REVIEW_DUE: f"review due {day_and_month(bar.review_due_on)}"
        if bar.review_due_on
        else "review due",
        Standing.PAST_END: f"ended {day_and_month(bar.last)}, decide",
        Standing.SUSPENDED: f"suspended, {days_left(bar.days_left)}",
        Standing.ENDING: f"to be removed by {day_and_month(bar.last)}",
    }.get(bar.standing, bar.standing.value)
    return " · ".join(part for part in (bar.ward, bar.partner, now) if part)


def bar_tip(bar: Bar, asset: str) -> str:
    """Everything a bar says, for its tool tip and for screen readers."""
    lines = [
        f"{asset} · {bar.place} · {bar.reference}",
        f"{bar.ward} · {bar.partner}",
        f"{show_day(bar.first)} to {show_day(bar.last)} · {bar.standing.value}",
    ]
    if bar.days_left is not None:
        lines.append(days_left(bar.days_left))
    if bar.review_due_on is not None:
        lines.append(f"review due {show_day(bar.review_due_on)}")
    if bar.note:
        lines.append(bar.note)
    return "\n".join(lines)


def meeting_line(meeting: Meeting, today: date) -> str:
    """`Thursday 26 November, 10:00, in 6 days`."""
    return f"{long_day(meeting.day, weekday=True)}, {meeting.time}, {in_days(meeting.day, today)}"


def state_word(state: DeploymentState, standing: Standing) -> str:
    """The word on a deployment's pill: what it looks like today, or its state where that says more."""
    own = {Standing.PAST, Standing.PLANNED, Standing.DECIDED, Standing.INSTALLED}
    return state.value if standing in own else standing.value


def history_word(action: str) -> str:
    """An audit entry's action as a person would say it: `deployment.signs-up` becomes `signs up`."""
    return action.partition(".")[2].replace("-", " ").replace("jag", "JAG").replace("dpia", "DPIA")
