"""Cleans and bounds every text that comes in: what people type or paste, arguments of commands, files read in.

A service takes its texts through `@takes_texts`: each of its public methods gets them clean, or raises InvalidInput
that names the field. **Refused** are halves of characters (lone surrogates), NUL and other control characters, and
what is longer than fits: whoever sent them did not mean what would be stored. **Taken out unseen** is what a paste
brings along without anybody having typed it: byte order marks, zero-width blanks, soft hyphens, and the marks that
turn the direction of writing, so that a text reads as it is stored. Line ends become one kind, letters one form (NFC),
blanks at both ends go. Tabs and line ends stay. The database refuses the same once more: `database/limits.py`.
"""

import dataclasses
import inspect
import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache, wraps
from typing import Annotated, Any, TypeVar, cast, get_type_hints

from controlroom.errors import InvalidInput

PROSE = 10_000  # characters of a reason, a note, a paper: some four pages
MINUTES = 60_000  # of a meeting's minutes
LINE = 255  # of a field of one line, unless it is named here
FEWEST_LETTERS = 3  # or digits, of what is said in words
IN_A_FEW_WORDS = "Say it in a few words."
LENGTHS = {
    "place": 120,
    "ward": 80,
    "street": 120,
    "area": 80,
    "name": 120,
    "contact": 80,
    "make": 80,
    "model": 80,
    "sim": 32,
    "host": 255,
    "username": 64,
    "main_stream": 500,
    "sub_stream": 500,
    "column": 40,
    "reference": 40,  # under which a DPIA is filed
    "what": LINE,  # is wrong with a unit
    "why": LINE,
    "login": 48,
    "handle": 48,
    "signed_off_by": 64,
    "crime_reference": 32,
    "minutes": MINUTES,
}
"""How long the answer to a question of that name may be: forms say so at once, the database holds to it."""
MOST_PARTS = 500  # texts in one list
_FACTOR = 4  # a text so many times too long is not even looked through

_UNSTORABLE = re.compile("[\ud800-\udfff\x00]")
_REFUSED = re.compile("[\ud800-\udfff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SEEN_AS_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180e\u200c\u200d\u2800\u3164\uffa0]")


@dataclasses.dataclass(frozen=True)
class Longest:
    """Says of a text how many characters it may have; one taken `as_typed` is checked, never changed."""

    characters: int
    as_typed: bool = False


_BEFORE_A_FORMULA = re.compile(rf"(?:\s|{_REFUSED.pattern}|{_UNSEEN.pattern}|{_SEEN_AS_BLANK.pattern})+")
_FORMULA_STARTS = frozenset("=+-@")  # and full-width and small ones, which Excel takes for them

_JUDGES = "__judges_texts__"

M = TypeVar("M", bound=Callable[..., Any])
R = TypeVar("R")
T = TypeVar("T")

Minutes = Annotated[str, Longest(MINUTES)]
Line = Annotated[str, Longest(LINE)]
AsTyped = Annotated[str, Longest(1_000, as_typed=True)]
"""A password, or a name that is judged letter by letter (`accounts/names.py`)."""
_USUAL = Longest(PROSE)
_OURS = frozenset({"self", "actor", "seen"})  # arguments that hold records of the program's own


def clean(text: str, longest: int = PROSE, *, field: str = "") -> str:
    """The text as it is stored. Raises InvalidInput, naming `field`, for what cannot be stored or is too long."""
    if len(text) > _FACTOR * longest:
        raise _too_long(text, longest, field)
    _refuse_unstorable(text, field)
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > longest:
        raise _too_long(text, longest, field)
    return text


def check(text: str, longest: int = PROSE, *, field: str = "") -> str:
    """The text just as it is, for what must not be changed. Raises InvalidInput as `clean` does."""
    if len(text) > longest:
        raise _too_long(text, longest, field)
    _refuse_unstorable(text, field)
    return text


def clean_record(record: R) -> R:
    """A record with every text in it clean; the same object when nothing had to be changed."""
    longest, changed = _longest_of(type(record)), {}
    for each in dataclasses.fields(cast(Any, record)):
        before = getattr(record, each.name)
        after = _cleaned(before, each.name, longest.get(each.name, _USUAL))
        if after is not before and after != before:
            changed[each.name] = after
    return dataclasses.replace(cast(Any, record), **changed) if changed else record


def is_storable(text: str) -> bool:
    """True unless the text holds what no database takes: NUL, or half of a character."""
    return _UNSTORABLE.search(text) is None


