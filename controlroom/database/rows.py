"""Reads rows: one by its key, a row as the record that pages see, and those of many that the program can read.

No row is written any more that says what no program can read (`readable_columns.py`); an old database may hold one.
Lists leave it out with a warning, so that it stops nobody; whoever asks for it alone is told; `db check` names it.
"""

import logging
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, get_type_hints

import msgspec
from sqlalchemy import inspect, select
from sqlalchemy.orm import Mapper, Session

from controlroom.database.column_rules import OfJson, OneOf, Rule, rule_of
from controlroom.errors import NotFound, Unavailable

log = logging.getLogger(__name__)
T = TypeVar("T")


def get_row(session: Session, row: type[T], key: int | None, words: str, *, lock: bool = False) -> T:
    """The row of that id, locked until the transaction ends where asked; raises NotFound, naming it by `words`."""
    query = select(row).filter_by(id=key or 0)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound(f"There is no such {words}.", remedy="Reload the page.")
    return check_readable(found)


def check_readable(row: T) -> T:
    """The row itself; raises Unavailable, naming what it says, for one that the program cannot read."""
    if said := unreadable(row):
        raise Unavailable(
            f"The record cannot be read: {said}.",
            "Somebody wrote that past the program.",
            "Have an administrator run: controlroom db check",
        )
    return row


def readable(rows: Iterable[T]) -> list[T]:
    """The rows without those that the program cannot read, which are logged."""
    found = []
    for row in rows:
        if said := unreadable(row):
            _tell(said)
        else:
            found.append(row)
    return found


def unreadable(row: object) -> str:
    """What the program cannot read in a row, in plain words; empty when it can read all of it."""
    state = inspect(row, raiseerr=True)
    said = [
        f"its {name} is {str(value)[:40]!r}"
        for name, rule in _rules(state.mapper)
        if not rule.allows(value := getattr(row, name))
    ]
    key = "/".join(str(each) for each in state.identity or ())
    return f"{state.mapper.local_table.name} {key}: {' and '.join(said)}" if said else ""


@cache  # once for each: lists are read again and again
def _tell(said: str) -> None:
    log.warning("a row is left out of lists, since the program cannot read it: %s", said)


@cache
def _rules(mapper: Mapper[Any]) -> tuple[tuple[str, Rule], ...]:
    """The columns that stop whoever reads another word there, by the name of their attribute.

    Where nothing at all may stand, another word reads as nothing.
    """
    found = ((each.key, rule_of(each.columns[0])) for each in mapper.column_attrs)
    return tuple(
        (name, rule)
        for name, rule in found
        if isinstance(rule, OfJson) or (isinstance(rule, OneOf) and "" not in rule.words)
    )


def to_record(kind: type[T], row: object, **given: Any) -> T:
    """A record of the dataclass `kind`: each field as `given`, else from the row's column of the same name.

    A state in text becomes the field's enumeration, a list of rows a tuple of records. Fields that are neither given
    nor a column keep their defaults.
    """
    values = {
        name: msgspec.convert(getattr(row, name), hint, from_attributes=True)
        for name, hint in _hints(kind).items()
        if name not in given and hasattr(row, name)
    }
    return kind(**values, **given)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}
