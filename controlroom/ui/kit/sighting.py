"""Describes what somebody saw on a camera, as the beginning of a record."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from controlroom.cameras.records import Camera


@dataclass(frozen=True)
class Sighting:
    """A moment on a camera's picture."""

    camera: Camera | None
    picture: Path | None
    at: datetime
    """UTC."""
