"""Checks meetings and decisions against rule 5 (docs/rules.md). Pure."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from controlroom.clock import show_day
from controlroom.deployments.input_checks import far_day
from controlroom.deployments.meetings import ranking
from controlroom.deployments.meetings.records import (
    BID_OUTCOMES,
    DEPLOYMENT_OUTCOMES,
    Agenda,
    Decision,
    Meeting,
    MeetingState,
    Outcome,
    RankedBid,
    Subject,
)
from controlroom.errors import InvalidInput, NotFound, RuleBroken
from controlroom.texts import as_seen, is_blank, says_something

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
ROAD = {
    MeetingState.PLANNED: frozenset({MeetingState.HELD, MeetingState.CANCELLED}),
    MeetingState.HELD: frozenset(),
    MeetingState.CANCELLED: frozenset(),
}
REASON_ALWAYS = frozenset({Outcome.REFUSED, Outcome.DEFERRED, Outcome.ENDED, Outcome.NOT_RATIFIED})


def check_new_meeting(day: date, time: str, place: str, today: date) -> None:
    """Raise InvalidInput for a meeting that cannot be planned."""
    if problem := meeting_day_problem(day, today):
        raise InvalidInput(problem, remedy="Plan the meeting for a day of the next three years.", field="day")
    if not _TIME.fullmatch(time):
        raise InvalidInput(f"'{time}' is not a time.", remedy="Write it as 10:00.", field="time")
    if is_blank(place):
        raise InvalidInput(
            "The meeting has no place.", remedy="Name the room, or write 'by telephone'.", field="place"
        )


def meeting_day_problem(day: date, today: date) -> str:
    """Why no meeting can be planned for a day; empty when one can."""
    if day < today:
        return f"{show_day(day)} is past."
    return far_day(day, today)


def check_planned(meeting: Meeting, remedy: str = "") -> None:
    """Raise RuleBroken unless the meeting lies ahead."""
    if not meeting.planned:
        raise RuleBroken(f"The meeting of {show_day(meeting.day)} is {meeting.state}.", remedy=remedy)


def check_not_begun(meeting: Meeting, *, begun: bool) -> None:
    """Raise RuleBroken for a meeting that has taken decisions: it is neither moved to another day nor cancelled."""
    if begun:
        raise RuleBroken(
            f"The meeting of {show_day(meeting.day)} has taken decisions.",
            remedy="Close it, and take the rest to the next meeting.",
        )


def check_cancel(agenda: Agenda) -> None:
    """Raise RuleBroken unless the meeting lies ahead and no bid stands on its agenda.

    A chair's action goes on to the next meeting, and ends on its own last day whatever is cancelled.
    """
    check_planned(agenda.meeting)
    if agenda.bids:
        raise RuleBroken(
            f"{len(agenda.bids)} items stand on its agenda.",
            remedy="Hold it and defer them, or move it to another day.",
        )


def undecided_bid(bids: Iterable[RankedBid], bid_id: int) -> RankedBid:
    """The bid in its place on the agenda. Raises RuleBroken when it is decided, NotFound when it is not on it."""
    for item in bids:
        if item.bid_id == bid_id and item.decision is None:
            return item
        if item.bid_id == bid_id:
            raise RuleBroken(f"{item.reference} was decided at this meeting already.")
    raise NotFound("That bid is not on this meeting's agenda.")


def check_open(meeting: Meeting, today: date, jag: str) -> None:
    """Raise RuleBroken unless decisions of this meeting can be recorded now."""
    if not meeting.planned:
        raise RuleBroken(
            f"The meeting of {show_day(meeting.day)} is {meeting.state}: nothing is added to it.",
            remedy="Take it to the next meeting.",
        )
    if meeting.day > today:
        raise RuleBroken(
            f"The {jag} meets on {show_day(meeting.day)}: it has not decided anything yet.",
            remedy="Record its decisions when it meets; what cannot wait is for the chair's urgent action.",
        )


def check_decision(
    subject: Subject,
    outcome: Outcome,
    *,
    recorder: str,
    reason: str,
    departs: str = "",
    signed_off_by: str = "",
) -> None:
    """Raise RuleBroken or InvalidInput unless the decision is complete."""
    if outcome not in (BID_OUTCOMES if subject is Subject.BID else DEPLOYMENT_OUTCOMES):
        raise InvalidInput(f"A {subject} cannot be {outcome}.")
    given = says_something(reason)
    if departs and not given:
        raise RuleBroken(
            f"This departs from the ranking: {departs}.",
            remedy="Give the meeting's reason, or follow the ranking.",
        )
    if outcome in REASON_ALWAYS and not given:
        raise RuleBroken(
            f"'{outcome.capitalize()}' needs a reason.", remedy="Write down why the meeting decided so."
        )
    if outcome is not Outcome.REFUSED:
        return
    if not says_something(signed_off_by):
        raise RuleBroken("A refusal is signed off.", remedy="Name who signs it off, by role: the chair, say.")
    if as_seen(signed_off_by).casefold() == as_seen(recorder).casefold():
        raise RuleBroken(
            "Whoever records a refusal does not sign it off.",
            remedy="Name someone else, by role: the chair, say.",
        )


def check_close(agenda: Agenda, minutes: str, reason: str = "") -> None:
    """Raise RuleBroken while something is undecided, the minutes are empty, or the ranking wants a `reason`."""
    if agenda.undecided:
        things = "1 item" if agenda.undecided == 1 else f"{agenda.undecided} items"
        raise RuleBroken(
            f"{things} of the agenda {'is' if agenda.undecided == 1 else 'are'} undecided.",
            remedy="Record a decision for each; 'deferred' takes a bid to a later meeting.",
        )
    if not says_something(minutes):
        raise RuleBroken("The minutes are empty.", remedy="Write at least who was there.")
    if (unexplained := ranking.unexplained(agenda)) and not says_something(reason):
        raise RuleBroken(
            f"The ranking needs a reason. {' '.join(unexplained)}",
            remedy="Say why the meeting decided so; it is said in the minutes.",
        )


def in_force(decision: Decision, today: date) -> bool:
    """True while a unit may be installed on it."""
    return decision.outcome is Outcome.APPROVED and not is_over(decision, today)


def is_over(decision: Decision, today: date) -> bool:
    """True for a chair's action that ended: not ratified by the first meeting held since, or past its last day."""
    if decision.ratification is not None:
        return decision.ratification is not Outcome.RATIFIED
    return decision.stands_until is not None and today > decision.stands_until


