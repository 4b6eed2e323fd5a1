"""The camera register and its logins, remembered sealed, so that live pictures and PTZ outlast the database."""

from dataclasses import asdict
from enum import Enum
from typing import Any

from controlroom.accounts.permissions import Permission, permissions_of
from controlroom.accounts.records import Actor
from controlroom.cameras.records import Camera, CameraLogin, Migration, Owner, Place, Transport
from controlroom.cameras.service import CameraService
from controlroom.errors import PermissionRefused, Unavailable
from controlroom.sealed_file import SealedFile


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
            return [_camera(each) for each in self._recalled(self.remembered, error)]
        self.remembered.write([asdict(each, dict_factory=_plain) for each in cameras])
        return cameras

    def logins(self, actor: Actor) -> dict[int, CameraLogin]:
        """How to reach each camera that has an address, by camera id; for the media and control processes only."""
        try:
            logins = super().logins(actor)
        except Unavailable as error:
            _allow(actor, Permission.WATCH_LIVE)
            recalled = self._recalled(self.remembered_logins, error)
            return {each["camera_id"]: CameraLogin(**each) for each in recalled}
        self.remembered_logins.write([asdict(each) for each in logins.values()])
        return logins

    def _recalled(self, file: SealedFile, error: Unavailable) -> list[dict[str, Any]]:
        found = file.read()
        if not isinstance(found, list):
            raise error
        return found


def _allow(actor: Actor, permission: Permission) -> None:
    if permission not in permissions_of(actor.roles):
        raise PermissionRefused(f"{actor.handle} may not {permission.value}.")


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value.value if isinstance(value, Enum) else value for name, value in pairs}


def _camera(values: dict[str, Any]) -> Camera:
    given = dict(values)
    return Camera(
        **{
            **given,
            "place": Place(**given["place"]),
            "owner": Owner(given["owner"]),
            "migration": Migration(given["migration"]),
            "transport": Transport(given["transport"]),
            "abilities": tuple(given["abilities"]),
        }
    )
