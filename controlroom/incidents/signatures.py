"""Signs the submitting and the approving of an incident, and names those that are not proven.

Each is signed by the key of the person who does it (`accounts/step_keys.py`), over the incident's history up to that
step and the log entries it had by then. The signature stands beside the step, and is hidden with the incident.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import Session

from controlroom.accounts.key_trust import KeyTrust
from controlroom.accounts.permissions import Permission, permissions_of
from controlroom.accounts.step_keys import StepKeys
from controlroom.audit.act import SYSTEM, Act
from controlroom.audit.earlier_rows import enter_earlier_rows
from controlroom.audit.row_lists import first_entries, may_read
from controlroom.audit.service import PendingEntry, append
from controlroom.audit.signatures import is_signed, moment, sign
from controlroom.audit.signed_steps import Step, digest_of
from controlroom.audit.tables import AuditEntryRow, AuditRowRow
from controlroom.clock import show_moment
from controlroom.declaration import Nouns
from controlroom.incidents.records import IncidentState
from controlroom.incidents.tables import IncidentEntryRow, IncidentRow, IncidentSignatureRow, IncidentStepRow
from controlroom.log.tables import LogEntryRow

KIND = "incident"
BEGUN = "incident.signing-begun"
SIGNED = (IncidentState.SUBMITTED, IncidentState.APPROVED)
_AT_ONCE = 200  # incidents
_FACTS = ("kind", "action", "from_state", "to_state", "agency", "result", "outcome", "detail", "text_hash")
Entries = list[tuple[int, str]]  # the log entries of an incident: number and the hash of their words


def sign_step(act: Act, keys: StepKeys, incident: IncidentRow, row: IncidentStepRow) -> None:
    """Sign a step that the person who acts takes now, where it is one that is signed.

    Raises PermissionRefused when their key is not open at this desk.
    """
    if row.to_state not in SIGNED:
        return
    key = keys.require(act.who)
    query = select(IncidentStepRow).filter_by(incident_id=incident.id).order_by(IncidentStepRow.id)
    links = _links(act.session, [incident.id])
    entries = [(link.entry_id, link.text_hash) for link in links]
    step = _signed_step(incident, list(act.session.scalars(query)), entries)
    signature = sign(key.private, *step.facts)
    act.put(IncidentSignatureRow(step_id=row.id, who=act.who, public_key=key.public, signature=signature))


def begin(session: Session, nouns: Nouns, now: datetime) -> None:
    """Enter in the audit trail of a room that was there before that steps are signed from now on."""
    enter_earlier_rows(session, nouns, now)  # first: a step counts from the entry that vouches for its row
    step = IncidentStepRow
    unsigned = exists().where(step.to_state.in_(SIGNED), step.id.not_in(select(IncidentSignatureRow.step_id)))
    if session.scalar(select(unsigned & ~exists(select(IncidentSignatureRow.step_id)))) and not begun(
        session
    ):
        append(session, [begin_entry(now)], now)


def begin_entry(at: datetime) -> PendingEntry:
    """The entry that says so; a demonstration's history ends with it."""
    return PendingEntry(SYSTEM, BEGUN, KIND, "steps", at=at)


def begun(session: Session) -> Row | None:
    """Since which entry of the audit trail steps are signed; None in a room where they always were.

    An entry of somebody else than the upgrade that writes it says nothing.
    """
    entry = AuditEntryRow
    query = select(entry.sequence, entry.at).where(entry.action == BEGUN, entry.actor == SYSTEM)
    return session.execute(query.order_by(entry.sequence)).first()


def proofs(session: Any) -> tuple[list[str], list[str]]:
    """Faults and notes about each submitting and approving since they are signed."""
    if not may_read(session, (AuditRowRow.__tablename__, IncidentSignatureRow.__tablename__)):
        return [], []  # the verification says that this role compares no records
    check = _Check(session)
    faults = [fault for some in _in_parts(session) for fault in check.part(some)]
    return faults, check.notes()


@dataclass(frozen=True)
class _Part:
    """Some incidents with all that their signatures are judged by."""

    incidents: Sequence[IncidentRow]
    steps: Mapping[int, list[IncidentStepRow]]  # by incident
    signatures: Mapping[int, IncidentSignatureRow]  # by step
    links: Mapping[int, list[Row]]  # by incident
    step_entries: Mapping[int, int]  # audit entry by step
    link_entries: Mapping[int, int]  # audit entry by log entry


