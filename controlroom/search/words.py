"""Whether a text has all the words that were typed; the same on both database engines, since it is asked here."""

from collections.abc import Iterable

from controlroom.declaration import Found


def has_all_words(typed: str, *texts: str) -> bool:
    """True when each word typed stands somewhere in the texts, whatever its case."""
    text = " ".join(texts).casefold()
    return all(word in text for word in typed.casefold().split())


def matching(typed: str, limit: int, records: Iterable[Found]) -> list[Found]:
    """The first `limit` records with all words typed in their reference, title or detail."""
    texts = ((each, (each.reference, each.title, each.detail)) for each in records)
    return [each for each, words in texts if has_all_words(typed, *words)][:limit]
