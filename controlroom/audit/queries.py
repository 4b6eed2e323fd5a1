"""Reads the trail, a part at a time along the number of entries, so that a long one stays quick."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from controlroom.audit import details
from controlroom.audit.purges import RemovalWords
from controlroom.audit.records import AuditEntry, AuditFilter, AuditPart
from controlroom.audit.row_lists import without_list
from controlroom.audit.tables import AuditEntryRow, AuditTextRow
from controlroom.clock import show_moment
from controlroom.database.rows import to_record
from controlroom.errors import Conflict

PART = 300
WITHHELD = "withheld"  # in a session's info: (subject kind, subject) → True when the reader may not know more
ABOUT_RESTRICTED = "about a restricted record"


def entries_about(session: Session, subject_kind: str, subject: str) -> list[AuditEntry]:
    """Everything the chain says of one record, oldest first."""
    query = _entries().where(AuditEntryRow.subject_kind == subject_kind, AuditEntryRow.subject == subject)
    return _records(session, query.order_by(AuditEntryRow.sequence))


def newest(session: Session, limit: int = 500) -> list[AuditEntry]:
    """The newest `limit` entries, newest first."""
    return list(list_entries(session, AuditFilter(), limit).entries)


def list_entries(
    session: Session, wanted: AuditFilter, limit: int = PART, before: int | None = None
) -> AuditPart:
    """At most `limit` entries older than number `before`, newest first.

    Entries found by words are only those whose words the reader may see: neither a hit nor the mark that there is
    more tells anything about the others.
    """
    query = narrow(_entries(), wanted).order_by(AuditEntryRow.sequence.desc()).limit(limit + 1)
    shown: list[AuditEntry] = []
    while len(shown) <= limit:
        older = query if before is None else query.where(AuditEntryRow.sequence < before)
        found = _records(session, older)
        hits = bool(wanted.words.strip())
        shown += [entry for entry in found if not (hits and entry.removed == ABOUT_RESTRICTED)]
        if len(found) <= limit:
            break
        before = found[-1].sequence
    more = len(shown) > limit
    return AuditPart(tuple(shown[:limit]), shown[limit - 1].sequence if more else None)


def every_entry(session: Session, wanted: AuditFilter) -> Iterator[AuditEntry]:
    """All entries of a filter, newest first, read in parts."""
    before: int | None = None
    while True:
        part = list_entries(session, wanted, 2000, before)
        yield from part.entries
        if part.before is None:
            return
        before = part.before


def each_value(session: Session, column: InstrumentedAttribute[str]) -> list[str]:
    """Every value of a column, in order, by hopping along the column's index: a DISTINCT would read the whole trail."""
    values: list[str] = []
    query = select(column).order_by(column).limit(1)
    value = session.scalar(query)
    while value is not None:
        values.append(value)
        value = session.scalar(query.where(column > value))
    return values


def check_unchanged(
    session: Session,
    seen: int | None,
    version: int,
    *,
    name: str,
    kind: str,
    subject: str,
    now_it_is: str = "",
) -> None:
    """Raise Conflict when a record of this `version` is to be changed by who saw another (`seen`; None: no check)."""
    if seen is not None and seen != version:
        raise changed_meanwhile(session, name, kind, subject, now_it_is)


def changed_meanwhile(session: Session, name: str, kind: str, subject: str, now_it_is: str = "") -> Conflict:
    """The Conflict to raise: names who changed `name` last and when, as the audit chain knows it."""
    query = (
        select(AuditEntryRow.actor, AuditEntryRow.at)
        .where(AuditEntryRow.subject_kind == kind, AuditEntryRow.subject == subject)
        .order_by(AuditEntryRow.sequence.desc())
        .limit(1)
    )
    last = session.execute(query).first()
    who = f" by {last.actor}, {show_moment(last.at)}" if last is not None else ""
    state = f": it is {now_it_is} now" if now_it_is else ""
    return Conflict(
        f"{name} was changed meanwhile{who}{state}.",
        "Nothing was saved; what you typed is still here.",
        "Read what is new, then decide again.",
    )


def narrow(query: Select, wanted: AuditFilter) -> Select:
    """The query with the filter's conditions."""
    row = AuditEntryRow
    for column, value in ((row.actor, wanted.actor), (row.action, wanted.action)):
        if value:
            query = query.where(column == value)
    if wanted.kinds:
        query = query.where(row.subject_kind.in_(sorted(wanted.kinds)))
    if subject := wanted.subject.strip():
        query = query.where(row.subject.in_({subject, subject.upper()}))
    if wanted.since is not None:
        query = query.where(row.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(row.at < wanted.until)
    for word in wanted.words.split():
        query = query.where(_has_word(word))
    return query


def _has_word(word: str) -> ColumnElement[bool]:
    row = AuditEntryRow
    said = AuditTextRow.text.icontains(word, autoescape=True)
    text = exists().where(AuditTextRow.sequence == row.sequence, said).correlate(row)
    columns = (row.subject, row.detail, row.actor, row.action, row.subject_kind)
    return or_(*(column.icontains(word, autoescape=True) for column in columns), text)


def _entries() -> Select:
    same = AuditTextRow.sequence == AuditEntryRow.sequence
    return select(AuditEntryRow, AuditTextRow.text).outerjoin(AuditTextRow, same)


def _records(session: Session, query: Select) -> list[AuditEntry]:
    rows = session.execute(query).all()
    gone = RemovalWords(session) if any(row.text_hash and text is None for row, text in rows) else None
    withheld = session.info.get(WITHHELD, lambda _kind, _subject: False)  # nothing where no reader is set
    return [
        _withheld(row) if withheld(row.subject_kind, row.subject) else _record(row, text, gone)
        for row, text in rows
    ]


def _withheld(row: AuditEntryRow) -> AuditEntry:
    """The entry without its content: only that it happened, when and by whom."""
    return to_record(AuditEntry, row, detail={}, removed=ABOUT_RESTRICTED)


def _record(row: AuditEntryRow, text: str | None, gone: RemovalWords | None) -> AuditEntry:
    missing = gone is not None and bool(row.text_hash) and text is None
    removed = (gone.of(row.at) or "missing, and no purge took it") if missing and gone else ""
    return to_record(
        AuditEntry, row, detail=without_list(details.shown(row.detail)), text=text or "", removed=removed
    )
