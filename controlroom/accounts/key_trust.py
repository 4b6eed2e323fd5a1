"""Says which keys belong to whom, by the approvals they bear and the place of each in the audit chain.

A person's first key is believed as it is, like the first key of the room; each further one needs the approval of the
key before it, or of an administrator, who may also confirm a first one afterwards. The chain gives the
order: a key counts from its entry to that of the next one.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.records import Role
from controlroom.accounts.role_history import RoleHistory
from controlroom.accounts.tables import UserKeyRow
from controlroom.audit import details
from controlroom.audit.records import key_fingerprint
from controlroom.audit.signatures import is_signed, moment
from controlroom.audit.signed_steps import Step
from controlroom.audit.tables import AuditEntryRow

MADE = "user.key-made"
CONFIRMED = "user.key-confirmed"


def approval_facts(handle: str, public_key: str, one_time: bool, by: str, at: datetime) -> tuple[object, ...]:
    """What whoever approves a key signs."""
    return "controlroom key 1", handle, public_key, one_time, by, moment(at)


def confirmation_facts(sequence: int, link_hash: str, by: str) -> tuple[object, ...]:
    """What an administrator signs who confirms the key that began with this audit entry."""
    return "controlroom confirmation 1", sequence, link_hash, by


def confirmed(session: Any) -> dict[int, str]:
    """Audit entry that began a key → the administrator who confirmed it."""
    return KeyTrust(session).confirmed


@dataclass(frozen=True)
class _Key:
    """A key that belongs to a person, from this place in the chain on."""

    since: int
    public: str
    one_time: bool
    approved: bool


class KeyTrust:
    """The keys of everybody, judged. `faults` names those that are nobody's."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._keys: dict[str, list[_Key]] = {}
        self._roles = RoleHistory(session)
        self.faults: list[str] = []
        self.notes = self._roles.notes
        self._made = self._places()
        self.begun = min((place for _handle, place, _by in self._made.values()), default=None)
        for row in session.scalars(select(UserKeyRow).order_by(UserKeyRow.id)):
            self.faults += self._take(row)

    def place_of(self, step: Step) -> int | None:
        """The number of the audit entry of a step, None when there is none."""
        entry = AuditEntryRow
        query = select(entry.sequence).where(
            entry.subject_kind == step.kind,
            entry.subject == step.subject,
            entry.action == f"{step.kind}.{step.step}",
            entry.actor == step.who,
        )
        return self._session.scalars(query.order_by(entry.sequence)).first()

    def trouble(self, step: Step, public_key: str) -> str:
        """Say why `public_key` was not the key of the person who took that step; empty when it was."""
        place = self.place_of(step)
        return "no audit entry says so" if place is None else self.trouble_at(step.who, place, public_key)

    def trouble_at(self, handle: str, place: int, public_key: str) -> str:
        """Say why `public_key` was not the key of a person at that place of the chain; empty when it was."""
        key = self._at(handle, place)
        if key is None or key.public != public_key:
            return f"it is signed with another key than {handle} had then"
        return "a one-time key signed it" if key.one_time else ""

    def unapproved(self, handle: str, public_key: str) -> bool:
        """True when nobody approved this key and no administrator confirmed it; never for the first key of the room."""
        return any(
            key.public == public_key
            and not key.approved
            and key.since != self.begun
            and key.since not in self.confirmed
            for key in self._keys.get(handle, ())
        )

    @cached_property
    def confirmed(self) -> dict[int, str]:
        """Audit entry that began a key → the administrator who confirmed it, with a key that was theirs."""
        entry, found = AuditEntryRow, {}
        query = select(entry.sequence, entry.actor, entry.detail).where(entry.action == CONFIRMED)
        for place, who, detail in self._session.execute(query.order_by(entry.sequence)).all():
            said = details.said(detail)
            sequence, key = said.get("entry"), str(said.get("key"))
            link = (
                self._session.get(entry, sequence)
                if isinstance(sequence, int) and 0 < sequence < 2**63
                else None
            )
            if (
                link is not None
                and not (link.action == MADE and link.subject == who)
                and not self.trouble_at(who, place, key)
                and self.is_administrator(who, place)
                and is_signed(
                    key, str(said.get("signature")), *confirmation_facts(link.sequence, link.hash, who)
                )
            ):
                found.setdefault(link.sequence, who)
        return found

    def _places(self) -> dict[str, tuple[str, int, str]]:
        """Fingerprint of each key → whose it is, the number of its entry in the chain, and who approved it."""
        entry, found = AuditEntryRow, {}
        query = select(entry.sequence, entry.subject, entry.detail).where(entry.action == MADE)
        for sequence, subject, detail in self._session.execute(query.order_by(entry.sequence)):
            said = details.said(detail)
            found.setdefault(str(said.get("key")), (subject, sequence, str(said.get("approved"))))
        return found

    def _take(self, row: UserKeyRow) -> Iterator[str]:
        words = f"the key {key_fingerprint(row.public_key)} of {row.handle}"
        handle, place, by = self._made.get(key_fingerprint(row.public_key), ("", 0, ""))
        if (handle, by) != (row.handle, row.approved_by or "nobody"):
            yield f"{words} was put in past the program: no audit entry tells of it"
            return
        held = self._keys.setdefault(row.handle, [])
        if not row.approved_by:
            if held:
                yield f"{words} was approved by nobody, though there was one before"
                return
        elif not self._is_approved(row, place):
            yield f"{words} was not approved by {row.approved_by}, or they might not"
            return
        held.append(_Key(place, row.public_key, row.one_time, bool(row.approved_by)))

    def _is_approved(self, row: UserKeyRow, place: int) -> bool:
        approver = self._at(row.approved_by, place)
        if approver is None or approver.public != row.approver_key:
            return False
        own = row.approved_by == row.handle
        if not own and (approver.one_time or not self.is_administrator(row.approved_by, place)):
            return False
        facts = approval_facts(row.handle, row.public_key, row.one_time, row.approved_by, row.made_at)
        return is_signed(row.approver_key, row.approval, *facts)

    def _at(self, handle: str, place: int) -> _Key | None:
        held = self._keys.get(handle, [])
        index = bisect_left([key.since for key in held], place)
        return held[index - 1] if index else None

    def roles_at(self, handle: str, place: int) -> frozenset[Role]:
        """What somebody was at that place of the chain; what they are now where the chain says nothing."""
        return self._roles.at(handle, place)

    def is_administrator(self, handle: str, place: int) -> bool:
        """Whether somebody was one at that place of the chain."""
        return self._roles.is_administrator(handle, place)
