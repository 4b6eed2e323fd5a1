"""Stores the camera register and its logins sealed at the desk, so that live pictures and PTZ outlast the database."""

from typing import TypeVar

from controlroom.accounts.permissions import Permission, permissions_of
from controlroom.accounts.records import Actor
from controlroom.cameras.records import Camera, CameraLogin
from controlroom.cameras.service import CameraService
from controlroom.codec import from_plain, to_plain
from controlroom.database.unit_of_work import Database
from controlroom.errors import PermissionRefused, Unavailable
from controlroom.sealed_file import SealedFile
from controlroom.site_key import SiteKey

T = TypeVar("T")


class DeskCameras(CameraService):
    """The register as a desk uses it: while the database is away, as it last read it."""

    def __init__(
        self, database: Database, site_key: SiteKey, *, register: SealedFile, logins: SealedFile
    ) -> None:
        """`register` and `logins` are the files in which what was last read is stored."""
        super().__init__(database, site_key)
        self._register_file, self._logins_file = register, logins

    def cameras(self, actor: Actor) -> list[Camera]:
        try:
            cameras = super().cameras(actor)
        except Unavailable as error:
            _allow(actor, Permission.READ_CAMERAS)
            return self._recalled(self._register_file, list[Camera], error)
        self._register_file.write(to_plain(cameras))
        return cameras

    def logins(self, actor: Actor) -> dict[int, CameraLogin]:
        """How to reach each camera that has an address, by camera id; for the media and control processes only."""
        try:
            logins = super().logins(actor)
        except Unavailable as error:
            _allow(actor, Permission.WATCH_LIVE)
            recalled = self._recalled(self._logins_file, list[CameraLogin], error)
            return {each.camera_id: each for each in recalled}
        self._logins_file.write(to_plain(list(logins.values())))
        return logins

    def _recalled(self, file: SealedFile, kind: type[T], error: Unavailable) -> T:
        try:
            return from_plain(kind, file.read())
        except ValueError:
            raise error from None


def _allow(actor: Actor, permission: Permission) -> None:
    if permission not in permissions_of(actor.roles):
        raise PermissionRefused(f"{actor.handle} may not {permission.value}.")
