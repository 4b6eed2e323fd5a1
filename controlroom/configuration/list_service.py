"""Holds the use cases of the room's lists: the words in force at every desk, and changing them, with history.

A list is as its file says until somebody changes it here; from then on the database has it, whole, for every desk. Each
change is a new row for its word and nothing is ever taken away, so the rows are the history, and a record filed under
a word that was retired since still reads as it was written.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from controlroom.accounts.access import writing
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit import service as audit
from controlroom.changes import Change
from controlroom.codec import to_plain
from controlroom.configuration.lists import LISTS, Lines, ListLine, ListSpec, check, read_files, spec_of
from controlroom.configuration.stored_lists import emptied, in_force, stored, usable
from controlroom.configuration.tables import ListRow
from controlroom.database.unit_of_work import Database
from controlroom.errors import Conflict, ControlRoomError, DatabaseAway, NotFound
from controlroom.platform import owner_only, write_private
from controlroom.small_files import read_json
from controlroom.texts import takes_texts

log = logging.getLogger(__name__)
CHANGED = "list"  # the kind of news a change is
AS_IT_WAS = "as it was"  # what stood in the file when a list was first changed on screen
Edit = Callable[[Lines], Lines]


@dataclass(frozen=True)
class ListChange:
    """What became of a word, when, and who did it."""

    what: str
    at: datetime
    by: str


@dataclass(frozen=True)
class ListWord:
    """One word of a list as the settings page shows it; `seen` is the newest change of the whole list."""

    spec: ListSpec
    line: ListLine
    place: int
    seen: int
    history: tuple[ListChange, ...] = ()

    @property
    def key(self) -> str:
        """What names it among the words of all lists."""
        return f"{self.spec.name}/{self.line.word}"


@takes_texts
class ListService:
    """The lists of one room. Any thread may read `now`."""

    def __init__(self, database: Database, folder: Path, lists: Path | None = None) -> None:
        """Reads everything; `lists` is the folder of the site's own files. Raises Unavailable for an unusable one."""
        self._database, self._last_known = database, folder / "remembered" / "room-lists.json"
        self._files = read_files(lists)
        self._lock = threading.Lock()
        self.emptied: tuple[str, ...] = ()
        """Titles of lists whose words were all retired past the program."""
        self._now = self._read_all()
        self._leave = database.changes.listen(self._take_news)

    @property
    def now(self) -> Mapping[str, Lines]:
        """Every list, its retired words too, by its name."""
        return self._now

    def close(self) -> None:
        self._leave()

    # -- reading ---------------------------------------------------------------------------------------------

    def words(self, actor: Actor) -> list[ListWord]:
        """Every word of every list in its order, with what became of it."""
        del actor  # lists hold no secret
        found: list[ListWord] = []
        with self._database.read() as session:
            rows = session.scalars(select(ListRow).order_by(ListRow.id)).all()
            for spec in LISTS.values():
                own = [each for each in rows if each.list_name == spec.name]
                seen = own[-1].id if own else 0
                for place, line in enumerate(usable(in_force(own), self._files[spec.name])):
                    of_word = (each for each in own if each.word == line.word)
                    history = tuple(
                        ListChange(each.what, each.changed_at, each.changed_by) for each in of_word
                    )
                    found.append(ListWord(spec, line, place, seen, history))
        return found

    # -- changing --------------------------------------------------------------------------------------------

    def add(self, actor: Actor, name: str, line: ListLine, seen: int) -> None:
        """Add a word at the end of a list."""
        self._change(actor, name, seen, "added", lambda lines: (*lines, replace(line, retired=False)))

    def change(self, actor: Actor, name: str, line: ListLine, seen: int) -> None:
        """Change the other words of a line, and its mark."""
        self._change(actor, name, seen, "changed", lambda lines: _with(lines, line.word, line))

    def retire(self, actor: Actor, name: str, word: str, seen: int) -> None:
        """Offer a word no more; records that have it keep it."""
        self._change(actor, name, seen, "retired", lambda lines: _with(lines, word, retired=True))

    def bring_back(self, actor: Actor, name: str, word: str, seen: int) -> None:
        """Offer a retired word again."""
        self._change(actor, name, seen, "brought back", lambda lines: _with(lines, word, retired=False))

    def move(self, actor: Actor, name: str, word: str, seen: int, *, up: bool) -> None:
        """Let a word change places with the one above or below it."""
        self._change(actor, name, seen, "moved", lambda lines: _moved(lines, word, up=up))

    def _change(self, actor: Actor, name: str, seen: int, what: str, edit: Edit) -> None:
        with writing(self._database, actor, Permission.CHANGE_SETTINGS) as act:
            spec = spec_of(name)
            before, newest = stored(act.session, spec)
            base = usable(before, self._files[name])
            if seen != newest:
                raise Conflict(
                    f"Somebody else changed “{spec.title}” meanwhile.",
                    "Nothing was saved.",
                    "Look at it again.",
                )
            after = edit(base)
            check(after)
            if base != before:  # nobody changed it yet, or somebody retired all its words past the program
                for place, line in enumerate(base):
                    act.put(_row(spec, line, place, AS_IT_WAS, act.at, act.who))
            changed = [
                (place, line) for place, line in enumerate(after) if base[place : place + 1] != (line,)
            ]
            for place, line in changed:
                act.put(_row(spec, line, place, what, act.at, act.who))
            if changed:
                word, others = ", ".join(line.word for _, line in changed), ", ".join(changed[0][1].others)
                marked = any(line.marked for _, line in changed)
                detail = {"what": what, "word": word, "others": others, "marked": marked}
                audit.record(act.work, act.who, "list.changed", CHANGED, name, **detail)
                act.work.announce(CHANGED, name)

    # -- keeping up ------------------------------------------------------------------------------------------

    def _take_news(self, change: Change) -> None:
        if change.kind == CHANGED:
            self.reload()

    def reload(self) -> None:
        """Read everything again; what cannot be read changes nothing and is logged."""
        try:
            now = self._read_all()
        except ControlRoomError as error:
            log.warning("the lists stay as they are: %s", error)
            return
        with self._lock:
            self._now = now

    def _read_all(self) -> dict[str, Lines]:
        try:
            with self._database.read() as session:
                found = {spec.name: stored(session, spec)[0] for spec in LISTS.values()}
        except DatabaseAway:
            found = self._recall()
        else:
            self._remember({name: lines for name, lines in found.items() if lines})
        self.emptied = tuple(emptied(found))
        if self.emptied:
            log.warning("no word may be chosen of these lists, so those of the files are: %s", self.emptied)
        return {name: usable(found.get(name), self._files[name]) for name in LISTS}

    def _remember(self, found: Mapping[str, Lines | None]) -> None:
        try:
            write_private(self._last_known, json.dumps(to_plain(found)).encode())
            owner_only(self._last_known.parent)
        except OSError as error:
            log.warning("the room's lists could not be remembered for a time without database: %s", error)

    def _recall(self) -> dict[str, Lines | None]:
        try:
            return dict(read_json(self._last_known, dict[str, Lines]))
        except (OSError, ValueError):
            return {}


def _row(spec: ListSpec, line: ListLine, place: int, what: str, at: datetime, by: str) -> ListRow:
    return ListRow(
        list_name=spec.name,
        word=line.word,
        others=", ".join(line.others),
        marked=line.marked,
        retired=line.retired,
        place=place,
        what=what,
        changed_at=at,
        changed_by=by,
    )


def _place_of(lines: Lines, word: str) -> int:
    for place, line in enumerate(lines):
        if line.word == word:
            return place
    raise NotFound(f"“{word}” is not in the list.", remedy="Look at the list again.")


def _with(lines: Lines, word: str, line: ListLine | None = None, *, retired: bool | None = None) -> Lines:
    """The lines with one of them exchanged, or retired or brought back."""
    place = _place_of(lines, word)
    before = lines[place]
    after = replace(before, retired=retired) if line is None else replace(line, retired=before.retired)
    return (*lines[:place], after, *lines[place + 1 :])


def _moved(lines: Lines, word: str, *, up: bool) -> Lines:
    place = _place_of(lines, word)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(lines):
        return lines
    moved = list(lines)
    moved[place], moved[other] = moved[other], moved[place]
    return tuple(moved)
