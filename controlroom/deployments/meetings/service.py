"""Use cases of meetings: planning them, their agenda, decisions recorded one by one, the chair's action, minutes."""

from datetime import date

from sqlalchemy import select

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit import service as audit
from controlroom.audit.last_change import changed_meanwhile
from controlroom.clock import local_date, show_day
from controlroom.database.unit_of_work import Work
from controlroom.deployments import dates
from controlroom.deployments.base import DeploymentBase, needed
from controlroom.deployments.meetings import agenda as agendas
from controlroom.deployments.meetings import rules
from controlroom.deployments.meetings.loading import get_meeting, load_meetings, next_meeting, to_meeting
from controlroom.deployments.meetings.recording import Recording
from controlroom.deployments.meetings.records import Agenda, Meeting, MeetingState
from controlroom.deployments.meetings.tables import MeetingRow
from controlroom.errors import InvalidInput, RuleBroken


class MeetingService(Recording, DeploymentBase):
    """Meetings and what they decide. A coordinator records, the meeting decides (rule 5)."""

    def meetings(self, actor: Actor) -> list[Meeting]:
        """Every meeting not cancelled, by day."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            return load_meetings(session)

    def next(self, actor: Actor) -> Meeting | None:
        """The next planned meeting, today's included."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            return next_meeting(load_meetings(session), self.today())

    def agenda(self, actor: Actor, meeting_id: int) -> Agenda:
        """A meeting's business, in its order."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            return agendas.build(session, get_meeting(session, meeting_id), self._policy, self.today())

    def next_agenda(self, actor: Actor) -> Agenda | None:
        """The business of the next planned meeting, None when none is planned."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_DEPLOYMENTS)
            meeting = next_meeting(load_meetings(session), self.today())
            if meeting is None:
                return None
            return agendas.build(session, get_meeting(session, meeting.id), self._policy, self.today())

    def plan(self, actor: Actor, day: date, time: str, place: str) -> Meeting:
        """Plan a meeting; one a day."""
        with self._database.write() as work:
            require(work.session, actor, Permission.RECORD_DECISIONS)
            rules.check_new_meeting(day, time, place, local_date(work.now))
            if _on(work, day) is not None:
                raise InvalidInput(
                    f"There is a meeting on {show_day(day)} already.", remedy="Choose another day."
                )
            row = _plan(work, actor, day, time, place)
            return to_meeting(row)

    def plan_ahead(
        self, actor: Actor, until: date, time: str, place: str, *, week: int, weekday: int
    ) -> list[Meeting]:
        """Plan the monthly meetings until a day: every `week`th `weekday` (Monday 0); days taken are left alone."""
        with self._database.write() as work:
            require(work.session, actor, Permission.RECORD_DECISIONS)
            today = local_date(work.now)
            rules.check_new_meeting(today, time, place, today)
            days = dates.monthly_meetings(today, until, week=week, weekday=weekday)
            return [
                to_meeting(_plan(work, actor, day, time, place)) for day in days if _on(work, day) is None
            ]

    def cancel(self, actor: Actor, meeting_id: int, reason: str) -> None:
        """Cancel a planned meeting with an empty agenda."""
        with self._database.write() as work:
            require(work.session, actor, Permission.RECORD_DECISIONS)
            row = get_meeting(work.session, meeting_id, lock=True)
            why = needed(reason, "Why is the meeting cancelled?")
            agenda = agendas.build(work.session, row, self._policy, local_date(work.now))
            if row.state != MeetingState.PLANNED:
                raise RuleBroken(f"The meeting of {show_day(row.day)} is {row.state}.")
            if agenda.bids or agenda.chair:
                raise RuleBroken(
                    f"{len(agenda.bids) + len(agenda.chair)} items stand on its agenda.",
                    remedy="Hold it and defer them, or move it to another day.",
                )
            row.state = MeetingState.CANCELLED.value
            _note(work, actor, row, "cancelled", text=why)

    def move(self, actor: Actor, meeting_id: int, day: date, time: str, place: str) -> Meeting:
        """Move a planned meeting to another day, hour or place; its agenda goes with it."""
        with self._database.write() as work:
            require(work.session, actor, Permission.RECORD_DECISIONS)
            row = get_meeting(work.session, meeting_id, lock=True)
            if row.state != MeetingState.PLANNED:
                raise RuleBroken(f"The meeting of {show_day(row.day)} is {row.state}.")
            rules.check_new_meeting(day, time, place, local_date(work.now))
            other = _on(work, day)
            if other is not None and other.id != row.id:
                raise InvalidInput(
                    f"There is a meeting on {show_day(day)} already.", remedy="Choose another day."
                )
            was = row.day
            row.day, row.time, row.place = day, time, place.strip()
            _note(work, actor, row, "moved", was=str(was))
            return to_meeting(row)

    def save_minutes(
        self, actor: Actor, meeting_id: int, minutes: str, seen_version: int | None = None
    ) -> Meeting:
        """Keep the minutes as they grow during the meeting. Raises Conflict when somebody else wrote meanwhile."""
        with self._database.write() as work:
            require(work.session, actor, Permission.RECORD_DECISIONS)
            row = get_meeting(work.session, meeting_id, lock=True)
            rules.check_open(to_meeting(row), local_date(work.now), "JAG")
            if seen_version is not None and seen_version != row.version:
                name = f"The meeting of {show_day(row.day)}"
                raise changed_meanwhile(work.session, name, "meeting", str(row.day))
            row.minutes = minutes.strip()
            _note(work, actor, row, "minutes", text=row.minutes)
            work.session.flush()
            return to_meeting(row)

    def close(self, actor: Actor, meeting_id: int, minutes: str) -> Meeting:
        """Close a meeting that has decided everything on its agenda; its record does not change any more."""
        with self._database.write() as work:
            require(work.session, actor, Permission.RECORD_DECISIONS)
            row = get_meeting(work.session, meeting_id, lock=True)
            today = local_date(work.now)
            rules.check_open(to_meeting(row), today, "JAG")
            rules.check_close(agendas.build(work.session, row, self._policy, today), minutes)
            row.minutes, row.state = minutes.strip(), MeetingState.HELD.value
            _note(work, actor, row, "held", text=row.minutes)
            return to_meeting(row)


def _plan(work: Work, actor: Actor, day: date, time: str, place: str) -> MeetingRow:
    row = MeetingRow(day=day, time=time, place=place.strip(), state=MeetingState.PLANNED.value, minutes="")
    work.session.add(row)
    work.session.flush()
    _note(work, actor, row, "planned")
    return row


def _on(work: Work, day: date) -> MeetingRow | None:
    query = select(MeetingRow).filter_by(day=day).where(MeetingRow.state != MeetingState.CANCELLED.value)
    return work.session.scalars(query).first()


def _note(work: Work, actor: Actor, row: MeetingRow, verb: str, *, text: str = "", **detail: object) -> None:
    audit.record(
        work, actor.handle, f"meeting.{verb}", "meeting", str(row.day), text=text, time=row.time, **detail
    )
    work.announce("meeting", row.id)
