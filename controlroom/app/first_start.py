"""Carries out the first start: stores the draft on the disk, makes the room in an order that leaves nothing half-made.

1. answers are stored in `first-start.json` (never a password), so that a crash costs no answer
2. lists, this computer's settings and the database's address are written: files that mean nothing by themselves
3. the database is made or joined, the account added in one transaction, the names set
4. the draft says `made`; from here on only the camera is missing, and the password opens the room again
5. the camera is added, the draft deleted: the next start is a start like any other
"""

import json
import logging
import shutil
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from controlroom.accounts.records import Actor
from controlroom.app.pictures import test_picture
from controlroom.app.recorder_care import RecorderUse
from controlroom.app.room import LISTS, Room, open_room, open_services
from controlroom.cameras.devices import DeviceAddress, DeviceReport, DiscoveredDevice
from controlroom.cameras.records import Camera, NewCamera
from controlroom.configuration.service import SettingsService
from controlroom.database.engine import (
    open_engine,
    remember_address,
    remembered_address,
    room_url,
    sqlite_file,
    sqlite_url,
)
from controlroom.database.opening import check_sqlite_file, revisions
from controlroom.database.server_check import server_url, try_server, without_password
from controlroom.database.workstation import keep_secret
from controlroom.errors import ControlRoomError, InvalidInput, PermissionRefused, Unavailable
from controlroom.platform import owner_only
from controlroom.resources import resource
from controlroom.settings import FILE_NAME as SETTINGS_FILE
from controlroom.settings import SETTINGS, SettingSource, load
from controlroom.small_files import read_json
from controlroom.ui.first_start.records import Draft, StartStep, Storage, StorageAnswer
from controlroom.ui.pages.live.arranging import CAMERAS, SIZE
from controlroom.ui.window_state import WindowState
from controlroom.video.pool import VideoPool
from controlroom.video.records import Look, StreamAddress

log = logging.getLogger(__name__)
DRAFT = "first-start.json"


def is_wanted(folder: Path, url: str | None) -> bool:
    """True where a first start was begun and not ended, or where there is nothing yet."""
    if (folder / DRAFT).exists():
        return True
    if url is not None or remembered_address(folder) is not None:
        return False  # a database that answers says itself whether it has accounts
    path = sqlite_file(room_url(folder, None))
    return path is None or not path.exists() or not path.stat().st_size or _has_no_account(path)


def _has_no_account(path: Path) -> bool:
    """False also for a file that is damaged, somebody else's or newer: that is told when it is opened."""
    engine = open_engine(sqlite_url(path))
    try:
        check_sqlite_file(path)
        revisions(engine)
        with engine.connect() as connection:
            return connection.execute(text("SELECT count(*) FROM users")).scalar_one() == 0
    except (ControlRoomError, SQLAlchemyError):
        return False
    finally:
        engine.dispose()


