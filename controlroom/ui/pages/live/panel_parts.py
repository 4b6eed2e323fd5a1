"""The parts of the panel beside the wall: who holds the camera, zoom, presets, and the log's newest entries."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from controlroom.cameras.devices import Preset
from controlroom.cameras.steering import STILL, Hold, Velocity
from controlroom.clock import show_moment, show_time
from controlroom.log.records import LogEntry
from controlroom.ui import theme
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.text import Rule, heading, label, note

PRESETS_SHOWN = 9
PRESET_COLUMNS = 2


class HoldLine(QFrame):
    """A box with one line: who steers, or why nobody can."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.mark = Mark("idle")
        self.words = label("", 13, theme.MEDIUM, wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self.mark)
        row.addWidget(self.words, 1)

    def say(self, text: str, state: str) -> None:
        """Show words and the mark of a state."""
        if text != self.words.text():
            self.words.setText(text)
            self.words.setAccessibleName(text)
        self.mark.set_state(state)
        theme.tint(
            self.words, "text" if state == "accent" else state if state in ("warn", "alarm") else "text_dim"
        )


class ZoomButton(KeyButton):
    """Zooms while held down; its sign is its key."""

    aimed = Signal(object)  # Velocity

    def __init__(self, hold: Hold, sign: str, name: str, keys: str) -> None:
        super().__init__(sign)
        self.setFont(theme.font(17, theme.STRONG))
        self.setAccessibleName(name)
        self.setToolTip(f"{name} while held ({keys})")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumWidth(theme.px(44))
        wanted: Velocity = hold.value
        self.pressed.connect(lambda: self.aimed.emit(wanted))
        self.released.connect(lambda: self.aimed.emit(STILL))


class PresetGrid(QWidget):
    """Stored positions as buttons; P and then the figure drive to them."""

    chosen = Signal(str)  # token

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[KeyButton] = []
        self._tokens: list[str] = []
        self._instead = note("")
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(heading("Presets"))
        head.addStretch(1)
        self._hint = note("P, then the figure", wrap=False)
        head.addWidget(self._hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(self._grid)
        column.addWidget(self._instead)

    def show_presets(self, presets: Sequence[Preset], instead: str = "") -> None:
        """Show these; `instead` is said when there are none."""
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        shown = presets[:PRESETS_SHOWN]
        self._tokens = [preset.token for preset in shown]
        self.buttons = [self._button(place, preset) for place, preset in enumerate(shown)]
        self._instead.setText("" if shown else instead)
        self._instead.setVisible(bool(instead) and not shown)
        self._hint.setVisible(bool(shown))

    def _button(self, place: int, preset: Preset) -> KeyButton:
        name = preset.name or preset.token
        button = KeyButton(name, str(place + 1), bind=False)
        button.setToolTip(f"Drive to {name} (P, then {place + 1})")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        share_width(button)
        button.clicked.connect(lambda _checked=False: self.press(place))
        self._grid.addWidget(button, place // PRESET_COLUMNS, place % PRESET_COLUMNS)
        return button

    def press(self, place: int) -> None:
        """As if the button at that place (from 0) were pressed."""
        if place < len(self._tokens):
            self.chosen.emit(self._tokens[place])


class LatestEntries(QWidget):
    """The newest entries of the log, as they would be read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(7)

    def show_entries(self, entries: Sequence[LogEntry]) -> None:
        """Show these, the newest first."""
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for entry in entries:
            self._column.addWidget(Rule())
            self._column.addWidget(entry_row(entry))
        if not entries:
            self._column.addWidget(note("Nothing written yet. Ctrl+L goes to the log line."))


def entry_row(entry: LogEntry) -> QLabel:
    """One entry: time, camera, words."""
    words = " ".join(entry.text.split())
    number = f"<b>{escape(entry.camera_number)}</b>&nbsp; " if entry.camera_number else ""
    faint = theme.color("text_faint").name()
    row = QLabel(
        f'<span style="color:{faint}">{show_time(entry.occurred_at)}</span>&nbsp; {number}{escape(words)}'
    )
    row.setTextFormat(Qt.TextFormat.RichText)
    row.setFont(theme.font(13))
    row.setWordWrap(True)
    row.setMaximumHeight(3 * row.fontMetrics().lineSpacing() + 2)
    row.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    spoken = f"{show_time(entry.occurred_at)} {entry.camera_number or ''} {words}"
    row.setAccessibleName(" ".join(spoken.split()))
    row.setToolTip(f"{show_moment(entry.occurred_at)}\n{entry.text}")
    return row


def share_width(button: QWidget) -> None:
    """Let a button be as wide as its column, not as its words."""
    button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    button.setMinimumWidth(theme.px(60))
