"""The Live page's keys: what they are, and what each does."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from controlroom.ui.kit.page import Key
from controlroom.ui.pages.live.arranging import Arranging
from controlroom.ui.pages.live.control_panel import ControlPanel
from controlroom.ui.pages.live.placing import Placing
from controlroom.ui.pages.live.steering import Steering
from controlroom.ui.pages.live.wall import Wall

LISTED = (
    Key("0–9, Enter", "Put the camera of that number on the selected tile"),
    Key("Arrow keys", "Steer the selected camera while held"),
    Key("+ / −, PgUp / PgDn", "Zoom while held"),
    Key("[ / ]", "Steer slower or faster"),
    Key("P, then 1–9", "Drive to a preset"),
    Key("Ctrl+Arrow keys", "Select the tile beside this one"),
    Key("Tab, Shift+Tab", "Select the next or previous tile of the wall"),
    Key("Enter", "Enlarge the selected tile, and back", needs="a tile with a camera is selected"),
    Key("Esc", "Back to the wall", needs="a picture is enlarged"),
    Key("Delete", "Take the camera off the selected tile", needs="a tile with a camera is selected"),
    Key("Ctrl+Z", "Put back what stood on the wall before", also="undo placement"),
    Key("Ctrl+F", "Search the camera list", needs="the camera list is shown"),
    Key("Ctrl+1", "A wall of one picture", also="layout 1x1"),
    Key("Ctrl+2", "A wall of four", also="layout 2x2"),
    Key("Ctrl+3", "A wall of nine", also="layout 3x3"),
    Key("Ctrl+4", "A wall of sixteen", also="layout 4x4"),
    Key("F2", "Open an incident from the selected tile", needs="a tile with a camera is selected"),
    Key("F3", "Save a snapshot with a log entry", needs="a camera with an address is selected"),
    Key("L", "Write a log entry about the selected camera", needs="a tile with a camera is selected"),
    Key("T", "Try the selected camera's stream again", needs="a camera with an address is selected"),
    Key("F7", "Hide or show the camera list"),
    Key("F9", "Hide or show the camera's panel"),
)
STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
PLAIN, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
BY_THE_WAY = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier


def bind(page: QWidget, actions: dict[str, Callable[[], object]]) -> None:
    """Keys that work wherever the focus is while the page is in front; a held key counts once."""
    for key, action in actions.items():
        shortcut = QShortcut(QKeySequence(key), page)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(action)


class WallKeys(QObject):
    """Keys that reach the page when no text field, list or button wants them. Filters Tab on the wall."""

    def __init__(
        self,
        wall: Wall,
        panel: ControlPanel,
        placing: Placing,
        steering: Steering,
        arranging: Arranging,
        enlarge: Callable[[], None],
    ) -> None:
        super().__init__(wall)
        self._wall, self._panel, self._placing = wall, panel, placing
        self._steering, self._arranging, self._enlarge = steering, arranging, enlarge
        wall.installEventFilter(self)

    def press(self, event: QKeyEvent) -> bool:
        """A key went down, or repeats; True when it did something here."""
        key = Qt.Key(event.key())
        if event.isAutoRepeat():
            self._steering.repeated(key)
            return True
        modifiers = event.modifiers() & ~BY_THE_WAY
        if self._placing.take(event) or (modifiers == PLAIN and self._steering.press(key)):
            return True
        return self._select(key) if modifiers == CONTROL else modifiers == PLAIN and self._act(key)

    def release(self, event: QKeyEvent) -> bool:
        """A key went up; True when it had been steering."""
        return not event.isAutoRepeat() and self._steering.release(Qt.Key(event.key()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tab walks the tiles while the wall has the focus; at the wall's end it moves on, as everywhere."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(event.key()))
            if step is not None and event.modifiers() & ~BY_THE_WAY == PLAIN:
                index = self._wall.selected.index + step
                if 0 <= index < self._wall.size_in_tiles:
                    self._arranging.select(index)
                    return True
        return super().eventFilter(watched, event)

    def _select(self, key: Qt.Key) -> bool:
        if key not in STEPS:
            return False
        beside = self._wall.neighbour(self._wall.selected.index, *STEPS[key])
        if beside is not None:
            self._arranging.select(beside)
        return True

    def _act(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enlarge()
        elif key == Qt.Key.Key_Escape and (self._wall.enlarged is not None or not self._wall.hasFocus()):
            self._wall.restore()
            self._wall.setFocus()
        elif key == Qt.Key.Key_Delete:
            self._arranging.remove()
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            self._panel.change_speed(1 if key == Qt.Key.Key_BracketRight else -1)
        else:
            return False
        return True
