"""Lays out forms: one helper sets label, buddy, help text and accessible name together."""

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QLabel, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.layout import TOP, Cell, box, column, row
from controlroom.ui.widgets.limits import watch
from controlroom.ui.widgets.text import label

W = TypeVar("W", bound=QWidget)


class Form(QWidget):
    """Fields under one another, each with its label above, its help and its own error below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = column(on=self, spacing=12)
        self._notes: dict[QWidget, tuple[QLabel, str]] = {}

    def add(self, text: str, widget: W, help_text: str = "") -> W:
        """Add a field; `text` labels it (an & marks its access key) and names it for screen readers."""
        self._layout.addWidget(self._field(text, widget, help_text))
        return widget

    def add_row(self, *fields: tuple[str, QWidget, int]) -> None:
        """Add several fields side by side, each as (label, widget, stretch)."""
        cells = (Cell(self._field(text, widget, ""), share, TOP) for text, widget, share in fields)
        self._layout.addLayout(row(*cells, spacing=10))

    def add_wide(self, widget: QWidget) -> None:
        """Add something that is not a field."""
        self._layout.addWidget(widget)

    def set_error(self, widget: QWidget, text: str) -> None:
        """Say below a field what is wrong with it and move the focus there; an empty text clears it."""
        self._mark(widget, text)
        if text:
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _mark(self, widget: QWidget, text: str) -> None:
        line, help_text = self._notes[widget]
        line.setText(text or help_text)
        line.setVisible(bool(text or help_text))
        theme.tint(line, "alarm" if text else "text_faint")
        widget.setProperty("invalid", bool(text))
        widget.setAccessibleDescription(text or help_text)
        style = widget.style()
        style.unpolish(widget)
        style.polish(widget)

    def error_of(self, widget: QWidget) -> str:
        """The error shown below a field, empty when there is none."""
        line, _ = self._notes[widget]
        return line.text() if widget.property("invalid") else ""

    def require(self, *asked: tuple[QLineEdit, str]) -> bool:
        """True when none of the fields is empty; otherwise the first that is says below itself what to type."""
        self.clear_errors()
        empty = next(((field, words) for field, words in asked if not field.text().strip()), None)
        if empty is not None:
            self.set_error(*empty)
        return empty is None

    def clear_errors(self) -> None:
        """Take every error away."""
        for widget in self._notes:
            self.set_error(widget, "")

    def _field(self, text: str, widget: QWidget, help_text: str) -> QWidget:
        name = label(text, 12.5, theme.MEDIUM, "text_dim")
        name.setBuddy(widget)
        plain = text.replace("&", "")
        widget.setAccessibleName(plain)
        widget.setAccessibleDescription(help_text)
        widget.setFont(theme.font())
        if isinstance(widget, QAbstractSpinBox):  # style sheets give its inner field no padding
            widget.lineEdit().setTextMargins(8, 0, 0, 0)
        if widget.sizePolicy().verticalPolicy() == QSizePolicy.Policy.Fixed:
            widget.setMinimumHeight(theme.px(34))
        line = label(help_text, theme.SMALL, role="text_faint", wrap=True)
        field = box(column(name, widget, line, spacing=4))
        if not text:
            name.hide()
        line.setVisible(bool(help_text))  # once it has a parent: before, it would open as a window of its own
        self._notes[widget] = (line, help_text)
        if isinstance(widget, QLineEdit | QPlainTextEdit):
            watch(widget).listened().told.connect(lambda said: self._show_length(widget, said))
        return field

    def _show_length(self, widget: QWidget, said: str) -> None:
        """Say at once that a text is too long; what was said of it before goes with its reason."""
        self._mark(widget, said)
