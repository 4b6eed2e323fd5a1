"""Shows the form that adds a camera, changes one, or puts another device in its place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal

from controlroom.cameras.devices import DeviceReport, DiscoveredDevice, place_of_stream
from controlroom.cameras.records import Camera, CameraLogin, NewCamera, Place, Protocol
from controlroom.cameras.rules import differences, stream_places, with_changes
from controlroom.errors import Conflict, ControlRoomError, InvalidInput
from controlroom.ui.background import Background
from controlroom.ui.pages.cameras.asking import AskCamera, Looker, Prober
from controlroom.ui.pages.cameras.register_fields import RegisterFields
from controlroom.ui.widgets.card import SidePanel
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.keyboard import mark_form
from controlroom.ui.widgets.layout import SPRING, fill
from controlroom.ui.widgets.marks import LeadAnswer

SAVE, SAVE_CHANGES = "Save", "Save the changes"
REFUSED = (
    "Nothing was saved, and the camera was not asked again: its answer stands above. Correct it, or test it."
)
MATTERS = frozenset({"number", "protocol", "host", "port"})
"""What is shown once more before it is saved: the room knows the camera by it, or its password is sent there."""
WORDS = {
    "host": "address",
    "main_stream": "large stream",
    "sub_stream": "small stream",
    "retention_days": "days kept",
    "protocol": "reached by",
    "username": "user",
    "has_ptz": "PTZ",
    "untried": "not tried",
    "stream_certificate": "stream's certificate",
    "stream_transport": "stream by",
}


@dataclass(frozen=True)
class Register:
    """What the form does with the register; all of it may wait, and is called in the background."""

    add: Callable[[NewCamera], Camera]
    change: Callable[[Camera, NewCamera], Camera]
    replace: Callable[[Camera, NewCamera], Camera]
    login_to_try: Callable[[Camera, NewCamera], CameraLogin]


class CameraPanel(SidePanel):
    """How the camera is reached and what it answers, then what only people know, and "Save".

    What is reached in another way is tried before it is saved; where nothing answers, a person may save it untried.
    """

    saved = Signal(object)  # Camera
    overtaken = Signal(object)  # Camera: somebody else changed it meanwhile

    def __init__(self, prober: Prober, register: Register, background: Background, look: Looker) -> None:
        super().__init__("Add a camera", 420)
        mark_form(self)
        self._register, self._background = register, background
        self._before: Camera | None = None
        self._replacing = self._save_when_answered = self._may_go_untried = False
        self._filled_by_answer = False
        self._told: dict[str, str] = {}
        self.asking, self.what = AskCamera(prober, background, look), RegisterFields()
        self.number, self.name, self.street = self.what.number, self.what.name, self.what.street
        self.owner, self.retention = self.what.owner, self.what.retention
        self.main, self.sub = self.what.main, self.what.sub
        self.changes = LeadAnswer()
        self.changes.setContentsMargins(0, 10, 0, 0)
        self.save_button = KeyButton(SAVE, "Ctrl+S", "primary", press=self.save)
        self.untried_button = KeyButton("Save untried", press=self.save_untried)
        self.close_button = KeyButton("Cancel", "Esc", bind=False, press=self.close_panel)
        fill(self.body, self.asking, self.what, SPRING)
        self.add_above_foot(self.changes)
        for button in (self.save_button, self.untried_button, self.close_button):
            self.add_button(button)
        self.asking.answered.connect(self._take_report)
        self.asking.forgotten.connect(self._forget_answer)
        self.asking.failed.connect(self._take_failure)
        self.asking.chosen.connect(self._suggest)
        self.closed.connect(self.asking.cancel)
        self._show_parts()

    def begin(self, areas: Sequence[str] = ()) -> None:
        """Open to add a camera, with what was typed before and not saved, but for the password."""
        self.what.set_areas(areas)
        self.what.clear_errors()
        self.show_trouble("")
        self._show_parts()
        self.show()
        self.asking.begin()

    def edit(self, camera: Camera, areas: Sequence[str] = (), *, replacing: bool = False) -> None:
        """Open to change a camera, or to put another device in its place; what was typed and not saved is back."""
        if (self._before, self._replacing) == (camera, replacing):
            self.show()
            self.asking.begin()
            return
        self._before, self._replacing = camera, replacing
        self.set_title(
            f"Another device at camera {camera.number}" if replacing else f"Camera {camera.number}"
        )
        self.show_trouble("")
        self.what.fill(camera)
        self.what.set_areas(areas)
        if replacing:
            self.asking.clear()
            self.what.show_device(None)
        else:
            self.asking.fill(camera, lambda typed: self._register.login_to_try(camera, typed))
        self._forget_answer()
        self.show()
        first = self.asking.form.first if replacing else self.number
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_newer(self, camera: Camera) -> None:
        """Somebody else changed the camera meanwhile: what is typed stays, and is compared with what it says now."""
        if self._before is None or self._before.id != camera.id:
            return
        self._before, self._told = camera, {}
        told = self._differences(self._read(untried=camera.untried))
        self._show_changes("Your changes, compared with what it says now:", told)

    def forget(self) -> None:
        """Empty every field: the camera is saved, or somebody else sits here."""
        self._before, self._replacing = None, False
        self.what.clear()
        self.asking.clear()
        self._forget_answer()

    # -- answers ---------------------------------------------------------------------------------------------

    def _take_report(self, report: DeviceReport) -> None:
        self.what.take_report(report)
        self._filled_by_answer, self._may_go_untried = True, False
        self._show_parts()
        if self._save_when_answered:
            self.save()
        elif self._before is None:
            self.number.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.save_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_failure(self, may_be_right: bool) -> None:
        self._save_when_answered, self._may_go_untried = False, may_be_right
        self._show_parts()

    def _forget_answer(self) -> None:
        if self.trouble == REFUSED:
            self.show_trouble("")
        self._may_go_untried, self._told = False, {}
        self._save_when_answered = False
        self.changes.hide()
        if self._filled_by_answer:
            self._filled_by_answer = False
            self.what.show_device(None if self._replacing else self._before)
        self._show_parts()

    def _suggest(self, device: DiscoveredDevice) -> None:
        if self._before is None:
            self.what.suggest(device.name)

    # -- saving ----------------------------------------------------------------------------------------------

    def new_camera(self) -> NewCamera:
        """The camera as it would be saved. Raises InvalidInput."""
        return self._read(untried=False)

    def save(self) -> None:
        """Save what is filled in, tried first where it is reached in another way; a refusal leaves all as typed."""
        if not self.save_button.isEnabled() or not self.what.is_complete():
            return
        try:
            needs_trial = self._needs_trial()
        except InvalidInput as error:
            self._take_refused(error)
            return
        if needs_trial and self.asking.is_refused and not self._may_go_untried:
            self.show_trouble(REFUSED)
        elif needs_trial:
            self.asking.ask()
            self._save_when_answered = not self.asking.ask_button.isVisibleTo(self.asking)
        else:
            self._save(untried=self._was_untried and self.asking.report is None)

    def save_untried(self) -> None:
        """Save an address at which nothing answered; the register says so until the camera answers."""
        if self._may_go_untried and self.what.is_complete():
            self._save(untried=True)

    @property
    def _was_untried(self) -> bool:
        return self._before is not None and self._before.untried

    def _needs_trial(self) -> bool:
        """True where the camera would be reached in another way than before, and was not asked."""
        if self.asking.report is not None:
            return False
        before = self._before
        if before is None or self._replacing:
            return True
        typed = with_changes(before, self._read(untried=False))
        reached = ("protocol", "host", "port", "username")
        if any(getattr(typed, name) != getattr(before, name) for name in reached):
            return bool(typed.host)
        by_rtsp = (typed.main_stream, typed.sub_stream) != (before.main_stream, before.sub_stream)
        return bool(self.asking.password.text()) or (typed.protocol is Protocol.RTSP and by_rtsp)

    def _read(self, *, untried: bool) -> NewCamera:
        camera = self.asking.new_camera("", "", Place("", "", ""))
        before = self._before
        if before is not None and self.asking.report is None and not self._replacing:
            camera = replace(
                camera,
                has_ptz=before.has_ptz,
                abilities=before.abilities,
                clock_drift_s=before.clock_drift_s,
                certificate=before.certificate if self._is_at(before, camera) else "",
            )
        camera = replace(self.what.read(camera), untried=untried)
        if untried and camera.protocol is not Protocol.RTSP:  # streams of the old address are not its own
            kept = {
                name: url if (url := getattr(camera, name)) and place_of_stream(url)[0] == camera.host else ""
                for name in ("main_stream", "sub_stream")
            }
            camera = replace(camera, **kept)
        if before is not None and not self._replacing and not camera.stream_certificate:
            same = stream_places(before) == stream_places(camera)
            camera = replace(camera, stream_certificate=before.stream_certificate if same else "")
        return camera

    @staticmethod
    def _is_at(before: Camera, camera: NewCamera) -> bool:
        place = (camera.protocol, camera.host, camera.port)
        return place == (before.protocol, before.host, before.port)

    def _differences(self, camera: NewCamera) -> dict[str, str]:
        assert self._before is not None
        told = differences(self._before, with_changes(self._before, camera))
        return told | ({"password": "entered anew"} if self.asking.password.text() else {})

    def _save(self, *, untried: bool) -> None:
        self.show_trouble("")
        self._save_when_answered = False
        before = self._before
        try:
            camera = self._read(untried=untried)
            told = self._differences(camera) if before is not None else {}
        except InvalidInput as error:
            self._take_refused(error)
            return
        if before is not None and not self._is_agreed(told):
            return
        use, replacing = self._register, self._replacing

        def save() -> Camera:
            if before is None:
                return use.add(camera)
            return (use.replace if replacing else use.change)(before, camera)

        self.save_button.setEnabled(False)
        self._background.run(save, self._take_saved, self._take_refused, owner=self)

    def _is_agreed(self, told: dict[str, str]) -> bool:
        """Show what would change before it is saved, where it matters; True once it was shown."""
        if not told:
            self.show_trouble("Nothing is changed yet.")
            return False
        if told == self._told or not MATTERS & told.keys():
            return True
        self._show_changes("Saving changes this:", told)
        return False

    def _show_changes(self, line: str, told: dict[str, str]) -> None:
        self._told = told
        first = sorted(told, key=lambda name: name not in MATTERS)
        lines = [f"{WORDS.get(name, name).capitalize()}: {told[name]}" for name in first]
        self.changes.say("warn", line, "\n".join(lines))
        self.save_button.set_text(SAVE_CHANGES)
        self.save_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_saved(self, camera: Camera) -> None:
        self.save_button.setEnabled(True)
        self.hide()
        self.forget()
        self.saved.emit(camera)

    def _take_refused(self, error: Exception) -> None:
        self.save_button.setEnabled(True)
        self._told = {}
        if isinstance(error, InvalidInput) and (
            self.what.say(error) or (error.field and self.asking.form.say(error))
        ):
            return
        known = isinstance(error, ControlRoomError)
        self.show_trouble(str(error) if known else "Saving failed. Nothing was changed; try again.")
        if isinstance(error, Conflict):
            self.overtaken.emit(self._before)

    def _show_parts(self) -> None:
        before, answered = self._before, self.asking.report is not None
        if before is None:
            self.set_title("Add a camera")
        self.what.show_for(self.asking.form.by, replacing=self._replacing)
        self.what.setVisible(before is not None or answered or self._may_go_untried)
        self.save_button.setVisible(answered or before is not None)
        self.save_button.set_text(SAVE_CHANGES if self._told else SAVE)
        self.untried_button.setVisible(self._may_go_untried)
        self.asking.ask_button.set_text("Ask the camera" if before is None else "Test it")
