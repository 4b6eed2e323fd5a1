"""Picks out of a text what could be a password, so that little has to be compared with what is known. Pure."""

from controlroom.accounts.passwords import SHORTEST_PASSWORD

MOST_WORDS = 6  # a longer line is a sentence, of which single long words are looked at
MOST = 6  # texts looked at; each costs as much as a sign-in


def could_be_passwords(text: str) -> list[str]:
    """The line itself, without a name before it or a word after it, and its long words; most likely first."""
    words, found = text.split(), [text.strip()]
    if len(words) <= MOST_WORDS:
        found += [" ".join(words[1:]), " ".join(words[2:]), " ".join(words[:-1])]
    else:
        found = []
    found += sorted(words, key=len, reverse=True)
    long_enough = [each for each in dict.fromkeys(found) if len(each) >= SHORTEST_PASSWORD]
    return long_enough[:MOST]
