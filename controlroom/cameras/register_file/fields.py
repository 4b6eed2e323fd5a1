"""Reads one cell of a register file as the value of its field; raises InvalidInput, in plain words, for what it is not.

A reader returns what the cell gives: usually its own field, and with an address its port, with a stream its login.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from controlroom.cameras.devices import split_login
from controlroom.cameras.register_file.cells import Cell, Kind
from controlroom.cameras.rules import NUMBER
from controlroom.errors import InvalidInput
from controlroom.hosts import read_place
from controlroom.texts import LENGTHS, LINE, check, clean, harmless_cell

Given = dict[str, Any]
Reader = Callable[[str, Cell], tuple[Given, str]]
"""(field, cell) -> what the cell gives, and a remark on how it was read."""
MASK = "•••"
LONGEST_PASSWORD = 1_000
_ERROR = re.compile(r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|GETTING_DATA)|Err:[0-9]{3}")
_YES, _NO = (
    frozenset(("yes", "y", "true", "1", "ptz", "x", "moves")),
    frozenset(("no", "n", "false", "0", "fixed")),
)
_LINE_ENDS = re.compile("\\s*[\n-\r\x85\u2028\u2029]\\s*")


def unescaped(text: str) -> str:
    """A cell without the apostrophe that an export puts before what a spreadsheet would take for a formula."""
    rest = text[1:]
    return rest if text.startswith("'") and (rest.startswith("'") or harmless_cell(rest) == text) else text


def escaped(text: str) -> str:
    """A text as a cell that no spreadsheet runs, and that is read back as it was."""
    return f"'{text}" if text.startswith("'") else harmless_cell(text)


def refuse_error(cell: Cell) -> None:
    """Raise InvalidInput for a formula that failed."""
    if cell.kind is Kind.ERROR or _ERROR.fullmatch(cell.text.strip()):
        raise InvalidInput("the formula there failed.", remedy="Type its value instead.")


def line(field: str, cell: Cell) -> tuple[Given, str]:
    """A text of one line."""
    _refuse_date(cell)
    text = clean(_LINE_ENDS.sub(" ", unescaped(cell.text)), LENGTHS.get(field, LINE), field=field)
    return ({field: text} if text else {}), ""


def number(field: str, cell: Cell) -> tuple[Given, str]:
    """A camera's number, in capitals. What a spreadsheet holds as a number may have lost its leading zeros."""
    _refuse_date(cell)
    text = clean(unescaped(cell.text), LINE, field=field).upper()
    if not NUMBER.fullmatch(text):
        remedy = "Use figures, with letters before them if need be: 014, H03, RDC-04."
        raise InvalidInput("this is no camera number.", remedy=remedy)
    if cell.kind is Kind.NUMBER:
        said = f"The sheet holds the number {text}: had it zeros in front, they are lost. Format the column as text."
        return {field: text}, said
    return {field: text}, ""


def secret(field: str, cell: Cell) -> tuple[Given, str]:
    """A password, just as it stands there."""
    _refuse_date(cell)
    password = check(unescaped(cell.text), LONGEST_PASSWORD, field=field)
    said = "The sheet holds the password as a number: had it zeros in front, they are lost."
    return {field: password}, said if cell.kind is Kind.NUMBER else ""


def address(field: str, cell: Cell) -> tuple[Given, str]:
    """A host, with the port that may stand behind it."""
    _refuse_date(cell)
    text = clean(unescaped(cell.text), LENGTHS["host"], field=field)
    if re.match(r"rtsps?://", text, re.IGNORECASE):
        raise InvalidInput(
            "this is the address of a stream.",
            remedy="It belongs in the column Main stream; here stands the camera's host name or IP address.",
        )
    host, port = read_place(text, 0)
    return ({field: host, "port": port} if port else {field: host}), ""


