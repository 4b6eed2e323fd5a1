"""Defines a sheet as it was read: its cells as text, with what kind of value the spreadsheet holds there."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_ROWS = 10_000  # below the headings
MOST_COLUMNS = 200
LONGEST_CELL = 4_000  # characters; what is longer is longer than any field


class Kind(StrEnum):
    """What a spreadsheet holds in a cell."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TRUTH = "yes or no"
    ERROR = "error"


@dataclass(frozen=True)
class Cell:
    """One cell: its value as text. A number without fraction has no point: 14."""

    text: str = ""
    kind: Kind = Kind.TEXT

    @property
    def blank(self) -> bool:
        return not self.text.strip()


EMPTY = Cell()


@dataclass(frozen=True)
class Sheet:
    """A table as it was read: `rows` begin with the sheet's first row, `notes` say what is odd about it."""

    source: str
    rows: Sequence[Sequence[Cell]]
    name: str = ""
    notes: tuple[str, ...] = ()


def number_cell(value: float) -> Cell:
    """A number as a cell."""
    whole = isinstance(value, int) or (value.is_integer() and abs(value) < 1e15)
    return Cell(str(int(value)) if whole else repr(value), Kind.NUMBER)


def column_letters(column: int) -> str:
    """What a spreadsheet calls a column counted from 0: A, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