def as_seen(text: str) -> str:
    """The text as a person reads it: full-width letters as usual ones, no invisible characters, single blanks."""
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
    return " ".join(_SEEN_AS_BLANK.sub(" ", text).split())


def is_blank(text: str) -> bool:
    """True when a person sees nothing there."""
    return not as_seen(text)


def says_something(text: str) -> bool:
    """True for a reason, a note or a sign-off with at least three letters or digits, as a person sees them.

    "x", "ok" and "—" say nothing. Whatever a rule requires in words is asked here; names, numbers and references are
    not: they may be shorter.
    """
    return sum(each.isalnum() for each in as_seen(text)) >= FEWEST_LETTERS


def required(
    text: str, missing: str, remedy: str = IN_A_FEW_WORDS, *, longest: int = PROSE, field: str = ""
) -> str:
    """The reason or note as it is stored. Raises InvalidInput, saying what is `missing`, for one that says nothing."""
    cleaned = clean(text, longest, field=field)
    if not says_something(cleaned):
        raise InvalidInput(missing, remedy=remedy, field=field)
    return cleaned


def harmless_cell(text: str) -> str:
    """The text as a cell of a table that no spreadsheet takes for a formula, whatever unseen stands before it."""
    text = _UNSTORABLE.sub("", text)
    before = found[0] if (found := _BEFORE_A_FORMULA.match(text)) else ""
    first = unicodedata.normalize("NFKC", text[len(before) :][:1])
    return f"'{text}" if first in _FORMULA_STARTS or {"\t", "\r"} & set(before) else text


def too_long(length: int, longest: int) -> str:
    """How a field says that its text is too long."""
    return f"Too long: {length:,} of {longest:,} characters."


def _refuse_unstorable(text: str, field: str) -> None:
    if (found := _REFUSED.search(text)) is not None:
        raise InvalidInput(
            f"Character {found.start() + 1:,} of this text cannot be stored (U+{ord(found[0]):04X}).",
            "Nothing was saved.",
            "Delete what stands there, or type it instead of pasting it.",
            field=field,
        )


def _too_long(text: str, longest: int, field: str) -> InvalidInput:
    return InvalidInput(
        too_long(len(text), longest),
        "Nothing was saved, and nothing was cut off.",
        "Shorten it, or divide it.",
        field=field,
    )


def judges_texts(method: M) -> M:
    """Leave a method of such a service its texts as they were given: it answers alike whatever they are."""
    setattr(method, _JUDGES, True)
    return method


def takes_texts(service: type[T]) -> type[T]:
    """Let every public method of a service take its texts clean, whether they are given alone or within a record."""
    for name, method in list(vars(service).items()):
        if not name.startswith("_") and inspect.isfunction(method) and not hasattr(method, _JUDGES):
            setattr(service, name, _taking(method))
    service.__takes_texts__ = True  # type: ignore[attr-defined]
    return service


def _taking(method: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(method)

    @wraps(method)
    def taking(*given: Any, **named: Any) -> Any:
        bound = signature.bind(*given, **named)
        longest = _longest_of(method)
        for name, value in bound.arguments.items():
            if name not in _OURS:
                bound.arguments[name] = _cleaned(value, name, longest.get(name, _USUAL))
        return method(*bound.args, **bound.kwargs)

    return taking


def _cleaned(value: Any, field: str, longest: Longest) -> Any:
    """The value with every text in it clean; the same object when nothing had to be changed."""
    if isinstance(value, str):
        return _text(value, field, longest)
    if isinstance(value, tuple | list | set | frozenset | Mapping) and len(value) > MOST_PARTS:
        raise InvalidInput(f"Too many at once: {len(value):,} of {MOST_PARTS}.", field=field)
    if isinstance(value, Mapping):
        return {_cleaned(key, field, longest): _cleaned(each, field, longest) for key, each in value.items()}
    if type(value) in (tuple, list, set, frozenset):
        return type(value)(_cleaned(each, field, longest) for each in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return clean_record(value)
    return value


def _text(text: str, field: str, longest: Longest) -> str:
    if isinstance(text, Enum):
        return text
    take = check if longest.as_typed else clean
    return take(text, longest.characters, field=field)


@cache
def _longest_of(owner: Any) -> dict[str, Longest]:
    """What a method says of its arguments, or a record of its fields."""
    hints = get_type_hints(owner, include_extras=True)
    return {
        name: mark
        for name, hint in hints.items()
        for mark in getattr(hint, "__metadata__", ())
        if isinstance(mark, Longest)
    }
