"""Turns records (dataclasses, enums, moments) into plain JSON values and back, checked against their types.

One library does it for files and pipes alike (msgspec), so that no record has a codec of its own to forget a field in.
"""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def to_plain(value: object) -> Any:
    """`value` as lists, dicts, text and numbers, as JSON takes them; moments as ISO 8601 text, bytes as base64."""
    return msgspec.to_builtins(value)


def from_plain(kind: type[T], value: object) -> T:
    """The record of type `kind` that `value` (from JSON) describes; fields it does not know are ignored.

    Raises ValueError naming the field where the value does not fit: one is missing, or of another type.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
