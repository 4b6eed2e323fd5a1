"""Stores one desk's outbox in a file: a small SQLite database on this machine's own disk, sealed with the site key.

Each running desk has a file of its own and holds a lock beside it; a file whose lock is free belongs to a desk that
was killed, and the next one empties it. What it holds is personal, so every row is sealed; only order and state are
plain. `synchronous=FULL`: a row that was told accepted has been forced to the disk.
"""

import json
import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from controlroom.codec import from_json, to_plain
from controlroom.errors import Unavailable
from controlroom.log.outbox.records import ItemState, OutboxItem
from controlroom.platform import FileLock, owner_only, sync_folder
from controlroom.site_key import SiteKey

log = logging.getLogger(__name__)

SUFFIX = ".spool"  # as the first version named it, so that what such a desk left is found and reported


class OutboxDamaged(Unavailable):
    """An outbox file that cannot be read."""


class OutboxFile:
    """Stores rows in the order they came. Not thread-safe: its owner takes turns."""

    def __init__(self, path: Path, site_key: SiteKey, lock: FileLock) -> None:
        self.path, self._site_key, self._lock = path, site_key, lock
        self.unreadable = (
            0  # rows sealed with another key, or changed: the file is not removed while it holds any
        )
        new = not path.exists()
        self._connection = sqlite3.connect(
            path, isolation_level=None, timeout=5, check_same_thread=False, cached_statements=20
        )
        try:
            if new:
                owner_only(path)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS kept (number INTEGER PRIMARY KEY AUTOINCREMENT, "
                "state TEXT NOT NULL, sealed TEXT NOT NULL)"
            )
            if not new and self._connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("it does not fit together")
            if new:
                sync_folder(path.parent)
        except BaseException:
            self._connection.close()
            raise

    @classmethod
    def open(cls, path: Path, site_key: SiteKey) -> "OutboxFile | None":
        """The file at `path`, or None while another desk holds it. Raises OutboxDamaged, OSError, sqlite3.Error."""
        lock = FileLock.take(path.with_suffix(".lock"))
        if lock is None:
            return None
        try:
            return cls(path, site_key, lock)
        except sqlite3.OperationalError:
            lock.release()
            raise
        except sqlite3.DatabaseError as error:
            lock.release()
            raise OutboxDamaged(f"The outbox file {path.name} is damaged ({error}).") from error

    def put(self, item: OutboxItem) -> OutboxItem:
        """Store a row durably; returns it with its place. Raises sqlite3.Error."""
        cursor = self._connection.execute(
            "INSERT INTO kept (state, sealed) VALUES (?, ?)", (item.state.value, self._seal(item))
        )
        return replace(item, number=cursor.lastrowid or 0)

    def change(self, item: OutboxItem) -> None:
        """Write a row's state and reason anew."""
        self._connection.execute(
            "UPDATE kept SET state = ?, sealed = ? WHERE number = ?",
            (item.state.value, self._seal(item), item.number),
        )

    def take_out(self, item: OutboxItem) -> None:
        """Delete a row that the database has by now."""
        self._connection.execute("DELETE FROM kept WHERE number = ?", (item.number,))

    def rows(self) -> Sequence[OutboxItem]:
        """Every row in order that can be opened; `unreadable` counts the others. Raises sqlite3.Error."""
        found, self.unreadable = [], 0
        query = "SELECT number, state, sealed FROM kept ORDER BY number"
        for number, state, sealed in self._connection.execute(query):
            try:
                item = from_json(OutboxItem, self._site_key.open(str(sealed)))
                found.append(replace(item, state=ItemState(state), number=number))
            except (Unavailable, ValueError):
                self.unreadable += 1
        return found

    def close(self, *, remove: bool = False) -> None:
        """Close and unlock the file; `remove` it when every row that can be opened is gone, unless others are left."""
        self._connection.close()
        remove = remove and not self.unreadable
        if remove:
            for path in (self.path, *_beside(self.path)):
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:  # empty as it is, the next desk on the folder takes it over
                    log.warning("an empty outbox file stays behind: %s", error)
        self._lock.release(remove=remove)

    def set_aside(self) -> Path:
        """Move a damaged file out of the way, whole; returns where it lies."""
        self._connection.close()
        moved_to = set_aside(self.path)
        self._lock.release(remove=True)
        return moved_to

    def _seal(self, item: OutboxItem) -> str:
        return self._site_key.seal(json.dumps(to_plain(item), ensure_ascii=False))


def set_aside(path: Path) -> Path:
    """Rename an outbox file and what SQLite put beside it, so that nothing tries it again."""
    target = path.with_name(f"{path.stem}.damaged")
    for here, there in zip(_beside(path), _beside(target), strict=True):
        if here.exists():
            here.replace(there)
    return path.replace(target)


def _beside(path: Path) -> list[Path]:
    """The files that SQLite puts beside a database."""
    return [Path(f"{path}{end}") for end in ("-wal", "-shm", "-journal")]