def whole(low: int, high: int, unit: str = "") -> Reader:
    """Make the reader of a whole number from `low` to `high`."""

    def read(field: str, cell: Cell) -> tuple[Given, str]:
        _refuse_date(cell)
        text = cell.text.strip().casefold().removesuffix(unit).strip()
        if not re.fullmatch(r"[+-]?[0-9]{1,9}(\.0+)?", text):
            raise InvalidInput("this is no whole number.", remedy=f"Type one from {low} to {high}.")
        value = int(text.partition(".")[0])
        if not low <= value <= high:
            raise InvalidInput(f"{value} is out of range.", remedy=f"Use {low} to {high}.")
        return {field: value}, ""

    return read


def degrees(most: float) -> Reader:
    """Make the reader of a coordinate from -`most` to `most`."""

    def read(field: str, cell: Cell) -> tuple[Given, str]:
        _refuse_date(cell)
        text = unescaped(cell.text).strip().removesuffix("°").strip().replace("\N{MINUS SIGN}", "-")
        if re.fullmatch(r"[+-]?[0-9]{1,3},[0-9]+", text):
            raise InvalidInput(
                "a comma stands where the decimal point belongs.",
                remedy=f"Write {text.replace(',', '.')}.",
            )
        if not re.fullmatch(r"[+-]?[0-9]{1,3}(\.[0-9]*)?([eE]-[0-9]{1,2})?", text):
            raise InvalidInput(
                "this is no coordinate.", remedy="Write degrees with a point: 51.3762 or -0.0982."
            )
        value = float(text)
        if not -most <= value <= most:
            raise InvalidInput(
                f"there is no {field} {value:g}.", remedy=f"It lies from {-most:g} to {most:g}."
            )
        return {field: value}, ""

    return read


def one_of(words: type[StrEnum], synonyms: Mapping[str, StrEnum]) -> Reader:
    """Make the reader of one of some words; others are refused, the nearest offered."""
    known = {each.value.casefold(): each for each in words} | dict(synonyms)

    def read(field: str, cell: Cell) -> tuple[Given, str]:
        _refuse_date(cell)
        text = " ".join(unescaped(cell.text).casefold().split())
        if text in known:
            return {field: known[text]}, ""
        near = difflib.get_close_matches(text, known, n=1, cutoff=0.5)
        meant = f"Is “{known[near[0]].value}” meant? " if near else ""
        remedy = f"{meant}It is one of: {', '.join(each.value for each in words)}."
        raise InvalidInput(f"this is no {field.replace('_', ' ')}.", remedy=remedy)

    return read


def truth(field: str, cell: Cell) -> tuple[Given, str]:
    """Yes or no."""
    text = cell.text.strip().casefold()
    if text not in _YES | _NO:
        raise InvalidInput(
            "this is neither yes nor no.", remedy="Write yes for a camera that moves, else no."
        )
    return {field: text in _YES}, ""


def stream(field: str, cell: Cell) -> tuple[Given, str]:
    """A stream address; a login in it is taken out, and given to the fields where it is encrypted."""
    _refuse_date(cell)
    text = clean(unescaped(cell.text), 4 * LENGTHS[field], field=field)
    bare, user, password = split_login(text)
    clean(bare, LENGTHS[field], field=field)
    given: Given = {field: bare}
    if not user and not password:
        return given, ""
    given |= ({"username": user} if user else {}) | ({"password": password} if password else {})
    return given, "The login in the stream address is taken out of it: the password is stored encrypted."


def shown(field: str, text: str) -> str:
    """A cell as it may be shown: no password, and no login of an address."""
    if field == "password":
        return MASK if text else ""
    return re.sub(r"(://)[^/\s]*@", rf"\1{MASK}@", text)[:80]


def _refuse_date(cell: Cell) -> None:
    refuse_error(cell)
    if cell.kind in (Kind.DATE, Kind.TRUTH):
        raise InvalidInput(
            f"the spreadsheet holds a {cell.kind.value} there.",
            remedy="Format the column as text and type it again.",
        )
