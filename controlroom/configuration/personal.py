"""Stores each person's own settings at one desk in a small file; losing it costs nothing but looks."""

import json
import logging
import threading
from pathlib import Path
from typing import Any

from controlroom.errors import ControlRoomError, InvalidInput
from controlroom.settings import SETTINGS, Scope

log = logging.getLogger(__name__)


class PersonalSettings:
    """What each person chose at this desk, in `folder`. Any thread may call it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def of(self, user_id: int) -> dict[str, Any]:
        """Return everything this person chose; invalid values in the file are ignored."""
        try:
            given = json.loads(self._path(user_id).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            log.warning("the settings of person %s cannot be read and count as not set", user_id)
            return {}
        chosen: dict[str, Any] = {}
        for name, value in given.items() if isinstance(given, dict) else ():
            spec = SETTINGS.get(name)
            if spec is None or spec.scope is not Scope.PERSON:
                continue
            try:
                chosen[name] = spec.check(value)
            except ControlRoomError:
                log.warning("person %s: %s is not a value of %s", user_id, value, name)
        return chosen

    def choose(self, user_id: int, name: str, value: Any) -> None:
        """Choose a value, None for the usual one. Raises InvalidInput; a full disk is logged and costs only looks."""
        spec = SETTINGS.get(name)
        if spec is None or spec.scope is not Scope.PERSON:
            raise InvalidInput(f"'{name}' is not a setting people choose for themselves.")
        with self._lock:
            chosen = self.of(user_id)
            if value is None:
                chosen.pop(name, None)
            else:
                chosen[name] = spec.check(value)
            path = self._path(user_id)
            draft = path.with_suffix(".part")
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                draft.write_text(json.dumps(chosen, indent=1, sort_keys=True), encoding="utf-8")
                draft.replace(path)
            except OSError as error:
                log.warning("the settings of person %s could not be kept: %s", user_id, error)

    def _path(self, user_id: int) -> Path:
        return self._folder / f"{user_id}.json"
