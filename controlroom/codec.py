"""Turns records (dataclasses, enums, moments) into plain JSON values and back, checked against their types.

One library does it for files and pipes alike (msgspec), so that no record has a codec of its own to forget a field in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
LARGEST_NUMBER = 2**63 - 1  # what a database column holds
_TOO_DEEP = "it is nested too deeply"


def to_plain(value: object) -> Any:
    """`value` as lists, dicts, text and numbers, as JSON takes them; moments as ISO 8601 text, bytes as base64."""
    return msgspec.to_builtins(value)


def from_plain(kind: type[T], value: object) -> T:
    """The record of type `kind` that `value` (from JSON) describes; fields it does not know are ignored.

    Raises ValueError naming the field where the value does not fit: one is missing, or of another type, a moment
    without its zone or out of bounds, a number that no column holds.
    """
    try:
        found = msgspec.convert(value, kind)
        _check_bounds(found)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    return found


def from_json(kind: type[T], text: bytes | str) -> T:
    """The record of type `kind` in JSON text. Raises ValueError as `from_plain` does, and for text that is no JSON."""
    try:
        found = msgspec.json.decode(text, type=kind)
        _check_bounds(found)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    return found


def _check_bounds(value: object) -> None:
    """Raise ValueError for a moment or a number with which nobody can reckon."""
    if isinstance(value, datetime):
        # The first and the last year are left out: there a moment cannot be told in another zone.
        if value.tzinfo is None or not MINYEAR < value.year < MAXYEAR:
            raise ValueError(f"{value} is no moment with its zone")
    elif isinstance(value, int):
        if abs(value) > LARGEST_NUMBER:
            raise ValueError("a number is too large")
    elif isinstance(value, str | bytes):
        return
    elif isinstance(value, Mapping):
        _check_each(value.values())
    elif isinstance(value, list | tuple | set | frozenset):
        _check_each(value)
    elif is_dataclass(value):
        _check_each(getattr(value, each.name) for each in fields(value))


def _check_each(values: Iterable[object]) -> None:
    for each in values:
        _check_bounds(each)
