"""Reads the rows of a sheet: finds its headings, then each row's cells, with every fault named by row and column."""

from collections.abc import Sequence
from typing import Any

from controlroom.cameras.register_file import fields
from controlroom.cameras.register_file.cells import (
    EMPTY,
    LONGEST_CELL,
    MOST_ROWS,
    Cell,
    Sheet,
    column_letters,
)
from controlroom.cameras.register_file.columns import BY_FIELD, NUMBER, FileColumn, count_known, recognise
from controlroom.cameras.register_file.records import Fault, ReadFile, ReadRow
from controlroom.cameras.rules import number_identity
from controlroom.errors import InvalidInput

HEADINGS_WITHIN = 30  # rows: titles and notes may stand above
FEWEST_HEADINGS = 2
_LOGIN = ("username", "password")


def heading_row(sheet: Sheet) -> int | None:
    """The index of the row with the headings: the first that names the number and one column more."""
    for index, row in enumerate(sheet.rows[:HEADINGS_WITHIN]):
        texts = [cell.text for cell in row]
        if count_known(texts) >= FEWEST_HEADINGS and any(
            each.field == NUMBER for each in _known(texts).values()
        ):
            return index
    return None


def read_rows(sheet: Sheet) -> ReadFile:
    """Read every row below the headings. Raises InvalidInput for a sheet without headings, or with too many rows."""
    at = heading_row(sheet)
    if at is None:
        raise InvalidInput(
            f"{sheet.source} has no row of headings.",
            "One column has to be headed Number, and at least one more as on the register: Name, Street, Address.",
            "Write headings above the list. `controlroom camera export --empty FILE` makes a sheet with all of them.",
        )
    headings = [cell.text for cell in sheet.rows[at]]
    columns = recognise(headings)
    below = sheet.rows[at + 1 :]
    if len(below) > MOST_ROWS:
        raise InvalidInput(
            f"{sheet.source} has more than {MOST_ROWS:,} rows.",
            remedy="Divide it, or delete what stands below the list.",
        )
    letter = next(column_letters(place) for place, column in columns.items() if column.field == NUMBER)
    rows = [_Row(line, row, columns).read() for line, row in enumerate(below, at + 2) if not _is_blank(row)]
    return ReadFile(
        sheet.source,
        with_twins(rows, letter),
        {column.field: column_letters(place) for place, column in columns.items()},
        _ignored(headings, columns, below),
        sheet.notes,
    )


def _known(texts: Sequence[str]) -> dict[int, FileColumn]:
    try:
        return recognise(texts)
    except InvalidInput:  # said when the rows are read
        return {0: BY_FIELD[NUMBER]}


def _is_blank(row: Sequence[Cell]) -> bool:
    return all(cell.blank for cell in row)


class _Row:
    """Reads one row cell by cell."""

    def __init__(self, line: int, cells: Sequence[Cell], columns: dict[int, FileColumn]) -> None:
        self._line, self._columns = line, columns
        self._cells = {
            column.field: cells[place] if place < len(cells) else EMPTY for place, column in columns.items()
        }
        self._letters = {column.field: column_letters(place) for place, column in columns.items()}
        self._given: dict[str, Any] = {}
        self._from: dict[str, str] = {}  # field -> the column that gave it
        self._faults: list[Fault] = []
        self._notes: list[str] = []

    def read(self) -> ReadRow:
        for column in self._columns.values():
            if not self._cells[column.field].blank:
                self._read_cell(column)
        number = self._given.get(NUMBER, "")
        if self._cells[NUMBER].blank:
            self._fault(NUMBER, "the number is missing.", "Every camera has one: 014, H03, RDC-04.")
        self._compare_coordinates()
        texts = {name: fields.shown(name, cell.text) for name, cell in self._cells.items() if not cell.blank}
        return ReadRow(
            self._line,
            number or texts.get(NUMBER, ""),
            self._given,
            tuple(self._faults),
            tuple(self._notes),
            texts,
        )

    def _read_cell(self, column: FileColumn) -> None:
        cell = self._cells[column.field]
        try:
            if len(cell.text) > LONGEST_CELL:
                raise InvalidInput("this is longer than any field.", remedy="Shorten it.")
            given, note = column.read(column.field, cell)
        except InvalidInput as error:
            self._fault(column.field, error.what, " ".join(filter(None, (error.meaning, error.remedy))))
            return
        for name, value in given.items():
            if name in self._from and self._given[name] != value:
                told = "the login in the stream addresses" if name in _LOGIN else f"the {name}"
                other = f"{self._letters[self._from[name]]}{self._line}"
                self._fault(column.field, f"{told} here is another than in {other}.", "Give it once.")
                return
            self._given[name], self._from[name] = value, column.field
        if note:
            self._notes.append(f"{self._letters[column.field]}{self._line}: {note}")

    def _compare_coordinates(self) -> None:
        """A pair that lies in Britain only the other way round was swapped."""
        north, east = self._given.get("latitude"), self._given.get("longitude")
        if north is None or east is None or _in_britain(north, east):
            return
        if _in_britain(east, north):
            remedy = f"Latitude is {east:g}, longitude {north:g}."
            self._fault("latitude", "latitude and longitude are swapped.", remedy)
        else:
            at = f"{self._letters['latitude']}{self._line}"
            self._notes.append(f"{at}: {north:g}, {east:g} lies outside Britain and Ireland.")

    def _fault(self, field: str, what: str, remedy: str = "") -> None:
        where = f"{self._letters[field]}{self._line}"
        value = fields.shown(field, self._cells[field].text.strip())
        self._faults.append(Fault(field, where, BY_FIELD[field].heading, value, what, remedy))


def _in_britain(north: float, east: float) -> bool:
    return 49 <= north <= 61.5 and -11 <= east <= 2.5


def with_twins(rows: Sequence[ReadRow], letter: str) -> list[ReadRow]:
    """Give a fault to each row whose number stands in another one too; `letter` is the column of the numbers."""
    same: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        if (identity := number_identity(row.number)) is not None:
            same.setdefault(identity, []).append(row.line)
    found = []
    for row in rows:
        lines = same.get(number_identity(row.number) or ("", ""), [])
        others = [f"{letter}{line}" for line in lines if line != row.line]
        if others:
            what = f"the number stands in {', '.join(others[:5])} too."
            fault = Fault(
                NUMBER,
                f"{letter}{row.line}",
                BY_FIELD[NUMBER].heading,
                row.texts.get(NUMBER, row.number),
                what,
                "Give each camera its own.",
            )
            row = ReadRow(row.line, row.number, row.given, (*row.faults, fault), row.notes, row.texts)
        found.append(row)
    return found


def _ignored(
    headings: Sequence[str], columns: dict[int, FileColumn], below: Sequence[Sequence[Cell]]
) -> tuple[str, ...]:
    """Columns nobody knows, by heading; those without one only where something stands in them."""
    filled = {place for row in below for place, cell in enumerate(row) if not cell.blank}
    found = []
    for place in sorted(set(range(len(headings))) | filled):
        heading = headings[place].strip() if place < len(headings) else ""
        if place not in columns and (heading or place in filled):
            found.append(f"{column_letters(place)} {heading or '(no heading)'}"[:60])
    return tuple(found)
