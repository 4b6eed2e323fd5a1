"""Declares every list of words that a room edits on screen, and reads the files they begin with.

A new list is one `ListSpec` here: it is then edited on the settings page, with history, shared by the room's desks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from controlroom.errors import InvalidInput, Unavailable
from controlroom.folding import fold
from controlroom.resources import resource
from controlroom.settings import When
from controlroom.small_files import read_toml
from controlroom.texts import as_seen

FOLDER = "lists"  # of the data folder, or what ships
LONGEST = 60  # characters of a word, as records hold it
LONGEST_OTHERS = 255  # of all its other words together
MOST = 200  # lines of a list, those retired among them


@dataclass(frozen=True)
class ListSpec:
    """One list: its name in the code, what it is called, and what its lines may say beside their word."""

    name: str
    title: str
    meaning: str
    key: str  # in its file
    others: bool = False  # lines have other words people type for them
    mark: str = ""  # what a marked line means
    mark_key: str = ""  # in its file
    when: When = When.AT_ONCE

    @property
    def file(self) -> str:
        """The file it begins with."""
        return f"{self.name}.toml"


@dataclass(frozen=True)
class ListLine:
    """One word of a list. A retired one is chosen no more; records that have it keep it."""

    word: str
    others: tuple[str, ...] = ()
    marked: bool = False
    retired: bool = False


Lines = tuple[ListLine, ...]
_SPECS = (
    ListSpec(
        "incident_categories", "Incident categories", "what incidents are about", "category", others=True
    ),
    ListSpec("log_categories", "Log categories", "what an entry of no incident is about", "categories"),
    ListSpec(
        "incident_sources",
        "Sources",
        "how something came to the room",
        "source",
        mark="found by the operator (proactive)",
        mark_key="proactive",
    ),
    ListSpec("incident_outcomes", "Enforcement outcomes", "what enforcement came of an incident", "outcomes"),
    ListSpec(
        "incident_agencies",
        "Agencies informed",
        "whom the room informs; the first is the police force that “Police informed” means",
        "agencies",
    ),
    ListSpec(
        "bidding_partners",
        "Bidding partners",
        "who may bid for a deployable camera",
        "partners",
        when=When.NEXT_START,
    ),
    ListSpec(
        "bid_objectives",
        "Objectives of bids",
        "what a deployment may be for",
        "objectives",
        when=When.NEXT_START,
    ),
)
LISTS: Mapping[str, ListSpec] = {each.name: each for each in _SPECS}


def in_use(lines: Lines) -> Lines:
    """The lines that may be chosen."""
    return tuple(each for each in lines if not each.retired)


def words(lines: Lines) -> tuple[str, ...]:
    """The words of lines."""
    return tuple(each.word for each in lines)


def spec_of(name: str) -> ListSpec:
    """The list of that name; raises InvalidInput."""
    if name not in LISTS:
        raise InvalidInput(f"There is no list named '{name}'.")
    return LISTS[name]


def read_files(folder: Path | None = None, names: Iterable[str] = tuple(LISTS)) -> dict[str, Lines]:
    """The lists as their files in `folder` have them, the shipped ones when None. Raises Unavailable, naming one."""
    lists = folder or resource(FOLDER)
    return {name: _read(lists / LISTS[name].file, LISTS[name]) for name in names}


def check(lines: Lines) -> None:
    """Raise InvalidInput for a list that cannot be: a word twice, too long, too many, or none left to choose."""
    seen: dict[str, ListLine] = {}
    for line in lines:
        if not fold(as_seen(line.word)):
            raise InvalidInput("The word is empty.", remedy="Write it as it is to be read.", field="word")
        if len(line.word) > LONGEST:
            raise InvalidInput(f"At most {LONGEST} characters.", remedy="Shorten it.", field="word")
        if len(", ".join(line.others)) > LONGEST_OTHERS:
            raise InvalidInput(
                f"At most {LONGEST_OTHERS} characters.", remedy="Leave some out.", field="others"
            )
        if (before := seen.setdefault(fold(as_seen(line.word)), line)) is not line:
            where = "It is retired: bring it back." if before.retired else "Choose it as it stands."
            raise InvalidInput(f"“{before.word}” is in the list already.", remedy=where, field="word")
    if len(lines) > MOST:
        raise InvalidInput(f"A list has at most {MOST} words.", remedy="Use one that is there.", field="word")
    if not in_use(lines):
        raise InvalidInput("A list needs one word that may be chosen.", remedy="Add another one first.")


def _read(path: Path, spec: ListSpec) -> Lines:
    try:
        found = tuple(_line(each, spec) for each in read_toml(path).get(spec.key, ()))
    except (
        OSError,
        KeyError,
        TypeError,
        ValueError,
    ) as error:  # not there, not TOML, or a line without its name
        raise Unavailable(
            f"The list {path} cannot be read: {error}.",
            "Records cannot be filed without it.",
            "Mend the line it names, or put back the list that ships with the program.",
        ) from error
    if not found:
        raise Unavailable(f"The list {path} is empty.", remedy="It needs at least one line.")
    return found


def _line(entry: Any, spec: ListSpec) -> ListLine:
    if isinstance(entry, str):
        return ListLine(entry)
    name, others = entry["name"], entry.get("words", ())
    marked = entry.get(spec.mark_key, False) if spec.mark_key else False
    if not (
        isinstance(name, str) and isinstance(marked, bool) and all(isinstance(each, str) for each in others)
    ):
        raise ValueError(f"{entry} is no line of it")
    return ListLine(name, tuple(others), marked)
