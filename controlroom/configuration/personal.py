"""Stores each person's own settings at one desk in a small file; losing it costs nothing but looks."""

import json
import logging
import threading
from pathlib import Path
from typing import Any

from controlroom.errors import InvalidInput
from controlroom.platform import write_private
from controlroom.settings import SETTINGS, Scope, usable
from controlroom.small_files import read_json

log = logging.getLogger(__name__)


class PersonalSettings:
    """What each person chose at this desk, in `folder`. Any thread may call it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def of(self, user_id: int) -> dict[str, Any]:
        """Return everything this person chose; invalid values in the file are ignored."""
        try:
            given = read_json(self._path(user_id), dict[str, Any])
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            log.warning("the settings of person %s cannot be read and count as not set", user_id)
            return {}
        return usable(given, Scope.PERSON, f"person {user_id}")

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
            try:
                write_private(self._path(user_id), json.dumps(chosen, indent=1, sort_keys=True).encode())
            except OSError as error:
                log.warning("the settings of person %s could not be kept: %s", user_id, error)

    def _path(self, user_id: int) -> Path:
        return self._folder / f"{user_id}.json"
