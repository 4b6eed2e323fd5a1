"""Makes disposable folders for demonstrations: gone at the end, swept when the demonstration was killed."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from controlroom.platform import owner_only
from controlroom.processes.run_folder import RunFolder, running, sweep

PREFIX = "controlroom-demo-"
OWNER = "owner"


@contextlib.contextmanager
def disposable_folder() -> Iterator[Path]:
    """A new empty folder that is taken away when the block ends."""
    sweep_folders()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    owner_only(folder)
    RunFolder(folder / OWNER)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_folders() -> None:
    """Take away the folders, processes and shared memory of demonstrations that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not any((folder / OWNER).glob("*.json")):
            continue  # being made this moment, or not ours to judge
        if not running(folder / OWNER):
            sweep(folder / "run")
            shutil.rmtree(folder, ignore_errors=True)
