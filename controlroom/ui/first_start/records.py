"""Defines what the first start asks and remembers, and what it needs of the program."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from controlroom.cameras.records import Camera, NewCamera
from controlroom.ui.pages.cameras.asking import Prober
from controlroom.video.pool import VideoPool
from controlroom.video.records import Look, StreamAddress


class StartStep(StrEnum):
    """The four steps, in order."""

    ACCOUNT = "account"
    STORAGE = "storage"
    SITE = "site"
    CAMERA = "camera"


class Storage(StrEnum):
    """Where the records are stored."""

    HERE = "here"
    SERVER = "server"
    GIVEN = "given"  # by --database on the command line


@dataclass
class Draft:
    """Everything answered so far but passwords; stored on the disk, so that a crash costs no answer.

    `made` is True once database, account and names are there: from then on only the camera is missing.
    """

    step: StartStep = StartStep.ACCOUNT
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


class Setup(Prober, Protocol):
    """What the first start needs of the program. Searching and asking return at once, the others may take seconds."""

    draft: Draft

    @property
    def folder(self) -> Path: ...

    @property
    def pictures(self) -> VideoPool: ...

    def look(self, stream: StreamAddress) -> Look: ...

    def keep(self) -> None: ...

    def try_storage(self, url: str, password: str) -> StorageAnswer: ...

    def make(self, password: str, database_password: str) -> None: ...

    def resume(self, password: str) -> None: ...

    def add_camera(self, camera: NewCamera) -> Camera: ...
