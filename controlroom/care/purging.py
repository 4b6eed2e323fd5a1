"""Runs the dual-controlled purge: one person proposes, another approves or declines, and it is done once.

It is done in batches, each a transaction of its own with its audit entry, so that the room goes on writing; one that
was cut short (a kill, a lost server) is taken up again where it was. Pictures go last: they are personal data too.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.access import reading, writing
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.accounts.step_keys import StepKeys
from controlroom.audit.act import Act
from controlroom.audit.tables import PurgeRow
from controlroom.care import purge_records as rules
from controlroom.care import purge_rows, purge_steps
from controlroom.care.noun import PREFIX
from controlroom.care.purge_records import Counts, Purge, PurgeState
from controlroom.clock import local_date
from controlroom.database.rows import get_row, readable, to_record
from controlroom.database.unit_of_work import Database
from controlroom.errors import RuleBroken
from controlroom.log.snapshots import SnapshotStore
from controlroom.texts import takes_texts

BATCH = 500  # rows a transaction
Progress = Callable[[Counts], object]


@takes_texts
class PurgeService:
    """Purges of text and pictures whose retention is over. `months` and `answer_days` are read afresh each time.

    `keys` holds the signing key of whoever is signed in: to propose and to approve are signed (`purge_steps.py`).
    """

    def __init__(
        self,
        database: Database,
        pictures: SnapshotStore,
        keys: StepKeys,
        *,
        months: Callable[[], int] = lambda: 72,
        answer_days: Callable[[], int] = lambda: 14,
    ) -> None:
        self._database, self._pictures, self._nouns = database, pictures, database.nouns
        self._keys = keys
        self._months, self._answer_days = months, answer_days

    def latest_day(self) -> tuple[date, int]:
        """The first day whose text is still within its retention, and the retention in months."""
        months = self._months()
        return rules.latest_cutoff(self._database.clock.now(), months), months

    def preview(self, actor: Actor, before: date) -> Counts:
        """What a purge of everything before that day would delete; of restricted records too, as numbers only."""
        with reading(self._database, actor, Permission.PURGE_TEXT):
            cutoff = rules.check_cutoff(before, self._database.clock.now(), self._months())
        return self._count(cutoff)

    def purges(self, actor: Actor) -> list[Purge]:
        """Every purge, newest first; those that have lapsed are marked so."""
        with reading(self._database, actor, Permission.READ_AUDIT) as session:
            rows = session.scalars(select(PurgeRow).order_by(PurgeRow.id.desc()))
            return [self._seen_now(self._record(row)) for row in readable(rows)]

    def propose(self, actor: Actor, before: date, reason: str) -> Purge:
        """Propose to purge everything before that day; raises RuleBroken while another purge is open."""
        with self._acting(actor) as act:
            cutoff = rules.check_cutoff(before, act.at, self._months())
            reason = rules.check_reason(reason)
            self._lapse(act)
            self._refuse_second(act.session)
            counted = self._count(cutoff)
            if not counted.total:
                raise RuleBroken("There is nothing to purge before that day.", remedy="Choose a later day.")
            row = PurgeRow(
                reference=act.next_reference(PREFIX),
                state=PurgeState.PROPOSED.value,
                cutoff=cutoff,
                retention_months=self._months(),
                reason=reason,
                counted=json.dumps(counted.numbers),
                proposed_by=actor.handle,
                proposed_at=act.at,
                expires_at=act.at + timedelta(days=self._answer_days()),
            )
            act.put(row)
            self._keys.sign(act, purge_steps.proposed(row))
            _note(act, "proposed", row, reason, before=str(before), **counted.numbers)
            return self._record(row)

    def approve(self, actor: Actor, purge_id: int, answer: str = "") -> Purge:
        """Approve what somebody else proposed; `execute` does it."""
        return self._decide(actor, purge_id, PurgeState.APPROVED, answer.strip())

    def decline(self, actor: Actor, purge_id: int, answer: str) -> Purge:
        """Decline what somebody else proposed, saying why."""
        return self._decide(actor, purge_id, PurgeState.DECLINED, rules.check_reason(answer))

    def withdraw(self, actor: Actor, purge_id: int) -> Purge:
        """Take a purge back before anything is gone: whoever proposed or approved it."""
        with self._acting(actor) as act:
            row = _row(act.session, purge_id)
            rules.check_state(self._record(row), PurgeState.PROPOSED, PurgeState.APPROVED)
            if actor.handle not in (row.proposed_by, row.decided_by):
                raise RuleBroken(f"Only {row.proposed_by} may withdraw it.", remedy="Decline it instead.")
            row.state = PurgeState.WITHDRAWN.value
            _note(act, "withdrawn", row)
            return self._record(row)

    def execute(self, actor: Actor, purge_id: int, progress: Progress | None = None) -> Purge:
        """Delete the texts and pictures in batches; goes on where an earlier attempt was cut short.

        What was written into the database stays gone if this stops half-way; call it again to finish.
        """
        self._start(actor, purge_id)
        more = True
        while more:
            purge, more = self._batch(actor, purge_id)
            if progress is not None:
                progress(purge.removed)
        return self._finish(actor, purge_id)

    # -- steps -----------------------------------------------------------------------------------------------

    def _acting(self, actor: Actor) -> AbstractContextManager[Act]:
        return writing(self._database, actor, Permission.PURGE_TEXT)

    def _decide(self, actor: Actor, purge_id: int, state: PurgeState, answer: str) -> Purge:
        with self._acting(actor) as act:
            self._lapse(act)
            row = _row(act.session, purge_id)
            purge = self._record(row)
            lapsed = purge.state is PurgeState.EXPIRED
            if not lapsed:
                rules.check_state(purge, PurgeState.PROPOSED)
                rules.check_other_person(purge, actor.handle)
                row.state, row.answer = state.value, answer
                row.decided_by, row.decided_at = actor.handle, act.at
                if state is PurgeState.APPROVED:
                    purge_steps.require_signed(act.session, row)
                    self._keys.sign(act, purge_steps.approved(row))
                _note(act, state.value, row, answer)
            decided = self._record(row)
        if lapsed:  # raised only now, so that the lapse itself is committed
            rules.check_state(decided, PurgeState.PROPOSED)
        return decided

    def _start(self, actor: Actor, purge_id: int) -> None:
        with self._acting(actor) as act:
            row = _row(act.session, purge_id)
            rules.check_state(self._seen_now(self._record(row)), PurgeState.APPROVED, PurgeState.RUNNING)
            again = row.state == PurgeState.RUNNING.value
            row.state, row.started_at = PurgeState.RUNNING.value, row.started_at or act.at
            _note(act, "continued" if again else "started", row)

    def _batch(self, actor: Actor, purge_id: int) -> tuple[Purge, bool]:
        with self._database.write() as work:
            row = _row(work.session, purge_id)
            rules.check_state(self._record(row), PurgeState.RUNNING)
            removed = purge_rows.remove(work.session, self._nouns, row.id, row.cutoff, BATCH)
            _add(row, removed)
            if removed:
                _note(Act.now(work, actor.handle), "batch", row, **removed)
                for kind in self._kinds_of(removed):
                    work.announce(kind, "purged")
            return self._record(row), bool(removed)

    def _finish(self, actor: Actor, purge_id: int) -> Purge:
        with self._database.read() as session:
            row = session.get_one(PurgeRow, purge_id)
            found = list(purge_rows.files(session, self._nouns, row.id, row.cutoff))
        gone = Counter(name for name, path in found if self._pictures.remove(path))
        with self._database.write() as work:
            row = _row(work.session, purge_id)
            rules.check_state(self._record(row), PurgeState.RUNNING)
            _add(row, gone)
            row.state, row.finished_at = PurgeState.DONE.value, work.now
            done = self._record(row)
            _note(Act.now(work, actor.handle), "done", row, **done.removed.numbers)
            return done

    def _lapse(self, act: Act) -> None:
        """Mark proposals and approvals whose time is over; the audit names who came upon them."""
        waiting = (PurgeState.PROPOSED.value, PurgeState.APPROVED.value)
        query = select(PurgeRow).where(PurgeRow.state.in_(waiting), PurgeRow.expires_at <= act.at)
        for row in act.session.scalars(query):
            row.state = PurgeState.EXPIRED.value
            _note(act, "expired", row)

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

    def _count(self, cutoff: datetime) -> Counts:
        """What would go, whoever may see it: in a session of nobody's."""
        with self._database.read() as session:
            return self._counts(purge_rows.count(session, self._nouns, cutoff))

    def _counts(self, numbers: Mapping[str, int]) -> Counts:
        said = purge_rows.names(self._nouns)
        return Counts({**dict.fromkeys(said, 0), **numbers}, said)

    def _kinds_of(self, removed: Collection[str]) -> Iterator[str]:
        """The kinds of record whose pages are told that texts are gone."""
        for noun in self._nouns:
            if noun.kind in noun.changes and any(each.name in removed for each in noun.texts):
                yield noun.kind

    def _record(self, row: PurgeRow) -> Purge:
        counted, removed = self._counts(json.loads(row.counted)), self._counts(_removed(row))
        return to_record(Purge, row, before=local_date(row.cutoff), counted=counted, removed=removed)


def _note(act: Act, verb: str, row: PurgeRow, text: str = "", /, **detail: object) -> None:
    act.note("purge", verb, row.reference, row.id, text=text, **detail)


def _removed(row: PurgeRow) -> dict[str, int]:
    if row.removed:
        return json.loads(row.removed)
    before = {
        "log_texts": row.removed_log_texts,
        "audit_texts": row.removed_audit_texts,
        "pictures": row.removed_pictures,
    }
    return {name: number for name, number in before.items() if number}


def _add(row: PurgeRow, more: Mapping[str, int]) -> None:
    row.removed = json.dumps(dict(Counter(_removed(row)) + Counter(more)))
    row.removed_audit_texts += more.get("audit_texts", 0)


def _row(session: Session, purge_id: int) -> PurgeRow:
    return get_row(session, PurgeRow, purge_id, "purge", lock=True)
