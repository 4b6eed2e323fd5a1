"""Finds the walk's meeting, and says what it decides item by item until the walk's own bid is approved.

What stands on an agenda before a bid depends on the day: chair's actions, any number of deployments near their end,
bids that rank higher. No window is needed here: `deployment_steps.py` takes part at the desk, and a test through the
services, on every day of fourteen months.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from controlroom.deployments.meetings.ranking import departure
from controlroom.deployments.meetings.records import (
    Agenda,
    AgendaItem,
    DeploymentItem,
    Meeting,
    MeetingState,
    Outcome,
    RankedBid,
)


@dataclass(frozen=True)
class Choice:
    """What the meeting decides about one item, and why."""

    outcome: Outcome
    reason: str


class Secretary(Protocol):
    """Whoever writes down what the meeting does: the desk's windows, or the services alone.

    `meetings` are those not cancelled; `table` puts the walk's bid on the agenda; `decide` records the decision about
    the agenda's next item.
    """

    def meetings(self) -> Sequence[Meeting]: ...

    def plan(self, day: date) -> Meeting: ...

    def table(self, meeting: Meeting) -> None: ...

    def agenda(self, meeting: Meeting) -> Agenda: ...

    def decide(self, meeting: Meeting, item: AgendaItem, choice: Choice) -> None: ...


def hold_meeting(secretary: Secretary, today: date, bid_id: int) -> list[tuple[AgendaItem, Choice]]:
    """Have today's meeting approve a bid that is ready to be tabled; returns what it decided, in its order."""
    meeting = meeting_on(today, secretary.meetings()) or secretary.plan(today)
    secretary.table(meeting)
    decided: list[tuple[AgendaItem, Choice]] = []
    while True:
        agenda = secretary.agenda(meeting)
        item = agenda.open_items[0]
        choice = choice_for(item, bid_id, agenda)
        secretary.decide(meeting, item, choice)
        decided.append((item, choice))
        if is_bid(item, bid_id):
            return decided


def meeting_on(day: date, meetings: Sequence[Meeting]) -> Meeting | None:
    """The meeting planned for that day, if there is one: a second one that day is refused."""
    return next((each for each in meetings if each.day == day and each.state is MeetingState.PLANNED), None)


def is_bid(item: AgendaItem, bid_id: int) -> bool:
    """True for that bid's own item."""
    return isinstance(item, RankedBid) and item.bid_id == bid_id


def choice_for(item: AgendaItem, bid_id: int, agenda: Agenda) -> Choice:
    """Ratify, extend, and follow the ranking of bids; the walk's bid is approved wherever it ranks.

    What departs from the ranking, a better bid left off the agenda among it, gets a reason.
    """
    if isinstance(item, DeploymentItem):
        return Choice(Outcome.EXTENDED, "Reports halved, the comparison streets rose.")
    if not isinstance(item, RankedBid):
        return Choice(Outcome.RATIFIED, "The chair's reasons hold.")
    follows = item.above_line or is_bid(item, bid_id)
    outcome = Outcome.APPROVED if follows else Outcome.WAITLISTED
    departs = departure(item, outcome, agenda.bids, agenda.left_off)
    return Choice(outcome, "It can begin at once; those before it wait for power." if departs else "")
