"""The Live page's keys that no shortcut holds: steering, numbers, walking the tiles, presets."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from controlroom.ui.pages.live.actions import LiveActions
from controlroom.ui.pages.live.arranging import Arranging
from controlroom.ui.pages.live.control_panel import ControlPanel
from controlroom.ui.pages.live.panel_parts import PRESETS_SHOWN
from controlroom.ui.pages.live.placing import Placing
from controlroom.ui.pages.live.steering import Steering
from controlroom.ui.pages.live.wall import Wall

STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
PLAIN, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
BY_THE_WAY = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier


def bind_presets(page: QWidget, drive: Callable[[int], object]) -> None:
    """P and then a figure drive to a preset (by its place, from 0), wherever the focus is; a held key counts once."""
    for place in range(PRESETS_SHOWN):
        shortcut = QShortcut(QKeySequence(f"P,{place + 1}"), page)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(lambda place=place: drive(place))


class WallKeys(QObject):
    """Keys that reach the page when no text field, list or button wants them. Filters Tab on the wall."""

    def __init__(
        self,
        wall: Wall,
        panel: ControlPanel,
        placing: Placing,
        steering: Steering,
        arranging: Arranging,
        actions: LiveActions,
    ) -> None:
        super().__init__(wall)
        self._wall, self._panel, self._placing = wall, panel, placing
        self._steering, self._arranging, self._actions = steering, arranging, actions
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
            self._actions.enlarge.run()
        elif key == Qt.Key.Key_Escape and (self._actions.back.offered() or not self._wall.hasFocus()):
            self._actions.back.run()
            self._wall.setFocus()
        elif key == Qt.Key.Key_Delete:
            self._actions.remove.run()
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            self._panel.change_speed(1 if key == Qt.Key.Key_BracketRight else -1)
        else:
            return False
        return True
