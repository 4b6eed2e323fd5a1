"""The camera register and its logins, remembered sealed, so that live pictures and PTZ outlast the database."""

from typing import TypeVar

from controlroom.accounts.permissions import Permission, permissions_of
from controlroom.accounts.records import Actor
from controlroom.cameras.records import Camera, CameraLogin
from controlroom.cameras.service import CameraService
from controlroom.codec import from_plain, to_plain
from controlroom.errors import PermissionRefused, Unavailable
from controlroom.sealed_file import SealedFile

T = TypeVar("T")


class DeskCameras(CameraService):
    """The register as a desk uses it: while the database is away, as it last read it."""

    remembered: SealedFile
    remembered_logins: SealedFile

    def cameras(self, actor: Actor) -> list[Camera]:
        """Every camera in use, by number."""
        try:
            cameras = super().cameras(actor)
        except Unavailable as error:
            _allow(actor, Permission.READ_CAMERAS)
            return self._recalled(self.remembered, list[Camera], error)
        self.remembered.write(to_plain(cameras))
        return cameras

    def logins(self, actor: Actor) -> dict[int, CameraLogin]:
        """How to reach each camera that has an address, by camera id; for the media and control processes only."""
        try:
            logins = super().logins(actor)
        except Unavailable as error:
            _allow(actor, Permission.WATCH_LIVE)
            recalled = self._recalled(self.remembered_logins, list[CameraLogin], error)
            return {each.camera_id: each for each in recalled}
        self.remembered_logins.write(to_plain(list(logins.values())))
        return logins

    def _recalled(self, file: SealedFile, kind: type[T], error: Unavailable) -> T:
        try:
            return from_plain(kind, file.read())
        except ValueError:
            raise error from None


def _allow(actor: Actor, permission: Permission) -> None:
    if permission not in permissions_of(actor.roles):
        raise PermissionRefused(f"{actor.handle} may not {permission.value}.")
