"""Reads what people type: brings CAD and crime references to one normal form, takes searches apart. Pure."""

import re
from dataclasses import dataclass, field
from datetime import date

from controlroom.errors import InvalidInput
from controlroom.folding import asked_words, plain

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# 4417/12MAR, 4417 12 mar, CAD 4417/12MAR26
_CAD = re.compile(
    r"(?:CAD\s*)?0*(\d{1,6})\s*[/ -]\s*(\d{1,2})[\s/-]*([A-Z]{3})[A-Z]*\.?[\s/-]*(?:\d{4}|\d{2})?"
)
_CAD_NUMBER = re.compile(r"(?:CAD\s*)?0*(\d{1,6})")
_CAD_IN_TEXT = re.compile(r"(?<![\w/])0*(\d{1,6})/(\d{1,2})([a-z]{3})(?![a-z])")
_REFERENCE = re.compile(r"inc-(?:(\d{4})-)?0*(\d{1,6})")  # INC-2026-00412, inc-412
LONGEST_CRIME_REFERENCE = 32


@dataclass(frozen=True)
class Search:
    """A search taken apart; all parts must hold. `references` are LIKE patterns, with % for any year.

    `words` are folded (`folding.asked_words`); `whole` is what they were typed as, in capitals and without spaces, as
    a crime reference is stored.
    """

    words: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    cads: tuple[str, ...] = ()
    whole: str = field(default="", compare=False)


def normal_cad(typed: str, on: date) -> str:
    """A CAD reference as `4417/12MAR`; a bare number means the job of day `on`. Raises InvalidInput."""
    text = plain(typed).upper()
    if not text:
        return ""
    if match := _CAD.fullmatch(text):
        if cad := _whole_cad(match):
            return cad
    elif (match := _CAD_NUMBER.fullmatch(text)) and int(match[1]):
        return f"{int(match[1])}/{on.day:02d}{MONTHS[on.month - 1]}"
    raise InvalidInput(
        f"'{typed.strip()}' is not a CAD reference.",
        remedy="Write the number and the day: 4417/12MAR.",
        field="cad",
    )


def cad_in(text: str) -> str:
    """The first CAD reference written out in `text` (`4417/12MAR`), in normal form; empty when there is none."""
    for match in _CAD_IN_TEXT.finditer(plain(text)):
        if cad := _whole_cad(match):
            return cad
    return ""


def _whole_cad(match: re.Match[str]) -> str:
    number, day, month = int(match[1]), int(match[2]), match[3].upper()
    sound = number and month in MONTHS and 1 <= day <= _DAYS[MONTHS.index(month)]
    return f"{number}/{day:02d}{month}" if sound else ""


def normal_crime_reference(typed: str) -> str:
    """A crime reference in capitals without spaces. Raises InvalidInput when it cannot be one."""
    text = "".join(plain(typed).upper().split())
    if text and (
        len(text) > LONGEST_CRIME_REFERENCE or not re.fullmatch(r"[A-Z0-9/.-]*\d[A-Z0-9/.-]*", text)
    ):
        raise InvalidInput(
            f"'{typed.strip()}' is not a crime reference.",
            remedy="Use figures, letters and strokes: 0123456/26.",
            field="crime_reference",
        )
    return text


def take_apart(typed: str) -> Search:
    """What someone searches for: references and CADs by their normal form, the rest as words."""
    text = plain(typed)
    cads: list[str] = []
    references: list[str] = []

    def cad(match: re.Match[str]) -> str:
        if not (whole := _whole_cad(match)):
            return match[0]
        cads.append(whole)
        return " "

    text = _CAD_IN_TEXT.sub(cad, text)
    words: list[str] = []
    for word in text.split():
        if match := _REFERENCE.fullmatch(word):
            references.append(f"INC-{match[1] or '%'}-{int(match[2]):05d}")
        elif word != "cad":
            words.append(word)
    whole = "".join(words).upper()
    return Search(asked_words(" ".join(words)), tuple(references), tuple(cads), whole)


def like(word: str) -> str:
    r"""A LIKE pattern that finds `word` anywhere; use with ESCAPE '\'."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
