"""Stores a small file encrypted with the site key: what a desk remembers for a time without its database."""

import json
import logging
import threading
from pathlib import Path
from typing import Any

from controlroom.codec import from_json
from controlroom.errors import Unavailable
from controlroom.platform import owner_only, write_private
from controlroom.site_key import SiteKey
from controlroom.small_files import read_text

log = logging.getLogger(__name__)


class SealedFile:
    """Plain values in one encrypted file, written completely or not at all; losing it costs a convenience."""

    def __init__(self, path: Path, site_key: SiteKey) -> None:
        self._path, self._site_key = path, site_key
        self._lock = threading.Lock()
        self._last: str | None = None

    def read(self) -> Any:
        """Return the values, None when there are none or they cannot be decrypted."""
        with self._lock:
            try:
                return from_json(object, self._site_key.open(read_text(self._path)))
            except FileNotFoundError:
                return None
            except (OSError, ValueError, Unavailable) as error:
                log.warning(
                    "%s cannot be read and is begun afresh: %s", self._path.name, type(error).__name__
                )
                return None

    def write(self, values: Any) -> None:
        """Store these values; a failure is logged and otherwise ignored."""
        text = json.dumps(values, sort_keys=True)
        with self._lock:
            if text == self._last:
                return
            try:
                write_private(self._path, self._site_key.seal(text).encode())
                owner_only(self._path.parent)
            except (OSError, Unavailable) as error:
                log.warning("%s could not be kept: %s", self._path.name, type(error).__name__)
            else:
                self._last = text