class _Check:
    """One look at the signatures of all incidents."""

    def __init__(self, session: Session) -> None:
        self._trust = KeyTrust(session)
        self._begun = begun(session)
        self._since = self._begun.sequence if self._begun is not None else 0
        self._unapproved: Counter[tuple[str, str]] = Counter()
        self._earlier = 0

    def part(self, part: _Part) -> Iterator[str]:
        """What is wrong with the steps of these incidents."""
        for incident in part.incidents:
            hands: dict[str, Step] = {}
            given: IncidentStepRow | None = None  # the submission that no other move followed
            steps = part.steps.get(incident.id, [])
            stands = next((row.to_state for row in reversed(steps) if row.to_state), "")
            if stands != incident.state and {stands, incident.state} & set(SIGNED):
                yield f"{incident.reference} is {incident.state}, but its newest step left it {stands or 'nowhere'}"
            for number, row in enumerate(steps, start=1):
                submission = given
                if row.to_state:
                    given = row if row.to_state == IncidentState.SUBMITTED else None
                if row.to_state not in SIGNED:
                    continue
                if row.to_state == IncidentState.SUBMITTED:
                    hands = {}
                place = part.step_entries.get(row.id)
                signature = part.signatures.get(row.id)
                earlier = place is not None and place <= self._since
                if signature is None and earlier:
                    self._earlier += 1
                    continue
                links = part.links.get(incident.id, [])
                entries = [
                    (link.entry_id, link.text_hash)
                    for link in links
                    if place is not None and part.link_entries.get(link.entry_id, place) < place
                ]
                step = _signed_step(incident, steps[:number], entries)
                if signature is None:
                    yield f"{step.words} without a signature"
                    continue
                if earlier:
                    yield f"{step.words}: signed before steps were signed; the entry that says since when was made up"
                yield from self._judge(step, place, signature, hands)
                if row.to_state == IncidentState.APPROVED:
                    yield from self._two_people(step, place, submission)

    def _judge(
        self, step: Step, place: int | None, row: IncidentSignatureRow, hands: dict[str, Step]
    ) -> Iterator[str]:
        if row.who != step.who or not is_signed(row.public_key, row.signature, *step.facts):
            yield f"{step.words}: its signature is not genuine, or what it was made over was changed"
        elif place is None:
            yield f"{step.words}: no audit entry says so"
        elif trouble := self._trust.trouble_at(step.who, place, row.public_key):
            yield f"{step.words}: {trouble}"
        if (other := hands.setdefault(row.public_key, step)) is not step:
            yield f"{step.words}: signed by the same hand as '{other.words}'; two people are needed"
        if self._trust.unapproved(step.who, row.public_key):
            self._unapproved[step.who, row.public_key] += 1

    def _two_people(self, step: Step, place: int | None, submission: IncidentStepRow | None) -> Iterator[str]:
        if submission is None:
            yield f"{step.words}, though nobody had submitted it"
        elif submission.author == step.who:
            yield f"{step.words}, who had submitted it: two people are needed"
        held = permissions_of(self._trust.roles_at(step.who, place)) if place is not None else None
        if held is not None and Permission.REVIEW_INCIDENTS not in held:
            yield f"{step.words}, who did not review incidents then"

    def notes(self) -> list[str]:
        """Since when steps are signed, and with which keys nobody approved."""
        notes = [
            f"{number} {'step' if number == 1 else 'steps'} of incidents signed by {who} with a first key "
            "that nobody approved: ask them whether it is theirs"
            for (who, _key), number in self._unapproved.items()
        ]
        if self._begun is not None:
            notes.append(
                f"submitting and approving incidents is signed since entry {self._begun.sequence} of "
                f"{show_moment(self._begun.at)}; {self._earlier} such steps are from before"
            )
        return notes


def _signed_step(incident: IncidentRow, history: Sequence[IncidentStepRow], entries: Entries) -> Step:
    """What is signed of the last step of this history."""
    row = history[-1]
    steps = [
        [
            each.id,
            moment(each.at),
            moment(each.recorded_at),
            each.author,
            *(getattr(each, fact) for fact in _FACTS),
        ]
        for each in history
    ]
    opened = (incident.opened_by, moment(incident.opened_at), moment(incident.occurred_at))
    shown = digest_of(incident.reference, opened, steps, sorted(entries))
    return Step(KIND, incident.reference, row.to_state, row.author, row.recorded_at, shown)


def _in_parts(session: Session) -> Iterator[_Part]:
    after = 0
    while True:
        query = select(IncidentRow).where(IncidentRow.id > after).order_by(IncidentRow.id).limit(_AT_ONCE)
        incidents = session.scalars(query).all()
        if not incidents:
            return
        after = incidents[-1].id
        yield _part(session, incidents)
        session.expunge_all()


def _part(session: Session, incidents: Sequence[IncidentRow]) -> _Part:
    step, keys = IncidentStepRow, [each.id for each in incidents]
    rows = session.scalars(select(step).where(step.incident_id.in_(keys)).order_by(step.incident_id, step.id))
    steps = {key: list(some) for key, some in groupby(rows, key=lambda row: row.incident_id)}
    due = [row.id for some in steps.values() for row in some if row.to_state in SIGNED]
    signature = IncidentSignatureRow
    signatures = session.scalars(select(signature).where(signature.step_id.in_(due)))
    links: dict[int, list[Row]] = defaultdict(list)
    for link in _links(session, keys):
        links[link.incident_id].append(link)
    entries = [link.entry_id for some in links.values() for link in some]
    return _Part(
        incidents,
        steps,
        {row.step_id: row for row in signatures},
        links,
        first_entries(session, IncidentStepRow, due),
        first_entries(session, IncidentEntryRow, entries),
    )


def _links(session: Session, incidents: Sequence[int]) -> Sequence[Row]:
    link, entry = IncidentEntryRow, LogEntryRow
    query = select(link.incident_id, link.entry_id, entry.text_hash).join(entry, entry.id == link.entry_id)
    return session.execute(query.where(link.incident_id.in_(incidents)).order_by(link.entry_id)).all()
