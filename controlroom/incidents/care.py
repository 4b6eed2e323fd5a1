"""Checks for the nightly care that incidents' steps still hold the words entered; finds what a purge may delete.

A purge leaves alone what belongs to an incident that is open or was touched since.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from controlroom.accounts.tables import UserRow
from controlroom.incidents.tables import (
    IncidentEntryRow,
    IncidentRow,
    IncidentStepRow,
    ReaderRow,
    RestrictionRow,
)
from controlroom.log.care import TextLine, check_texts, not_findable
from controlroom.log.tables import LogTextRow


def check_words(session: Session, _folder: Path) -> tuple[list[str], str]:
    """The words of every step that has some."""
    faults, good = check_texts(session, _lines(session))
    return [*faults, *not_findable(_searched(session))], good


def _searched(session: Session) -> Iterator[tuple[str, str, Sequence[str]]]:
    text, step = LogTextRow, IncidentStepRow
    query = select(step.id, text.words, text.text, text.reason, step.agency, step.author).join(
        text, text.step_id == step.id
    )
    with session.execute(query.execution_options(yield_per=1000)) as rows:
        for number, words, *parts in rows:
            yield f"incident step {number}", words, parts


def check_restrictions(session: Session, _folder: Path) -> tuple[list[str], str]:
    """Every restricted incident is seen by whoever restricted it: so no one hides what happened from everybody."""
    setter = exists().where(
        ReaderRow.incident_id == IncidentRow.id,
        ReaderRow.user_id == UserRow.id,
        UserRow.handle == RestrictionRow.restricted_by,
    )
    query = select(IncidentRow.reference, RestrictionRow.restricted_by)
    rows = session.execute(
        query.join(RestrictionRow, RestrictionRow.incident_id == IncidentRow.id).where(~setter)
    )
    faults = [f"{reference} is restricted by {who}, who is not among its readers" for reference, who in rows]
    return faults, "each is seen by whoever restricted it"


def _lines(session: Session) -> Iterator[TextLine]:
    text, step = LogTextRow, IncidentStepRow
    query = (
        select(step.id, step.recorded_at, step.text_hash, text.salt, text.reason, text.text)
        .outerjoin(text, text.step_id == step.id)
        .where(or_(step.text_hash != "", text.id.is_not(None)))
    )
    with session.execute(query.execution_options(yield_per=1000)) as rows:
        for row in rows:
            yield f"incident step {row[0]}", row[1], row[2], row[3], row[4], row[5], None


def due_texts(cutoff: datetime, spared: Sequence[Select]) -> list[Select]:
    """Ids of the texts of steps from before the cutoff, of incidents that were approved and not touched since."""
    text, step = LogTextRow, IncidentStepRow
    query = (
        select(text.id)
        .join(step, step.id == text.step_id)
        .where(step.recorded_at < cutoff, step.incident_id.not_in(_under_way(cutoff)))
    )
    return [query.where(*(step.incident_id.not_in(each) for each in spared))]


def under_way(cutoff: datetime) -> Select:
    """References of incidents that are open, or were touched since the cutoff."""
    return select(IncidentRow.reference).where(IncidentRow.id.in_(_under_way(cutoff)))


def spared_entries(cutoff: datetime) -> Select:
    """Ids of the log entries of such incidents: their texts and pictures stay."""
    return select(IncidentEntryRow.entry_id).where(IncidentEntryRow.incident_id.in_(_under_way(cutoff)))


def _under_way(cutoff: datetime) -> Select:
    return select(IncidentRow.id).where(
        or_(IncidentRow.state != "approved", IncidentRow.changed_at >= cutoff)
    )
