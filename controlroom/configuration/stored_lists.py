"""Reads the room's lists as the database has them, and says of which no word is left that may be chosen.

Every service keeps one word of a list in use. Whoever writes rows by hand may retire them all: the room then goes on
with the words that its files have, and the check of the database names the list.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.configuration.lists import LISTS, Lines, ListLine, ListSpec, in_use
from controlroom.configuration.tables import ListRow
from controlroom.folding import fold


def stored(session: Session, spec: ListSpec) -> tuple[Lines | None, int]:
    """A list as the database has it, None where nobody changed it yet; and its newest change."""
    query = select(ListRow).where(ListRow.list_name == spec.name).order_by(ListRow.id)
    rows = session.scalars(query).all()
    return (in_force(rows), rows[-1].id) if rows else (None, 0)


def in_force(rows: Sequence[ListRow]) -> Lines:
    """The lines that a list's rows, in the order they were written, leave in force."""
    newest = {row.word: row for row in rows}
    ordered = sorted(newest.values(), key=lambda row: (row.place, row.id))
    return tuple(
        ListLine(row.word, tuple(each for each in row.others.split(", ") if each), row.marked, row.retired)
        for row in ordered
    )


def usable(lines: Lines | None, shipped: Lines) -> Lines:
    """The list to go on with: where no word of it may be chosen the shipped ones, before those that were retired."""
    if not lines:
        return shipped
    if in_use(lines):
        return lines
    known = {fold(each.word) for each in shipped}
    return (*shipped, *(each for each in lines if fold(each.word) not in known))


def emptied(lists: Mapping[str, Lines | None]) -> Iterator[str]:
    """The titles of the lists whose words are all retired."""
    for name, lines in lists.items():
        if name in LISTS and lines and not in_use(lines):
            yield LISTS[name].title


def check_lists(session: Session, _: Path) -> tuple[list[str], str]:
    """Name the lists without a word that may be chosen, for `controlroom db check`."""
    found = emptied({spec.name: stored(session, spec)[0] for spec in LISTS.values()})
    faults = [
        f"all words of “{title}” are retired, past the program; the files' words are used" for title in found
    ]
    return faults, f"{len(LISTS)} lists have words to choose"
