"""A small form inside a panel: what an action asks before it is done. Never a box over the work."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDateEdit,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from controlroom.errors import ControlRoomError
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import ButtonKind, KeyButton
from controlroom.ui.widgets.text import label, note
from controlroom.ui.widgets.value_box import ValueBox

Kind = Literal["line", "text", "day", "choice", "tick", "count"]
Values = Mapping[str, Any]
LONG_TEXT_HEIGHT = 76
MOST = 9999


@dataclass(frozen=True)
class Field:
    """One thing asked. `choices` are (words, value) pairs for a choice; `needed` refuses an empty answer."""

    key: str
    label: str
    kind: Kind = "line"
    help: str = ""
    value: Any = None
    choices: Sequence[tuple[str, Any]] = ()
    needed: bool = False


@dataclass(frozen=True)
class Prompt:
    """What is asked and what is done with the answers: `run` works in the background and may raise."""

    title: str
    confirm: str
    run: Callable[[Values], object]
    fields: Sequence[Field] = ()
    text: str = ""
    kind: ButtonKind = "primary"
    done: str = ""  # said when it is done


class PromptForm(Card):
    """Shows a `Prompt`; `done(result)` after it succeeded, `cancelled` when it is closed."""

    done = Signal(object)
    cancelled = Signal()

    def __init__(self, prompt: Prompt, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(prompt.title, parent=parent)
        self._prompt, self._background = prompt, background
        self._inputs: dict[str, QWidget] = {}
        if prompt.text:
            self.add(note(prompt.text))
        self._form = Form()
        for field in prompt.fields:
            self._add(field)
        if prompt.fields:
            self.add(self._form)
        self._error = label("", 13, role="alarm", wrap=True)
        self._error.hide()
        self.add(self._error)
        row = QHBoxLayout()
        row.setSpacing(8)
        self._confirm = KeyButton(prompt.confirm, "Ctrl+Enter", prompt.kind, bind=False)
        self._confirm.clicked.connect(lambda _checked: self.submit())
        cancel = KeyButton("Cancel", "Esc", bind=False)
        cancel.clicked.connect(lambda _checked: self.cancelled.emit())
        row.addWidget(self._confirm)
        row.addWidget(cancel)
        row.addStretch(1)
        self.body.addLayout(row)

    def take_focus(self) -> None:
        """Put the focus into the first field, or on the button when nothing is asked."""
        first = next(iter(self._inputs.values()), self._confirm)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def input(self, key: str) -> QWidget:
        """The widget of a field, for tests and for pages that fill one in."""
        return self._inputs[key]

    def fill(self, key: str, value: Any) -> None:
        """Put a value into a field."""
        _set(self._inputs[key], value)

    def values(self) -> dict[str, Any]:
        """The answers as they stand."""
        return {key: _value(widget) for key, widget in self._inputs.items()}

    @property
    def error(self) -> str:
        """What stands below the fields, empty when nothing went wrong."""
        return self._error.text() if not self._error.isHidden() else ""

    def submit(self) -> None:
        """Check what is needed, then do it in the background; an error stays here with what was typed."""
        self._form.clear_errors()
        self._say("")
        values = self.values()
        for field in self._prompt.fields:
            if field.needed and values[field.key] in ("", None, False):
                self._form.set_error(self._inputs[field.key], _asking(field))
                return
        self._confirm.setEnabled(False)
        run = self._prompt.run
        self._background.run(lambda: run(values), self._succeeded, self._failed, owner=self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
            event.accept()
            return
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        focused = self.focusWidget()
        if enter and isinstance(focused, KeyButton) and focused is not self._confirm:
            focused.click()
            event.accept()
            return
        if enter and (event.modifiers() & Qt.KeyboardModifier.ControlModifier or not self._in_long_text()):
            self.submit()
            event.accept()
            return
        super().keyPressEvent(event)

    def _in_long_text(self) -> bool:
        return isinstance(self.focusWidget(), QPlainTextEdit)

    def _add(self, field: Field) -> None:
        widget = _make(field)
        self._inputs[field.key] = widget
        if isinstance(widget, QCheckBox):
            widget.setText(field.label)
            self._form.add("", widget, field.help)
            widget.setAccessibleName(field.label)
        else:
            self._form.add(field.label, widget, field.help)

    def _succeeded(self, result: object) -> None:
        self._confirm.setEnabled(True)
        self.done.emit(result)

    def _failed(self, error: Exception) -> None:
        self._confirm.setEnabled(True)
        if isinstance(error, ControlRoomError):
            self._say(str(error))
        else:
            self._say(f"That failed: {error}. Nothing was saved.")

    def _say(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))


class PromptSlot(QWidget):
    """The place in a panel where one prompt at a time opens and closes."""

    opened = Signal()
    closed = Signal()
    done = Signal(object)

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self.form: PromptForm | None = None
        self.home: QWidget | None = None  # takes the focus when a prompt closes
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def open(self, prompt: Prompt) -> PromptForm:
        """Show a prompt in place of any other."""
        self._clear()
        form = PromptForm(prompt, self._background)
        form.done.connect(self._finished)
        form.cancelled.connect(self.close_prompt)
        self._layout.addWidget(form)
        self.form = form
        self.show()
        form.take_focus()
        self.opened.emit()
        return form

    def close_prompt(self) -> None:
        """Take the prompt away."""
        if self.form is not None:
            had_focus = self.form.isAncestorOf(self.form.focusWidget() or self.form)
            self._clear()
            self.hide()
            self.closed.emit()
            if self.home is not None and had_focus:
                self.home.setFocus(Qt.FocusReason.OtherFocusReason)

    def _finished(self, result: object) -> None:
        self.close_prompt()
        self.done.emit(result)

    def _clear(self) -> None:
        if self.form is not None:
            self._layout.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None


def day_edit(value: date) -> QDateEdit:
    """A date field with a calendar, in the order day month year."""
    edit = QDateEdit()
    edit.setDisplayFormat("d MMM yyyy")
    edit.setCalendarPopup(True)
    edit.setDate(QDate(value.year, value.month, value.day))
    return edit


def long_text(text: str = "") -> QPlainTextEdit:
    """A field of several lines; Tab leaves it."""
    edit = QPlainTextEdit(text)
    edit.setTabChangesFocus(True)
    edit.setFixedHeight(theme.px(LONG_TEXT_HEIGHT))
    return edit


def _make(field: Field) -> QWidget:
    if field.kind == "text":
        return long_text(field.value or "")
    if field.kind == "day":
        return day_edit(field.value)
    if field.kind == "tick":
        tick = QCheckBox()
        tick.setChecked(bool(field.value))
        return tick
    if field.kind == "count":
        spin = QSpinBox()
        spin.setRange(0, MOST)
        spin.setValue(field.value or 0)
        return spin
    if field.kind == "choice":
        combo = ValueBox(field.choices)
        _set(combo, field.value)
        return combo
    return QLineEdit(field.value or "")


def _value(widget: QWidget) -> Any:
    if isinstance(widget, QPlainTextEdit):
        return widget.toPlainText().strip()
    if isinstance(widget, QDateEdit):
        day = widget.date()
        return date(day.year(), day.month(), day.day())
    if isinstance(widget, QCheckBox):
        return widget.isChecked()
    if isinstance(widget, QSpinBox):
        return widget.value()
    if isinstance(widget, ValueBox):
        return widget.value
    return widget.text().strip() if isinstance(widget, QLineEdit) else None


def _set(widget: QWidget, value: Any) -> None:
    if isinstance(widget, QPlainTextEdit):
        widget.setPlainText(value)
    elif isinstance(widget, QDateEdit):
        widget.setDate(QDate(value.year, value.month, value.day))
    elif isinstance(widget, QCheckBox):
        widget.setChecked(value)
    elif isinstance(widget, QSpinBox):
        widget.setValue(value)
    elif isinstance(widget, ValueBox):
        widget.value = value
    elif isinstance(widget, QLineEdit):
        widget.setText(value)


def _asking(field: Field) -> str:
    if field.kind == "tick":
        return "Tick this when it is so."
    if field.kind == "choice":
        return "Choose one."
    return "This is needed."