def answers(day: date, planned: bool, decided_on: date, today: date, upcoming: date | None) -> bool:
    """True when a meeting not yet held is one that answers a chair's action: it met since, or it meets next."""
    return planned and day >= decided_on and (day <= today or day == upcoming)


def check_answer(about: Decision, agenda: Agenda, today: date) -> None:
    """Raise NotFound or RuleBroken unless the meeting can answer a chair's action now."""
    if about.ratification is Outcome.LAPSED or (about.ratification is None and is_over(about, today)):
        over = f" since {show_day(about.stands_until + timedelta(days=1))}" if about.stands_until else ""
        raise RuleBroken(
            f"The chair's action of {show_day(about.decided_on)} is over{over}: no meeting was held in time.",
            remedy="What stood on it comes down; a bid can be made anew.",
        )
    if about.ratification is not None:
        raise RuleBroken("The meeting has decided that already.")
    if not any(item.decision.id == about.id for item in agenda.chair):
        raise NotFound("That chair's action is not on this meeting's agenda.")


def check_unanswered(open_action: Decision | None) -> None:
    """Raise RuleBroken while a chair's action about the same bid waits for its meeting."""
    if open_action is not None:
        raise RuleBroken(
            f"The chair's action of {show_day(open_action.decided_on)} about {open_action.bid_reference} is not "
            "ratified yet.",
            remedy="Let the meeting answer it first.",
        )
