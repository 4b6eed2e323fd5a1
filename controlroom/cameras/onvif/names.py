"""Names as cameras store them: repaired when read, cut to what a picky camera takes when written. No I/O."""

import re
import unicodedata

from controlroom.cameras.onvif.markup import tidy

LONGEST = 64
PICKY_LONGEST = 32
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_.-]+")


def repaired(name: str) -> str:
    """`name` as it was meant: UTF-8 that was read as Latin-1 (`CafÃ©`) is turned back."""
    text = tidy(name, LONGEST)
    for wrong in ("cp1252", "latin-1"):
        try:
            meant = text.encode(wrong).decode("utf-8")
        except UnicodeError:
            continue
        return tidy(meant, LONGEST)
    return text


def plain(name: str) -> str:
    """`name` in the letters every camera takes: `[A-Za-z0-9_.-]`, accents dropped, gaps as `_`."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _NOT_ALLOWED.sub("_", letters).strip("_")[:PICKY_LONGEST] or "preset"
