"""Saves, renames and removes presets of the camera in hand, and keeps a small picture of each in the room's database.

First the service is asked, which knows who may and records it; then the camera. A picture is taken from the wall when
a preset is saved, and when the camera has arrived at one that has none yet (`preset_stills.py` puts it into bytes).
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage, QPixmap

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import Preset, PtzStatus
from controlroom.cameras.preset_pictures import HEIGHT, WIDTH, PresetPictures
from controlroom.cameras.preset_service import PresetService
from controlroom.cameras.records import Camera
from controlroom.ui.kit.context import PageContext
from controlroom.ui.pages.live.hands import NO_HAND
from controlroom.ui.pages.live.preset_form import PresetForm
from controlroom.ui.pages.live.preset_grid import PresetGrid
from controlroom.ui.pages.live.preset_stills import as_jpeg, from_jpeg
from controlroom.ui.pages.live.selected_camera import SelectedCamera
from controlroom.ui.pages.live.steering import Steering
from controlroom.ui.pages.live.wall import Wall

LOOK_EVERY_MS, MOST_LOOKS = 700, 20  # while the camera drives to a preset without a picture
ARRIVED = 0.01  # of an axis
NOT_YOURS = f"Your role does not {Permission.MANAGE_CAMERAS.value}."


class Presets(QObject):
    """Works in the panel's presets. Without `service` nothing can be changed, without `pictures` none are kept."""

    def __init__(
        self,
        wall: Wall,
        grid: PresetGrid,
        steering: Steering,
        control: ControlClient,
        selected: SelectedCamera,
        context: PageContext,
        service: PresetService | None,
        pictures: PresetPictures | None,
    ) -> None:
        super().__init__(wall)
        self._wall, self._grid, self._steering, self._control = wall, grid, steering, control
        self._selected, self._context, self._session = selected, context, context.session
        self._service, self._pictures = service, pictures
        self._still: QImage | None = None
        self._edited: Preset | None = None
        self._awaited: tuple[int, Preset] | None = None
        self._looks = self._seen_there = 0
        self._look_again = QTimer(self)
        self._look_again.setInterval(LOOK_EVERY_MS)
        self._look_again.timeout.connect(self._look)
        self.form = PresetForm()
        grid.form_place.addWidget(self.form)
        self.form.saved.connect(self._save)
        self.form.removed.connect(self._remove)
        self.form.home_wanted.connect(self._make_home)
        self.form.closed.connect(wall.setFocus)
        grid.edit_wanted.connect(self.edit)
        grid.chosen.connect(self._await)
        grid.presets_shown.connect(self.read_pictures)
        selected.changed.connect(self._follow)

    def why_not(self) -> str:
        """Why nothing can be saved now; empty when it can."""
        if self._service is None or self._selected.steered is None:
            return NO_HAND
        return ""

    def why_not_edit(self) -> str:
        """Why no preset can be renamed or removed now; empty when one can."""
        nothing = "" if self._grid.presets else "No presets are stored in this camera."
        return self.why_not() or self._why_not_manage() or nothing

    def begin(self) -> None:
        """Ask for the name under which the present view is to be kept, with its picture of this moment."""
        camera = self._selected.steered
        if camera is not None and not self.why_not():
            self._steering.stop()
            self._edited, self._still = None, self._wall.selected.still(WIDTH, HEIGHT)
            self.form.open_new(camera.number, self._why_not_manage())

    def toggle_editing(self) -> None:
        """Let the next press choose the preset to rename or remove, or no more."""
        self._grid.set_editing(not self._grid.editing)

    def edit(self, token: str) -> None:
        """Open a preset to be renamed or removed; the camera drives there, so that it is seen which one it is."""
        preset = next((each for each in self._grid.presets if each.token == token), None)
        self._grid.set_editing(False)
        if (why_not := self.why_not_edit()) or preset is None:
            self._context.messages.show(why_not or "This preset is no longer stored in the camera.")
            return
        self._grid.chosen.emit(token)
        self._edited = preset
        self.form.open_for(preset.name)

    # -- what the form asks for ------------------------------------------------------------------------------

    def _save(self, name: str) -> None:
        camera, service, control, edited = self._selected.steered, self._service, self._control, self._edited
        if camera is None or service is None:
            return
        key, still = str(camera.id), self._still
        if edited is None:
            self._do(
                lambda actor: service.save(actor, camera.id, name),
                lambda clean: control.set_preset(key, clean),
                lambda made: self._saved(
                    camera, made, still, f"“{made.name}” is stored in camera {camera.number}."
                ),
            )
        else:
            self._do(
                lambda actor: service.rename(actor, camera.id, edited.name, name),
                lambda clean: control.rename_preset(key, edited.token, clean),
                lambda made: self._saved(camera, made, None, f"“{edited.name}” is “{made.name}” now."),
            )

    def _remove(self) -> None:
        camera, service, edited = self._selected.steered, self._service, self._edited
        if camera is not None and service is not None and edited is not None:
            self._do(
                lambda actor: service.remove(actor, camera.id, edited.name),
                lambda _: self._control.remove_preset(str(camera.id), edited.token),
                lambda _: self._removed(camera, edited),
            )

    def _make_home(self) -> None:
        camera, service = self._selected.steered, self._service
        if camera is not None and service is not None:
            self._do(
                lambda actor: service.set_home(actor, camera.id),
                lambda _: self._control.set_home(str(camera.id)),
                lambda _: self._finished(f"This view is the home of camera {camera.number}."),
            )

    def _do(
        self,
        allow: Callable[[Actor], Any],
        ask: "Callable[[Any], Future[Any]]",
        done: Callable[[Any], None],
    ) -> None:
        """Ask the service, then the camera; what either refuses is said in the form, which stays as it is."""
        self.form.wait(True)
        self.form.say("")

        def fail(error: Exception) -> None:
            self.form.wait(False)
            self.form.say(str(error))

        def allowed(value: Any) -> None:
            self._context.background.follow(ask(value), done, fail, owner=self)

        self._context.read(allow, allowed, self, fail)

    def _saved(self, camera: Camera, made: Preset, still: QImage | None, text: str) -> None:
        if still is not None:
            self._keep(camera, made.token, still)
        self._finished(text)

    def _removed(self, camera: Camera, preset: Preset) -> None:
        if (pictures := self._pictures) is not None:
            forget = lambda actor: pictures.forget(actor, camera.id, preset.token)  # noqa: E731
            self._context.read(forget, lambda _: None, self)
        self._finished(f"“{preset.name}” is no longer stored in camera {camera.number}.")

    def _finished(self, text: str) -> None:
        self.form.close_form()
        self._context.messages.show(text, kind="done")
        self._selected.ask_presets()

    # -- pictures --------------------------------------------------------------------------------------------

    def _follow(self, _camera: object) -> None:
        """Another camera is selected: what was asked about the one before is asked no more."""
        self._awaited = None
        self._look_again.stop()
        self.form.hide()

    def _await(self, token: str) -> None:
        """The camera drives to a preset: take its picture there, if it has none and can be seen to arrive."""
        camera = self._selected.steered
        preset = next((each for each in self._grid.presets if each.token == token), None)
        self._awaited = None
        if camera is None or preset is None or self._pictures is None or preset.pan is None:
            return
        if not self._grid.has_picture(token):
            self._awaited, self._looks, self._seen_there = (camera.id, preset), 0, 0
            self._look_again.start()

    def _look(self) -> None:
        camera, awaited = self._selected.steered, self._awaited
        self._looks += 1
        if awaited is None or camera is None or camera.id != awaited[0] or self._looks > MOST_LOOKS:
            self._awaited = None
            self._look_again.stop()
        elif self._steering.moving:
            self._awaited = None
        else:
            status = self._control.status(str(camera.id))
            self._context.background.follow(
                status, lambda seen: self._take_status(camera, awaited[1], seen), lambda _: None, owner=self
            )

    def _take_status(self, camera: Camera, preset: Preset, seen: PtzStatus) -> None:
        """At the second look that finds it there and at rest: pictures lag behind the head."""
        if self._awaited is None or self._awaited[1] is not preset:
            return
        self._seen_there = self._seen_there + 1 if _is_at(seen, preset) else 0
        still = self._wall.selected.still(WIDTH, HEIGHT) if self._seen_there >= 2 else None
        if still is not None:
            self._awaited = None
            self._look_again.stop()
            self._keep(camera, preset.token, still)

    def _keep(self, camera: Camera, token: str, still: QImage) -> None:
        """Without one nothing is lost: the preset is in the camera, and its picture is taken the next time."""
        pictures, listed = self._pictures, [each.token for each in self._grid.presets]
        if pictures is not None:
            keep = lambda actor: pictures.keep(actor, camera.id, token, as_jpeg(still), listed=listed)  # noqa: E731
            self._context.read(keep, lambda _: None, self, lambda _error: None)

    def read_pictures(self) -> None:
        """Show the pictures that the room has of the presets shown."""
        camera, pictures = self._selected.steered, self._pictures
        tokens = [each.token for each in self._grid.presets]
        if camera is None or pictures is None or not tokens:
            return

        def read(actor: Actor) -> Mapping[str, tuple[QImage, bytes]]:
            found = pictures.of(actor, camera.id, tokens)
            images = {token: (from_jpeg(picture), picture) for token, picture in found.items()}
            return {token: each for token, each in images.items() if not each[0].isNull()}

        def take(found: Mapping[str, tuple[QImage, bytes]]) -> None:
            if self._selected.steered == camera and [each.token for each in self._grid.presets] == tokens:
                shown = {token: (QPixmap.fromImage(image), data) for token, (image, data) in found.items()}
                self._grid.show_pictures(shown)

        self._context.read(read, take, self, lambda _error: None)

    def _why_not_manage(self) -> str:
        return "" if self._session.may(Permission.MANAGE_CAMERAS) else NOT_YOURS


def _is_at(seen: PtzStatus, preset: Preset) -> bool:
    pairs = ((seen.pan, preset.pan), (seen.tilt, preset.tilt), (seen.zoom, preset.zoom))
    known = [abs(now - there) for now, there in pairs if now is not None and there is not None]
    return bool(known) and max(known) <= ARRIVED and not seen.moving
