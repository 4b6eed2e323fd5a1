"""Finds the texts and files a purge covers: what the nouns declare as due, without what other nouns spare."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Select, delete, func, inspect, select
from sqlalchemy.orm import Session

from controlroom.audit.tables import AuditEntryRow, AuditTextRow, PurgedTextRow, PurgeRow
from controlroom.declaration import Noun, Nouns, PersonalText


def count(session: Session, nouns: Nouns, cutoff: datetime) -> Counter[str]:
    """How much there is to delete, by the names it is counted under; restricted records among it."""
    if _on_server(session):
        return _told(session, select(func.controlroom_purge_counts(cutoff).table_valued("name", "number")))
    numbers: Counter[str] = Counter()
    for text, due in texts(nouns, cutoff):
        numbers[text.name] += _count(session, due)
    for name, due in due_files(nouns, cutoff):
        numbers[name] += _count(session, due)
    return numbers


def names(nouns: Nouns) -> dict[str, str]:
    """What is counted → how that is said; texts first, in the order in which they go."""
    said = {each.name: each.words for noun in nouns for each in noun.texts}
    return {**said, **{each.name: each.words for noun in nouns for each in noun.files}}


def taken(session: Session, purge_id: int) -> Counter[str]:
    """How many texts are gone under a purge, by the names they are counted under: the database counts them."""
    row = PurgedTextRow
    query = select(row.text_table, func.max(row.number)).where(row.purge_id == purge_id)
    counted: Counter[str] = Counter()
    for name, number in session.execute(query.group_by(row.text_table)):
        counted[name] = number
    return counted


def texts(nouns: Nouns, cutoff: datetime) -> Iterator[tuple[PersonalText, Select]]:
    """What declares texts that may go, and a query for their primary keys, in the order in which they go."""
    for noun in nouns:
        for each in noun.texts:
            for keys in each.due(cutoff, _spared(nouns, noun, cutoff, each)):
                yield each, keys


def remove(session: Session, nouns: Nouns, purge_id: int, cutoff: datetime, most: int) -> Counter[str]:
    """Delete at most `most` texts of a running purge, of each kind no more than were shown; how many of each."""
    if _on_server(session):
        batch = func.controlroom_purge_batch(purge_id, most).table_valued("name", "number")
        return +_told(session, select(batch))
    counted = session.scalar(select(PurgeRow.counted).where(PurgeRow.id == purge_id)) or "{}"
    shown = Counter(json.loads(counted)) - taken(session, purge_id)
    removed: Counter[str] = Counter()
    for text, due in texts(nouns, cutoff):
        left = min(most - removed.total(), shown[text.name] - removed[text.name])
        keys = list(session.scalars(due.limit(left))) if left > 0 else []
        if keys:
            (primary,) = inspect(text.row).primary_key
            session.execute(delete(text.row).where(primary.in_(keys)))
            removed[text.name] += len(keys)
    return removed


def files(session: Session, nouns: Nouns, purge_id: int, cutoff: datetime) -> Iterator[tuple[str, str]]:
    """Name it is counted under, and path in the store of pictures, of every file that goes with a running purge."""
    if _on_server(session):
        found = select(func.controlroom_purge_files(purge_id).table_valued("name", "path"))
        yield from ((name, path) for name, path in session.execute(found))
        return
    for name, due in due_files(nouns, cutoff):
        yield from ((name, path) for path in session.scalars(due))


def due_files(nouns: Nouns, cutoff: datetime) -> Iterator[tuple[str, Select]]:
    """Name it is counted under, and a query for the paths of files that may go."""
    for noun in nouns:
        for each in noun.files:
            yield each.name, each.due(cutoff, _spared(nouns, noun, cutoff))


def _on_server(session: Session) -> bool:
    """True on PostgreSQL, where functions of the owner see what is hidden (`purge_functions.py`)."""
    return session.get_bind().dialect.name == "postgresql"


def _told(session: Session, query: Select) -> Counter[str]:
    numbers: Counter[str] = Counter()
    for name, number in session.execute(query):
        numbers[name] += number
    return numbers


def _spared(nouns: Nouns, noun: Noun, cutoff: datetime, text: PersonalText | None = None) -> list[Select]:
    """Queries for records of `noun` that others leave alone; the audit's texts are spared by what they are about."""
    spared = [each.keys(cutoff) for other in nouns for each in other.spares if each.kind == noun.kind]
    if text is None or text.row is not AuditTextRow:
        return spared
    entry = AuditEntryRow
    return spared + [
        select(entry.sequence).where(
            entry.subject_kind == other.kind, entry.subject.in_(other.under_way(cutoff))
        )
        for other in nouns
        if other.under_way is not None
    ]


def _count(session: Session, query: Select) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0
