"""Brings what people write and what they search for to one form, so that either finds the other however it was typed.

Letters lose case, accents and strokes (Łukasz, lukasz), digits of any script become 0 to 9, every kind of dash divides
words as a space does, apostrophes vanish (O'Connor, OConnor). A search then also finds a word that was divided
otherwise: `AB12CDE`, `AB12 CDE` and `AB12-CDE` find each other. Pure.

Stored words are folded by `fold`: who changes it writes a migration that folds them anew
(`database/migrations/versions/0036_folded_words.py` did it last).
"""

import re
import unicodedata
from functools import cache
from itertools import product

# Letters that no decomposition of Unicode leads back to plain ones.
_LETTERS = str.maketrans(
    {
        **dict(zip("łøđħŧıĸŋðƀɨɉȼɇǥɍʉɏƶȷəɫ", "lodhtikndbijcegruyzjel", strict=True)),
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ß": "ss",
        "ĳ": "ij",
    }
)
_ACUTE = "\u00b4"  # typed for an apostrophe; Unicode takes it apart into a space and a mark
_APOSTROPHES = frozenset("'`\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u02c8\u2032\u2035\u055a\u05f3")
_DASHES = frozenset("-\u02d7\u2043\u2212\u2796")  # beside those that Unicode calls dashes (Pd)
_DASH = "Pd"
_UNSEEN = ("Mn", "Me", "Cf")  # accents, and what takes no room
_PARTS = re.compile(r"\d+|[^\d ]+")  # of a word that may have been divided
Wanted = tuple[tuple[str, ...], ...]
LONGEST_DIVIDED = 5  # divisions of one word that are tried
SHORTEST_MIXED = 5  # letters and digits; shorter ones (H03, 14A) are taken as they stand


def plain(text: str) -> str:
    """`text` in small plain letters, digits 0 to 9, with "-" for every dash, "'" for every apostrophe, single spaces.

    References are read from this form.
    """
    if not text.isascii():
        text = "".join(map(_plain, unicodedata.normalize("NFKD", text.replace(_ACUTE, "'"))))
    return " ".join(text.casefold().translate(_LETTERS).replace("`", "'").split())


def fold(text: str) -> str:
    """`text` as it is stored for searching and compared: plain, without dashes and apostrophes."""
    return " ".join(plain(text).replace("'", "").replace("-", " ").split())


def asked_words(typed: str) -> tuple[str, ...]:
    """What was searched for, word by word: each is to be found in some way of `ways`. One with a dash is one word.

    A dash alone stays one, and is found nowhere.
    """
    words = plain(typed).split()
    return tuple(dict.fromkeys(fold(each) or each for each in words))


def ways(word: str) -> tuple[str, ...]:
    """A word asked for, in every way in which it may stand in folded text: `ab12cde`, `ab12 cde`, …, itself first.

    It may be divided where a dash or a space was typed, and between letters and digits if it is long enough for a
    vehicle's plate.
    """
    parts = [part for each in word.split() for part in (_PARTS.findall(each) if _is_mixed(word) else [each])]
    gaps = len(parts) - 1
    if gaps < 1:
        return (word,)
    if gaps > LONGEST_DIVIDED:
        return tuple(dict.fromkeys((word, word.replace(" ", ""))))
    divided = (
        "".join(map("".join, zip(parts, (*gap, ""), strict=True))) for gap in product(("", " "), repeat=gaps)
    )
    return tuple(dict.fromkeys((word, *divided)))


def wanted(typed: str) -> Wanted:
    """Return the ways of each word that was typed, for `holds`."""
    return tuple(map(ways, asked_words(typed)))


def holds(wanted: Wanted, folded: str) -> bool:
    """Return True when each wanted word stands in a folded text in one of its ways."""
    return all(any(way in folded for way in each) for each in wanted)


def has_all_words(typed: str, *texts: str) -> bool:
    """Return True when each word typed stands somewhere in the texts, however it is written there."""
    return holds(wanted(typed), "\n".join(map(fold, texts)))


@cache
def _plain(letter: str) -> str:
    kind = unicodedata.category(letter)
    if letter in _APOSTROPHES:
        return "'"
    if kind == _DASH or letter in _DASHES:
        return "-"
    if letter.isspace():
        return " "
    if kind in _UNSEEN or unicodedata.combining(letter):
        return ""
    digit = unicodedata.decimal(letter, None)
    return letter if digit is None else str(digit)


def _is_mixed(word: str) -> bool:
    letters = word.replace(" ", "")
    return (
        len(letters) >= SHORTEST_MIXED and any(map(str.isdigit, letters)) and any(map(str.isalpha, letters))
    )
