"""Row operations on meetings, their agendas and their decisions in an open unit of work.

The service and the demonstration borough use them; a decision takes its bid or deployment along at once.
"""

from collections.abc import Sequence
from datetime import date

from controlroom.audit.act import Act
from controlroom.deployments.bids.records import BidState
from controlroom.deployments.bids.tables import BidRow
from controlroom.deployments.bids.work import move_bid
from controlroom.deployments.deployments.tables import DeploymentRow
from controlroom.deployments.deployments.work import end, extend, note_deployment
from controlroom.deployments.meetings.chairs_action import end_standing, end_unanswered
from controlroom.deployments.meetings.decisions import add_answer, add_decision
from controlroom.deployments.meetings.queries import DecisionPair
from controlroom.deployments.meetings.records import MeetingState, Outcome, Subject
from controlroom.deployments.meetings.tables import DecisionRow, MeetingRow


def plan_meeting(act: Act, day: date, time: str, place: str) -> MeetingRow:
    """Plan a meeting."""
    row = MeetingRow(day=day, time=time, place=place.strip(), state=MeetingState.PLANNED.value)
    act.session.add(row)
    act.session.flush()
    note_meeting(act, row, "planned")
    return row


def move_meeting(act: Act, row: MeetingRow, day: date, time: str, place: str) -> None:
    """Move a planned meeting to another day, hour or place; its agenda goes with it."""
    was = row.day
    row.day, row.time, row.place = day, time, place.strip()
    note_meeting(act, row, "moved", was=str(was))


def cancel_meeting(act: Act, row: MeetingRow, reason: str) -> None:
    """Cancel a planned meeting; its day is free for another."""
    row.state = MeetingState.CANCELLED.value
    note_meeting(act, row, "cancelled", text=reason)


def save_minutes(act: Act, row: MeetingRow, minutes: str) -> None:
    """Write down the minutes as they grow."""
    row.minutes = minutes.strip()
    note_meeting(act, row, "minutes", text=row.minutes)


def hold_meeting(act: Act, row: MeetingRow, minutes: str, unanswered: Sequence[DecisionPair] = ()) -> None:
    """Close a meeting with its minutes; its record does not change any more. It ends what it left `unanswered`."""
    end_unanswered(act, row, unanswered)
    row.minutes, row.state = minutes.strip(), MeetingState.HELD.value
    note_meeting(act, row, "held", text=row.minutes)


def put_bid_on_agenda(act: Act, bid: BidRow, meeting: MeetingRow) -> None:
    """Table a bid at a meeting."""
    move_bid(act, bid, BidState.TABLED, meeting=str(meeting.day))
    bid.meeting_id = meeting.id
    act.work.announce("meeting", meeting.id)


def put_deployment_on_agenda(act: Act, row: DeploymentRow, meeting: MeetingRow, paper: str = "") -> None:
    """Take a running deployment to a meeting, with the extension paper's summary."""
    row.tabled_meeting_id, row.paper = meeting.id, paper.strip() or row.paper
    note_deployment(act, row, "taken-to-jag", text=row.paper, meeting=str(meeting.day))
    act.work.announce("meeting", meeting.id)


def decide_bid(
    act: Act,
    bid: BidRow,
    meeting: MeetingRow,
    outcome: Outcome,
    reason: str,
    rank: int,
    score: float,
    *,
    departs: bool,
    signed_off_by: str,
) -> DecisionRow:
    """Record what a meeting decided about a bid on its agenda, in its place of the ranking."""
    signed = {"departs": departs, "signed_off_by": signed_off_by.strip()}
    row = add_decision(act, bid, Subject.BID, outcome, reason, meeting, rank=rank, score=score, **signed)
    detail = {"meeting": str(meeting.day), "rank": rank, "departs": departs}
    move_bid(act, bid, BidState(outcome.value), reason=reason, **detail)  # both use the same words
    return row


def decide_deployment(
    act: Act,
    bid: BidRow,
    deployment: DeploymentRow,
    meeting: MeetingRow,
    outcome: Outcome,
    reason: str,
    months: int,
    *,
    chair_days: int | None = None,
    by: date | None = None,
) -> DecisionRow:
    """Record that a running deployment is extended by a period of `months`, or ended and taken down `by` a day.

    A meeting decides; what the chair decides between meetings is to be ratified at the next one held, within
    `chair_days`.
    """
    row = add_decision(act, bid, Subject.DEPLOYMENT, outcome, reason, meeting, chair_days=chair_days)
    if outcome is Outcome.EXTENDED:
        extend(act, deployment, row.id, months, reason)
    else:
        end(act, deployment, reason, by=by, decision_id=row.id)
    return row


def approve_by_chair(act: Act, bid: BidRow, meeting: MeetingRow, reason: str, chair_days: int) -> DecisionRow:
    """Record the chair's approval of a bid; `meeting` is the one planned next, and any held first answers it."""
    if bid.state != BidState.TABLED:
        # The chair's action tables the bid too: the meeting that ratifies it has it on its agenda.
        move_bid(act, bid, BidState.TABLED, meeting=str(meeting.day))
    bid.meeting_id = meeting.id
    row = add_decision(
        act, bid, Subject.BID, Outcome.APPROVED, reason, meeting, chair_days=chair_days, score=bid.score
    )
    move_bid(act, bid, BidState.APPROVED, reason=reason, by="chair's action")
    return row


def ratify(
    act: Act, bid: BidRow, about: DecisionRow, meeting: MeetingRow, reason: str, *, ratified: bool
) -> DecisionRow:
    """Record that a meeting ratified the chair's action, or ended it: what stands on it then ends too."""
    outcome = Outcome.RATIFIED if ratified else Outcome.NOT_RATIFIED
    row = add_answer(act, bid, about, outcome, reason, meeting)
    if not ratified:
        end_standing(act, row, act.today)
    return row


def note_meeting(act: Act, row: MeetingRow, verb: str, *, text: str = "", **detail: object) -> None:
    """Audit and announce something done to a meeting."""
    act.note("meeting", verb, str(row.day), row.id, text=text, time=row.time, **detail)
