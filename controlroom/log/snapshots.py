"""Stores the pictures of log entries: copied below one folder, known by their SHA-256, never changed."""

import hashlib
import os
import re
import secrets
from datetime import datetime
from pathlib import Path

from controlroom.clock import require_aware
from controlroom.errors import InvalidInput, NotFound, Unavailable
from controlroom.log.records import Snapshot
from controlroom.platform import create_private, private_folder, sync_folder

_CHUNK = 1 << 20


SNAPSHOTS = "snapshots"  # the folder of pictures in the data folder


class SnapshotStore:
    """The folder `snapshots/` of the data folder. Files lie in it by day: `2026/11/20/224107-014-5f3a9c0b7d21e684.jpg`.

    Each belongs to the one record it was stored for; the database lets no other bear its path.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, picture: Path, at: datetime, label: str = "", suffix: str = "") -> Snapshot:
        """Copy `picture` into the store, durably; raises Unavailable when it cannot be read or written.

        A file that already lies in the store belongs to another record, which may be hidden: raises InvalidInput.
        `suffix`: of what it is, where that is known.
        """
        if picture.resolve().is_relative_to(self.folder.resolve()):
            raise InvalidInput(
                "That picture belongs to a record already.",
                remedy="Take one from the camera, or choose another file.",
            )
        try:
            relative = self._new_path(picture, at, label, suffix)
            target = self.folder / relative
            private_folder(target.parent)
            digest = _copy(picture, target)
            sync_folder(target.parent)
        except OSError as error:
            raise Unavailable(
                f"The snapshot was not kept: {error.strerror or error}.",
                "The entry was not saved either.",
                "Check the disk, or write the entry without the picture.",
            ) from error
        return Snapshot(relative.as_posix(), digest)

    def discard(self, snapshot: Snapshot) -> None:
        """Delete a picture whose entry was not saved."""
        self._inside(snapshot.path).unlink(missing_ok=True)

    def remove(self, path: str) -> bool:
        """Delete a picture whose retention is over (an approved purge); True when it was there."""
        picture = self._inside(path)
        try:
            picture.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise Unavailable(
                f"The picture {path} could not be removed: {error.strerror or error}.",
                remedy="Mend that disk, then continue the purge.",
            ) from error
        return True

    def path_of(self, snapshot: Snapshot) -> Path:
        """Where the picture lies; raises NotFound when it is gone."""
        path = self._inside(snapshot.path)
        if not path.is_file():
            raise NotFound(
                f"The picture {snapshot.path} is not in the snapshots folder.",
                remedy="Look in the backup of that day.",
            )
        return path

    def is_unchanged(self, snapshot: Snapshot) -> bool:
        """True when the file still has the hash its entry holds; raises NotFound when it is gone."""
        return _digest(self.path_of(snapshot)) == snapshot.sha256

    def _inside(self, relative: str) -> Path:
        path = (self.folder / relative).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            raise NotFound("That path leads out of the snapshots folder.")
        return path

    def _new_path(self, picture: Path, at: datetime, label: str, suffix: str) -> Path:
        moment = require_aware(at)
        plain = re.sub("[^A-Za-z0-9-]", "", label)  # a camera's number, perhaps from an old database
        name = "-".join(part for part in (f"{moment:%H%M%S}", plain, secrets.token_hex(8)) if part)
        return Path(
            f"{moment:%Y}",
            f"{moment:%m}",
            f"{moment:%d}",
            f"{name}{suffix or picture.suffix.lower() or '.jpg'}",
        )


def _copy(picture: Path, target: Path) -> str:
    digest = hashlib.sha256()
    with picture.open("rb") as source, create_private(target) as copy:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    return digest.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
