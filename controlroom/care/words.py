"""Are the words of log entries, addenda and steps still those that were written, and does the audit chain say so too?

The chain holds the hash of the words in its entries' detail; the rows that speak hold it as well. Both must fit.
"""

import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Row, String, cast, select
from sqlalchemy.orm import Session

from controlroom.audit.purges import removed
from controlroom.audit.tables import AuditEntryRow
from controlroom.incidents.tables import IncidentStepRow, LogAddendumRow, LogEntryRow, LogTextRow
from controlroom.incidents.writing import hash_of


def missing_and_changed(session: Session) -> tuple[list[str], int, int]:
    """Faults in plain words, how many texts are there, and how many a purge took. In constant memory."""
    purged, faults = removed(session), []
    here = gone = 0
    for name, at, text_hash, salt, reason, text, chained in _rows(session):
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
    return faults, here, gone


def _rows(session: Session) -> Iterator[tuple[str, datetime, str, str | None, str, str, str | None]]:
    text = LogTextRow
    kept = (text.salt, text.reason, text.text)
    entry, addendum, step, link = LogEntryRow, LogAddendumRow, IncidentStepRow, AuditEntryRow
    own = (text.entry_id == entry.id) & text.addendum_id.is_(None)
    said: ColumnElement[bool] = (
        (link.subject_kind == "log")
        & (link.subject == cast(entry.id, String))
        & (link.action == "log.written")
    )
    entries = (
        select(entry.id, entry.recorded_at, entry.text_hash, *kept, link.detail)
        .outerjoin(text, own)
        .outerjoin(link, said)
    )
    addenda = select(addendum.id, addendum.written_at, addendum.text_hash, *kept).outerjoin(
        text, text.addendum_id == addendum.id
    )
    steps = (
        select(step.id, step.recorded_at, step.text_hash, *kept)
        .outerjoin(text, text.step_id == step.id)
        .where(step.text_hash != "")
    )
    for what, query in (("log entry", entries), ("addendum", addenda), ("incident step", steps)):
        with session.execute(query.execution_options(yield_per=1000)) as rows:
            for row in rows:
                yield f"{what} {row[0]}", *row[1:6], _chained(row)


def _chained(row: Row) -> str | None:
    """The hash the chain holds of a log entry's words; None where it is not looked up."""
    if len(row) < 7 or row[6] is None:
        return None
    return str(json.loads(row[6]).get("text_hash", ""))
