"""Restricts records to named people, and leaves them out of every query made for anybody else.

`accounts.access.require` says for whom a session reads (`read_for`). From then on each ORM query of that session, in
whatever package it stands, is narrowed by what the nouns declare: the record, all that belongs to it, and the audit's
texts about it are missing from its results and counts. On PostgreSQL row security does the same once more, whoever
asks (`database/row_security.py`). A session nobody reads for (a backup, the purge, verification)
sees everything.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, cast, delete, event, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption

from controlroom.audit.queries import WITHHELD
from controlroom.audit.tables import AuditEntryRow, AuditTextRow
from controlroom.database.unit_of_work import NOUNS
from controlroom.declaration import Follows, Mention, RestrictionRule

VIEWER = "viewer"  # for whom a session reads, by account id (`session.info`)
HIDDEN = "hidden records"  # what its viewer may not see


@dataclass(frozen=True)
class Hidden:
    """What one person may not see: keys by the kind of record that is restricted, and audit subjects about them."""

    viewer: int
    keys: dict[RestrictionRule, list[int]] = field(default_factory=dict)
    subjects: frozenset[tuple[str, str]] = frozenset()

    def withholds(self, kind: str, subject: str) -> bool:
        """True when an audit entry about this record says nothing to the viewer."""
        return (kind, subject) in self.subjects


def read_for(session: Session, viewer: int) -> None:
    """From now on this session reads for the account `viewer`."""
    if VIEWER not in session.info:
        event.listen(session, "do_orm_execute", _narrow)
    session.info[VIEWER] = viewer


def forget_hidden(session: Session) -> None:
    """Ask again at the next query: this session has changed a restriction."""
    session.info.pop(HIDDEN, None)
    session.info.pop(WITHHELD, None)


def hidden_from(session: Session, viewer: int) -> Hidden:
    """What this person may not see; asked once a session."""
    known: Hidden | None = session.info.get(HIDDEN)
    if known is not None and known.viewer == viewer:
        return known
    keys: dict[RestrictionRule, list[int]] = {}
    subjects: set[tuple[str, str]] = set()
    connection = session.connection()
    for restriction in _restrictions(session):
        if found := sorted(connection.scalars(_hidden_keys(restriction, viewer))):
            keys[restriction] = found
            for each in restriction.mentions:
                subjects |= {(each.kind, str(row)) for row in connection.scalars(_subjects(each, found))}
    hidden = Hidden(viewer, keys, frozenset(subjects))
    session.info[HIDDEN] = hidden
    session.info[WITHHELD] = hidden.withholds
    return hidden


def restrict(
    session: Session,
    restriction: RestrictionRule,
    key: int,
    user_ids: Collection[int],
    *,
    reason: str,
    by: str,
    at: datetime,
) -> None:
    """Let only these accounts see the record from now on; whoever was named before is not any more."""
    lift(session, restriction, key)
    # The names before the restriction: from then on only those named can write here (row security).
    session.add_all(
        restriction.readers(**{restriction.key: key, "user_id": each}) for each in sorted(user_ids)
    )
    session.flush()
    row = {restriction.key: key, "reason": reason, "restricted_by": by, "restricted_at": at}
    session.add(restriction.restrictions(**row))
    session.flush()
    forget_hidden(session)


def lift(session: Session, restriction: RestrictionRule, key: int) -> None:
    """Let everybody with the permission see the record again."""
    for row in (restriction.restrictions, restriction.readers):
        session.execute(delete(row).where(getattr(row, restriction.key) == key))
    session.expire_all()
    forget_hidden(session)


def _restrictions(session: Session) -> list[RestrictionRule]:
    return [noun.restriction for noun in session.info.get(NOUNS, ()) if noun.restriction is not None]


def _narrow(state: ORMExecuteState) -> None:
    if not state.is_select or state.is_column_load:
        return
    hidden = hidden_from(state.session, state.session.info[VIEWER])
    if hidden.keys:
        state.statement = state.statement.options(*_criteria(hidden))


def _criteria(hidden: Hidden) -> Iterator[LoaderCriteriaOption]:
    for restriction, keys in hidden.keys.items():
        for each in restriction.follows:
            yield with_loader_criteria(each.row, _seen(each, keys), include_aliases=True)
        for each in restriction.mentions:
            entry = _apart(AuditEntryRow)
            about = select(entry.c.sequence).where(
                entry.c.subject_kind == each.kind, entry.c.subject.in_(_subjects(each, keys))
            )
            yield with_loader_criteria(
                AuditTextRow, AuditTextRow.sequence.not_in(about), include_aliases=True
            )


def _seen(each: Follows, keys: list[int]) -> ColumnElement[bool]:
    column = getattr(each.row, each.column)
    if each.through is None:
        return column.not_in(keys)
    link = _apart(each.through.row)
    linked = select(link.c[each.through.other]).where(link.c[each.through.record].in_(keys))
    seen = column.not_in(linked)
    return or_(column.is_(None), seen) if column.nullable else seen


def _hidden_keys(restriction: RestrictionRule, viewer: int) -> Any:
    restricted, readers = _apart(restriction.restrictions), _apart(restriction.readers)
    key = restriction.key
    named = select(readers.c[key]).where(readers.c.user_id == viewer)
    return select(restricted.c[key]).where(restricted.c[key].not_in(named))


def _subjects(each: Mention, keys: list[int]) -> Any:
    row = _apart(each.row)
    return select(cast(row.c[each.subject], String)).where(row.c[each.record].in_(keys))


def _apart(row: Any) -> FromClause:
    """The plain table under a name of its own, so that the narrowing, which reaches ORM entities, leaves it alone."""
    return row.__table__.alias(f"hidden_{row.__tablename__}")
