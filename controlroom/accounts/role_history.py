"""Says who had which roles at which place of the audit chain.

The chain's entries about roles tell it, each of them only where whoever wrote it was an administrator by then: the
word of anybody else, about themselves or another, counts for nothing. The first one is the room's first account.
"""

from bisect import bisect_left
from collections.abc import Collection
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.records import Role
from controlroom.accounts.tables import UserRoleRow, UserRow
from controlroom.audit import details
from controlroom.audit.tables import AuditEntryRow

ADDED = "user.added"
ACTIONS = (ADDED, "user.roles")
MOST_NOTES = 20


class RoleHistory:
    """Reads the entries about roles once. `notes` name those without effect, whose writer was no administrator."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._said: dict[str, list[tuple[int, frozenset[Role]]]] = {}  # handle → places, and the roles since
        self.notes: list[str] = []
        entry = AuditEntryRow
        query = select(entry.sequence, entry.action, entry.actor, entry.subject, entry.detail).where(
            entry.action.in_(ACTIONS), entry.subject_kind == "user"
        )
        for place, action, actor, subject, detail in session.execute(query.order_by(entry.sequence)):
            first = not self._said and (action, actor) == (ADDED, subject)
            if first or self.is_administrator(actor, place):
                roles = details.listed(details.said(detail), "roles")
                self._said.setdefault(subject, []).append((place, _known(roles)))
            elif len(self.notes) < MOST_NOTES:
                self.notes.append(
                    f"entry {place} says which roles {subject} has, but {actor}, who wrote it, might not: "
                    "it counts for nothing"
                )

    def is_administrator(self, handle: str, place: int) -> bool:
        """Whether somebody was one at that place of the chain."""
        return Role.ADMINISTRATOR in self.at(handle, place)

    def at(self, handle: str, place: int) -> frozenset[Role]:
        """What somebody was at that place of the chain; what they are now where the chain says nothing."""
        said = self._said.get(handle, [])
        index = bisect_left([since for since, _ in said], place)
        return said[index - 1][1] if index else self._now.get(handle, frozenset())

    @cached_property
    def _now(self) -> dict[str, frozenset[Role]]:
        query = select(UserRow.handle, UserRoleRow.role).join(UserRoleRow, UserRow.id == UserRoleRow.user_id)
        held: dict[str, list[str]] = {}
        for handle, role in self._session.execute(query):
            held.setdefault(handle, []).append(role)
        return {handle: _known(roles) for handle, roles in held.items()}


def _known(words: Collection[object]) -> frozenset[Role]:
    return frozenset(role for role in Role if role.value in words)
