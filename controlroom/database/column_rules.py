"""Defines what a column may hold beyond its type: a word of a fixed set, a form, JSON of a shape, a rising counter.

A table says so beside the column, `mapped_column(String(16), info=one_of(UnitState))`; triggers on both engines hold
to it (`readable_columns.py`). A list that a room may edit (`resources/lists`) is no fixed set.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from controlroom.codec import from_json

SQLITE, SERVER = "sqlite", "postgresql"
MOST_BORN, WORN_OUT = (
    1_000_000,
    1_000_000_000,
)  # a counter begins below the first, and begins anew beyond the second
_HOLDS = "holds"


@dataclass(frozen=True)
class Rule:
    """What a column may hold. `refused` is SQL that is true of a value it may not."""

    def refused(self, value: str, dialect: str) -> str:
        raise NotImplementedError

    def allows(self, value: Any) -> bool:
        """False for a value that stops whoever reads it, as an old database may hold one."""
        del value
        return True

    def change_refused(self, new: str, old: str, dialect: str) -> str:
        """SQL that is true of a change it may not make: what stands there already may stay."""
        differs = "IS NOT" if dialect == SQLITE else "IS DISTINCT FROM"
        return f"({new} {differs} {old} AND {self.refused(new, dialect)})"


@dataclass(frozen=True)
class OneOf(Rule):
    """One word of a fixed set."""

    words: tuple[str, ...]

    def allows(self, value: Any) -> bool:
        return value in self.words

    def refused(self, value: str, dialect: str) -> str:
        return f"{value} NOT IN ({', '.join(_quoted(each) for each in self.words)})"


@dataclass(frozen=True)
class OfForm(Rule):
    """A text of one form: `pattern` is a regular expression of PostgreSQL, `sqlite` the same condition on `{0}`."""

    pattern: str
    sqlite: str

    def allows(self, value: Any) -> bool:
        return isinstance(value, str) and re.fullmatch(self.pattern, value) is not None

    def refused(self, value: str, dialect: str) -> str:
        if dialect == SQLITE:
            return f"NOT ({self.sqlite.format(value)})"
        return f"{value} !~ {_quoted(self.pattern)}"


@dataclass(frozen=True)
class OfJson(Rule):
    """JSON: a list of texts, whole numbers by name, or one plain value or a list of them. Shapes name their types."""

    shape: str
    optional: bool = False

    def allows(self, value: Any) -> bool:
        if self.optional and value == "":
            return True
        try:
            from_json(_KINDS[self.shape], value)
        except (TypeError, ValueError):
            return False
        return True

    def refused(self, value: str, dialect: str) -> str:
        refused, longest = _JSON[dialect][self.shape], _LONGEST_JSON[self.shape]
        said = f"(length({value}) > {longest} OR {_JSON_OF[dialect].format(value, refused.format(value))})"
        return f"({value} <> '' AND {said})" if self.optional else said


@dataclass(frozen=True)
class Counter(Rule):
    """A number that rises by one at a time; one that is worn out (an attack of old) may begin anew."""

    def refused(self, value: str, dialect: str) -> str:
        return f"{value} NOT BETWEEN 0 AND {MOST_BORN}"

    def change_refused(self, new: str, old: str, dialect: str) -> str:
        if dialect == SQLITE:
            worn = f"(typeof({old}) <> 'integer' OR {old} >= {WORN_OUT})"
            return f"(({new} - {old} NOT IN (0, 1) OR typeof({new}) <> 'integer') AND NOT ({new} = 1 AND {worn}))"
        return f"(CAST({new} AS bigint) - {old} NOT IN (0, 1) AND NOT ({new} = 1 AND {old} >= {WORN_OUT}))"


TEXTS, COUNTS, VALUE = "texts", "counts", "value"
_KINDS: dict[str, Any] = {
    TEXTS: list[str],
    COUNTS: dict[str, int],
    VALUE: str | int | float | bool | list[Any],
}
_LONGEST_JSON = {TEXTS: 10_000, COUNTS: 2_000, VALUE: 2_000}
# Whether JSON is of no shape, by its type. PostgreSQL itself refuses what is no JSON.
_JSON_OF = {
    SQLITE: "CASE WHEN json_valid({0}) THEN CASE json_type({0}) {1} END ELSE 1 END",
    SERVER: "CASE jsonb_typeof(CAST({0} AS jsonb)) {1} END",
}
_JSON = {
    SQLITE: {
        TEXTS: "WHEN 'array' THEN EXISTS (SELECT 1 FROM json_each({0}) WHERE type <> 'text') ELSE 1",
        COUNTS: "WHEN 'object' THEN EXISTS (SELECT 1 FROM json_each({0}) "
        "WHERE type <> 'integer' OR value NOT BETWEEN 0 AND 999999999999999) ELSE 1",
        VALUE: "WHEN 'array' THEN EXISTS (SELECT 1 FROM json_each({0}) WHERE type IN ('null', 'array', 'object')) "
        "WHEN 'object' THEN 1 WHEN 'null' THEN 1 ELSE 0",
    },
    SERVER: {
        TEXTS: "WHEN 'array' THEN EXISTS (SELECT 1 FROM jsonb_array_elements(CAST({0} AS jsonb)) AS one(item) "
        "WHERE jsonb_typeof(item) <> 'string') ELSE true",
        COUNTS: "WHEN 'object' THEN EXISTS (SELECT 1 FROM jsonb_each(CAST({0} AS jsonb)) AS one(name, item) "
        "WHERE CAST(item AS text) !~ '^[0-9]{{1,15}}$') ELSE true",
        VALUE: "WHEN 'array' THEN EXISTS (SELECT 1 FROM jsonb_array_elements(CAST({0} AS jsonb)) AS one(item) "
        "WHERE jsonb_typeof(item) IN ('null', 'array', 'object')) WHEN 'object' THEN true WHEN 'null' THEN true "
        "ELSE false",
    },
}


def one_of(words: Iterable[str], *, optional: bool = False) -> dict[Any, Any]:
    """A column that holds one of these words, mostly an enumeration; nothing (`""`) among them where `optional`."""
    return {_HOLDS: OneOf((*map(str, words), *([""] if optional else [])))}


def of_form(pattern: str, sqlite: str) -> dict[Any, Any]:
    """A column that holds a text of this form, said for each engine."""
    return {_HOLDS: OfForm(pattern, sqlite)}


def json_of(shape: str, *, optional: bool = False) -> dict[Any, Any]:
    """A column that holds JSON of this shape (TEXTS, COUNTS, VALUE), or nothing (`""`) where `optional`."""
    return {_HOLDS: OfJson(shape, optional)}


COUNTER: dict[Any, Any] = {_HOLDS: Counter()}


def rule_of(column: Any) -> Rule | None:
    """What this column may hold beyond its type, if anything."""
    return column.info.get(_HOLDS)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
