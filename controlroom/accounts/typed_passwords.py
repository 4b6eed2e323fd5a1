"""Picks out of a text what could be a password, so that little has to be compared with what is known. Pure."""

from dataclasses import dataclass
from hashlib import blake2b

from controlroom.accounts.passwords import SHORTEST_PASSWORD

MOST_WORDS = 6  # a longer line is a sentence, of which single long words are looked at
MOST = 6  # whole words looked at; each costs as much as a sign-in
MOST_GLUED = 12  # beginnings and ends looked at that stop amid a word
TRACE_BYTES = 2  # one stretch of a text in 65,536 has a password's trace by chance


def could_hold_password(text: str) -> bool:
    """Whether a text is long enough to hold one."""
    return len(text.strip()) >= SHORTEST_PASSWORD


def could_be_passwords(text: str) -> list[str]:
    """The line itself, without a name before it or a word after it, and its long words; most likely first.

    Then what is left without a few letters at its beginning or its end: a password may be glued to other words.
    """
    words, line = text.split(), text.strip()
    found, glued = [], list[str]()
    if len(words) <= MOST_WORDS:
        found = [line, " ".join(words[1:]), " ".join(words[2:]), " ".join(words[:-1])]
        glued = [each for cut in range(1, MOST_GLUED) for each in (line[cut:], line[:-cut])]
    found += sorted(words, key=len, reverse=True)
    return [*_long_enough(found)[:MOST], *_long_enough(glued)[:MOST_GLUED]]


def _long_enough(texts: list[str]) -> list[str]:
    return [each for each in dict.fromkeys(texts) if len(each) >= SHORTEST_PASSWORD]


@dataclass(frozen=True)
class Trace:
    """Holds what a desk remembers of a password typed there, in memory only: too little to recover it from.

    It says at once of almost every stretch of a text that it is another.
    """

    length: int
    digest: bytes

    @classmethod
    def of(cls, password: str, key: bytes) -> "Trace":
        """The trace under a random key, which is in the same memory only."""
        given = password.encode(errors="surrogatepass")
        return cls(len(password), blake2b(given, key=key, digest_size=TRACE_BYTES).digest())

    def find(self, text: str, key: bytes) -> list[str]:
        """Every stretch of a text that has this trace, wherever it begins."""
        places = range(len(text) - self.length + 1)
        stretches = dict.fromkeys(text[place : place + self.length] for place in places)
        return [each for each in stretches if Trace.of(each, key) == self]
