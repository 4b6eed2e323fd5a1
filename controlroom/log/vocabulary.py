"""Loads the lists the room chooses from: categories, sources, outcomes, agencies. A site edits them as files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from controlroom.codec import from_plain
from controlroom.errors import InvalidInput, Unavailable
from controlroom.folding import fold
from controlroom.resources import resource
from controlroom.small_files import read_toml

T = TypeVar("T")


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


@dataclass(frozen=True)
class Vocabulary:
    """All the lists. The police force is the first agency."""

    categories: tuple[Category, ...]
    log_categories: tuple[str, ...]
    sources: tuple[Source, ...]
    outcomes: tuple[str, ...]
    agencies: tuple[str, ...]

    @property
    def police(self) -> str:
        """The agency that "Police informed" means."""
        return self.agencies[0]

    @cached_property
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
        return any(each.name == source and each.proactive for each in self.sources)

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


def load(folder: Path | None = None) -> Vocabulary:
    """The lists in `folder`, the shipped ones when None; raises Unavailable naming the file that cannot be read."""
    lists = folder or resource("lists")
    return Vocabulary(
        _read(lists / "incident_categories.toml", "category", Category),
        _read(lists / "log_categories.toml", "categories", str),
        _read(lists / "incident_sources.toml", "source", Source),
        _read(lists / "incident_outcomes.toml", "outcomes", str),
        _read(lists / "incident_agencies.toml", "agencies", str),
    )


def _read(path: Path, key: str, kind: type[T]) -> tuple[T, ...]:
    try:
        found = from_plain(tuple[kind, ...], read_toml(path)[key])
    except KeyError:
        found = ()
    except (OSError, ValueError) as error:  # not there, not TOML, or a line without its name
        raise Unavailable(
            f"The list {path} cannot be read: {error}.",
            "Incidents cannot be filed without it.",
            "Mend the line it names, or put back the list that ships with the program.",
        ) from error
    if not found:
        raise Unavailable(f"The list {path} is empty.", remedy="It needs at least one line.")
    return found


def _check(name: str, known: Sequence[str] | Iterable[str], what: str) -> None:
    if name not in known:
        raise InvalidInput(
            f"'{name}' is not a {what} of this room.", remedy="Choose one from the list.", field=what
        )
