"""Defines what is read from a file of the register and how each of its rows compares with what stands there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True)
class Fault:
    """Why a cell cannot be taken. `column` is the field's key, `where` the cell as the sheet counts it: D17."""

    column: str
    where: str
    heading: str
    value: str
    what: str
    remedy: str = ""

    @property
    def words(self) -> str:
        """`D17 Owner “concil”: there is no such owner. Is “council” meant?`"""
        return f"{self.where} {self.told}".strip()

    @property
    def told(self) -> str:
        """The same without the cell, for a list that has it in a column of its own."""
        quoted = f"“{self.value}”"
        said = f" {quoted}" if self.value and not self.what.startswith(quoted) else ""
        return " ".join(part for part in (f"{self.heading}{said}: {self.what}", self.remedy) if part)


@dataclass(frozen=True)
class ReadRow:
    """One row as it was read: `given` holds its filled cells by field, as values; a password among them is never told.

    `texts` are the cells as they stand in the file, for showing them.
    """

    line: int
    number: str
    given: Mapping[str, Any] = field(default_factory=dict, repr=False)
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class ReadFile:
    """A file as it was read: `letters` are the columns of the known fields, `ignored` the headings nobody knows."""

    source: str
    rows: Sequence[ReadRow]
    letters: Mapping[str, str]
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class RowState(StrEnum):
    """What importing a row would do."""

    FAULTY = "fault"
    NEW = "new"
    DIFFERS = "differs"
    SAME = "same"


@dataclass(frozen=True)
class Change:
    """One fact that would change."""

    heading: str
    before: str
    after: str

    @property
    def words(self) -> str:
        return f"{self.heading}: {self.before or '—'} → {self.after or '—'}"


@dataclass(frozen=True)
class ComparedRow:
    """A row beside the camera it names: `camera_id` and `seen` (its version) are None for a new one."""

    line: int
    number: str
    name: str
    state: RowState
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict, repr=False)
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    camera_id: int | None = None
    seen: int | None = None

    @property
    def wanted(self) -> bool:
        """True when importing it changes the register."""
        return self.state in (RowState.NEW, RowState.DIFFERS)


@dataclass(frozen=True)
class Preview:
    """A file compared with the register: nothing of it is written yet.

    `unnamed` are the numbers of cameras that the file does not name; they stay as they are.
    """

    source: str
    rows: tuple[ComparedRow, ...]
    unnamed: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def count(self, state: RowState) -> int:
        return sum(each.state is state for each in self.rows)

    @property
    def faults(self) -> list[Fault]:
        return [fault for row in self.rows for fault in row.faults]


@dataclass(frozen=True)
class Imported:
    """What an import wrote."""

    added: int
    changed: int
