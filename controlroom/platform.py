"""Holds everything that differs between operating systems."""

import contextlib
import errno
import os
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import platformdirs
import psutil

from controlroom.installation.system import LINUX, WINDOWS, try_lock


def data_folder() -> Path:
    """Return where this person's control room stores its data unless told otherwise."""
    return Path(platformdirs.user_data_dir("controlroom", appauthor=False))


def has_display() -> bool:
    """Return True when windows can be shown: always on Windows and macOS, with X11 or Wayland on Linux."""
    if not LINUX:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def owner_only(path: Path) -> None:
    """Allow only the owner to read `path` (a file or a folder)."""
    if not WINDOWS:
        path.chmod(0o700 if path.is_dir() else 0o600)


def private_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone, whatever the umask says."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        owner_only(each)


def create_private(path: Path) -> IO[bytes]:
    """Create a file for its owner alone, and open it for writing. Raises FileExistsError, or another OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def open_unlinked(path: Path) -> IO[bytes]:
    """Open a file for reading, and no link in its place: that raises OSError."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    return os.fdopen(os.open(path, flags), "rb")


def private_by_default() -> None:
    """Let whatever this process and its children make be their owner's alone."""
    if not WINDOWS:
        os.umask(0o077)


def open_to_others(folder: Path) -> Iterator[Path]:
    """Each folder and file, from `folder` down, that somebody else may read or write; links are left alone."""
    if WINDOWS or not folder.is_dir():
        return
    for place, _folders, files in os.walk(folder):
        for path in (Path(place), *(Path(place, name) for name in files)):
            with contextlib.suppress(FileNotFoundError):
                mode = path.lstat().st_mode
                if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) & 0o077:
                    yield path


def close_to_others(folder: Path) -> int:
    """Give everything from `folder` down to its owner alone; returns how many had been open. Raises OSError."""
    found = list(open_to_others(folder))
    for path in found:
        owner_only(path)
    return len(found)


def on_termination(action: Callable[[], object]) -> None:
    """Call `action` on Ctrl+C, SIGTERM and (Windows) Ctrl+Break. Main thread only."""
    _handle_signals(lambda *_: action(), "SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP")


def ignore_interrupts() -> None:
    """Ignore Ctrl+C in a child process: it reaches the terminal's whole group, but only the parent acts on it."""
    _handle_signals(signal.SIG_IGN, "SIGINT", "SIGHUP")


def _handle_signals(handler: Any, *names: str) -> None:
    for name in names:
        if (number := getattr(signal, name, None)) is not None:  # not every system has each
            signal.signal(number, handler)


def return_memory_early() -> None:
    """Make the C library return memory at once, for programs that make and drop large pictures on several threads.

    glibc otherwise retains it, in pieces it cannot join again. M_MMAP_THRESHOLD is -3, M_ARENA_MAX -8 in <malloc.h>;
    other C libraries have no mallopt and no such habit.
    """
    if LINUX:
        import ctypes

        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(-3, 1536 * 1024)
            mallopt(-8, 2)


def sync_folder(path: Path) -> None:
    """Make a rename or a new file in `path` durable (a no-op on Windows, which has no such call)."""
    if WINDOWS:
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_private(path: Path, content: bytes, *, replace: bool = True) -> None:
    """Write a file completely or not at all, for its owner alone; it is on the disk when this returns.

    Raises OSError, and FileExistsError rather than `replace` a file; then what was there is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        owner_only(draft)
        if not replace and path.exists():
            raise FileExistsError(errno.EEXIST, "There is a file already", str(path))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


_NETWORK = (
    *("nfs", "cifs", "smb", "9p", "afs", "afpfs", "ncp", "davfs", "webdav", "glusterfs"),
    *("fuse.sshfs", "fuse.rclone", "fuse.glusterfs"),
)


def file_system(path: Path) -> str:
    """Return the kind of file system that holds `path` ("ext4", "nfs4", "cifs"), empty when it cannot be told."""
    resolved = path.resolve()
    mounted = [each for each in psutil.disk_partitions(all=True) if resolved.is_relative_to(each.mountpoint)]
    if not mounted:
        return ""
    nearest = max(reversed(mounted), key=lambda each: len(each.mountpoint))  # of two at one place, the last
    return "cifs" if WINDOWS and "remote" in nearest.opts else nearest.fstype.lower()


def programs_with(path: Path) -> list[str]:
    """Name the other programs that have a file open, as far as this account may see: "python3 (process 4711)"."""
    found: list[str] = []
    for process in psutil.process_iter(["pid", "name"]):
        try:
            opened = process.pid != os.getpid() and any(
                each.path == str(path) for each in process.open_files()
            )
        except (psutil.Error, OSError):
            continue
        if opened:
            found.append(f"{process.info['name']} (process {process.pid})")
    return found


def network_share(path: Path) -> str:
    """Return the kind of network share `path` lies on ("nfs4", "cifs", "smbfs"), empty for a disk of this computer."""
    if WINDOWS and str(path.resolve()).startswith("\\\\"):
        return "a network share"
    kind = file_system(path)
    return kind if kind.startswith(_NETWORK) else ""


class FileLock:
    """A lock on a small file, held until it is released or this process has ended, in whatever way."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        self._file, self.path = file, path

    @classmethod
    def take(cls, path: Path) -> "FileLock | None":
        """Take the lock at `path`; None while another process (or part of this one) holds it. Raises OSError."""
        file = path.open("a+b")
        if not try_lock(file.fileno()):
            file.close()
            return None
        return cls(file, path)

    def write(self, content: bytes) -> None:
        """Write into the file who holds it (others can read it meanwhile)."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(content)
        self._file.flush()

    def release(self, *, remove: bool = False) -> None:
        """Release the lock; `remove` deletes the file too."""
        if remove:
            with contextlib.suppress(OSError):
                self.path.unlink()
        self._file.close()

    @property
    def still_there(self) -> bool:
        """Return False when the file was deleted or replaced while we held it."""
        try:
            there, ours = self.path.stat(), os.fstat(self._file.fileno())
        except (OSError, ValueError):
            return False
        return WINDOWS or (there.st_ino, there.st_dev) == (ours.st_ino, ours.st_dev)


class _Detached(subprocess.Popen[bytes]):
    """A process that is meant to outlive this one, so that Popen must not warn that it still runs."""

    def __del__(self) -> None:
        """Do nothing: Popen's own method would warn."""


def start_detached(command: list[str], errors: Path, *, stdin: bytes = b"") -> "subprocess.Popen[bytes]":
    """Start a process that goes on when this one ends, in whatever way. Its stderr goes to the file `errors`."""
    options: dict[str, Any] = {"start_new_session": True}
    if WINDOWS:
        options = {"creationflags": 0x00000008 | 0x00000200}  # DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP
    with errors.open("ab") as file:
        process = _Detached(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=file, close_fds=True, **options
        )
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.write(stdin)
        process.stdin.close()
    return process
