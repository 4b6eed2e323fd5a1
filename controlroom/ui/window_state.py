"""What the desk remembers about its looks between starts: window place, columns, splitters, theme."""

import contextlib
import json
import logging
import threading
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)


class WindowState:
    """A small JSON file of remembered values; losing it loses nothing but looks.

    `path` None remembers for this run only. Values are anything JSON holds.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._values: dict[str, Any] = {}
        if path is not None and path.exists():
            try:
                loaded = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                log.warning("the remembered window state cannot be read and is begun afresh")
            else:
                self._values = loaded if isinstance(loaded, dict) else {}
        self._saved = json.dumps(self._values, sort_keys=True)

    def get(self, key: str, default: Any = None) -> Any:
        """The remembered value, or `default`."""
        return self._values.get(key, default)

    def set(self, key: str, value: Any) -> None:
        """Remember a value; written at the next `save()`."""
        self._values[key] = value

    def save(self) -> None:
        """Write what changed, whole or not at all; a failure is logged and otherwise ignored. Any thread."""
        if self._path is None:
            return
        text = json.dumps(self._values, sort_keys=True, indent=1)
        with self._lock:
            if text == self._saved:
                return
            partial = self._path.with_suffix(".part")
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                partial.write_text(text, encoding="utf-8")
                partial.replace(self._path)
            except OSError as error:
                log.warning("the window state could not be saved: %s", error)
                with contextlib.suppress(OSError):
                    partial.unlink()
            else:
                self._saved = text
