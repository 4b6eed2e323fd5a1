"""Opens a room's database; for a damaged file the error names the backup to restore."""

from pathlib import Path

from controlroom import settings
from controlroom.audit.signing import AuditFiles
from controlroom.care import manifests
from controlroom.care.trust import Trust, keys_of
from controlroom.changes import Changes
from controlroom.clock import Clock
from controlroom.database.engine import room_url, sqlite_file
from controlroom.database.opening import open_database
from controlroom.database.unit_of_work import Database
from controlroom.declaration import Nouns
from controlroom.errors import ControlRoomError, Unavailable


def open_room_database(
    folder: Path, url: str | None, clock: Clock, nouns: Nouns, changes: Changes | None = None
) -> Database:
    """Open as `open_database` does; for a damaged file the remedy names the newest good backup."""
    address = room_url(folder, url)
    try:
        return open_database(address, clock, nouns, changes)
    except Unavailable as error:
        if sqlite_file(address) is None or "damaged" not in error.what:
            raise
        raise Unavailable(error.what, error.meaning, _remedy(folder)) from error.__cause__


def _remedy(folder: Path) -> str:
    backup = None
    try:
        known = settings.load(folder)
        trust = Trust(keys_of(AuditFiles.of(folder, known)))
        backup = manifests.newest_good(folder / known.backup_folder, trust)
    except (ControlRoomError, OSError):
        pass  # the generic advice below still holds
    if backup is None:
        return (
            "No good backup was found. Copy the folder somewhere safe, then put one that lies elsewhere back: "
            "controlroom db restore BACKUP --replace."
        )
    return (
        f"The newest good backup is {backup.folder}. Put it in its place with: "
        f"controlroom db restore {backup.name} --replace (the damaged file is kept, moved aside)."
    )
