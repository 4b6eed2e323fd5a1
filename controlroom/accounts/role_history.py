"""Says who was an administrator at which place of the audit chain.

The chain's entries about roles tell it, each of them only where whoever wrote it was an administrator by then: the
word of anybody else, about themselves or another, counts for nothing. The first one is the room's first account.
"""

from bisect import bisect_left
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
    """Reads those entries once. `notes` name the ones that count for nothing."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._said: dict[
            str, list[tuple[int, bool]]
        ] = {}  # handle → places, and whether an administrator since
        self.notes: list[str] = []
        entry = AuditEntryRow
        query = select(entry.sequence, entry.action, entry.actor, entry.subject, entry.detail).where(
            entry.action.in_(ACTIONS), entry.subject_kind == "user"
        )
        for place, action, actor, subject, detail in session.execute(query.order_by(entry.sequence)):
            first = not self._said and (action, actor) == (ADDED, subject)
            if first or self.is_administrator(actor, place):
                roles = details.listed(details.said(detail), "roles")
                self._said.setdefault(subject, []).append((place, Role.ADMINISTRATOR.value in roles))
            elif len(self.notes) < MOST_NOTES:
                self.notes.append(
                    f"entry {place} says which roles {subject} has, but {actor}, who wrote it, might not: "
                    "it counts for nothing"
                )

    def is_administrator(self, handle: str, place: int) -> bool:
        """What somebody was at that place of the chain; what they are now where the chain says nothing."""
        said = self._said.get(handle, [])
        index = bisect_left([since for since, _ in said], place)
        return said[index - 1][1] if index else handle in self._now

    @cached_property
    def _now(self) -> frozenset[str]:
        held = select(UserRow.handle).join(UserRoleRow, UserRow.id == UserRoleRow.user_id)
        return frozenset(self._session.scalars(held.where(UserRoleRow.role == Role.ADMINISTRATOR.value)))
