"""Use cases of bids, up to the table of a meeting; decisions are recorded by the meeting service."""

from sqlalchemy import select

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit.last_change import changed_meanwhile
from controlroom.audit.records import AuditEntry
from controlroom.audit.service import entries_about
from controlroom.clock import local_date, show_day
from controlroom.database.unit_of_work import Work
from controlroom.deployments import moves
from controlroom.deployments.base import DeploymentBase, needed
from controlroom.deployments.bids import loading, rules, scoring
from controlroom.deployments.bids.records import (
    Assessment,
    Bid,
    BidContent,
    BidState,
    NearestCamera,
    ScoreLine,
)
from controlroom.deployments.bids.tables import BidRow, BidScoreRow
from controlroom.deployments.installing import open_deployment
from controlroom.deployments.meetings.loading import get_meeting, load_decisions, load_meetings, next_meeting
from controlroom.deployments.meetings.records import Decision, MeetingState
from controlroom.errors import RuleBroken

_S = BidState


class BidService(DeploymentBase):
    """Enter, submit, ask, assess, table, withdraw, let lapse."""

    def bids(self, actor: Actor) -> list[Bid]:
        """Every bid, newest first."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            meetings = load_meetings(session)
            upcoming = next_meeting(meetings, self.today()) is not None
            rows = session.scalars(select(BidRow).order_by(BidRow.id.desc()))
            return loading.load(session, rows, meetings, self._policy, next_meeting=upcoming)

    def bid(self, actor: Actor, bid_id: int) -> Bid:
        """One bid."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            meetings = load_meetings(session)
            upcoming = next_meeting(meetings, self.today()) is not None
            row = loading.get_row(session, bid_id)
            return loading.load(session, [row], meetings, self._policy, next_meeting=upcoming)[0]

    def decisions(self, actor: Actor, bid_id: int) -> list[Decision]:
        """Every decision about the bid, oldest first."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            return [record for _, record in load_decisions(session, bid_ids=[bid_id]).get(bid_id, [])]

    def history(self, actor: Actor, bid_id: int) -> list[AuditEntry]:
        """What was done to it, oldest first."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            return entries_about(session, "bid", loading.get_row(session, bid_id).reference)

    def nearest_camera(
        self, actor: Actor, latitude: float | None, longitude: float | None
    ) -> NearestCamera | None:
        """The nearest permanent camera to a position in degrees, None without one."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            cameras = loading.permanent_cameras(session)
            return scoring.nearest_camera(latitude, longitude, cameras, self._policy)

    def proposed(self, actor: Actor, bid_id: int) -> dict[str, int]:
        """The parts of the score the program proposes, by part."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            row = loading.get_row(session, bid_id)
            nearest = scoring.nearest_camera(
                row.latitude, row.longitude, loading.permanent_cameras(session), self._policy
            )
            return scoring.proposed(loading.content_of(row), nearest, self._policy)

    def add(self, actor: Actor, content: BidContent) -> Bid:
        """Begin a bid; it is a draft until everything rule 3 asks for is stated."""
        with self._database.write() as work:
            require(work.session, actor, Permission.WRITE_BIDS)
            rules.check_content(content, self._policy)
            row = BidRow(
                reference=work.next_reference("BID"),
                state=_S.DRAFT.value,
                version=1,
                created_at=work.now,
                created_by=actor.handle,
                question="",
                reason="",
                nearest_number="",
                nearest_name="",
                **loading.content_columns(content),
            )
            work.session.add(row)
            work.session.flush()
            moves.note_bid(work, actor, row, "added", text=content.place, partner=content.partner)
            return self._bid_again(work, row)

    def edit(self, actor: Actor, bid_id: int, content: BidContent, version: int) -> Bid:
        """Change a draft, or one that needs information. Raises Conflict when `version` is not the newest."""
        with self._database.write() as work:
            require(work.session, actor, Permission.WRITE_BIDS)
            row = loading.get_row(work.session, bid_id, lock=True)
            if BidState(row.state) not in rules.EDITABLE:
                raise RuleBroken(
                    f"{row.reference} is {row.state}: it is not changed any more.",
                    remedy="Ask for information first; the partner's answer is then added.",
                )
            if row.version != version:
                raise changed_meanwhile(work.session, row.reference, "bid", row.reference)
            rules.check_content(content, self._policy)
            changed = [
                name
                for name, value in loading.content_columns(content).items()
                if getattr(row, name) != value
            ]
            for name, value in loading.content_columns(content).items():
                setattr(row, name, value)
            row.version += 1
            moves.note_bid(work, actor, row, "edited", fields=changed)
            return self._bid_again(work, row)

    def submit(self, actor: Actor, bid_id: int) -> Bid:
        """Hand in a bid that states everything; also the answer to a question."""
        with self._database.write() as work:
            require(work.session, actor, Permission.WRITE_BIDS)
            row = loading.get_row(work.session, bid_id, lock=True)
            rules.check_move(row.reference, _S(row.state), _S.SUBMITTED)
            rules.check_submit(row.reference, loading.content_of(row))
            row.submitted_on = row.submitted_on or local_date(work.now)
            row.question = ""
            moves.move_bid(work, actor, row, _S.SUBMITTED)
            return self._bid_again(work, row)

    def ask(self, actor: Actor, bid_id: int, question: str) -> Bid:
        """Ask the partner for information."""
        with self._database.write() as work:
            require(work.session, actor, Permission.WRITE_BIDS)
            row = loading.get_row(work.session, bid_id, lock=True)
            asked = needed(question, "What should the partner tell?")
            moves.move_bid(work, actor, row, _S.NEEDS_INFORMATION, reason=asked)
            row.question = asked
            return self._bid_again(work, row)

    def assess(self, actor: Actor, bid_id: int, assessment: Assessment) -> Bid:
        """Score a bid that passes the three tests, or score it again before it is tabled."""
        with self._database.write() as work:
            require(work.session, actor, Permission.WRITE_BIDS)
            row = loading.get_row(work.session, bid_id, lock=True)
            if _S(row.state) not in rules.ASSESSABLE:
                raise RuleBroken(f"{row.reference} is {row.state}: it is not scored now.")
            rules.check_assess(row.reference, loading.content_of(row))
            cameras = loading.permanent_cameras(work.session)
            nearest = scoring.nearest_camera(row.latitude, row.longitude, cameras, self._policy)
            lines, total = scoring.score_lines(assessment, nearest, self._policy)
            set_score(row, lines, total, nearest)
            given = {line.part: line.given for line in lines}
            if row.state == _S.SUBMITTED:
                moves.move_bid(work, actor, row, _S.ASSESSED, score=total, given=given)
            else:
                moves.note_bid(work, actor, row, "scored-again", score=total, given=given)
            return self._bid_again(work, row)

    def table(self, actor: Actor, bid_id: int, meeting_id: int) -> Bid:
        """Put an assessed (or waitlisted, or deferred) bid on a meeting's agenda."""
        with self._database.write() as work:
            require(work.session, actor, Permission.WRITE_BIDS)
            row = loading.get_row(work.session, bid_id, lock=True)
            meeting = get_meeting(work.session, meeting_id)
            if meeting.state != MeetingState.PLANNED:
                raise RuleBroken(
                    f"The meeting of {show_day(meeting.day)} is {meeting.state}.",
                    remedy="Choose the next one.",
                )
            moves.move_bid(work, actor, row, _S.TABLED, meeting=str(meeting.day))
            row.meeting_id = meeting.id
            work.announce("meeting", meeting.id)
            return self._bid_again(work, row)

    def withdraw(self, actor: Actor, bid_id: int, reason: str) -> Bid:
        """Take a bid back for the partner; refused while a deployment is under way for it."""
        return self._give_up(actor, bid_id, _S.WITHDRAWN, needed(reason, "Why is the bid withdrawn?"))

    def lapse(self, actor: Actor, bid_id: int, reason: str) -> Bid:
        """Let an approved, waitlisted or deferred bid lapse; refused while a deployment is under way for it."""
        return self._give_up(actor, bid_id, _S.LAPSED, needed(reason, "Why does the bid lapse?"))

    def _give_up(self, actor: Actor, bid_id: int, to: BidState, reason: str) -> Bid:
        with self._database.write() as work:
            require(work.session, actor, Permission.WRITE_BIDS)
            row = loading.get_row(work.session, bid_id, lock=True)
            rules.check_move(row.reference, _S(row.state), to)
            if (deployment := open_deployment(work, row.id)) is not None:
                raise RuleBroken(
                    f"{deployment.reference} is under way for {row.reference}.",
                    remedy="Abort that deployment first.",
                )
            moves.move_bid(work, actor, row, to, reason=reason)
            return self._bid_again(work, row)

    def _bid_again(self, work: Work, row: BidRow) -> Bid:
        work.session.flush()
        meetings = load_meetings(work.session)
        upcoming = next_meeting(meetings, local_date(work.now)) is not None
        return loading.load(work.session, [row], meetings, self._policy, next_meeting=upcoming)[0]


def set_score(row: BidRow, lines: tuple[ScoreLine, ...], total: float, nearest: NearestCamera | None) -> None:
    """Write a score onto a bid's row, with the camera it was measured against."""
    kept = {line.part: line for line in row.lines}
    rows = []
    for position, line in enumerate(lines):
        each = kept.get(line.part) or BidScoreRow(part=line.part)
        each.position, each.title, each.given = position, line.title, line.given
        each.weight, each.points, each.note = line.weight, line.points, line.note
        rows.append(each)
    row.lines, row.score = rows, total
    row.nearest_number = nearest.number if nearest else ""
    row.nearest_name = nearest.name if nearest else ""
    row.nearest_m = nearest.distance_m if nearest else None
    row.nearest_usable_m = nearest.usable_m if nearest else None
