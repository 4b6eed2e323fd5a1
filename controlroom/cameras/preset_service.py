"""Holds the use cases of presets: who may change what is stored in a camera, and that it stands in the audit trail.

The positions themselves are in the camera, shared by every desk. So a desk asks here first, and only then the camera;
what is recorded is that somebody had it asked of the camera.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit import service as audit
from controlroom.cameras.rules import check_preset_name
from controlroom.cameras.tables import CameraRow
from controlroom.database.unit_of_work import Database, Work
from controlroom.errors import NotFound
from controlroom.texts import takes_texts


@takes_texts
class PresetService:
    """New presets are for everybody who steers; what colleagues rely on is changed by who looks after cameras."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, actor: Actor, camera_id: int, name: str) -> str:
        """Let a camera be asked to store where it looks; returns the name as it is to be stored."""
        with self._changing(actor, camera_id, Permission.STEER_CAMERAS) as (work, camera):
            check_preset_name(name)
            audit.record(work, actor.handle, "camera.preset-saved", "camera", camera.number, preset=name)
            return name

    def rename(self, actor: Actor, camera_id: int, before: str, name: str) -> str:
        """Let a stored position be given another name; returns it as it is to be stored."""
        with self._changing(actor, camera_id, Permission.MANAGE_CAMERAS) as (work, camera):
            check_preset_name(name)
            told = f"{before} → {name}"
            audit.record(work, actor.handle, "camera.preset-renamed", "camera", camera.number, preset=told)
            return name

    def remove(self, actor: Actor, camera_id: int, name: str) -> None:
        """Let a stored position be forgotten."""
        with self._changing(actor, camera_id, Permission.MANAGE_CAMERAS) as (work, camera):
            audit.record(work, actor.handle, "camera.preset-removed", "camera", camera.number, preset=name)

    def set_home(self, actor: Actor, camera_id: int) -> None:
        """Let where a camera looks become its home."""
        with self._changing(actor, camera_id, Permission.MANAGE_CAMERAS) as (work, camera):
            audit.record(work, actor.handle, "camera.home-set", "camera", camera.number)

    @contextmanager
    def _changing(
        self, actor: Actor, camera_id: int, permission: Permission
    ) -> Iterator[tuple[Work, CameraRow]]:
        with self._database.write() as work:
            require(work.session, actor, permission)
            camera = work.session.get(CameraRow, camera_id)
            if camera is None or not camera.active:
                raise NotFound("There is no such camera in use.")
            yield work, camera
