"""What the first start asks and remembers, and what it needs of the program."""

from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from controlroom.cameras.devices import DeviceAddress, DeviceReport, DiscoveredDevice
from controlroom.cameras.records import Camera, NewCamera
from controlroom.video.pool import VideoPool


class Step(StrEnum):
    """The four steps, in order."""

    ACCOUNT = "account"
    STORAGE = "storage"
    SITE = "site"
    CAMERA = "camera"


class Storage(StrEnum):
    """Where the records are kept."""

    HERE = "here"
    SERVER = "server"
    GIVEN = "given"  # by --database on the command line


@dataclass
class Draft:
    """Everything answered so far but passwords; kept on the disk, so that a crash costs no answer.

    `made` is True once database, account and names are there: from then on only the camera is missing.
    """

    step: Step = Step.ACCOUNT
    login: str = ""
    handle: str = "Administrator"
    storage: Storage = Storage.HERE
    url: str = ""  # without its password
    backup_folder: str = ""
    site_name: str = "Control room"
    jag_name: str = "Joint Agency Group"
    own_lists: bool = True
    made: bool = False


@dataclass(frozen=True)
class StorageAnswer:
    """What a database said when it was tried. `joins`: it holds a room with accounts already."""

    good: bool
    what: str
    meaning: str = ""
    remedy: str = ""
    joins: bool = False


class Setup(Protocol):
    """What the first start needs of the program. Methods that return at once say so; the others may take seconds."""

    draft: Draft

    @property
    def folder(self) -> Path: ...

    def keep(self) -> None:
        """Write the draft to the disk."""
        ...

    def try_storage(self, url: str, password: str) -> StorageAnswer:
        """Connect to a PostgreSQL database and say plainly what was found."""
        ...

    def make(self, password: str, database_password: str) -> None:
        """Make database, account and names, all of them or none that counts; then start the processes."""
        ...

    def resume(self, password: str) -> None:
        """Open the room made before, as the administrator whose password this is."""
        ...

    def discover(self) -> "Future[list[DiscoveredDevice]]":
        """Search the network (returns at once)."""
        ...

    def probe(self, address: DeviceAddress) -> "Future[DeviceReport]":
        """Ask a camera about itself (returns at once)."""
        ...

    @property
    def pictures(self) -> VideoPool:
        """The picture processes."""
        ...

    def add_camera(self, camera: NewCamera) -> Camera:
        """Put it on the register and on the wall."""
        ...
