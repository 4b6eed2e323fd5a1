"""Checks for the nightly care that the log's words and pictures are those entered; finds what a purge may delete.

The chain holds the hash of an entry's words in its detail; the entry's row holds it as well. Both must match. A purge
deletes what the database's own triggers allow.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from controlroom.audit import details
from controlroom.audit.purges import removed
from controlroom.audit.tables import AuditEntryRow
from controlroom.errors import NotFound
from controlroom.folding import fold
from controlroom.log.records import Snapshot
from controlroom.log.snapshots import SNAPSHOTS, SnapshotStore
from controlroom.log.tables import LogAddendumRow, LogEntryRow, LogTextRow
from controlroom.log.work import hash_of

SHOWN = 80  # characters of the words that searching should not find
_REFERENCE = re.compile(r"\b[a-z]{2,4} \d{4} \d{5,}\b")  # of an incident, as it is stored for searching
TextLine = tuple[str, datetime, str, str | None, str, str, str | None]
"""What the words are of, when they were entered, their hash; salt (None: gone), reason, text; the chain's hash."""


def check_texts(session: Session, lines: Iterable[TextLine]) -> tuple[list[str], str]:
    """Faults in plain words, and what to say when there are none. In constant memory."""
    purged, faults = removed(session), []
    here = gone = 0
    for name, at, text_hash, salt, reason, text, chained in lines:
        if chained is not None and chained != text_hash:
            faults.append(f"{name}: its hash is not the one the audit chain holds")
        if salt is None:
            if purged.covers(at):
                gone += 1
            else:
                faults.append(f"the words of {name} are missing, and no purge took them")
            continue
        here += 1
        if hash_of(salt, reason, text) != text_hash:
            faults.append(f"the words of {name} were changed after they were written")
    return faults, f"{here:,} as they were written" + (f", {gone:,} purged" if gone else "")


def check_words(session: Session, _folder: Path) -> tuple[list[str], str]:
    """The words of entries and addenda, one text for each."""
    faults, good = check_texts(session, _lines(session))
    return [*_second_texts(session), *faults, *not_findable(_searched(session))], good


def not_findable(lines: Iterable[tuple[str, str, Sequence[str]]]) -> Iterator[str]:
    """What searching no longer finds, or finds by other words than its own.

    Of each its name, the words stored for searching, and what they come from; the reference of
    an incident may stand there too.
    """
    for name, words, parts in lines:
        if any(fold(each) not in words for each in parts):
            yield f"searching does not find {name} by what it says: the words stored for it were changed"
        added = set(_REFERENCE.sub(" ", words).split()).difference(fold(" ".join(parts)).split())
        if others := sorted(added):
            yield f"searching finds {name} by words it does not say: {' '.join(others)[:SHOWN]}"


def _searched(session: Session) -> Iterator[tuple[str, str, Sequence[str]]]:
    text, entry, addendum = LogTextRow, LogEntryRow, LogAddendumRow
    facts = (
        entry.camera_number,
        entry.place,
        entry.ward,
        entry.category,
        entry.source,
        entry.author,
        entry.cad,
    )
    entries = (
        select(entry.id, text.words, text.text, *facts)
        .join(text, text.entry_id == entry.id)
        .where(text.addendum_id.is_(None))
    )
    addenda = select(addendum.id, text.words, text.text, text.reason, addendum.author).join(
        text, text.addendum_id == addendum.id
    )
    for name, query in (("log entry", entries), ("addendum", addenda)):
        with session.execute(query.execution_options(yield_per=1000)) as rows:
            for number, words, *parts in rows:
                yield f"{name} {number}", words, parts


def _second_texts(session: Session) -> Iterator[str]:
    text = LogTextRow
    own = select(text.entry_id).where(text.addendum_id.is_(None), text.entry_id.is_not(None))
    for entry_id in session.scalars(own.group_by(text.entry_id).having(func.count() > 1)):
        yield f"log entry {entry_id} has a second text, put in past the program: the first is shown"


def check_pictures(session: Session, folder: Path) -> tuple[list[str], str]:
    """The pictures of entries, in the data folder."""
    store = SnapshotStore(folder / SNAPSHOTS)
    query = (
        select(LogEntryRow.id, LogEntryRow.snapshot_path, LogEntryRow.snapshot_sha256, LogTextRow.id)
        .outerjoin(LogTextRow, (LogTextRow.entry_id == LogEntryRow.id) & LogTextRow.addendum_id.is_(None))
        .where(LogEntryRow.snapshot_path != "")
        .execution_options(yield_per=1000)
    )
    faults: list[str] = []
    count = 0
    with session.execute(query) as rows:
        for entry_id, path, digest, text_id in rows:
            count += 1
            try:
                if not store.is_unchanged(Snapshot(path, digest)):
                    faults.append(f"{path} of entry {entry_id} was changed")
            except NotFound:
                if text_id is not None:  # with its words gone, the picture was purged as well
                    faults.append(f"{path} of entry {entry_id} is missing")
    return faults, f"{count:,} as they were taken"


def _lines(session: Session) -> Iterator[TextLine]:
    text, entry, addendum, link = LogTextRow, LogEntryRow, LogAddendumRow, AuditEntryRow
    stored = (text.salt, text.reason, text.text)
    own = (text.entry_id == entry.id) & text.addendum_id.is_(None)
    said = (
        (link.subject_kind == "log")
        & (link.subject == cast(entry.id, String))
        & (link.action == "log.written")
    )
    entries = (
        select(entry.id, entry.recorded_at, entry.text_hash, *stored, link.detail)
        .outerjoin(text, own)
        .outerjoin(link, said)
    )
    addenda = select(addendum.id, addendum.written_at, addendum.text_hash, *stored).outerjoin(
        text, text.addendum_id == addendum.id
    )
    with session.execute(entries.execution_options(yield_per=1000)) as rows:
        for row in rows:
            chained = None if row[6] is None else str(details.said(row[6]).get("text_hash", ""))
            yield f"log entry {row[0]}", row[1], row[2], row[3], row[4], row[5], chained
    with session.execute(addenda.execution_options(yield_per=1000)) as rows:
        for row in rows:
            yield f"addendum {row[0]}", row[1], row[2], row[3], row[4], row[5], None


def due_texts(cutoff: datetime, spared: Sequence[Select]) -> list[Select]:
    """Ids of the texts of entries, and of addenda, from before the cutoff; not of entries that `spared` names."""
    text = LogTextRow
    left = [text.entry_id.not_in(each) for each in spared]
    entries = (
        select(text.id)
        .join(LogEntryRow, LogEntryRow.id == text.entry_id)
        .where(text.addendum_id.is_(None), LogEntryRow.recorded_at < cutoff, *left)
    )
    addenda = (
        select(text.id)
        .join(LogAddendumRow, LogAddendumRow.id == text.addendum_id)
        .where(LogAddendumRow.written_at < cutoff, *left)
    )
    return [entries, addenda]


def due_pictures(cutoff: datetime, spared: Sequence[Select]) -> Select:
    """Paths of pictures whose every entry is covered (one picture may belong to several)."""
    entry, other = LogEntryRow, aliased(LogEntryRow)
    staying: list[ColumnElement[bool]] = [
        other.recorded_at >= cutoff,
        *(other.id.in_(each) for each in spared),
    ]
    still_needed = select(other.snapshot_path).where(other.snapshot_path != "", or_(*staying))
    return (
        select(entry.snapshot_path)
        .where(entry.snapshot_path != "", entry.recorded_at < cutoff)
        .where(entry.snapshot_path.not_in(still_needed))
        .distinct()
    )
