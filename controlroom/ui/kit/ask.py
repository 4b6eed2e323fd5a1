"""A small form inside the page: what an action needs to know before it is done. Never a box over the work."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from controlroom.cameras.records import Camera
from controlroom.errors import ControlRoomError
from controlroom.ui import theme
from controlroom.ui.kit.camera_field import CameraField
from controlroom.ui.kit.chooser import Chooser
from controlroom.ui.kit.moment_edit import MomentEdit
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import ButtonKind, KeyButton
from controlroom.ui.widgets.news_line import NewsLine
from controlroom.ui.widgets.text import label
from controlroom.ui.widgets.value_box import ValueBox

log = logging.getLogger(__name__)
W = TypeVar("W", bound=QWidget)


class WordsEdit(QPlainTextEdit):
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


class Ask(Card):
    """Fields, and the button that does it. Emits `confirmed(values)` once everything needed is there.

    Enter confirms, Esc leaves. What was typed stays until it was saved: `fail` says why it was not.
    """

    confirmed = Signal(object)  # dict of what the fields hold, by their keys
    closed = Signal()

    def __init__(self, title: str, confirm: str, *, kind: ButtonKind = "primary", note: str = "") -> None:
        super().__init__(title, note)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.form = Form()
        self.version: int | None = None  # of the record it is about, as this form has seen it
        self.news = NewsLine()
        self._newest: int | None = None
        self._fields: dict[str, QWidget] = {}
        self._needed: dict[str, str] = {}
        self._trouble = label("", 13, role="alarm", wrap=True)
        self._trouble.hide()
        self.confirm = KeyButton(confirm, "Enter", kind, bind=False)
        self.leave = KeyButton("Leave", "Esc", bind=False)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.confirm)
        foot.addWidget(self.leave)
        foot.addStretch(1)
        self.middle = QHBoxLayout()
        self.middle.setSpacing(20)
        self.middle.addWidget(self.form, 1)
        self.body.addWidget(self.news)
        self.body.addLayout(self.middle)
        self.body.addWidget(self._trouble)
        self.body.addLayout(foot)
        self.news.kept.connect(self._go_on_from_newest)
        self.confirm.clicked.connect(lambda _checked: self.submit())
        self.leave.clicked.connect(lambda _checked: self.close_ask())

    # -- fields ----------------------------------------------------------------------------------------------

    def ask(self, key: str, text: str, widget: W, help_text: str = "", *, needed: str = "") -> W:
        """Add a field; `needed` is what is said when it is left empty."""
        self.form.add(text, widget, help_text)
        self._keep(key, widget, needed)
        return widget

    def add_row(self, *fields: tuple[str, str, QWidget, int]) -> None:
        """Add fields side by side, each as (key, label, widget, stretch)."""
        self.form.add_row(*((text, widget, stretch) for _, text, widget, stretch in fields))
        for key, _, widget, _ in fields:
            self._keep(key, widget, "")

    def need(self, key: str, said: str) -> None:
        """Refuse an empty field, saying `said`."""
        self._needed[key] = said

    def beside(self, widget: QWidget) -> None:
        """Put something (a picture) beside the fields."""
        self.middle.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)

    def field(self, key: str) -> QWidget:
        """A field by its key."""
        return self._fields[key]

    def take_cameras(self, cameras: Sequence[Camera]) -> None:
        """The register has arrived: its cameras can be named from now on."""
        for widget in self._fields.values():
            if isinstance(widget, CameraField):
                widget.set_cameras(cameras)

    def begin(self) -> None:
        """Give the first field the keyboard."""
        first = next(iter(self._fields.values()), self.confirm)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- answering -------------------------------------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """What the fields hold now: text, the chosen data, a moment (None when untouched), a camera."""
        return {key: _value(widget) for key, widget in self._fields.items()}

    def submit(self) -> None:
        """Confirm, unless something needed is missing."""
        if not self.confirm.isEnabled():
            return
        for widget in self._fields.values():
            if isinstance(widget, Chooser):
                widget.settle()
        self.form.clear_errors()
        values = self.values()
        for key, said in self._needed.items():
            if not values[key]:
                self.form.set_error(self._fields[key], said)
                return
        for key, widget in self._fields.items():
            if isinstance(widget, CameraField) and widget.is_unknown:
                self.form.set_error(self._fields[key], "No camera has that number or name.")
                return
        self._say("")
        self._set_busy(True)
        self.confirmed.emit(values)

    def fail(self, error: Exception) -> None:
        """It was not done: say why; everything typed stays."""
        self._set_busy(False)
        if isinstance(error, ControlRoomError):
            self._say(str(error))
            return
        log.error("a form's answer could not be saved", exc_info=error)
        self._say(f"Something in the program failed: {type(error).__name__}. Nothing was saved.")

    def tell_changed(self, text: str, version: int) -> None:
        """Somebody else changed the record: say so; what was typed stays, and can be sent once that was read."""
        self._newest = version
        self.news.tell(text)

    def _go_on_from_newest(self) -> None:
        self.version = self._newest
        self._say("")

    def close_ask(self) -> None:
        """Leave without doing it."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        elif event.key() == Qt.Key.Key_Escape:
            self.close_ask()
        else:
            super().keyPressEvent(event)

    def _keep(self, key: str, widget: QWidget, needed: str) -> None:
        self._fields[key] = widget
        if needed:
            self._needed[key] = needed
        if isinstance(widget, WordsEdit):
            widget.entered.connect(self.submit)
        elif isinstance(widget, Chooser):
            widget.chosen.connect(lambda _value: self._go_on(widget))
            widget.entered.connect(lambda: self._go_on(widget))

    def _go_on(self, widget: QWidget) -> None:
        """After a choice the next field has the keyboard."""
        order = list(self._fields.values())
        place = order.index(widget) + 1
        if widget.hasFocus() and place < len(order):
            order[place].setFocus(Qt.FocusReason.TabFocusReason)

    def _set_busy(self, busy: bool) -> None:
        self.confirm.setEnabled(not busy)

    def _say(self, text: str) -> None:
        self._trouble.setText(text)
        self._trouble.setVisible(bool(text))


def choices(pairs: Sequence[tuple[str, object]], chosen: object = None) -> ValueBox:
    """A list to choose from: (words, value) pairs."""
    combo = ValueBox(pairs, chosen)
    combo.setFont(theme.font())
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(10)
    return combo


def line(text: str = "", hint: str = "") -> QLineEdit:
    """One line of text."""
    edit = QLineEdit(text)
    edit.setPlaceholderText(hint)
    return edit


def _value(widget: QWidget) -> Any:
    if isinstance(widget, Chooser):
        return widget.value
    if isinstance(widget, QLineEdit):
        return widget.text().strip()
    if isinstance(widget, QPlainTextEdit):
        return widget.toPlainText().strip()
    if isinstance(widget, ValueBox):
        return widget.value
    if isinstance(widget, MomentEdit):
        return widget.moment if widget.touched else None
    if isinstance(widget, CameraField):
        return widget.camera
    return getattr(widget, "value", None)


Values = Mapping[str, Any]
