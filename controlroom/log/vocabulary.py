"""Gives the lists the log and incidents choose from: categories, sources, outcomes, agencies.

They follow the room's lists (`configuration/lists.py`), which an administrator edits on screen.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from controlroom.configuration.lists import Lines, in_use, read_files, words
from controlroom.errors import InvalidInput
from controlroom.folding import fold


@dataclass(frozen=True)
class Category:
    """What an incident is about; `words` are other names people type for it."""

    name: str
    words: tuple[str, ...] = ()

    def matches(self, typed: str) -> bool:
        """True when every typed word begins a word of the name or of its other names."""
        begins = " ".join((self.name, *self.words))
        known = fold(begins).split()
        return all(any(each.startswith(word) for each in known) for word in fold(typed).split())


@dataclass(frozen=True)
class Source:
    """How something came to the room; `proactive` when the operator found it."""

    name: str
    proactive: bool = False


class Vocabulary:
    """All the lists as they stand whenever they are asked. The police force is the first agency."""

    def __init__(self, lists: Callable[[], Mapping[str, Lines]], *, retired: bool = False) -> None:
        """`lists` gives every list by its name; `retired` says whether retired words count, too."""
        self._lists, self._retired = lists, retired

    @property
    def with_retired(self) -> "Vocabulary":
        """The same lists with the words that are offered no more: what was accepted before may still be saved."""
        return Vocabulary(self._lists, retired=True)

    @property
    def categories(self) -> tuple[Category, ...]:
        """What an incident may be about."""
        return tuple(Category(each.word, each.others) for each in self._lines("incident_categories"))

    @property
    def log_categories(self) -> tuple[str, ...]:
        """What an entry that belongs to no incident may be about."""
        return words(self._lines("log_categories"))

    @property
    def sources(self) -> tuple[Source, ...]:
        """How something may have come to the room."""
        return tuple(Source(each.word, each.marked) for each in self._lines("incident_sources"))

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What enforcement may have come of an incident."""
        return words(self._lines("incident_outcomes"))

    @property
    def agencies(self) -> tuple[str, ...]:
        """Whom the room informs."""
        return words(self._lines("incident_agencies"))

    @property
    def police(self) -> str:
        """The agency that "Police informed" means: the first in use, else the first there ever was."""
        return next(iter((*self.agencies, *self.with_retired.agencies)), "police")

    @property
    def every_category(self) -> tuple[str, ...]:
        """What a log entry may be filed under: the log's own categories, then the incidents'."""
        names = (*self.log_categories, *(each.name for each in self.categories))
        return tuple(dict.fromkeys(names))

    def find_categories(self, typed: str) -> list[Category]:
        """Categories that fit what was typed, those whose own name begins so first."""
        found = [each for each in self.categories if each.matches(typed)]
        start = fold(typed).strip()
        return sorted(found, key=lambda each: not fold(each.name).startswith(start))

    def is_proactive(self, source: str) -> bool:
        """True when a source means that the operator found it."""
        return any(each.name == source and each.proactive for each in self.with_retired.sources)

    def check_category(self, name: str, *, of_incident: bool) -> None:
        """Raise InvalidInput unless `name` is in the list; likewise those below."""
        known = [each.name for each in self.categories] if of_incident else self.every_category
        _check(name, known, "category")

    def check_source(self, name: str) -> None:
        _check(name, [each.name for each in self.sources], "source")

    def check_outcome(self, name: str) -> None:
        _check(name, self.outcomes, "outcome")

    def check_agency(self, name: str) -> None:
        _check(name, self.agencies, "agency")

    def _lines(self, name: str) -> Lines:
        lines = self._lists()[name]
        return lines if self._retired else in_use(lines)


def load(folder: Path | None = None) -> Vocabulary:
    """The lists as their files in `folder` have them, the shipped ones when None; raises Unavailable naming one."""
    lists = read_files(folder)
    return Vocabulary(lambda: lists)


def _check(name: str, known: Sequence[str] | Iterable[str], what: str) -> None:
    if name not in known:
        raise InvalidInput(
            f"'{name}' is not a {what} of this room.", remedy="Choose one from the list.", field=what
        )
