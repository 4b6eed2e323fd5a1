"""One camera's facts at the side of the list, led by its picture where there is one."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from controlroom.cameras.records import Camera
from controlroom.ui import theme
from controlroom.ui.pages.cameras.table_model import CameraLine, drift_words, drifts
from controlroom.ui.widgets.card import SidePanel
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import Facts, caption, label, note

PictureOf = Callable[[Camera], QWidget | None]
_ABILITIES = {
    "pan_tilt": "pan and tilt",
    "zoom": "zoom",
    "absolute": "positions",
    "relative": "relative moves",
    "relative_fov": "click to centre",
    "presets": "presets",
    "home": "home position",
    "tours": "patrols",
    "focus": "focus",
    "iris": "iris",
    "snapshot": "snapshots",
    "events": "events",
}


def ability_words(camera: Camera) -> str:
    """What it can do, in words."""
    return ", ".join(_ABILITIES.get(each, each.replace("_", " ")) for each in camera.abilities)


def camera_facts(camera: Camera) -> list[tuple[str, str]]:
    """A camera of the register as facts."""
    place = camera.place
    where = ""
    if place.latitude is not None and place.longitude is not None:
        where = f"{place.latitude:.5f}, {place.longitude:.5f}"
    return [
        ("Street", place.street),
        ("Area", place.area),
        ("Ward", place.ward),
        ("Coordinates", where),
        ("Owner", camera.owner.value),
        ("Make and model", f"{camera.make} {camera.model}".strip()),
        ("Migration", camera.migration.value),
        ("Transport", camera.transport.value),
        ("Footage kept", f"{camera.retention_days} days"),
        ("Movement", "PTZ" if camera.has_ptz else "fixed"),
        ("Abilities", ability_words(camera)),
        ("Clock", drift_words(camera.clock_drift_s)),
        ("Address", f"{camera.host}:{camera.port}" if camera.host else "none on the register"),
    ]


class CameraFacts(SidePanel):
    """Shows a camera; offers to show it on the wall and, to those who may, to take it out of use."""

    wall_requested = Signal(object)  # Camera
    retire_requested = Signal(object)  # Camera

    def __init__(self, picture_of: PictureOf | None = None, parent: QWidget | None = None) -> None:
        super().__init__("", 380, parent)
        self._picture_of = picture_of
        self._line: CameraLine | None = None
        self._picture: QWidget | None = None
        self._picture_box = QVBoxLayout()
        self._name = label("", theme.TITLE, theme.STRONG, wrap=True)
        self._state = Pill("", "idle")
        self._detail = note("")
        self._warning = label("", 13, role="warn", wrap=True)
        self._facts = Facts()
        self._wall = KeyButton("Show on the wall", "W", "primary")
        self._retire = KeyButton("Take out of use")
        self._asking = False
        self.body.addLayout(self._picture_box)
        self.add(self._name)
        self.add(self._state)
        self.add(self._detail)
        self.add(self._warning)
        self.add(caption("On the register"))
        self.add(self._facts)
        self.body.addStretch(1)
        self.add_button(self._wall)
        self.add_button(self._retire)
        self._wall.clicked.connect(lambda _checked: self._ask_wall())
        self._retire.clicked.connect(lambda _checked: self._ask_retire())

    @property
    def camera(self) -> Camera | None:
        """The camera shown."""
        return self._line.camera if self._line is not None else None

    def show_camera(self, line: CameraLine, *, may_manage: bool) -> None:
        """Show a camera, or bring what is shown of it up to date."""
        another = self._line is None or self._line.camera.id != line.camera.id
        self._line = line
        camera = line.camera
        self.set_title(f"Camera {camera.number}")
        self._name.setText(camera.name)
        self._state.set(line.word, line.mark)
        detail = line.detail
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        drift = camera.clock_drift_s
        self._warning.setText(f"Its clock was {drift_words(drift)} when it was last asked.")
        self._warning.setVisible(drifts(drift))
        self._facts.set_facts(camera_facts(camera))
        self._wall.allow(camera.has_address, "The camera has no address yet.")
        self._retire.setVisible(may_manage)
        if another:
            self._stop_asking()
            self._show_picture(camera)
        self.show()

    def _show_picture(self, camera: Camera) -> None:
        if self._picture is not None:
            self._picture_box.removeWidget(self._picture)
            self._picture.hide()
            self._picture.deleteLater()
            self._picture = None
        if self._picture_of is not None and camera.has_address:
            self._picture = self._picture_of(camera)
            if self._picture is not None:
                width = self.width() - 42
                self._picture.setFixedSize(width, width * 9 // 16)
                self._picture_box.addWidget(self._picture)

    def _ask_wall(self) -> None:
        if self.camera is not None:
            self.wall_requested.emit(self.camera)

    def _ask_retire(self) -> None:
        """The first press asks, in the button itself; the second does it."""
        if self.camera is None:
            return
        if not self._asking:
            self._asking = True
            self._retire.set_kind("danger")
            self._retire.set_text(f"Really, {self.camera.number}?")
            return
        self._stop_asking()
        self.retire_requested.emit(self.camera)

    def _stop_asking(self) -> None:
        self._asking = False
        self._retire.set_kind("secondary")
        self._retire.set_text("Take out of use")
