"""Whether a text has all the words that were typed; the same on both database engines, since it is asked here."""


def has_all_words(typed: str, *texts: str) -> bool:
    """True when each word typed stands somewhere in the texts, whatever its case."""
    text = " ".join(texts).casefold()
    return all(word in text for word in typed.casefold().split())
