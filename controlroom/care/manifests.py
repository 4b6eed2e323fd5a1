"""Manages backups on disk: writes and checks their manifests, lists them, and removes old ones."""

import json
import logging
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import file_digest
from pathlib import Path

from controlroom.care.records import MANIFEST, Backup, Manifest
from controlroom.care.trust import Trust, check_names, check_place, faults_of
from controlroom.clock import local_date
from controlroom.codec import to_plain
from controlroom.errors import Conflict, InvalidInput, Unavailable
from controlroom.platform import FileLock, private_folder, write_private
from controlroom.settings import Settings
from controlroom.small_files import read_json

log = logging.getLogger(__name__)
PARTIAL = ".partial"
STAMP = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z"  # how a backup's folder is named
LOCK = ".backup.lock"
LARGEST_MANIFEST = 128 * 1024 * 1024  # bytes: names and digests of half a million pictures
UNSOUND_RETAINED = 7  # backups that were not sound, beside the good ones


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into the backup's folder."""
    fields = {"controlroom_backup": 1, **to_plain(manifest)}
    write_private(folder / MANIFEST, (json.dumps(fields, indent=1, sort_keys=True) + "\n").encode())


def read_backup(folder: Path) -> Backup:
    """Read the backup in `folder`; raises InvalidInput when there is none, or it was not finished."""
    try:
        manifest = read_json(folder / MANIFEST, Manifest, LARGEST_MANIFEST)
        linked = (folder / MANIFEST).is_symlink()
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"{folder} is no finished backup.",
            remedy=f"Name a folder with a {MANIFEST} in it; `controlroom db backups` lists them.",
        ) from error
    if linked:
        raise InvalidInput(f"{folder / MANIFEST} is a link to something else.", remedy="Use another backup.")
    check_names(folder, manifest)
    return Backup(folder, manifest)


def backups(folder: Path) -> list[Backup]:
    """List every finished backup below `folder`, newest first."""
    return readable(folder)[0]


def readable(folder: Path) -> tuple[list[Backup], list[InvalidInput]]:
    """Every finished backup below `folder`, newest first, and why others cannot be read."""
    found: list[Backup] = []
    faults: list[InvalidInput] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix != PARTIAL and not path.is_symlink() and os.path.lexists(path / MANIFEST):
            try:
                found.append(read_backup(path))
            except InvalidInput as error:
                log.warning("%s", error)
                faults.append(error)
    return sorted(found, key=lambda each: each.manifest.made_at, reverse=True), faults


def check_files(backup: Backup) -> None:
    """Raise Unavailable naming the first file that is missing or not what the manifest says."""
    for name, digest in backup.manifest.files.items():
        path = check_place(backup, name)
        try:
            same = digest_of(path) == digest
        except OSError:
            same = False
        if not same:
            raise damaged(backup, name)


def damaged(backup: Backup, name: str) -> Unavailable:
    """A file of the backup is not what its manifest says."""
    return Unavailable(
        f"The backup {backup.name} is damaged: {name} is missing or was changed.",
        "It cannot be relied on.",
        "Use another backup.",
    )


def named_by_time(made_at: datetime) -> str:
    """How the folder of a backup that was made then is called."""
    return f"{made_at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"


def newest_good(folder: Path, trust: Trust) -> Backup | None:
    """Return the newest sound backup that was signed with one of these keys and whose files match its manifest."""
    for backup in backups(folder):
        try:
            trust.check(backup)
            check_files(backup)
        except Unavailable as error:
            log.warning("%s", error)
        else:
            return backup
    return None


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def names_to_retain(given: Sequence[Backup], *, daily: int, weekly: int, monthly: int) -> set[str]:
    """Names of backups to retain: the newest, and the newest of each of the last days, weeks and months (London)."""
    newest_first = sorted(given, key=lambda each: each.manifest.made_at, reverse=True)
    wanted = {each.name for each in newest_first[:1]}
    periods: list[tuple[int, Callable[[date], object]]] = [
        (daily, lambda day: day),
        (weekly, lambda day: day.isocalendar()[:2]),
        (monthly, lambda day: (day.year, day.month)),
    ]
    for count, period in periods:
        seen: dict[object, str] = {}
        for each in newest_first:
            seen.setdefault(period(local_date(each.manifest.made_at)), each.name)
        wanted |= set(list(seen.values())[:count])
    return wanted


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Let only one backup run in `folder`, which is created. Raises Conflict beside another, or Unavailable."""
    try:
        private_folder(folder)
        lock = FileLock.take(folder / LOCK)
    except OSError as error:
        raise Unavailable(
            f"The backup was not made: {folder} cannot be written ({error.strerror}).",
            "The room and the backups made before are as they were.",
            "Make room on that disk, or set another backup_folder.",
        ) from error
    if lock is not None and not lock.still_there:  # whoever held it took its file away just now
        lock.release()
        lock = None
    if lock is None:
        raise Conflict(
            f"Another backup is being made in {folder}.",
            "This one was not begun.",
            "Try again when it is done.",
        )
    try:
        yield
    finally:
        lock.release(remove=True)


@dataclass(frozen=True)
class Thinned:
    """Says what became of old backups: the names of those removed, how many stay, and which were left alone and why."""

    gone: tuple[str, ...]
    kept: int
    left: tuple[str, ...]


def remove_old(folder: Path, settings: Settings, trusted: Collection[str]) -> Thinned:
    """Delete the backups that the settings do not retain.

    Only those count, and only those go, that were signed with a key of the room (`trusted`): a folder that somebody
    else put there displaces none.
    """
    if not folder.is_dir():
        return Thinned((), 0, ())
    with one_at_a_time(folder):
        own: list[Backup] = []
        left: list[str] = []
        for each in backups(folder):
            if fault := _not_ours(each, trusted):
                left.append(f"{each.name}: {fault}")
            else:
                own.append(each)
        retained = names_to_retain(
            [each for each in own if not each.manifest.faults],
            daily=settings.backups_daily,
            weekly=settings.backups_weekly,
            monthly=settings.backups_monthly,
        )
        unsound = [each.name for each in own if each.manifest.faults]
        retained |= set(unsound[:UNSOUND_RETAINED])
        gone = [each for each in own if each.name not in retained]
        for each in gone:
            # A crash in between leaves no half backup that looks whole.
            half_gone = each.folder.with_suffix(PARTIAL)
            each.folder.rename(half_gone)
            shutil.rmtree(half_gone)
    return Thinned(tuple(each.name for each in gone), len(own) - len(gone), tuple(left))


def _not_ours(backup: Backup, trusted: Collection[str]) -> str:
    """Why a backup is none that this room made; "" where it is one."""
    for fault in faults_of(backup.manifest, trusted):
        return fault
    same = backup.name == named_by_time(backup.manifest.made_at)
    return "" if same else "its manifest belongs to another backup"


def sweep_partial(folder: Path) -> None:
    """Delete what an interrupted backup left: folders with our own time stamps, no other files."""
    for path in folder.glob(f"{STAMP}{PARTIAL}") if folder.is_dir() else ():
        shutil.rmtree(path, ignore_errors=True)
