"""Defines the fields of a form: how each kind is declared, made, read, filled in and checked.

A page declares `Field`s; nothing else needs to know which widget of Qt holds the answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import UnionType
from typing import Any, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from controlroom.texts import IN_A_FEW_WORDS, LENGTHS, PROSE, says_something
from controlroom.ui import theme
from controlroom.ui.kit.camera_field import CameraField
from controlroom.ui.kit.chooser import Chooser
from controlroom.ui.kit.day_edit import DayEdit
from controlroom.ui.kit.moment_edit import MomentEdit
from controlroom.ui.kit.read_line import ReadLine
from controlroom.ui.kit.time_edit import TimeEdit
from controlroom.ui.kit.typed_times import When
from controlroom.ui.widgets.choices import ValueBox
from controlroom.ui.widgets.limits import BoundedText, TextLimit, watch

Kind = Literal["line", "text", "day", "time", "moment", "choice", "tick", "count", "camera", "secret"]
LONG_TEXT_HEIGHT = 76
MOST = 9999
_WHEN_EMPTY = {"tick": "Tick this when it is so.", "choice": "Choose one."}


@dataclass(frozen=True)
class Field:
    """One thing a form asks.

    `choices` are (words, value) pairs of a choice, or the cameras of a camera field. `needed` refuses an empty answer,
    in its own words when it is a text; `in_words` one that says nothing, too (`texts.says_something`). `check` gets an
    answer and says what is wrong with it, "" when nothing is.
    `make` puts another widget in place of the kind's own: one with a `value` (and a `set_value` when it is filled in).
    `longest` is how many characters a text may have, where that is not the usual of its `key` (`texts.LENGTHS`).
    A secret is read letter by letter, and nothing of it is remembered. A day and a moment begin with a value; a moment
    that nobody touched answers None: the moment of saving. A `value` to be called is what the program proposes: it is
    asked anew whenever the form is shown again, until somebody types. A day lies between `earliest` and `latest`; typed
    without a year it is one of `when`. A time of day is asked and answered as 10:00.
    """

    key: str
    label: str
    kind: Kind = "line"
    help: str = ""
    value: Any = None
    choices: Sequence[Any] = ()
    needed: bool | str = False
    in_words: bool = False
    hint: str = ""
    lines: int = 3
    longest: int = 0
    earliest: date | None = None
    latest: date | None = None
    when: When = "any"
    stretch: int = 1
    check: Callable[[Any], str] | None = None
    tell: Callable[[Mapping[str, Any]], str] | None = None
    make: Callable[[], QWidget] | None = None

    @property
    def proposal(self) -> Any:
        """What it begins with, now."""
        return self.value() if callable(self.value) else self.value

    def problem(self, widget: QWidget) -> str:
        """What is wrong with the answer, empty when nothing is."""
        if isinstance(widget, ReadLine | MomentEdit) and widget.problem:
            return widget.problem
        answer = read(widget)
        if self.needed and answer in ("", None, False, ()):
            return self._when_missing(_WHEN_EMPTY.get(self.kind, "This is needed."))
        if self.in_words and not says_something(answer):
            return self._when_missing(IN_A_FEW_WORDS)
        if isinstance(widget, CameraField) and widget.is_unknown:
            return "No camera has that number or name."
        limit = TextLimit.of(widget)
        if limit is not None and limit.problem:
            return limit.problem
        return self.check(answer) if self.check is not None else ""

    def _when_missing(self, usual: str) -> str:
        return self.needed if isinstance(self.needed, str) else usual


class WordsEdit(BoundedText):
    """Several lines of words. Enter ends it, Shift+Enter begins a new line, Tab goes on."""

    entered = Signal()

    def __init__(self, lines: int = 3, hint: str = "") -> None:
        super().__init__()
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.setFont(theme.font(15))
        self.setFixedHeight(theme.px(22) * lines + 22)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not shifted:
            self.entered.emit()
            event.accept()
            return
        super().keyPressEvent(event)


class SecretEdit(QLineEdit):
    """A line for a password: shown as dots."""

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)


def make(field: Field) -> QWidget:
    """The widget of a field, filled in."""
    widget = field.make() if field.make is not None else _MAKERS[field.kind](field)
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        watch(widget, field.longest or LENGTHS.get(field.key, PROSE))
    if (value := field.proposal) is not None:
        fill(widget, value)
    return widget


# How each kind of widget is read and filled in; the first that fits counts.
_ACCESS: tuple[tuple[type[QWidget] | UnionType, Callable[[Any], Any], Callable[[Any, Any], object]], ...] = (
    (ValueBox, lambda box: box.value, lambda box, value: setattr(box, "value", value)),
    (Chooser, lambda chooser: chooser.value, Chooser.set_value),
    (DayEdit, lambda edit: edit.value, DayEdit.set_value),
    (TimeEdit, lambda edit: None if edit.value is None else edit.shown(edit.value), TimeEdit.setText),
    (SecretEdit, QLineEdit.text, QLineEdit.setText),
    (QLineEdit, lambda edit: edit.text().strip(), QLineEdit.setText),
    (QPlainTextEdit, lambda edit: edit.toPlainText().strip(), QPlainTextEdit.setPlainText),
    (MomentEdit, lambda edit: edit.moment if edit.touched else None, MomentEdit.set_moment_or_usual),
    (QCheckBox, QCheckBox.isChecked, QCheckBox.setChecked),
    (CameraField, lambda field: field.camera, CameraField.set_camera),
    (QSpinBox | QDoubleSpinBox, lambda spin: spin.value(), lambda spin, value: spin.setValue(value)),
    (QWidget, lambda widget: getattr(widget, "value", None), lambda widget, value: widget.set_value(value)),
)


def read(widget: QWidget) -> Any:
    """The answer as it stands: text, the chosen value, a day (unread: None), a moment (untouched: None), a camera."""
    return next(reading for kind, reading, _ in _ACCESS if isinstance(widget, kind))(widget)


def fill(widget: QWidget, value: Any) -> None:
    """Put an answer into a field."""
    next(filling for kind, _, filling in _ACCESS if isinstance(widget, kind))(widget, value)


def typed(widget: QWidget) -> Any:
    """The answer as somebody has typed it so far, also where it names nothing there is to choose, or cannot be read."""
    unread = isinstance(widget, Chooser) or (isinstance(widget, ReadLine) and widget.value is None)
    if isinstance(widget, QLineEdit) and unread:
        return widget.text().strip()
    return widget.typed if isinstance(widget, MomentEdit) else read(widget)


def type_in(widget: QWidget, value: Any) -> None:
    """Put an answer into a field as if somebody had typed it."""
    if isinstance(widget, MomentEdit):
        widget.type_in(value)
    elif isinstance(widget, QLineEdit) and isinstance(value, str) and _is_unread(widget, value):
        widget.setText(value)
    else:
        fill(widget, value)


def _is_unread(widget: QLineEdit, typed: str) -> bool:
    return isinstance(widget, DayEdit) or (isinstance(widget, Chooser) and typed not in widget.found(typed))


def propose(widget: QWidget, value: Any) -> None:
    """Put in what the program proposes now, where nobody has answered."""
    if isinstance(widget, MomentEdit):
        widget.propose(value)
    else:
        fill(widget, value)


def settle(widget: QWidget) -> None:
    """Take what is half typed, where it can mean only one thing."""
    if isinstance(widget, Chooser):
        widget.settle()


def long_text() -> QPlainTextEdit:
    """A field of several lines; Tab leaves it."""
    edit = BoundedText()
    edit.setTabChangesFocus(True)
    edit.setFixedHeight(theme.px(LONG_TEXT_HEIGHT))
    return edit


def choices(pairs: Sequence[tuple[str, object]], chosen: object = None) -> ValueBox:
    """A list to choose from: (words, value) pairs."""
    combo = ValueBox(pairs, chosen)
    combo.setFont(theme.font())
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(10)
    return combo


def _line(field: Field) -> QWidget:
    edit = QLineEdit()
    edit.setPlaceholderText(field.hint)
    return edit


def _camera(field: Field) -> QWidget:
    edit = CameraField()
    edit.set_cameras(field.choices)
    return edit


def _moment(field: Field) -> QWidget:
    """Judged by the clock that proposes it, where one does."""
    return MomentEdit(lambda: field.proposal) if callable(field.value) else MomentEdit()


def _count(_field: Field) -> QWidget:
    spin = QSpinBox()
    spin.setRange(0, MOST)
    return spin


_MAKERS: dict[Kind, Callable[[Field], QWidget]] = {
    "line": _line,
    "text": lambda field: WordsEdit(field.lines, field.hint),
    "day": lambda field: DayEdit(earliest=field.earliest, latest=field.latest, when=field.when),
    "time": lambda _field: TimeEdit(seconds=False),
    "moment": _moment,
    "choice": lambda field: choices(field.choices, field.value),
    "tick": lambda field: QCheckBox(field.label.replace("&", "")),
    "count": _count,
    "camera": _camera,
    "secret": lambda _field: SecretEdit(),
}
