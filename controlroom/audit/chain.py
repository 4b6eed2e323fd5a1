"""Makes the hash of each link in the chain of audit entries, and walks the chain link by link."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from controlroom.audit import details
from controlroom.audit.tables import AuditEntryRow, AuditHeadRow, AuditTextRow
from controlroom.database import dated_columns

AT_ONCE = 2000  # rows fetched together
_SAID = ("actor", "action", "subject_kind", "subject", "detail")
LINK_COLUMNS = ("sequence", "at", *_SAID, "text_hash", "previous_hash")
"""What a link's hash is made over, in this order."""
_TEXTUAL = (*_SAID, "text_hash", "previous_hash")
_TABLE, _TEXTS = AuditEntryRow.__table__, AuditTextRow.__table__
FIRST_HASH = "0" * 64
HEAD_ID = 1  # of the only row of heads


def text_hash(salt: object, text: object) -> str:
    """SHA-256 (hex) of personal text, empty for none; the salt prevents guessing a purged name from it."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest() if text else ""


def link_hash(**columns: Any) -> str:
    """SHA-256 (hex) over all of a link's columns (`LINK_COLUMNS`), the previous link's hash among them."""
    columns["at"] = columns["at"].astimezone(UTC).isoformat(timespec="microseconds")
    fields = [columns[name] for name in LINK_COLUMNS]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def head_of(session: Session) -> tuple[int, str]:
    """Number and hash of the newest link, as the head row says; 0 and the first hash of an empty chain."""
    head = select(AuditHeadRow.sequence, AuditHeadRow.hash).where(AuditHeadRow.id == HEAD_ID)
    row = session.execute(head).one_or_none()
    return (row.sequence, row.hash) if row else (0, FIRST_HASH)


@contextmanager
def links(session: Session, after: int = 0) -> Iterator[Iterable[Row]]:
    """Every link behind number `after`, in order, each with its text's `salt` and `text` (None: it has none)."""
    query = (
        select(*(_TABLE.c[name] for name in LINK_COLUMNS), _TABLE.c.hash, _TEXTS.c.salt, _TEXTS.c.text)
        .select_from(_TABLE.outerjoin(_TEXTS, _TEXTS.c.sequence == _TABLE.c.sequence))
        .where(_TABLE.c.sequence > after)
        .order_by(_TABLE.c.sequence)
    )
    with session.execute(query.execution_options(yield_per=AT_ONCE)) as result:
        yield result


def _strange(link: Row) -> str:
    """What the program never writes, empty for an entry that may be its own."""
    if not dated_columns.is_within(link.at):
        return f"its moment is before {dated_columns.FIRST_YEAR} or after {dated_columns.END_YEAR - 1}"
    if not all(isinstance(link._mapping[name], str) for name in _TEXTUAL):
        return "it holds what is no text"
    return "what it says is no JSON object" if details.is_malformed(link.detail) else ""


class Walker:
    """Follows the chain: `step` says what is wrong with a link, then goes on from it."""

    def __init__(self, sequence: int = 0, hash_: str = FIRST_HASH) -> None:
        self.sequence, self.hash = sequence, hash_
        self.steps = 0

    def step(self, link: Row) -> Iterator[str]:
        """The faults of the next link, in plain words."""
        self.steps += 1
        expected = self.sequence + 1
        if link.sequence == expected + 1:
            yield f"entry {expected} is missing: {link.sequence} follows {self.sequence}"
        elif link.sequence != expected:
            yield f"entries {expected} to {link.sequence - 1} are missing: {link.sequence} follows {self.sequence}"
        elif link.previous_hash != self.hash:
            yield f"entry {link.sequence} does not follow the entry before it: one of the two was put in or exchanged"
        if strange := _strange(link):
            yield f"entry {link.sequence} was written past the program: {strange}"
        elif link.hash != link_hash(**{name: link._mapping[name] for name in LINK_COLUMNS}):
            yield f"entry {link.sequence} was changed after it was written"
        if link.salt is not None and text_hash(link.salt, link.text) != link.text_hash:
            yield f"the text of entry {link.sequence} was changed after it was written"
        self.sequence, self.hash = link.sequence, link.hash
