"""Says which entries an administrator has looked into and confirmed as they stand, so that they stop nobody any more.

An entry that nobody can mend (one that no program can read, one that was changed in a file) would be a fault for good,
and no head of the chain would be signed again. A confirmation is an entry of its own, signed by its administrator over
all that the other one holds: its faults are notes from then on, and faults again once it is changed again.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Row
from sqlalchemy.orm import Session

from controlroom.audit.chain import LINK_COLUMNS, text_hash
from controlroom.database.unit_of_work import NOUNS

CONFIRMED = "audit.entry-confirmed"


@dataclass(frozen=True)
class Confirmation:
    """Who confirmed an entry, with which entry, and what it held then: its columns, and the text beside it."""

    who: str
    place: int
    contents: str
    text: str


def confirmation_facts(sequence: int, contents: str, text: str, by: str) -> tuple[object, ...]:
    """What an administrator signs who confirms an entry as it stands."""
    return "controlroom entry confirmation 1", sequence, contents, text, by


def contents_of(link: Row) -> str:
    """SHA-256 (hex) of all columns of an entry, whatever stands there."""
    columns = [str(link._mapping[name]) for name in (*LINK_COLUMNS, "hash")]
    return hashlib.sha256(json.dumps(columns).encode()).hexdigest()


def text_of(link: Row) -> str:
    """The hash of the text beside an entry as it stands; empty where there is none."""
    return text_hash(link.salt, link.text) if link.salt is not None else ""


class ConfirmedEntries:
    """Holds the confirmations of a room, which are read and checked at the first question."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def by(self, link: Row, *, without_text: bool = False) -> str:
        """By whom, and where, this entry was confirmed as it stands; empty where nobody did.

        A text that a purge took since makes no difference, unless it is asked whether it was gone then.
        """
        known = self._known.get(link.sequence)
        if known is None or known.contents != contents_of(link):
            return ""
        if known.text != text_of(link) and (without_text or link.salt is not None):
            return ""
        return f"confirmed by {known.who} in entry {known.place}"

    @cached_property
    def _known(self) -> Mapping[int, Confirmation]:
        found: dict[int, Confirmation] = {}
        for noun in self._session.info.get(NOUNS, ()):
            if noun.excuses is not None:
                found |= noun.excuses(self._session)
        return found
