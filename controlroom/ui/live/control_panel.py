"""The panel beside the wall: the selected camera's facts, steering, presets, actions, the shift's newest entries."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QSlider, QVBoxLayout, QWidget

from controlroom.cameras.devices import Preset
from controlroom.cameras.records import Camera
from controlroom.clock import show_time
from controlroom.incidents.records import LogEntry
from controlroom.ui import theme
from controlroom.ui.live.pad import Pad
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.text import ElidedLabel, caption, heading, label, note

PRESETS_SHOWN = 9
ENTRIES_SHOWN = 6


class _ZoomButton(KeyButton):
    """Zooms while held down."""

    held = Signal(bool)

    def __init__(self, text: str, name: str, key: str) -> None:
        super().__init__(text, key, bind=False)
        self.setAccessibleName(name)
        self.setAutoRepeat(False)
        self.pressed.connect(lambda: self.held.emit(True))
        self.released.connect(lambda: self.held.emit(False))


class ControlPanel(QWidget):
    """Shows one camera. Emits what is asked for; the page does it."""

    aimed = Signal(float, float, float)
    speed_changed = Signal(float)
    preset_chosen = Signal(str)
    incident_asked = Signal()
    log_asked = Signal()
    snapshot_asked = Signal()
    retry_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Selected camera")
        self.number = label("", 17, theme.NUMBER, "accent")
        self.name = label("", 16, theme.STRONG, wrap=True)
        self.facts = note("")
        self.hold = label("", 13, theme.MEDIUM)
        self.pad = Pad()
        self.zoom_in = _ZoomButton("Zoom in", "Zoom in", "+")
        self.zoom_out = _ZoomButton("Zoom out", "Zoom out", "-")
        self.speed = QSlider(Qt.Orientation.Horizontal)
        self.speed.setRange(10, 100)
        self.speed.setValue(50)
        self.speed.setAccessibleName("Steering speed")
        self.presets: list[KeyButton] = []
        self.incident = KeyButton("Open incident", "F2", "primary")
        self.snapshot = KeyButton("Snapshot", "F3")
        self.entry = KeyButton("Log entry", "F4")
        self.retry = KeyButton("Try again", "F5")
        self._preset_grid = QGridLayout()
        self._preset_note = note("")
        self._entries = QVBoxLayout()
        self._lay_out()
        self._connect()
        self.show_camera(None)

    def show_camera(self, camera: Camera | None, stream: str = "") -> None:
        """Show a camera's facts; `stream` says what arrives ("640×360, 15 fps")."""
        self.number.setText(camera.number if camera else "")
        self.name.setText(camera.name if camera else "No camera selected")
        self.show_stream(camera, stream)
        steers = camera is not None and camera.has_ptz and camera.has_address
        self.set_steering(steers)
        for button in (self.incident, self.entry):
            button.setEnabled(camera is not None)
        for button in (self.snapshot, self.retry):
            button.setEnabled(camera is not None and camera.has_address)
        self.show_presets([], "asking the camera…" if steers else "")

    def show_stream(self, camera: Camera | None, stream: str) -> None:
        """The line of facts below the name."""
        if camera is None:
            self.facts.setText("Click a tile, or type a camera's number and press Enter.")
            return
        facts = [camera.place.ward, f"{camera.migration.value}, {camera.transport.value}", stream]
        self.facts.setText(" · ".join(fact for fact in facts if fact))

    def set_steering(self, possible: bool, why: str = "") -> None:
        """Whether the pad and the zoom work; the reason when they do not."""
        for widget in (self.pad, self.zoom_in, self.zoom_out, self.speed):
            widget.setEnabled(possible)
        self.show_hold(
            why or ("Arrow keys steer" if possible else "This camera cannot be steered from here"), "idle"
        )

    def show_hold(self, text: str, state: str) -> None:
        """Who holds the camera, or why it cannot be steered."""
        self.hold.setText(text)
        theme.tint(self.hold, {"accent": "accent", "alarm": "alarm", "warn": "warn"}.get(state, "text_dim"))

    def show_presets(self, presets: Sequence[Preset], instead: str = "") -> None:
        """The stored positions as buttons; `instead` is said when there are none."""
        for button in self.presets:
            self._preset_grid.removeWidget(button)
            button.deleteLater()
        self.presets = []
        for position, preset in enumerate(presets[:PRESETS_SHOWN]):
            button = KeyButton(preset.name or preset.token, f"P,{position + 1}", compact=True)
            button.setToolTip(f"{preset.name} (P then {position + 1})")
            button.clicked.connect(lambda _=False, token=preset.token: self.preset_chosen.emit(token))
            self._preset_grid.addWidget(button, position // 2, position % 2)
            self.presets.append(button)
        self._preset_note.setText(instead if not presets else "")
        self._preset_note.setVisible(bool(instead) and not presets)

    def show_entries(self, entries: Sequence[LogEntry]) -> None:
        """The newest log entries."""
        while (item := self._entries.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for entry in entries[:ENTRIES_SHOWN]:
            self._entries.addWidget(_entry_row(entry))
        if not entries:
            self._entries.addWidget(note("Nothing written yet. Ctrl+L goes to the log line."))

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 16, 14, 16)
        column.setSpacing(10)
        title = QHBoxLayout()
        title.setSpacing(8)
        title.addWidget(self.number, 0, Qt.AlignmentFlag.AlignTop)
        title.addWidget(self.name, 1)
        column.addLayout(title)
        column.addWidget(self.facts)
        column.addWidget(self.hold)
        column.addLayout(self._steering_row())
        column.addSpacing(4)
        column.addWidget(heading("Presets"))
        self._preset_grid.setSpacing(6)
        column.addLayout(self._preset_grid)
        column.addWidget(self._preset_note)
        column.addSpacing(4)
        actions = QGridLayout()
        actions.setSpacing(6)
        for position, button in enumerate((self.incident, self.snapshot, self.entry, self.retry)):
            actions.addWidget(button, position // 2, position % 2)
        column.addLayout(actions)
        column.addSpacing(6)
        column.addWidget(heading("This shift"))
        self._entries.setSpacing(8)
        column.addLayout(self._entries)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _steering_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignTop)
        beside = QVBoxLayout()
        beside.setSpacing(6)
        beside.addWidget(self.zoom_in)
        beside.addWidget(self.zoom_out)
        beside.addWidget(caption("Speed"))
        beside.addWidget(self.speed)
        beside.addStretch(1)
        row.addLayout(beside, 1)
        return row

    def _connect(self) -> None:
        self.pad.aimed.connect(lambda pan, tilt: self.aimed.emit(pan, tilt, 0.0))
        self.zoom_in.held.connect(lambda held: self.aimed.emit(0.0, 0.0, 1.0 if held else 0.0))
        self.zoom_out.held.connect(lambda held: self.aimed.emit(0.0, 0.0, -1.0 if held else 0.0))
        self.speed.valueChanged.connect(lambda value: self.speed_changed.emit(value / 100))
        self.incident.clicked.connect(self.incident_asked)
        self.entry.clicked.connect(self.log_asked)
        self.snapshot.clicked.connect(self.snapshot_asked)
        self.retry.clicked.connect(self.retry_asked)


def _entry_row(entry: LogEntry) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    layout.addWidget(label(show_time(entry.occurred_at), 12, role="text_faint"), 0, Qt.AlignmentFlag.AlignTop)
    if entry.camera_number:
        layout.addWidget(label(entry.camera_number, 12.5, theme.NUMBER), 0, Qt.AlignmentFlag.AlignTop)
    words = ElidedLabel("", 12.5)
    words.set_text(entry.text.replace("\n", " "))
    words.setToolTip(entry.text)
    layout.addWidget(words, 1)
    return row
