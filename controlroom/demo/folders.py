"""Disposable folders: made for one demonstration, gone with it, swept when it was killed."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from controlroom.platform import owner_only
from controlroom.processes.run_folder import sweep

PREFIX = "controlroom-demo-"
OWNER = "owner.json"


@contextlib.contextmanager
def disposable_folder() -> Iterator[Path]:
    """A new empty folder that is taken away when the block ends."""
    sweep_folders()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    owner_only(folder)
    (folder / OWNER).write_text(json.dumps({"pid": os.getpid(), "started": _started(os.getpid())}))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_folders() -> None:
    """Take away the folders, processes and shared memory of demonstrations that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            owner = json.loads((folder / OWNER).read_text())
        except (OSError, ValueError):
            continue  # being made this moment, or not ours to judge
        if _started(owner["pid"]) != owner["started"]:
            sweep(folder / "run")
            shutil.rmtree(folder, ignore_errors=True)


def _started(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None
