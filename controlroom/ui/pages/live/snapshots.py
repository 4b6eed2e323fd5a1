"""Takes pictures from tiles for the log, and stores them in one folder until the log has its own copy."""

import shutil
import tempfile
import weakref
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject

from controlroom.cameras.records import Camera
from controlroom.platform import owner_only
from controlroom.ui.kit.context import PageContext
from controlroom.ui.pages.live.wall import Wall

Use = Callable[[Camera, Path | None, datetime], None]


class SnapshotTaker(QObject):
    """Asks the media workers for full-size pictures of tiles."""

    def __init__(self, wall: Wall, context: PageContext, folder: Path | None) -> None:
        """`folder` is emptied now: what a killed run left there belongs to nobody. None makes one for this run."""
        super().__init__(wall)
        self._wall, self._background, self._messages = wall, context.background, context.messages
        self._folder = folder
        self._taken = 0
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def take(self, index: int, when: datetime, use: Use) -> None:
        """Take a picture of a tile, then `use` it with its camera; without a picture, `use` goes on with None."""
        camera = self._wall.tiles[index].camera
        if camera is None:
            self._messages.show("No camera is selected.", kind="info")
            return
        self._taken += 1
        path = self._made_folder() / f"{camera.id}-{self._taken}.jpg"
        future = self._wall.snapshot(index, path)
        if future is None:
            use(camera, None, when)
            return

        def without(error: Exception) -> None:
            self._messages.show(f"No picture could be kept: {error}", kind="warn")
            use(camera, None, when)

        self._background.follow(future, lambda done: use(camera, done, when), without, owner=self)

    def _made_folder(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="controlroom-pictures-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        owner_only(self._folder)
        return self._folder
