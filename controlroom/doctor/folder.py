"""Checks the data folder (owner, access, space, local disk) and the settings in it."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from controlroom import settings
from controlroom.doctor.records import CheckContext, CheckResult, fail, ok, warn
from controlroom.errors import ControlRoomError
from controlroom.platform import WINDOWS

FAMILY = "Data folder"
LEAST_BYTES, LITTLE_BYTES = 200_000_000, 2_000_000_000
NETWORK = {
    "nfs",
    "nfs4",
    "cifs",
    "smbfs",
    "smb3",
    "fuse.sshfs",
    "afpfs",
    "webdav",
    "9p",
    "ncpfs",
    "glusterfs",
}


def check(context: CheckContext) -> Iterator[CheckResult]:
    """Check the folder. A missing one is no fault: the first start makes it."""
    folder = context.folder
    if not folder.exists():
        yield warn(FAMILY, "Place", f"{folder} is not there yet", remedy="`controlroom run` makes it.")
        yield space(nearest(folder))
        return
    if not folder.is_dir():
        yield fail(
            FAMILY, "Place", f"{folder} is not a folder", "Nothing can be kept.", "Name another: --data."
        )
        return
    yield ok(FAMILY, "Place", str(folder))
    yield writable(folder)
    yield owner_only_access(folder)
    yield space(folder)
    yield on_local_disk(folder)
    yield settings_usable(context)


def nearest(folder: Path) -> Path:
    """Return the folder or the first of its parents that exists."""
    return next(each for each in (folder, *folder.absolute().parents) if each.exists())


def writable(folder: Path) -> CheckResult:
    """Check that it can be written, by writing: permissions say nothing about a full or read-only disk."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(b"x" * 65536)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return fail(
            FAMILY,
            "Writable",
            f"no: {error.strerror}",
            "Nothing can be saved; the desk shows live pictures at best.",
            "Make room, mount the disk for writing, or give this person the right to write there.",
        )
    return ok(FAMILY, "Writable", "yes")


def owner_only_access(folder: Path) -> CheckResult:
    """Check that it is owned by this person and closed to everybody else."""
    if WINDOWS:
        return ok(FAMILY, "Owner", "not looked at on Windows")
    facts = folder.stat()
    if facts.st_uid != os.geteuid():
        return fail(
            FAMILY,
            "Owner",
            f"user number {facts.st_uid}, and this is user number {os.geteuid()}",
            "The desk neither opens nor protects a folder of somebody else.",
            "Start it as that person, or name another folder with --data.",
        )
    open_ = [path for path in (folder, *folder.glob("*.key"), *folder.glob("*.url")) if _open_to_others(path)]
    if open_:
        return warn(
            FAMILY,
            "Owner",
            f"readable by others: {', '.join(path.name or str(path) for path in open_)}",
            "Whoever uses this computer may read what is in it.",
            f"chmod -R go= '{folder}'",
        )
    return ok(FAMILY, "Owner", "this person, and closed to others")


def _open_to_others(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def space(folder: Path) -> CheckResult:
    """Check that there is enough space for logs, backups and the database to grow."""
    free = shutil.disk_usage(folder).free
    words = f"{free / 1e9:.1f} GB free"
    if free < LEAST_BYTES:
        return fail(
            FAMILY,
            "Space",
            words,
            "Soon nothing can be saved.",
            "Make room, or move the folder to another disk.",
        )
    if free < LITTLE_BYTES:
        return warn(FAMILY, "Space", words, "Backups may soon find no room.", "Make room in time.")
    return ok(FAMILY, "Space", words)


def on_local_disk(folder: Path) -> CheckResult:
    """Check that it is on a local disk, since SQLite's locks and its log do not work on network shares."""
    kind = file_system(folder)
    if kind in NETWORK:
        return fail(
            FAMILY,
            "Disk",
            f"a network share ({kind})",
            "SQLite can be damaged there when two computers or a lost connection come together.",
            "Keep the folder on a disk of this computer; for several desks use PostgreSQL.",
        )
    return ok(
        FAMILY, "Disk", f"of this computer ({kind})" if kind else "of this computer, as far as can be told"
    )


def file_system(folder: Path) -> str:
    """Return the kind of the file system that holds the folder, empty when unknown."""
    path = str(folder.resolve())
    mounted = [
        each
        for each in psutil.disk_partitions(all=True)
        if path == each.mountpoint or path.startswith(each.mountpoint.rstrip("/") + "/")
    ]
    return max(mounted, key=lambda each: len(each.mountpoint)).fstype.lower() if mounted else ""


def settings_usable(context: CheckContext) -> CheckResult:
    """Check that the settings file and the environment can be used."""
    try:
        found = settings.resolve(context.folder, context.environment)
    except ControlRoomError as error:
        return fail(FAMILY, "Settings", error.what, "The desk does not start with it.", error.remedy)
    own = [f"{name} ({source.value})" for name, source in found.sources.items()]
    return ok(
        FAMILY, "Settings", f"set on this computer: {', '.join(own)}" if own else "none set on this computer"
    )
