"""Reads rows: one by its key, and a row as the record that pages see."""

from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, get_type_hints

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.errors import NotFound

T = TypeVar("T")


def get_row(session: Session, row: type[T], key: int | None, words: str, *, lock: bool = False) -> T:
    """The row of that id, locked until the transaction ends where asked; raises NotFound, naming it by `words`."""
    query = select(row).filter_by(id=key or 0)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound(f"There is no such {words}.", remedy="Reload the page.")
    return found


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
