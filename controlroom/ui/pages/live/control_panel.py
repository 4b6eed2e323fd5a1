"""The panel beside the wall: the selected camera's facts, steering, presets, actions, the log's newest entries."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QSlider, QVBoxLayout, QWidget

from controlroom.cameras.devices import Preset
from controlroom.cameras.records import Camera
from controlroom.cameras.steering import Hold, Velocity
from controlroom.log.records import LogEntry
from controlroom.ui import theme
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.pages.live.actions import LiveActions
from controlroom.ui.pages.live.pad import Pad
from controlroom.ui.pages.live.panel_parts import HoldLine, LatestEntries, PresetGrid, ZoomButton, share_width
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.text import caption, heading, label, note

ENTRIES_SHOWN = 6
WIDE, NARROW = 328, 272
FREE = "Arrow keys or the pad steer it"
CANNOT_STEER = "This camera cannot be steered from here"
SLOWEST, FASTEST, FIRST_SPEED, SPEED_STEP = 10, 100, 50, 10  # per cent


class ControlPanel(QFrame):
    """Shows one camera, its pad, and the page's actions about it."""

    aimed = Signal(object)  # Velocity
    speed_changed = Signal(float)
    preset_chosen = Signal(str)

    def __init__(self, actions: LiveActions) -> None:
        super().__init__()
        self._actions = actions
        self.setProperty("panel", True)
        self.setAccessibleName("Selected camera")
        self.number = label("", 19, theme.NUMBER, "accent")
        self.name = label("", 17, theme.STRONG, wrap=True)
        self.facts = note("")
        self.stream = note("", wrap=False)
        self._hold = HoldLine()
        self.hold = self._hold.words
        self.pad = Pad()
        self.zoom_out = ZoomButton(Hold.WIDER, "−", "Zoom out", "− or PgDn")
        self.zoom_in = ZoomButton(Hold.CLOSER, "+", "Zoom in", "+ or PgUp")
        self._speed_words = caption("")
        self.speed = QSlider(Qt.Orientation.Horizontal)
        self._presets = PresetGrid()
        self.buttons = {each: ActionButton(each, parent=self) for each in actions.about_camera}
        self._entries = LatestEntries()
        self._set_up_speed()
        self._lay_out()
        self._connect()
        self.show_camera(None)
        self.set_narrow(False)

    @property
    def presets(self) -> list[KeyButton]:
        """The buttons of the stored positions."""
        return self._presets.buttons

    def set_narrow(self, narrow: bool) -> None:
        """Take less room, so that pictures stay large on a small screen."""
        self.setFixedWidth(theme.px(NARROW if narrow else WIDE))
        self.pad.set_narrow(narrow)
        side = 12 if narrow else 16
        self._column.setContentsMargins(side, 14, side, 14)
        self._actions.is_narrow = narrow
        self.buttons[self._actions.incident].follow()
        self.buttons[self._actions.incident].setAccessibleName("Open incident")

    def show_camera(self, camera: Camera | None, stream: str = "") -> None:
        """Show a camera's facts; `stream` says what arrives ("640×360, 15 fps")."""
        self.number.setText(camera.number if camera else "")
        self.number.setVisible(camera is not None)
        self.name.setText(camera.name if camera else "No camera selected")
        self.show_stream(camera, stream)
        steers = camera is not None and camera.has_ptz and camera.has_address
        self.set_steering(steers, "" if camera else "Nothing to steer on this tile")
        self.show_presets([], "Asking the camera…" if steers else "")

    def show_stream(self, camera: Camera | None, stream: str) -> None:
        """The two lines of facts below the name."""
        text = "Click a tile, or type a camera's number and press Enter."
        if camera is not None:
            text = f"{camera.place.ward} · {camera.migration.value}, {camera.transport.value}"
        for line, says in ((self.facts, text), (self.stream, stream or " ")):
            if says != line.text():
                line.setText(says)

    def set_steering(self, possible: bool, why: str = "") -> None:
        """Whether the pad and the zoom work; the reason when they do not."""
        for widget in (self.pad, self.zoom_in, self.zoom_out, self.speed):
            widget.setEnabled(possible)
        self._presets.setVisible(possible)
        usual = FREE if possible else "This camera cannot be steered from here"
        self.show_hold(why or usual, "idle")

    def show_hold(self, text: str, state: str) -> None:
        """Who holds the camera, or why it cannot be steered."""
        self._hold.say(text, state)

    def show_presets(self, presets: Sequence[Preset], instead: str = "") -> None:
        """The stored positions as buttons; `instead` is said when there are none."""
        self._presets.show_presets(presets, instead)

    def show_entries(self, entries: Sequence[LogEntry]) -> None:
        """The newest log entries."""
        self._entries.show_entries(entries[:ENTRIES_SHOWN])

    def press_preset(self, place: int) -> None:
        """As if the button at that place (from 0) were pressed."""
        self._presets.press(place)

    def change_speed(self, steps: int) -> None:
        """Faster or slower by so many steps."""
        self.speed.setValue(self.speed.value() + steps * SPEED_STEP)

    def _set_up_speed(self) -> None:
        self.speed.setRange(SLOWEST, FASTEST)
        self.speed.setSingleStep(SPEED_STEP)
        self.speed.setPageStep(SPEED_STEP)
        self.speed.setAccessibleName("Steering speed")
        self.speed.setToolTip("Steering speed ([ slower, ] faster)")
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed.valueChanged.connect(self._speed_moved)
        self.speed.setValue(FIRST_SPEED)

    def _speed_moved(self, value: int) -> None:
        self._speed_words.setText(f"Speed {value} %")
        self.speed_changed.emit(value / 100)

    def _lay_out(self) -> None:
        inner = QWidget()
        column = self._column = QVBoxLayout(inner)
        column.setSpacing(10)
        title = QHBoxLayout()
        title.setSpacing(8)
        title.addWidget(self.number, 0, Qt.AlignmentFlag.AlignTop)
        title.addWidget(self.name, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(title)
        facts = QVBoxLayout()
        facts.setSpacing(3)
        facts.addWidget(self.facts)
        facts.addWidget(self.stream)
        column.addLayout(facts)
        column.addWidget(self._hold)
        column.addLayout(self._steering_row())
        column.addWidget(self._presets)
        column.addLayout(self._action_grid())
        column.addSpacing(6)
        column.addWidget(heading("Latest in the log"))
        column.addWidget(self._entries)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.addWidget(scroll)

    def _steering_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignTop)
        beside = QVBoxLayout()
        beside.setSpacing(6)
        zoom = QHBoxLayout()
        zoom.setSpacing(6)
        for button in (self.zoom_out, self.zoom_in):
            share_width(button)
            button.setMinimumWidth(theme.px(40))
            zoom.addWidget(button, 1)
        beside.addWidget(caption("Zoom"))
        beside.addLayout(zoom)
        beside.addSpacing(4)
        beside.addWidget(self._speed_words)
        beside.addWidget(self.speed)
        beside.addStretch(1)
        row.addLayout(beside, 1)
        return row

    def _action_grid(self) -> QGridLayout:
        actions = QGridLayout()
        actions.setSpacing(6)
        for position, button in enumerate(self.buttons.values()):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            share_width(button)
            actions.addWidget(button, position // 2, position % 2)
        return actions

    def _connect(self) -> None:
        self.pad.aimed.connect(self.aimed)
        self.zoom_in.aimed.connect(self.aimed)
        self.zoom_out.aimed.connect(self.aimed)
        self._presets.chosen.connect(self.preset_chosen)

    def show_velocity(self, velocity: Velocity) -> None:
        """Show on the pad what the keys ask for."""
        self.pad.show_velocity(velocity)
