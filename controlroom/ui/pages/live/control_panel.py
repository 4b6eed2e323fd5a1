"""Shows the panel beside the wall: the selected camera's facts, steering, presets, actions, newest log entries."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSlider

from controlroom.cameras.records import Camera, Protocol
from controlroom.cameras.steering import Hold
from controlroom.log.records import LogEntry
from controlroom.ui import theme
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.pages.live.actions import LiveActions
from controlroom.ui.pages.live.hands import NO_TURN, NO_ZOOM, Able
from controlroom.ui.pages.live.lens_row import Extras, LensRow
from controlroom.ui.pages.live.panel_parts import (
    PAD_TIP,
    HoldLine,
    LatestEntries,
    Pad,
    ZoomButton,
    share_width,
)
from controlroom.ui.pages.live.preset_grid import PresetButton, PresetGrid
from controlroom.ui.widgets.layout import SPRING, TOP, Cell, at, box, column, fill, gap, grow, row, scrolling
from controlroom.ui.widgets.text import caption, heading, label, note

if TYPE_CHECKING:
    from controlroom.ui.pages.live.hand_actions import HandActions

ENTRIES_SHOWN = 6
WIDE, NARROW = 328, 272
FREE = "Arrow keys or the pad steer it"
NO_ONVIF = "No ONVIF: this camera gives its picture alone"
CANNOT_STEER = "This camera cannot be steered from here"
SLOWEST, FASTEST, FIRST_SPEED, SPEED_STEP = 10, 100, 50, 10  # per cent


class ControlPanel(QFrame):
    """Shows one camera, its pad, and the page's actions about it."""

    lens: LensRow  # with what `add_hand` puts in
    tools: list[ActionButton]

    aimed = Signal(object)  # Velocity
    speed_changed = Signal(float)

    def __init__(self, actions: LiveActions) -> None:
        super().__init__()
        self._actions = actions
        self.setProperty("panel", True)
        self.setAccessibleName("Selected camera")
        self.number = label("", 19, theme.NUMBER, "accent")
        self.name = label("", 17, theme.STRONG, wrap=True)
        self.facts = note("")
        self.stream = note("", wrap=False)
        self.hold_line = HoldLine()
        self._hold_row = row(spacing=6)
        self._hold_place = box(self._hold_row)
        self.pad = Pad()
        self.zoom_out = ZoomButton(Hold.WIDER, "−", "Zoom out", "− or PgDn")
        self.zoom_in = ZoomButton(Hold.CLOSER, "+", "Zoom in", "+ or PgUp")
        self._speed_words = caption("")
        self.speed = QSlider(Qt.Orientation.Horizontal)
        self.preset_grid = PresetGrid()
        self.extras = Extras()
        self._stop_place, self._hand_tools, self._lens_place = column(), column(), column()
        self.buttons = {each: ActionButton(each, parent=self) for each in actions.about_camera}
        self._entries = LatestEntries()
        self._set_up_speed()
        self._lay_out()
        for source in (self.pad, self.zoom_in, self.zoom_out):
            source.aimed.connect(self.aimed)
        self.show_camera(None)
        self.set_narrow(False)

    def add_hold_buttons(self, *actions: Action) -> None:
        """What can be done about who has control, right below the line that says it; only what can be done now."""
        for each in actions:
            button = ActionButton(each, parent=self)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            share_width(button)
            self._hold_row.addWidget(button, 1)
            # its room is kept while it is not offered: nothing below may move under a mouse that is pressed
            self._hold_place.setMinimumHeight(
                max(self._hold_place.minimumHeight(), button.sizeHint().height())
            )

    @property
    def hold(self) -> QLabel:
        """Who steers it, or why nobody can."""
        return self.hold_line.words

    @property
    def presets(self) -> Sequence[PresetButton]:
        return self.preset_grid.buttons

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
        steers = camera is not None and camera.steerable
        why = "" if camera else "Nothing to steer on this tile"
        if camera is not None and camera.protocol is Protocol.RTSP:
            why = NO_ONVIF
        self.set_steering(steers, why)
        self.preset_grid.show_presets([], "Asking the camera…" if steers else "")

    def show_stream(self, camera: Camera | None, stream: str) -> None:
        """The two lines of facts below the name."""
        text = "Click a tile, or type a camera's number and press Enter."
        if camera is not None:
            text = f"{camera.migration.value}, {camera.transport.value}"
            text = " · ".join(part for part in (camera.place.ward, text) if part)
        for line, says in ((self.facts, text), (self.stream, stream or " ")):
            if says != line.text():
                line.setText(says)

    def set_steering(self, possible: bool, why: str = "") -> None:
        """Whether the pad and the zoom work; the reason when they do not."""
        for widget in (self.pad, self.zoom_in, self.zoom_out, self.speed):
            widget.setEnabled(possible)
        self.preset_grid.setVisible(possible)
        usual = FREE if possible else CANNOT_STEER
        self.hold_line.say(why or usual, "idle")

    def add_hand(self, actions: "HandActions") -> None:
        """Put in what the hand can do besides holding: stop, aim, home, focus, iris."""
        self.lens = LensRow(actions.autofocus, actions.close_iris, actions.open_iris, actions.auto_iris)
        self.lens.aimed.connect(self.aimed)
        self.tools = [ActionButton(each, parent=self) for each in (actions.stop, actions.aim, actions.home)]
        for button in self.tools:
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            share_width(button)
        stop, *others = self.tools
        fill(self._stop_place, stop)
        fill(self._hand_tools, row(*(grow(each) for each in others), spacing=6))
        fill(self._lens_place, self.lens)
        for each in (actions.save_preset, actions.edit_preset):
            button = ActionButton(each, parent=self)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            share_width(button)
            fill(self.preset_grid.tools, grow(button))

    def show_abilities(self, able: Able, why_no_focus: str, *, steers: bool) -> None:
        """Let what the camera cannot do say so; `steers`: it is in hand at all."""
        head = able.head
        turns, zooms = head is None or head.pan_tilt, head is None or head.zoom
        self.pad.setEnabled(steers and turns)
        self.pad.setToolTip(PAD_TIP if turns else NO_TURN)
        for button in (self.zoom_in, self.zoom_out):
            button.allow(steers and zooms, "" if zooms else NO_ZOOM)
        self.lens.show_lens(able.lens, why_no_focus)
        self.extras.show_commands(head.auxiliary if head is not None and steers else ())

    def show_entries(self, entries: Sequence[LogEntry], *, readable: bool = True) -> None:
        self._entries.show_entries(entries[:ENTRIES_SHOWN], readable=readable)

    def change_speed(self, steps: int) -> None:
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
        self._column = column(
            row(at(TOP, self.number), Cell(self.name, 1, TOP), spacing=8),
            column(self.facts, self.stream, spacing=3),
            self._steering_row(),
            self.hold_line,
            self._hold_place,
            self._hand_tools,
            self.preset_grid,
            self._action_grid(),
            self._lens_place,
            self.extras,
            gap(6),
            heading("Latest in the log"),
            self._entries,
            SPRING,
            spacing=10,
        )
        column(scrolling(self._column), on=self, margins=(1, 0, 0, 0))

    def _steering_row(self) -> QHBoxLayout:
        for button in (self.zoom_out, self.zoom_in):
            share_width(button)
            button.setMinimumWidth(theme.px(40))
        beside = column(
            caption("Zoom"),
            row(grow(self.zoom_out), grow(self.zoom_in), spacing=6),
            gap(4),
            self._speed_words,
            self.speed,
            self._stop_place,
            SPRING,
            spacing=6,
        )
        return row(at(TOP, self.pad), grow(beside), spacing=14)

    def _action_grid(self) -> QGridLayout:
        actions = QGridLayout()
        actions.setSpacing(6)
        for position, button in enumerate(self.buttons.values()):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            share_width(button)
            actions.addWidget(button, position // 2, position % 2)
        return actions
