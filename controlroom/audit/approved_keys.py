"""Says which signing keys the room has approved: the one it began with, and each that its former key signed for.

The room's own key file, or the public keys given, are where it begins; without them the key of its oldest signed head.
A change of keys is an entry of the chain, signed by the former key. One without that signature, because the former key
was lost or the entry is from before changes were signed, is believed too, and every verification says since when.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.audit.records import key_fingerprint
from controlroom.audit.signatures import is_signed
from controlroom.audit.tables import AuditEntryRow, AuditSignatureRow
from controlroom.clock import show_moment

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
    """The fingerprints of approved keys; `notes` say which were believed without the former key's signature."""

    def __init__(self, session: Session, trusted: Collection[str]) -> None:
        roots = trusted or session.scalars(
            select(AuditSignatureRow.public_key).order_by(AuditSignatureRow.id).limit(1)
        )
        self._approved = {key_fingerprint(each) for each in roots}
        self.notes: list[str] = []
        self._follow(_changes(session))

    def has(self, public_key: str) -> bool:
        """True for a key the room approved, and while nothing is known about any."""
        return not self._approved or key_fingerprint(public_key) in self._approved

    def _follow(self, changes: list[_Change]) -> None:
        for each in changes:
            if each.former in self._approved:
                self._approved.add(each.new)
        for each in reversed(changes):
            if each.new in self._approved and each.former:
                self._approved.add(each.former)
        for each in changes:
            if not each.signed and each.new in self._approved:
                self.notes.append(
                    f"the key {each.new} has counted since entry {each.sequence} of {show_moment(each.at)} "
                    f"without a signature of the former one, {each.former or 'unknown'}: ask who approved it"
                )


def _changes(session: Session) -> list[_Change]:
    entry = AuditEntryRow
    query = select(entry.sequence, entry.at, entry.subject, entry.detail).where(entry.action == CHANGED)
    found: list[_Change] = []
    for sequence, at, subject, detail in session.execute(query.order_by(entry.sequence)):
        try:
            said = json.loads(detail)
            former, new, signature = (str(said.get(name, "")) for name in ("former_key", "key", "signature"))
        except (ValueError, AttributeError):
            continue
        signed = key_fingerprint(new) == subject and is_signed(former, signature, *change_facts(former, new))
        was = key_fingerprint(former) if former else str(said.get("former", ""))
        found.append(_Change(sequence, at, was, subject, signed))
    return found
