"""Remembers the desk's looks between starts: window place, page, columns, splitters, what was found.

The window's place and the wall belong to the desk; everything else belongs to the person at it, and comes back when
they sign in again. Several desks on one data folder each have a file of their own (`app/data_folder.py`).
"""

import contextlib
import json
import logging
import os
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from controlroom.small_files import read_json

log = logging.getLogger(__name__)
OF_THE_DESK = ("window.", "live.")  # the rest is each person's
PEOPLE = "people"


class WindowState:
    """A small JSON file of remembered values; losing it loses nothing but looks.

    `path` None remembers for this run only. Values are anything JSON holds. `changed` is called after each change.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._person = ""
        self._followers: list[weakref.WeakMethod[Callable[[], None]]] = []
        self.changed: Callable[[], None] | None = None
        self._values: dict[str, Any] = _read(path) if path is not None else {}
        self._saved = json.dumps(self._values, sort_keys=True, indent=1)

    def get(self, key: str, default: Any = None) -> Any:
        """The remembered value, or `default`: the person's own, else what the desk remembers."""
        own = self._own()
        return own[key] if self._is_own(key) and key in own else self._values.get(key, default)

    def numbers(self, key: str, default: list[int]) -> list[int]:
        """A remembered list of whole numbers as long as `default`; anything else counts as not remembered."""
        stored = self.get(key)
        fits = isinstance(stored, list) and len(stored) == len(default)
        return list(stored) if fits and all(type(each) is int for each in stored) else default

    def set(self, key: str, value: Any) -> None:
        """Remember a value; it is written soon, and at the latest at the next `save()`."""
        with self._lock:
            if self._is_own(key):
                people = self._values.setdefault(PEOPLE, {})
                people.setdefault(self._person, {})[key] = value
            else:
                self._values[key] = value
        if self.changed is not None:
            self.changed()

    def sit_down(self, person: int | None) -> None:
        """Somebody else is at the desk: their values count from now on."""
        name = "" if person is None else str(person)
        if name == self._person:
            return
        self._person = name
        for follower in list(self._followers):
            if (follow := follower()) is None:
                self._followers.remove(follower)
            else:
                follow()

    def follow(self, method: Callable[[], None]) -> None:
        """Call this method of some object, for as long as that lives, when another person sits down."""
        self._followers.append(weakref.WeakMethod(method))

    def save(self) -> None:
        """Write what changed, whole or not at all; a failure is logged and otherwise ignored. Any thread."""
        if self._path is None:
            return
        with self._lock:
            text = json.dumps(self._values, sort_keys=True, indent=1)
            if text == self._saved:
                return
            partial = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with partial.open("w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                partial.replace(self._path)
            except OSError as error:
                log.warning("the window state could not be saved: %s", error)
                with contextlib.suppress(OSError):
                    partial.unlink()
            else:
                self._saved = text

    def _is_own(self, key: str) -> bool:
        return bool(self._person) and not key.startswith(OF_THE_DESK)

    def _own(self) -> dict[str, Any]:
        people = self._values.get(PEOPLE, {})
        own = people.get(self._person, {}) if isinstance(people, dict) else {}
        return own if isinstance(own, dict) else {}


def _read(path: Path) -> dict[str, Any]:
    try:
        loaded = read_json(path, dict[str, Any])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        log.warning("the remembered window state cannot be read and is begun afresh")
        return {}
    if not isinstance(loaded.get(PEOPLE, {}), dict):
        log.warning("the remembered window state is no table and is begun afresh")
        return {}
    return loaded
