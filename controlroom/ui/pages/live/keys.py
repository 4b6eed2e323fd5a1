"""Handles the Live page's keys that are no shortcuts: steering, walking the tiles, presets, and a camera's number.

Any camera in two keystrokes and Enter: figures typed anywhere on the page name the camera for the selected tile.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QFrame, QWidget

from controlroom.cameras import rules
from controlroom.cameras.records import Camera
from controlroom.ui import theme
from controlroom.ui.pages.live.actions import LiveActions
from controlroom.ui.pages.live.arranging import Arranging
from controlroom.ui.pages.live.control_panel import ControlPanel
from controlroom.ui.pages.live.hand_actions import HandActions
from controlroom.ui.pages.live.hands import Hands
from controlroom.ui.pages.live.preset_grid import WITH_KEYS
from controlroom.ui.pages.live.steering import Steering
from controlroom.ui.pages.live.wall import Wall
from controlroom.ui.widgets.layout import CENTRE, at, column
from controlroom.ui.widgets.text import label

FORGOTTEN_AFTER_MS = 4000  # a number left half typed is put away
LETTERS = "HRDC-"


class Placing(QFrame):
    """A small panel over the wall that shows what is being typed and which camera that is."""

    chosen = Signal(object)  # Camera

    def __init__(self, ground: QWidget, where: Callable[[Camera], str] = lambda _: "") -> None:
        """`where` says what Enter would do with a camera ("to tile 5")."""
        super().__init__(ground)
        self._ground, self._where = ground, where
        self.setProperty("overlay", True)
        self.setAccessibleName("Camera number being typed")
        self._cameras: Sequence[Camera] = ()
        self.typed = ""
        self._number = label("", 44, theme.NUMBER, "text")
        self._found = label("", 17, theme.STRONG)
        self._then = label("", 13, role="text_dim")
        lines = (at(CENTRE, each) for each in (self._number, self._found, self._then))
        column(*lines, on=self, spacing=4, margins=(28, 12, 28, 18))
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.timeout.connect(self.cancel)
        self.hide()

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        self._cameras = cameras

    @property
    def found(self) -> Camera | None:
        """The camera what was typed means."""
        return rules.find_by_number(self._cameras, self.typed)

    def take(self, event: QKeyEvent) -> bool:
        """Take a key if it belongs here: figures begin, letters and figures go on, Enter places, Esc cancels."""
        key, text = event.key(), event.text().upper()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.typed:
            self._place()
        elif key == Qt.Key.Key_Escape and self.typed:
            self.cancel()
        elif key == Qt.Key.Key_Backspace and self.typed:
            self._show(self.typed[:-1])
        elif len(text) == 1 and self._belongs(event, text):
            self._show(self.typed + text)
        else:
            return False
        return True

    def cancel(self) -> None:
        self.typed = ""
        self._forget.stop()
        self.hide()

    def _belongs(self, event: QKeyEvent, text: str) -> bool:
        plain = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if plain != Qt.KeyboardModifier.NoModifier or len(self.typed) >= 7:
            return False
        return text.isdigit() or (
            text in "HR" if not self.typed else text in LETTERS and not self.typed[-1].isdigit()
        )

    def _place(self) -> None:
        camera = self.found
        if camera is None:
            self._found.setText("There is no such camera")
            theme.tint(self._found, "alarm")
            self._settle()
            return
        self.cancel()
        self.chosen.emit(camera)

    def _show(self, typed: str) -> None:
        self.typed = typed
        if not typed:
            self.cancel()
            return
        camera = self.found
        theme.tint(self._found, "text")
        self._number.setText(typed)
        self._found.setText(f"{camera.number} {camera.name}" if camera else "No such camera yet")
        self._then.setText(f"Enter: {self._where(camera)} · Esc: forget it" if camera else "Type on, or Esc")
        if camera is None:
            theme.tint(self._found, "text_dim")
        self._settle()
        self.show()
        self.raise_()
        self._forget.start(FORGOTTEN_AFTER_MS)

    def _settle(self) -> None:
        self.adjustSize()
        self.move((self._ground.width() - self.width()) // 2, (self._ground.height() - self.height()) // 3)


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
    for place in range(WITH_KEYS):
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
        hands: Hands,
        hand_actions: HandActions,
    ) -> None:
        super().__init__(wall)
        self._hands, self._hand_actions = hands, hand_actions
        self._wall, self._panel, self._placing = wall, panel, placing
        self._steering, self._arranging, self._actions = steering, arranging, actions
        wall.installEventFilter(self)

    def press(self, event: QKeyEvent) -> bool:
        """A key went down, or repeats; True when it did something here."""
        key = Qt.Key(event.key())
        if event.isAutoRepeat():
            self._steering.repeated(key)
            if key in STEPS:  # the frame moves on while an arrow is held
                self._hands.frame.press(key)
            return True
        modifiers = event.modifiers() & ~BY_THE_WAY
        if modifiers == PLAIN and not self._placing.typed and self._hands.frame.press(key):
            return True
        if modifiers == PLAIN and not self._placing.typed and self._choose_preset(key):
            return True
        if self._placing.take(event) or (modifiers == PLAIN and self._steering.press(key)):
            return True
        if modifiers == PLAIN and self._hand_actions.press(key):
            return True
        return self._select(key) if modifiers == CONTROL else modifiers == PLAIN and self._act(key)

    def _choose_preset(self, key: Qt.Key) -> bool:
        """While a preset is chosen to be changed, figures name it and Esc chooses none."""
        presets = self._panel.preset_grid
        if not presets.editing:
            return False
        if key == Qt.Key.Key_Escape:
            presets.set_editing(False)
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            presets.press(key - Qt.Key.Key_1)
        else:
            return False
        return True

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
            held = self._panel.window().focusWidget()
            if isinstance(held, QAbstractButton) and self._panel.isAncestorOf(held):
                held.click()
            else:
                self._actions.enlarge.run()
        elif key == Qt.Key.Key_Escape and not self._wall.hasFocus():
            self._wall.setFocus()
        elif key == Qt.Key.Key_Escape and self._actions.back.offered():
            self._actions.back.run()
        elif key == Qt.Key.Key_Delete:
            self._actions.remove.run()
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            self._panel.change_speed(1 if key == Qt.Key.Key_BracketRight else -1)
        else:
            return False
        return True
