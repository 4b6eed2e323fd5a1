"""Tells at a field, while one types or pastes, that a text is too long: before anything is cut, and before it is saved.

Qt cuts what is pasted into a line at 32,767 characters, or at the field's own limit, without a word. Here a field takes
more than it may hold and says "Too long: 4,120 of 4,000 characters"; whoever reads it shortens it. Only what no person
types, a paste of megabytes, is left out as a whole, and that is said as well.
"""

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget

from controlroom.texts import PROSE, too_long
from controlroom.ui import theme
from controlroom.ui.announce import announce
from controlroom.ui.widgets.text import label

ROOM = 32_767  # Qt's own limit of a line: it takes so much, however little it may hold
MOST_PASTED = (
    1_000_000  # characters into a field of several lines; more than that stops the window for seconds
)
_HELD = {Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta}
TextField = QLineEdit | QPlainTextEdit


class TextLimit(QObject):
    """Watches one field. `told` says what is wrong with the length of its text, "" once it fits.

    `beside` is what it says where nobody else shows it.
    """

    told = Signal(str)

    def __init__(self, field: TextField, longest: int) -> None:
        super().__init__(field)
        self._field, self.longest, self.problem = field, longest, ""
        self._beside: QLabel | None = None
        self._before, self._refused, self._listened = _text(field), False, False
        self._passing = False  # what is said is about a paste, not about what stands here
        field.textChanged.connect(self._look)
        if isinstance(field, QLineEdit):
            field.setMaxLength(max(ROOM, 4 * longest))
            field.inputRejected.connect(self._take_back)

    @classmethod
    def of(cls, field: QWidget) -> "TextLimit | None":
        """What watches a field, None while nothing does."""
        return field.findChild(cls, options=Qt.FindChildOption.FindDirectChildrenOnly)

    @property
    def beside(self) -> str:
        return self._beside.text() if self._beside is not None else ""

    def listened(self) -> "TextLimit":
        """Somebody shows what is told; otherwise it is shown beside the field."""
        self._listened = True
        return self

    def refuse_paste(self, length: int) -> None:
        """Say that a paste was left out, as a whole, until the next key or until the field is left."""
        self._say(f"{too_long(length, self.longest)} It was not pasted.")
        self._passing = True
        self._field.installEventFilter(self)

    def _look(self) -> None:
        """The text changed: take back a paste of which Qt has left out a part, or say whether the text fits."""
        if self._refused and isinstance(self._field, QLineEdit):
            self._refused = False
            whole = len(QApplication.clipboard().text())
            self._field.undo()
            if self._field.text() != self._before:
                self._field.setText(self._before)
            self.refuse_paste(whole)
            return
        self._before = _text(self._field)
        length = len(self._before)
        self._say(too_long(length, self.longest) if length > self.longest else "")

    def _take_back(self) -> None:
        """Qt left out a part of what was pasted or typed: it is all taken back when the text has changed."""
        self._refused = _text(self._field) != self._before
        if not self._refused:
            self.refuse_paste(len(QApplication.clipboard().text()))

    def _say(self, problem: str) -> None:
        self._passing = False
        if problem == self.problem:
            return
        self.problem = problem
        self.told.emit(problem)
        if not self._listened:
            self._show_beside(problem)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._passing and _goes_on(event):
            self._say("")
        if self._beside is not None and event.type() in (QEvent.Type.Hide, QEvent.Type.Show):
            self._beside.setVisible(event.type() == QEvent.Type.Show and bool(self.problem))
        return super().eventFilter(watched, event)

    def _show_beside(self, problem: str) -> None:
        """Show it over the window, right below the field or above it, until it fits."""
        if self._beside is None:
            self._beside = label("", theme.SMALL, role="alarm")
            self._beside.setProperty("popup", True)
            self._field.installEventFilter(self)
            self._field.destroyed.connect(self._beside.deleteLater)
        window, field = self._field.window(), self._field
        self._beside.setParent(window)
        self._beside.setText(problem)
        self._beside.setVisible(bool(problem))
        self._beside.adjustSize()
        corner = field.mapTo(window, QPoint(0, field.height() + 4))
        if corner.y() + self._beside.height() > window.height():
            corner = field.mapTo(window, QPoint(0, -self._beside.height() - 4))
        self._beside.move(corner)
        self._beside.raise_()
        if problem:
            announce(field, problem, urgent=True)


class BoundedText(QPlainTextEdit):
    """A field of several lines that takes no paste of megabytes."""

    def insertFromMimeData(self, source: QMimeData) -> None:
        length = len(source.text())
        if length <= MOST_PASTED:
            super().insertFromMimeData(source)
        else:
            watch(self).refuse_paste(length)


def watch(field: TextField, longest: int = 0) -> TextLimit:
    """What watches a field from now on: for `longest` characters, else its own limit, else the usual one."""
    known = TextLimit.of(field)
    if known is not None:
        known.longest = longest or known.longest
        return known
    own = field.maxLength() if isinstance(field, QLineEdit) else 0
    usual = own if 0 < own < ROOM else PROSE
    return TextLimit(field, longest or usual)


def watch_every_field(application: QApplication) -> None:
    """Watch whatever field gets the keyboard: none cuts what is pasted without a word."""
    application.focusChanged.connect(_watch_focused)


def _watch_focused(_before: QWidget | None, now: QWidget | None) -> None:
    if isinstance(now, QLineEdit | QPlainTextEdit) and not now.isReadOnly():
        watch(now)


def _goes_on(event: QEvent) -> bool:
    """Whether somebody pressed a key, other than one held for another, or left the field."""
    if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
        return event.key() not in _HELD
    return event.type() == QEvent.Type.FocusOut


def _text(field: TextField) -> str:
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()
