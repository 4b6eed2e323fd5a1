"""Seats somebody at a second desk, which has no window: their own control process, on the same cameras and recorder."""

from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from controlroom.accounts.step_keys import OpenKey, unsealed
from controlroom.app.room import Room
from controlroom.audit.signatures import sign
from controlroom.cameras.control.messages import HoldWord
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.holds.records import HoldsSeen, proof_facts
from controlroom.cameras.records import CameraLogin
from controlroom.processes.run_folder import RunFolder
from controlroom.processes.supervisor import Supervisor
from controlroom.recording.storage_folder import RecorderStorage

NAME = "desk 2"


class SecondDesk:
    """Connects one camera; `say` is what its person does about the camera's hold. Raises LookupError for nobody."""

    def __init__(self, room: Room, handle: str, password: str, camera: CameraLogin) -> None:
        self._room, self._handle, self._camera = room, handle, camera
        self._key = _key_of(room, handle, password)
        self._seen = HoldsSeen()

    def __enter__(self) -> Self:
        services = self._room.services
        self._folder = TemporaryDirectory(prefix="controlroom-desk-")
        self._supervisor = Supervisor(RunFolder(Path(self._folder.name)))
        client = self._client = ControlClient(self._supervisor)
        client.on_holds = lambda seen: setattr(self, "_seen", seen)
        client.lease_at(RecorderStorage.of(services.folder, services.settings).contact(), NAME)
        client.sit_down(self._handle, self._prove)
        client.connect(self._id, self._camera.address())
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._supervisor.close()
        self._supervisor.run_folder.close()
        self._folder.cleanup()

    @property
    def ready(self) -> bool:
        """True once the recorder knows this desk."""
        return self._seen.guarded and not self._seen.away

    @property
    def has_control(self) -> bool:
        """True while this desk holds the camera."""
        return self._id in self._seen.ours

    def say(self, word: HoldWord) -> None:
        self._client.say(self._id, word)

    @property
    def _id(self) -> str:
        return str(self._camera.camera_id)

    def _prove(self, recorder: str, desk: str, nonce: str) -> str:
        return sign(self._key.private, *proof_facts(recorder, desk, nonce, self._handle))


def _key_of(room: Room, handle: str, password: str) -> OpenKey:
    with room.services.database.read() as session:
        key = unsealed(session, handle, password)
    if key is None:
        raise LookupError(f"no key of {handle} opens with that password")
    return key
