"""Makes the digest of a row: the same on both engines, and whether it was just written or is read back.

Which tables have digests, and of which columns, the nouns declare (`declaration.Table`). Moments enter in UTC with
microseconds, days as ISO dates, and NULL is not the empty text. A column that holds what it was given by default in
the rows that were there before it came (`server_default`, else NULL) is left out, so that a migration that adds one
leaves the digests of earlier rows as they are.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import DefaultClause

from controlroom.database.tables import UtcDateTime
from controlroom.declaration import Nouns, Table, all_tables

GONE = ""  # the digest of a row that was removed
_MARK = 4  # hex digits that stand for one column: they say which one differs, the digest proves that one does
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True)
_text_in_json = json.encoder.encode_basestring
_DIGITS = 12  # of a number in a key: keys sort as text in the order of the table's primary key


@dataclass(frozen=True)
class RowDigest:
    """The digest of one row, under its table and key. `marks`: a few hex digits for each column, to name a change."""

    table_name: str
    row_key: str
    digest: str
    marks: str


class DigestedTable:
    """A table whose rows have digests."""

    def __init__(self, declared: Table) -> None:
        self.declared = declared
        self.table: sa.Table = declared.row.__table__
        self.name = declared.name
        self._columns = [_Column(each) for each in self.table.c if each.name not in declared.undigested]

    @cached_property
    def attributes(self) -> dict[str, str]:
        """Every column that enters the digest or the key → the attribute of a mapped row that holds it."""
        mapper = sa.inspect(self.declared.row)
        columns = dict.fromkeys([*self.key_columns, *self.columns])
        return {each.name: mapper.get_property_by_column(each).key for each in columns}

    @property
    def columns(self) -> list[sa.Column]:
        """The columns that enter the digest."""
        return [each.column for each in self._columns]

    @property
    def key_columns(self) -> list[sa.Column]:
        """The columns of the primary key."""
        return list(self.table.primary_key.columns)

    def key(self, values: Mapping[str, Any]) -> str:
        """The row's key as text: `000000000412`, `000000000003/supervisor`."""
        return "/".join(key_part(values[each.name]) for each in self.key_columns)

    def digest(self, values: Mapping[str, Any]) -> str:
        """The digest (SHA-256, hex) of a row with these values by column name."""
        return self._digest(values, self._plain(values))

    def of(self, values: Mapping[str, Any]) -> RowDigest:
        """Digest and marks of a row with these values by column name."""
        plain = self._plain(values)
        return RowDigest(
            self.name, self.key(values), self._digest(values, plain), "".join(self._marks(plain))
        )

    def gone(self, key: str) -> RowDigest:
        """What stands for a row that was removed."""
        return RowDigest(self.name, key, GONE, "")

    def changed(self, values: Mapping[str, Any], marks: str) -> list[str]:
        """The columns that differ from those of the row whose marks these are; none when the marks cannot tell."""
        now = self._marks(self._plain(values))
        if len(marks) != len(now) * _MARK:
            return []  # the table has other columns by now
        then = [marks[start : start + _MARK] for start in range(0, len(marks), _MARK)]
        return [each.name for each, one, other in zip(self._columns, now, then, strict=True) if one != other]

    def _plain(self, values: Mapping[str, Any]) -> list[object]:
        return [each.plain(values[each.name]) for each in self._columns]

    def _digest(self, values: Mapping[str, Any], plain: Sequence[object]) -> str:
        pairs = zip(self._columns, plain, strict=True)
        said = {each.name: value for each, value in pairs if value != each.default}
        content = _ENCODER.encode([self.name, self.key(values), said])
        return hashlib.sha256(content.encode()).hexdigest()

    def _marks(self, plain: Sequence[object]) -> list[str]:
        return [each.mark(value) for each, value in zip(self._columns, plain, strict=True)]


def digested_tables(nouns: Nouns) -> dict[str, DigestedTable]:
    """Every table whose rows have digests, by name."""
    return {each.name: DigestedTable(each) for each in all_tables(nouns) if each.digested}


def list_digest(rows: Iterable[RowDigest]) -> str:
    """One digest (SHA-256, hex) over a list of them, in its order."""
    whole = hashlib.sha256()
    for each in rows:
        whole.update(json.dumps([each.table_name, each.row_key, each.digest, each.marks]).encode() + b"\n")
    return whole.hexdigest()


class _Column:
    """How one column enters the digest."""

    def __init__(self, column: sa.Column) -> None:
        self.column, self.name = column, column.name
        self.plain = _plain_of(column)
        self.default = self._default()
        self._begin = f"[{_text_in_json(column.name)}, "
        self._mark_of_none = self._mark("null")

    def mark(self, value: object) -> str:
        """A few hex digits for a plain value of this column."""
        if value is None:
            return self._mark_of_none
        return self._mark(_text_in_json(value) if isinstance(value, str) else _ENCODER.encode(value))

    def _mark(self, value_in_json: str) -> str:
        return hashlib.sha256(f"{self._begin}{value_in_json}]".encode()).hexdigest()[:_MARK]

    def _default(self) -> object:
        clause = self.column.server_default
        if not isinstance(clause, DefaultClause):
            return None
        text = clause.arg if isinstance(clause.arg, str) else str(getattr(clause.arg, "text", clause.arg))
        kind = self.column.type
        if isinstance(kind, sa.Boolean):
            return text.lower() in ("1", "true")
        if isinstance(kind, sa.Integer):
            return int(text)
        return float(text) if isinstance(kind, sa.Float) else text.strip("'")


def _plain_of(column: sa.Column) -> Callable[[Any], object]:
    kind = column.type
    if isinstance(kind, sa.TypeDecorator) and not isinstance(kind, UtcDateTime):
        kind = kind.impl_instance
    for types, plain in _PLAIN:
        if isinstance(kind, types):
            return plain
    raise TypeError(f"no digest is made of a column of type {kind!r}: {column}")


def _moment(value: Any) -> object:
    return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")


def _day(value: Any) -> object:
    return None if value is None else date(value.year, value.month, value.day).isoformat()


def _number(value: Any) -> object:
    # SQLite stores any text in a column of numbers: somebody's, which then has a digest of its own.
    return int(value) if isinstance(value, int) else _text(value)


def _real(value: Any) -> object:
    return float(value) if isinstance(value, int | float) else _text(value)


def _text(value: Any) -> object:
    return None if value is None else str.__str__(value) if isinstance(value, str) else str(value)


def _truth(value: Any) -> object:
    return bool(value) if value in (0, 1) else _text(value)


_PLAIN: tuple[tuple[Any, Callable[[Any], object]], ...] = (
    (UtcDateTime, _moment),
    (sa.Date, _day),
    (sa.Boolean, _truth),
    (sa.Integer, _number),
    (sa.Float, _real),
    (sa.String, _text),
)


def key_part(value: Any) -> str:
    """One column of a key as text."""
    return f"{value:0{_DIGITS}d}" if isinstance(value, int) else str(value)
