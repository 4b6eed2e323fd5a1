"""Stores small pictures of presets in one folder of the desk: what the wall showed when a preset was saved or reached.

They are for recognising a place, not for looking at people: 192 by 108 pixels at most. They lie beside the desk's
other files, readable by its owner alone, and go with the preset.
"""

import contextlib
import hashlib
import os
from collections.abc import Collection, Mapping
from pathlib import Path

from controlroom.clock import process_clock
from controlroom.errors import Unavailable
from controlroom.platform import private_folder

WIDTH, HEIGHT = 192, 108
LARGEST = 60_000  # bytes of one picture; what is larger is none of ours
UNLISTED_S = 86_400.0
FOLDER = "presets"


class PresetPictures:
    """The folder. A camera is named by its id and where it is reached, since another device has presets of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, camera: str, tokens: Collection[str]) -> Mapping[str, Path]:
        """The pictures of the presets a camera lists.

        Those of presets it does not list are deleted once they are a day old: a younger one may be of a preset that
        was stored since the camera was asked.
        """
        folder = self._of_camera(camera)
        named = {_name(token): token for token in tokens}
        found: dict[str, Path] = {}
        now = process_clock().now().timestamp()
        try:
            lying = list(folder.iterdir()) if folder.is_dir() else []
            for path in lying:
                if path.name in named:
                    if path.stat().st_size <= LARGEST:
                        found[named[path.name]] = path
                elif now - path.stat().st_mtime > UNLISTED_S:
                    path.unlink(missing_ok=True)
        except OSError:
            return found  # a picture less: nothing depends on it
        return found

    def keep(self, camera: str, token: str, picture: bytes) -> None:
        """Store the picture of a preset in place of the one before. Raises Unavailable."""
        folder = self._of_camera(camera)
        target = folder / _name(token)
        draft = target.with_suffix(".new")
        try:
            private_folder(folder)
            draft.unlink(missing_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(picture)
            draft.replace(target)
        except OSError as error:
            raise Unavailable(
                f"The picture of the preset was not kept: {error.strerror or error}.",
                "The preset itself is stored in the camera.",
            ) from error

    def forget(self, camera: str, token: str) -> None:
        """Delete the picture of a preset that was removed."""
        with contextlib.suppress(OSError):
            (self._of_camera(camera) / _name(token)).unlink(missing_ok=True)

    def _of_camera(self, camera: str) -> Path:
        return self._folder / _digest(camera)


def _name(token: str) -> str:
    return f"{_digest(token)}.jpg"


def _digest(text: str) -> str:
    """A name for a folder or file, whatever letters a camera put into its own."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