class FirstStart:
    """What the window of the first start works with; see `Setup` there. Methods run on background threads."""

    def __init__(
        self,
        folder: Path,
        url: str | None,
        stack: ExitStack,
        recorder: RecorderUse = RecorderUse.SHARED,
    ) -> None:
        self.folder, self._recorder = folder, recorder
        self._given_url, self._stack = url, stack
        self.room: Room | None = None
        self.actor: Actor | None = None
        self.draft = self._read_draft()
        if url is not None:
            self.draft.storage = Storage.GIVEN
        elif self.draft.storage is Storage.GIVEN:
            self.draft.storage = Storage.HERE

    # -- the draft -------------------------------------------------------------------------------------------

    def keep(self) -> None:
        """Write the draft, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        owner_only(self.folder)
        path = self.folder / DRAFT
        partial = path.with_suffix(".part")
        answers = asdict(self.draft) | {"url": without_password(self.draft.url)[0]}
        partial.write_text(json.dumps(answers, indent=1), encoding="utf-8")
        partial.replace(path)

    def complete(self) -> None:
        """The first start is over."""
        (self.folder / DRAFT).unlink(missing_ok=True)

    def _read_draft(self) -> Draft:
        try:
            return read_json(self.folder / DRAFT, Draft)
        except FileNotFoundError:
            return Draft()
        except (OSError, ValueError):
            log.warning("the answers of the first start cannot be read and are asked again")
            return Draft()

    # -- making the room -------------------------------------------------------------------------------------

    def try_storage(self, url: str, password: str) -> StorageAnswer:
        """Connect to a PostgreSQL database and say plainly what was found."""
        found = try_server(url, password, self.folder)
        return StorageAnswer(found.good, found.what, found.meaning, found.remedy, found.joins)

    def make(self, password: str, database_password: str) -> None:
        """Make everything but the camera. Asked again after a failure, it goes on where it stopped."""
        draft = self.draft
        if draft.storage is Storage.SERVER:
            _, inside = without_password(draft.url)
            database_password = database_password or inside
        self.keep()
        if draft.own_lists:
            self._copy_lists()
        self._note_backup_folder()
        url = self._address(database_password)
        with open_services(self.folder, url) as services:
            actor = None
            if services.sign_in.is_empty():
                actor = services.accounts.add_first(draft.login, draft.handle, password)
            if names := self._unnamed(services.configuration):
                actor = actor or services.sign_in.sign_in(draft.login, password)
                for name, value in names.items():
                    services.configuration.change(actor, name, value)
        self._open(url, password)
        draft.made = True
        draft.step = StartStep.CAMERA
        self.keep()

    def _unnamed(self, configuration: SettingsService) -> dict[str, str]:
        """The names typed here that are still to be given: a room that is joined keeps those it has."""
        wanted = {name: getattr(self.draft, name) for name in ("site_name", "jag_name")}
        now = configuration.resolved
        return {
            name: value
            for name, value in wanted.items()
            if now.source(name) is SettingSource.DEFAULT and value != now.value(name)
        }

    def resume(self, password: str) -> None:
        """Open the room that was made before. Raises PermissionRefused; then nothing is open."""
        self._open(self._given_url, password)

    def _open(self, url: str | None, password: str) -> None:
        """Open the room and sign in there: on a server, only who signed in over these connections may do anything."""
        with ExitStack() as opening:
            room = opening.enter_context(open_room(self.folder, url, recorder=self._recorder))
            self.actor = room.services.sign_in.sign_in(self.draft.login, password)
            with suppress(PermissionRefused):  # whoever joins a room without being its administrator
                room.services.keys.provide(self.actor)
            self._stack.push(opening.pop_all())
        self.room = room

    def _address(self, password: str) -> str | None:
        if self.draft.storage is not Storage.SERVER:
            return self._given_url
        try:
            address = server_url(self.draft.url)
        except ValueError as error:
            raise InvalidInput(str(error), remedy="Go back to Storage.") from error
        if password and address.username:
            address = address.set(password=password)
        elif password:
            keep_secret(self.folder, "desk", password)
        remember_address(self.folder, address.render_as_string(hide_password=False))
        return None  # from now on it is remembered

    def _copy_lists(self) -> None:
        """Whole or not at all; lists that are there already are the site's own and stay."""
        target, partial = self.folder / LISTS, self.folder / f".{LISTS}.part"
        if target.exists():
            return
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(resource(LISTS), partial)
        partial.rename(target)

    def _note_backup_folder(self) -> None:
        """Into this computer's settings, unless they name one or the usual one was chosen."""
        wanted = self.draft.backup_folder
        usual = SETTINGS["backup_folder"].default
        if not wanted or Path(wanted) == self.folder / usual or load(self.folder, {}).backup_folder != usual:
            return
        path = self.folder / SETTINGS_FILE
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        partial = path.with_suffix(".part")
        line = f"backup_folder = {json.dumps(wanted)}  # chosen at the first start\n"
        partial.write_text(line + before, encoding="utf-8")
        partial.replace(path)

    # -- the camera ------------------------------------------------------------------------------------------

    def discover(self) -> "Future[list[DiscoveredDevice]]":
        """Search the network."""
        return self._ready().control.discover()

    def probe(self, address: DeviceAddress) -> "Future[DeviceReport]":
        """Ask a camera about itself."""
        return self._ready().control.probe(address)

    def look(self, stream: StreamAddress) -> Look:
        """Take a test picture of a stream."""
        room = self._ready()
        return test_picture(room.pool, room.slot.pictures, stream)

    @property
    def pictures(self) -> VideoPool:
        """The picture processes."""
        return self._ready().pool

    def add_camera(self, camera: NewCamera) -> Camera:
        """Onto the register, and onto the wall of the desk that opens next."""
        assert self.actor is not None
        added = self._ready().services.cameras.add(self.actor, camera)
        state = WindowState(self.folder / "window.json")
        state.set(SIZE, 1)
        state.set(CAMERAS, [added.id])
        state.save()
        return added

    def _ready(self) -> Room:
        if self.room is None:
            raise Unavailable("The room is not open yet.", remedy="Go through the steps before this one.")
        return self.room
