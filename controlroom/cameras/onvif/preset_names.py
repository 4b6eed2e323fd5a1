"""Repairs preset names as cameras store them, and shortens new ones to what strict cameras accept. It does no I/O."""

import re
import unicodedata

from controlroom.cameras.onvif.safe_xml import tidy

LONGEST = 64
PICKY_LONGEST = 32
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_.-]+")


def repaired(name: str) -> str:
    """Undo UTF-8 that was read as Latin-1 (`CafÃ©`)."""
    text = tidy(name, LONGEST)
    for wrong in ("cp1252", "latin-1"):
        try:
            meant = text.encode(wrong).decode("utf-8")
        except UnicodeError:
            continue
        return tidy(meant, LONGEST)
    return text


def plain(name: str) -> str:
    """Reduce `name` to letters that every camera accepts: `[A-Za-z0-9_.-]`, without accents, with `_` for gaps."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _NOT_ALLOWED.sub("_", letters).strip("_")[:PICKY_LONGEST] or "preset"
