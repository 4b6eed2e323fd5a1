"""Copies a backup's files: no links, nothing under a strange name, each for its owner alone and on the disk."""

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from controlroom.care import manifests
from controlroom.care.records import Backup
from controlroom.care.trust import FOLDERS, HEADS, SETTINGS, is_safe
from controlroom.platform import create_private, open_unlinked, private_folder

_CHUNK = 1 << 20


def copy_files(
    folder: Path, draft: Path, heads: Path, before: Backup | None
) -> tuple[dict[str, str], list[str]]:
    """Copy pictures, settings and signed heads; returns SHA-256 by path in the backup, and what was left out."""
    digests: dict[str, str] = {}
    faults: list[str] = []
    found = [(path, name) for each in FOLDERS for path, name in _below(folder / each, each, faults)]
    for path, name in (*found, (folder / SETTINGS, SETTINGS), (heads, HEADS)):
        with contextlib.suppress(FileNotFoundError):  # not there, or a purge was quicker
            if fault := _fault(path, name):
                faults.append(f"{name} was left out: {fault}")
            else:
                digests[name] = _share_or_copy(path, draft, name, before)
    return digests, faults


def _below(top: Path, first: str, faults: list[str]) -> Iterator[tuple[Path, str]]:
    """Every file below a folder with its name in the backup. The folder itself may lie on another disk, by a link."""
    for place, folders, files in os.walk(top):
        here = Path(place)
        name = "/".join((first, *here.relative_to(top).parts))
        for linked in [each for each in folders if (here / each).is_symlink()]:
            faults.append(f"{name}/{linked} was left out: it is a link")
        folders.sort()
        for each in sorted(files):
            yield here / each, f"{name}/{each}"


def _fault(path: Path, name: str) -> str:
    """Why a file does not go into a backup, "" when it does."""
    about = path.lstat()
    if not stat.S_ISREG(about.st_mode):
        return "it is a link, or no file at all"
    if about.st_nlink > 1:
        return "it is a file of another place as well (a hard link)"
    return "" if is_safe(name) else "no picture has such a name"


def _share_or_copy(path: Path, draft: Path, name: str, before: Backup | None) -> str:
    target = draft / name
    private_folder(target.parent)
    known = before.manifest.files.get(name) if before and name.startswith(tuple(FOLDERS)) else None
    if before is not None and known is not None:
        former = before.folder / name
        with contextlib.suppress(OSError):
            same = former.stat().st_size == path.stat().st_size and not former.is_symlink()
            if same and manifests.digest_of(former) == known:
                os.link(former, target)
                return known
    return copy_durably(path, target)


def copy_durably(path: Path, target: Path) -> str:
    """Copy a file, but no link, for its owner alone; it is on the disk when this returns, and was this SHA-256.

    Raises OSError.
    """
    private_folder(target.parent)
    digest = sha256()
    with open_unlinked(path) as source, create_private(target) as copy:
        shutil.copyfileobj(source, copy, _CHUNK)
        copy.flush()
        os.fsync(copy.fileno())
    with target.open("rb") as written:
        while chunk := written.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def sync(path: Path) -> None:
    """Wait until a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
