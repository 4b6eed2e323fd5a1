"""Reads the log's rows as records, a page at a time along (occurred_at, id)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from controlroom.audit.purges import RemovalWords
from controlroom.database.rows import get_row, to_record
from controlroom.folding import plain, ways
from controlroom.log import search
from controlroom.log.links import EntryLinks
from controlroom.log.records import (
    TEXT_MISSING,
    Addendum,
    Happened,
    ListFilter,
    LogEntry,
    LogFilter,
    Part,
    Position,
    Snapshot,
)
from controlroom.log.tables import LogAddendumRow, LogEntryRow, LogTextRow

T = TypeVar("T")
R = TypeVar("R", bound=Happened)
Columns = tuple[InstrumentedAttribute[datetime], InstrumentedAttribute[int]]  # when, and the number


def list_entries(
    session: Session, links: EntryLinks, wanted: LogFilter, limit: int, after: Position | None
) -> Part[LogEntry]:
    """At most `limit` entries beyond `after`, newest first unless asked otherwise."""
    row = LogEntryRow
    query = narrow(select(row), links, wanted)
    return read_part(
        session,
        query,
        (row.occurred_at, row.id),
        lambda rows: records_of(session, links, rows),
        wanted,
        limit,
        after,
    )


def read_part(
    session: Session,
    query: Select[T],
    along: Columns,
    to_records: Callable[[Sequence[T]], list[R]],
    wanted: ListFilter,
    limit: int,
    after: Position | None,
) -> Part[R]:
    """At most `limit` records of the filter's time beyond `after`, ordered by the columns `along`: moment and id."""
    moment, _ = along
    if wanted.since is not None:
        query = query.where(moment >= wanted.since)
    if wanted.until is not None:
        query = query.where(moment < wanted.until)
    if after is not None:
        here = (after.at, after.id)
        query = query.where(tuple_(*along) > here if wanted.oldest_first else tuple_(*along) < here)
    query = query.order_by(*(column if wanted.oldest_first else column.desc() for column in along))
    rows = session.scalars(query.limit(limit + 1)).all()
    found = to_records(rows[:limit])
    last: Any = rows[limit - 1] if len(rows) > limit else None
    return Part(tuple(found), Position(last.occurred_at, last.id) if last else None)


def authors(session: Session) -> list[str]:
    """Everyone who has written an entry, by name."""
    return sorted(session.scalars(select(LogEntryRow.author).distinct()))


def load_entry(session: Session, links: EntryLinks, entry_id: int) -> LogEntry:
    """One entry; raises NotFound."""
    return records_of(session, links, [get_row(session, LogEntryRow, entry_id, "log entry")])[0]


def entries_of_incident(session: Session, links: EntryLinks, incident_id: int) -> list[LogEntry]:
    """An incident's entries, oldest first."""
    query = select(LogEntryRow).where(LogEntryRow.id.in_(links.entries_of(incident_id)))
    rows = session.scalars(query.order_by(LogEntryRow.occurred_at, LogEntryRow.id)).all()
    return records_of(session, links, rows)


def texts_with(words: Iterable[str]) -> ColumnElement[bool]:
    """The condition on `log_texts` that every word stands in it. A full-text index would replace this one place."""
    return and_(
        *(
            or_(*(LogTextRow.words.like(search.like(way), escape="\\") for way in ways(word)))
            for word in words
        )
    )


def narrow(query: Select[LogEntryRow], links: EntryLinks, wanted: LogFilter) -> Select[LogEntryRow]:
    """The query with the filter's conditions, but for its time."""
    row = LogEntryRow
    if number := plain(wanted.camera_number).upper():
        query = query.where(row.camera_number == number)
    if wanted.incident_id is not None:
        query = query.where(row.id.in_(links.entries_of(wanted.incident_id)))
    if wanted.late_only:
        query = query.where(row.late.is_(True))
    for column, value in ((row.category, wanted.category), (row.author, wanted.author)):
        if value:
            query = query.where(column == value)
    asked = search.take_apart(wanted.words)
    for cad in asked.cads:
        query = query.where(or_(row.cad == cad, row.id.in_(links.entries_with_cad(cad))))
    for reference in asked.references:
        query = query.where(row.id.in_(links.entries_with_reference(reference)))
    if asked.words:
        query = query.where(row.id.in_(select(LogTextRow.entry_id).where(texts_with(asked.words))))
    return query


def own_texts(session: Session, entry_ids: Sequence[int]) -> dict[int, str]:
    """The words of these entries, without their addenda's. Purged ones are missing; of two the oldest counts."""
    query = select(LogTextRow.entry_id, LogTextRow.addendum_id, LogTextRow.text)
    rows = session.execute(query.where(LogTextRow.entry_id.in_(entry_ids)).order_by(LogTextRow.id.desc()))
    # Sorted out here, not in SQL: SQLite would take "addendum_id IS NULL" for the rarer condition and read everything.
    return {
        entry_id: text for entry_id, addendum_id, text in rows if addendum_id is None and entry_id is not None
    }


def firsts(rows: Iterable[Row]) -> list[Row]:
    """The rows without those whose record came before: where a record has two texts, the oldest counts."""
    return list({row[0].id: row for row in reversed(list(rows))}.values())[::-1]


def words_in_place_of(session: Session, written: Mapping[int, datetime]) -> dict[int, str]:
    """What stands where words are gone, by id: who purged them and when, as far as a purge took them."""
    purges = RemovalWords(session)
    return {each: f"[{words}]" if (words := purges.of(at)) else TEXT_MISSING for each, at in written.items()}


def records_of(session: Session, links: EntryLinks, rows: Sequence[LogEntryRow]) -> list[LogEntry]:
    """Entries with their words, addenda and incidents, in the order of the rows."""
    ids = [row.id for row in rows]
    texts, addenda, linked = own_texts(session, ids), _addenda(session, ids), links.of_entries(session, ids)
    if missing := [row for row in rows if row.id not in texts]:
        texts |= words_in_place_of(session, {each.id: each.recorded_at for each in missing})
    return [
        to_record(
            LogEntry,
            row,
            text=texts[row.id],
            incident_id=linked[row.id].incident_id if row.id in linked else None,
            incident_reference=linked[row.id].reference if row.id in linked else "",
            snapshot=Snapshot(row.snapshot_path, row.snapshot_sha256) if row.snapshot_path else None,
            addenda=tuple(addenda.get(row.id, ())),
            entry_key=row.entry_key or "",
        )
        for row in rows
    ]


def _addenda(session: Session, entry_ids: Sequence[int]) -> dict[int, list[Addendum]]:
    query = (
        select(LogAddendumRow, LogTextRow.reason, LogTextRow.text)
        .outerjoin(LogTextRow, LogTextRow.addendum_id == LogAddendumRow.id)
        .where(LogAddendumRow.entry_id.in_(entry_ids))
        .order_by(LogAddendumRow.written_at, LogAddendumRow.id, LogTextRow.id)
    )
    found: dict[int, list[Addendum]] = {}
    rows = firsts(session.execute(query))
    missing = {row.id: row.written_at for row, _reason, text in rows if text is None}
    gone = words_in_place_of(session, missing) if missing else {}
    for row, reason, text in rows:
        words = gone[row.id] if text is None else text
        record = Addendum(
            row.id, row.entry_id, row.written_at, row.author, reason or "", words, row.brought_in_by
        )
        found.setdefault(row.entry_id, []).append(record)
    return found
