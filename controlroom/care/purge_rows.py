"""Finds the texts and files a purge covers: what the nouns declare as due, without what other nouns spare."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Select, delete, func, inspect, select
from sqlalchemy.orm import Session

from controlroom.audit.tables import AuditEntryRow, AuditTextRow
from controlroom.declaration import Noun, Nouns, PersonalText


def count(session: Session, nouns: Nouns, cutoff: datetime) -> dict[str, int]:
    """How much there is to delete, by the names it is counted under."""
    numbers = dict.fromkeys(names(nouns), 0)
    for text, due in texts(nouns, cutoff):
        numbers[text.name] += _count(session, due)
    for noun in nouns:
        for each in noun.files:
            numbers[each.name] += _count(session, each.due(cutoff, _spared(nouns, noun, cutoff)))
    return numbers


def names(nouns: Nouns) -> dict[str, str]:
    """What is counted → how that is said; texts first, in the order in which they go."""
    said = {each.name: each.words for noun in nouns for each in noun.texts}
    return {**said, **{each.name: each.words for noun in nouns for each in noun.files}}


def texts(nouns: Nouns, cutoff: datetime) -> Iterator[tuple[PersonalText, Select]]:
    """What declares texts that may go, and a query for their primary keys, in the order in which they go."""
    for noun in nouns:
        for each in noun.texts:
            for keys in each.due(cutoff, _spared(nouns, noun, cutoff, each)):
                yield each, keys


def remove(session: Session, nouns: Nouns, cutoff: datetime, most: int) -> dict[str, int]:
    """Delete at most `most` texts; how many of each kind."""
    removed: dict[str, int] = {}
    left = most
    for text, due in texts(nouns, cutoff):
        keys = list(session.scalars(due.limit(left))) if left else []
        if keys:
            (primary,) = inspect(text.row).primary_key
            session.execute(delete(text.row).where(primary.in_(keys)))
            removed[text.name] = removed.get(text.name, 0) + len(keys)
            left -= len(keys)
    return removed


def files(session: Session, nouns: Nouns, cutoff: datetime) -> Iterator[tuple[str, str]]:
    """Name it is counted under, and path in the store of pictures, of every file that may go."""
    for noun in nouns:
        for each in noun.files:
            for path in session.scalars(each.due(cutoff, _spared(nouns, noun, cutoff))):
                yield each.name, path


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
