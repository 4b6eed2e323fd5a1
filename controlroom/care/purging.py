"""Use cases of the dual-controlled purge: one person proposes, another approves or declines, and it is done once.

It is done in batches, each a transaction of its own with its audit entry, so that the room goes on writing; one that
was cut short (a kill, a lost server) is taken up again where it was. Pictures go last: they are personal data too.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit import service as audit
from controlroom.audit.tables import AuditTextRow, PurgeRow
from controlroom.care import purge_records as rules
from controlroom.care import purge_rows
from controlroom.care.purge_records import Counts, Purge, PurgeState
from controlroom.clock import local_date
from controlroom.database.unit_of_work import Database, Work
from controlroom.errors import NotFound, RuleBroken
from controlroom.incidents.tables import LogTextRow

BATCH = 500  # rows a transaction
PREFIX = "PUR"
Progress = Callable[[Counts], object]


class Pictures(Protocol):
    """Where pictures are kept."""

    def remove(self, path: str) -> bool:
        """Take the file away; True when it was there."""
        ...


class PurgeService:
    """Purges of text and pictures whose retention is over. `months` and `answer_days` are read afresh each time."""

    def __init__(
        self,
        database: Database,
        pictures: Pictures,
        *,
        months: Callable[[], int] = lambda: 72,
        answer_days: Callable[[], int] = lambda: 14,
    ) -> None:
        self._database, self._pictures = database, pictures
        self._months, self._answer_days = months, answer_days

    def latest_day(self) -> tuple[date, int]:
        """The first day whose text is still within its retention, and the retention in months."""
        months = self._months()
        return rules.latest_cutoff(self._database.clock.now(), months), months

    def preview(self, actor: Actor, before: date) -> Counts:
        """What a purge of everything before that day would take."""
        with self._database.read() as session:
            require(session, actor, Permission.PURGE_TEXT)
            cutoff = rules.check_cutoff(before, self._database.clock.now(), self._months())
            return purge_rows.count(session, cutoff)

    def purges(self, actor: Actor) -> list[Purge]:
        """Every purge, newest first; those that have lapsed are marked so."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_AUDIT)
            rows = session.scalars(select(PurgeRow).order_by(PurgeRow.id.desc()))
            return [self._seen_now(_record(row)) for row in rows]

    def propose(self, actor: Actor, before: date, reason: str) -> Purge:
        """Propose to purge everything before that day; raises RuleBroken while another purge is open."""
        with self._database.write() as work:
            require(work.session, actor, Permission.PURGE_TEXT)
            cutoff = rules.check_cutoff(before, work.now, self._months())
            reason = rules.check_reason(reason)
            self._lapse(work)
            self._refuse_second(work.session)
            counted = purge_rows.count(work.session, cutoff)
            if not counted.total:
                raise RuleBroken("There is nothing to purge before that day.", remedy="Choose a later day.")
            row = PurgeRow(
                reference=work.next_reference(PREFIX),
                state=PurgeState.PROPOSED.value,
                cutoff=cutoff,
                retention_months=self._months(),
                reason=reason,
                counted=json.dumps(asdict(counted)),
                proposed_by=actor.handle,
                proposed_at=work.now,
                expires_at=rules.lapses_at(work.now, self._answer_days()),
            )
            work.session.add(row)
            work.session.flush()
            self._note(work, actor.handle, "proposed", row, reason, before=str(before), **asdict(counted))
            return _record(row)

    def approve(self, actor: Actor, purge_id: int, answer: str = "") -> Purge:
        """Approve what somebody else proposed; `execute` does it."""
        return self._decide(actor, purge_id, PurgeState.APPROVED, answer.strip())

    def decline(self, actor: Actor, purge_id: int, answer: str) -> Purge:
        """Decline what somebody else proposed, saying why."""
        return self._decide(actor, purge_id, PurgeState.DECLINED, rules.check_reason(answer))

    def withdraw(self, actor: Actor, purge_id: int) -> Purge:
        """Take a purge back before anything is gone: whoever proposed or approved it."""
        with self._database.write() as work:
            require(work.session, actor, Permission.PURGE_TEXT)
            row = _row(work.session, purge_id)
            purge = _record(row)
            rules.check_state(purge, PurgeState.PROPOSED, PurgeState.APPROVED)
            if actor.handle not in (row.proposed_by, row.decided_by):
                raise RuleBroken(f"Only {row.proposed_by} may withdraw it.", remedy="Decline it instead.")
            row.state = PurgeState.WITHDRAWN.value
            self._note(work, actor.handle, "withdrawn", row)
            return _record(row)

    def execute(self, actor: Actor, purge_id: int, progress: Progress | None = None) -> Purge:
        """Take the texts and pictures away, in batches; goes on where an earlier attempt was cut short.

        What was written into the database stays gone if this stops half-way; call it again to finish.
        """
        self._start(actor, purge_id)
        while True:
            purge, more = self._batch(actor, purge_id)
            if progress is not None:
                progress(purge.removed)
            if not more:
                break
        return self._finish(actor, purge_id)

    # -- steps -----------------------------------------------------------------------------------------------

    def _decide(self, actor: Actor, purge_id: int, state: PurgeState, answer: str) -> Purge:
        with self._database.write() as work:
            require(work.session, actor, Permission.PURGE_TEXT)
            self._lapse(work)
            row = _row(work.session, purge_id)
            purge = _record(row)
            lapsed = purge.state is PurgeState.EXPIRED
            if not lapsed:
                rules.check_state(purge, PurgeState.PROPOSED)
                rules.check_other_person(purge, actor.handle)
                row.state, row.decided_by, row.decided_at, row.answer = (
                    state.value,
                    actor.handle,
                    work.now,
                    answer,
                )
                self._note(work, actor.handle, state.value, row, answer)
            decided = _record(row)
        if lapsed:  # said only now: that it lapsed is to stay written
            rules.check_state(decided, PurgeState.PROPOSED)
        return decided

    def _start(self, actor: Actor, purge_id: int) -> None:
        with self._database.write() as work:
            require(work.session, actor, Permission.PURGE_TEXT)
            row = _row(work.session, purge_id)
            rules.check_state(self._seen_now(_record(row)), PurgeState.APPROVED, PurgeState.RUNNING)
            again = row.state == PurgeState.RUNNING.value
            row.state, row.started_at = PurgeState.RUNNING.value, row.started_at or work.now
            self._note(work, actor.handle, "continued" if again else "started", row)

    def _batch(self, actor: Actor, purge_id: int) -> tuple[Purge, bool]:
        with self._database.write() as work:
            row = _row(work.session, purge_id)
            rules.check_state(_record(row), PurgeState.RUNNING)
            log = _delete_log_texts(work.session, row)
            trail = _delete_audit_texts(work.session, row) if log < BATCH else 0
            row.removed_log_texts += log
            row.removed_audit_texts += trail
            if log or trail:
                self._note(work, actor.handle, "batch", row, log_texts=log, audit_texts=trail)
                work.announce("log", "purged")
            return _record(row), bool(log or trail)

    def _finish(self, actor: Actor, purge_id: int) -> Purge:
        with self._database.read() as session:
            row = session.get_one(PurgeRow, purge_id)
            paths = list(session.scalars(purge_rows.pictures(row.cutoff)))
        gone = sum(self._pictures.remove(path) for path in paths)
        with self._database.write() as work:
            row = _row(work.session, purge_id)
            rules.check_state(_record(row), PurgeState.RUNNING)
            row.removed_pictures += gone
            row.state, row.finished_at = PurgeState.DONE.value, work.now
            done = _record(row)
            self._note(work, actor.handle, "done", row, **asdict(done.removed))
            return done

    def _lapse(self, work: Work) -> None:
        """Mark proposals and approvals whose time is over."""
        waiting = (PurgeState.PROPOSED.value, PurgeState.APPROVED.value)
        query = select(PurgeRow).where(PurgeRow.state.in_(waiting), PurgeRow.expires_at <= work.now)
        for row in work.session.scalars(query):
            row.state = PurgeState.EXPIRED.value
            self._note(work, "controlroom", "expired", row)

    def _seen_now(self, purge: Purge) -> Purge:
        waiting = purge.state in (PurgeState.PROPOSED, PurgeState.APPROVED)
        if waiting and purge.expires_at <= self._database.clock.now():
            return replace(purge, state=PurgeState.EXPIRED)
        return purge

    def _refuse_second(self, session: Session) -> None:
        open_states = [state.value for state in rules.OPEN]
        row = session.scalars(select(PurgeRow).where(PurgeRow.state.in_(open_states))).first()
        if row is not None:
            raise RuleBroken(
                f"{row.reference} is {row.state} already.", remedy="Let that one come to its end first."
            )

    def _note(
        self, work: Work, who: str, verb: str, row: PurgeRow, text: str = "", **detail: int | str
    ) -> None:
        audit.record(work, who, f"purge.{verb}", "purge", row.reference, text=text, **detail)
        work.announce("purge", row.id)


