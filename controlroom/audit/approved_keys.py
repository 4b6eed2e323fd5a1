"""Says which signing keys the room has approved: the one it began with, and each that its former key signed for.

The room's own key file, or the public keys given, are where it begins; without them the key of the file's first line,
or of the oldest signed head. A change of keys is an entry of the chain and a line of the file, signed by the former
key. An entry without that signature (the former key was lost, or it is from before changes were signed) is a fault,
and its key vouches for nothing, until an administrator has confirmed the entry with their own signature.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from controlroom.audit import details
from controlroom.audit.records import key_fingerprint
from controlroom.audit.signatures import is_signed
from controlroom.audit.tables import AuditEntryRow, AuditSignatureRow
from controlroom.clock import show_moment
from controlroom.database.unit_of_work import NOUNS

CHANGED = "audit.key-changed"


def change_facts(former: str, new: str) -> tuple[object, ...]:
    """Return the facts that the former key signs when a new key replaces it; both keys are base64."""
    return "controlroom signing key 1", former, new


@dataclass(frozen=True)
class _Change:
    """One entry of the chain: which key took which one's place, by their fingerprints."""

    sequence: int
    at: datetime
    former: str
    new: str
    signed: bool


class ApprovedKeys:
    """The fingerprints of approved keys.

    `faults` name changes nobody proved, `notes` those that an administrator confirmed.
    """

    def __init__(self, session: Session, trusted: Collection[str]) -> None:
        roots = trusted or session.scalars(
            select(AuditSignatureRow.public_key).order_by(AuditSignatureRow.id).limit(1)
        )
        self._approved = {key_fingerprint(each) for each in roots}
        self._waiting: set[str] = set()  # named by a change that nobody proved
        self.faults: list[str] = []
        self.notes: list[str] = []
        self._follow(self._proven(session, _changes(session)))

    def has(self, public_key: str) -> bool:
        """True for a key the room approved, and while nothing is known about any."""
        return not self._approved or key_fingerprint(public_key) in self._approved

    def is_waiting(self, public_key: str) -> bool:
        """True for a key of a change that nobody proved, which is a fault already."""
        return key_fingerprint(public_key) in self._waiting - self._approved

    def add(self, public_key: str) -> None:
        """Approve a key that an approved one signed for in the file of heads."""
        self._approved.add(key_fingerprint(public_key))

    def _follow(self, changes: list[_Change]) -> None:
        for each in changes:
            if each.former in self._approved:
                self._approved.add(each.new)
        for each in reversed(changes):
            if each.new in self._approved and each.former:
                self._approved.add(each.former)

    def _proven(self, session: Session, changes: list[_Change]) -> list[_Change]:
        """The changes that count; the others are named."""
        began = _first_heads(session)
        confirmed = _confirmed(session) if any(not each.signed for each in changes) else {}
        proven: list[_Change] = []
        seen: set[str] = set()
        for each in changes:
            said = f"entry {each.sequence} of {show_moment(each.at)}"
            if each.new in seen or began.get(each.new, each.sequence) < each.sequence:
                self.faults.append(
                    f"{said} says that the key {each.new} was new, but it signed before: it was made up"
                )
                continue
            seen.add(each.new)
            if not each.former and not any(first < each.sequence for first in began.values()):
                continue  # the room's first key
            if each.signed:
                proven.append(each)
            elif each.sequence in confirmed:
                proven.append(each)
                self.notes.append(
                    f"the key {each.new} has counted since {said} without a signature of the former one; "
                    f"confirmed by {confirmed[each.sequence]}"
                )
            else:
                self._waiting |= {each.new, each.former}
                self.faults.append(_nobody_proved(each, said))
        return proven


def _nobody_proved(change: _Change, said: str) -> str:
    return (
        f"the key {change.new} took its place in {said} without a signature of the former one, "
        f"{change.former or 'unknown'}: the one is no proof of the other. Ask who changed the key; if it was "
        f"meant, an administrator confirms it: controlroom user confirm-key {change.sequence}"
    )


def _first_heads(session: Session) -> dict[str, int]:
    """Return the first entry that each key signed: its number, by the key's fingerprint."""
    row = AuditSignatureRow
    query = select(row.public_key, func.min(row.sequence)).group_by(row.public_key)
    found = session.execute(query)
    return {key_fingerprint(key): first for key, first in found if isinstance(first, int)}


def _confirmed(session: Session) -> Mapping[int, str]:
    """Entry of a change → the administrator who confirmed it with their signature."""
    nouns: Iterable = session.info.get(NOUNS, ())
    found: dict[int, str] = {}
    for noun in nouns:
        if noun.confirms is not None:
            found |= noun.confirms(session)
    return found


def _changes(session: Session) -> list[_Change]:
    entry = AuditEntryRow
    query = select(entry.sequence, entry.at, entry.subject, entry.detail).where(entry.action == CHANGED)
    found: list[_Change] = []
    for sequence, at, subject, detail in session.execute(query.order_by(entry.sequence)):
        said = details.said(detail)
        former, new, signature = (str(said.get(name, "")) for name in ("former_key", "key", "signature"))
        signed = key_fingerprint(new) == subject and is_signed(former, signature, *change_facts(former, new))
        was = key_fingerprint(former) if former else str(said.get("former", ""))
        found.append(_Change(sequence, at, was, subject, signed))
    return found
