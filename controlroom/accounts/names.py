"""Checks login names and handles: brings them to one form, limits their length, and refuses look-alikes.

Zero and O, one and l, and letters of other scripts that look like ours count as the same, so that nobody signs in,
or signs the log, under a name that only looks like another's.
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
    if not handle or len(handle) > LONGEST_HANDLE or not all(_in_handles(letter) for letter in handle):
        raise InvalidInput(
            "The account needs a handle that records can show.",
            remedy=f'Something like "Operator 13": letters, figures and spaces, up to {LONGEST_HANDLE}.',
            field="handle",
        )
    _check_not_taken(handle, taken, f"{handle} exists already.", "handle", field="handle")
    return handle


def skeleton(name: str) -> str:
    """What is left of a name when everything that looks alike is made the same."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(letter for letter in plain if letter.isalnum())
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
    return letter.isalpha() and unicodedata.name(letter, "").startswith("LATIN ")