def _delete_log_texts(session: Session, row: PurgeRow) -> int:
    ids: list[int] = []
    for query in purge_rows.log_texts(row.cutoff):
        ids += session.scalars(query.limit(BATCH - len(ids))) if len(ids) < BATCH else ()
    if ids:
        session.execute(delete(LogTextRow).where(LogTextRow.id.in_(ids)))
    return len(ids)


def _delete_audit_texts(session: Session, row: PurgeRow) -> int:
    sequences = list(session.scalars(purge_rows.audit_texts(row.cutoff).limit(BATCH)))
    if sequences:
        session.execute(delete(AuditTextRow).where(AuditTextRow.sequence.in_(sequences)))
    return len(sequences)


def _row(session: Session, purge_id: int) -> PurgeRow:
    row = session.scalars(select(PurgeRow).filter_by(id=purge_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("There is no such purge.")
    return row


def _record(row: PurgeRow) -> Purge:
    return Purge(
        id=row.id,
        reference=row.reference,
        state=PurgeState(row.state),
        before=local_date(row.cutoff),
        retention_months=row.retention_months,
        reason=row.reason,
        counted=Counts(**json.loads(row.counted)),
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        expires_at=row.expires_at,
        decided_by=row.decided_by or "",
        decided_at=row.decided_at,
        answer=row.answer or "",
        started_at=row.started_at,
        finished_at=row.finished_at,
        removed=Counts(row.removed_log_texts or 0, row.removed_audit_texts or 0, row.removed_pictures or 0),
    )
