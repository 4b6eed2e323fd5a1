"""Checks login names and handles: brings them to one form, limits their length, and refuses look-alikes.

Zero and O, one and l, and letters that look like ours count as the same, so that nobody signs in, or signs the log,
under a name that only looks like another's, or like one of those under which the program itself writes.
"""

import re
import unicodedata
from collections.abc import Iterable

from controlroom.errors import InvalidInput

LONGEST_LOGIN = 48  # characters; PostgreSQL's names of roles hold 63 bytes
LONGEST_HANDLE = 48
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]*")
_HANDLE_SIGNS = frozenset(" .'-/()&")
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "5": "s"})
# How Unicode names a letter that reads as one of ours: "SMALL LETTER ALPHA", "LETTER SMALL CAPITAL O", "O WITH STROKE".
_READS_AS = re.compile(
    r"LATIN (?:SMALL LETTER|CAPITAL LETTER|LETTER SMALL CAPITAL|LETTER)"
    r" (?:DOTLESS |SCRIPT |SMALL CAPITAL |OPEN |LONG |SIDEWAYS )*(ALPHA|IOTA|UPSILON|[A-Z])(?: WITH .*)?"
)
_GREEK = {"ALPHA": "a", "IOTA": "i", "UPSILON": "u"}
_TWO_LETTERS = {"æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ð": "d"}
OF_THE_PROGRAM = (
    "Control Room",
    "nobody",
    "unknown",
    "system",
    "recorder",
    "desk",
    "administrator of the server",
)


def typed_login(text: str) -> str:
    """What somebody typed as their name, in the form logins are stored in; "" when no login can look so."""
    if len(text) > 4 * LONGEST_LOGIN:
        return ""
    name = unicodedata.normalize("NFKC", text).strip().lower()
    return name if len(name) <= LONGEST_LOGIN and _LOGIN.fullmatch(name) else ""


def new_login(text: str, taken: Iterable[str]) -> str:
    """The login for a new account. Raises InvalidInput when it cannot be used or looks like one of `taken`."""
    name = typed_login(text)
    if not name:
        raise InvalidInput(
            "That name cannot be used to sign in with.",
            remedy=f"Use letters a to z, figures, and . _ - between them, up to {LONGEST_LOGIN}.",
            field="login",
        )
    _check_not_taken(name, taken, f"There is an account named {name} already.", "name", field="login")
    return name


def new_handle(text: str, taken: Iterable[str]) -> str:
    """The handle for a new account: what records will say for ever. Raises InvalidInput as `new_login` does."""
    handle = " ".join(unicodedata.normalize("NFKC", text[: 4 * LONGEST_HANDLE]).split())
    foreign = next((letter for letter in handle if not _in_handles(letter)), "")
    if foreign:
        name = unicodedata.name(foreign, "a sign without a name").lower()
        raise InvalidInput(
            f"“{foreign}” ({name}) cannot stand in a handle.",
            "It may look like one of our letters.",
            "Type letters a to z with or without accents, figures and spaces.",
            field="handle",
        )
    if not handle or len(handle) > LONGEST_HANDLE:
        raise InvalidInput(
            "The account needs a handle that records can show.",
            remedy=f'Something like "Operator 13": letters, figures and spaces, up to {LONGEST_HANDLE}.',
            field="handle",
        )
    if any(skeleton(handle) == skeleton(name) for name in OF_THE_PROGRAM):
        raise InvalidInput(
            f"{handle} is a name under which the program itself writes records.",
            remedy='Choose a handle that says who it is, like "Operator 13".',
            field="handle",
        )
    _check_not_taken(handle, taken, f"{handle} exists already.", "handle", field="handle")
    return handle


def skeleton(name: str) -> str:
    """What is left of a name when everything that looks alike is made the same."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(_read(letter) for letter in plain if letter.isalnum())
    return letters.replace("rn", "m").replace("vv", "w").translate(_ALIKE)


def _check_not_taken(name: str, taken: Iterable[str], exists: str, words: str, *, field: str) -> None:
    for other in taken:
        if other == name:
            raise InvalidInput(exists, remedy=f"Choose another {words}.", field=field)
        if skeleton(other) == skeleton(name):
            raise InvalidInput(
                f"{name} looks like {other}, which exists already.",
                remedy=f"Choose a {words} nobody can mix up.",
                field=field,
            )


def _in_handles(letter: str) -> bool:
    if letter in _HANDLE_SIGNS or letter in "0123456789":
        return True
    # A letter with an accent is one of ours; one that only looks like ours (Latin alpha, a small capital) is not.
    plain = unicodedata.normalize("NFKD", letter.lower())[:1]
    struck = re.fullmatch(r"LATIN (SMALL|CAPITAL) LETTER [A-Z] WITH .*", unicodedata.name(letter, ""))
    return plain in _TWO_LETTERS or struck is not None or "a" <= plain <= "z"


def _read(letter: str) -> str:
    """The letter as one of ours, where it reads as one."""
    if letter in _TWO_LETTERS:
        return _TWO_LETTERS[letter]
    named = _READS_AS.fullmatch(unicodedata.name(letter, ""))
    if named is None:
        return letter
    return _GREEK.get(named.group(1), named.group(1).lower())
