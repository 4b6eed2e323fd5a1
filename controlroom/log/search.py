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
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
# Named as one: CAD 1234, CAD no. 1234, CAD1234/30NOV26, cad: 1234 of 30 November 2026, CAD 1234/30/11/26
_CAD_NAMED = re.compile(
    r"\bcad\s*(?:(?:no|nr|number|ref|reference)\b\.?)?\s*[:#]?\s*0*(\d{1,6})(?!\d|[.:]\d)"
    rf"(?:\s*(?:[/-]|\bof\b(?:\sthe\b)?)?\s*(\d{{1,2}})(?:st|nd|rd|th)?\s*[/-]?\s*{_MONTH}(?:[\s/-]*\d{{2,4}})?\b"
    r"|\s*(?:/|\bof\b)\s*(\d{1,2})[/.-](\d{1,2})(?:[/.-]\d{2,4})?(?!\d))?"
)
_ANOTHER_DAY = re.compile(r"\s*[/-]\s*\d")  # behind the number: a day that cannot be read
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


def cad_in(text: str, on: date) -> str:
    """The first CAD reference in `text`, in normal form; empty when there is none.

    Written out it needs no name (`4417/12MAR`); after the word CAD a bare number is the job of day `on`.
    """
    said = plain(text)
    found = [(each.start(), _whole_cad(each)) for each in _CAD_IN_TEXT.finditer(said)]
    found += [(each.start(), _named_cad(each, on)) for each in _CAD_NAMED.finditer(said)]
    return next((cad for _, cad in sorted(found) if cad), "")


def _named_cad(match: re.Match[str], on: date) -> str:
    number, day, month, of_day, of_month = match.groups()
    if day:
        return _cad_of(int(number), int(day), month[:3].upper())
    if of_day:
        return _cad_of(
            int(number), int(of_day), MONTHS[int(of_month) - 1] if 1 <= int(of_month) <= 12 else ""
        )
    if _ANOTHER_DAY.match(match.string, match.end()):
        return ""
    return _cad_of(int(number), on.day, MONTHS[on.month - 1])


def _whole_cad(match: re.Match[str]) -> str:
    return _cad_of(int(match[1]), int(match[2]), match[3].upper())


def _cad_of(number: int, day: int, month: str) -> str:
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
