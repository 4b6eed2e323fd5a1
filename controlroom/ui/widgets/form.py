"""Lays out forms: one helper sets label, buddy, help text and accessible name together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QLabel, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.edited import on_edit
from controlroom.ui.widgets.layout import TOP, Cell, box, column, row
from controlroom.ui.widgets.limits import TextLimit, watch
from controlroom.ui.widgets.text import label

W = TypeVar("W", bound=QWidget)


@dataclass
class _Beside:
    """The line below a field: what is wrong with it, else what is worth knowing about the answer, else its help."""

    line: QLabel
    help: str
    error: str = ""
    told: str = ""
    check: Callable[[], str] | None = None

    @property
    def words(self) -> str:
        return self.error or self.told or self.help

    @property
    def role(self) -> str:
        return "alarm" if self.error else "warn" if self.told else "text_faint"


class Form(QWidget):
    """Fields under one another, each with its label above, its help and its own error below.

    An error goes as soon as its field is changed and right: at once, or once its `check` says so.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = column(on=self, spacing=12)
        self._beside: dict[QWidget, _Beside] = {}

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

    def set_shown(self, widget: QWidget, shown: bool) -> None:
        """Show a field with its label and the line below it, or hide all of it."""
        field = widget.parentWidget()
        assert field is not None and widget in self._beside
        field.setVisible(shown)

    def set_error(self, widget: QWidget, text: str) -> None:
        """Say below a field what is wrong with it and move the focus there; an empty text clears it."""
        self.mark(widget, text)
        if text:
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def tell(self, widget: QWidget, text: str) -> None:
        """Say below a field what is worth knowing about its answer, which may stay as it is; empty takes it away."""
        if self._beside[widget].told != text:
            self._beside[widget].told = text
            self._show(widget)

    def check_with(self, widget: QWidget, check: Callable[[], str]) -> None:
        """While an error stands below a field, ask `check` after each change what is still wrong."""
        self._beside[widget].check = check

    def error_of(self, widget: QWidget) -> str:
        """The error shown below a field, empty when there is none."""
        return self._beside[widget].error

    def told_of(self, widget: QWidget) -> str:
        """What is said about the answer of a field without calling it wrong."""
        return self._beside[widget].told

    def require(self, *asked: tuple[QLineEdit, str]) -> bool:
        """True when none of the fields is empty; otherwise the first that is says below itself what to type."""
        self.clear_errors()
        empty = next(((field, words) for field, words in asked if not field.text().strip()), None)
        if empty is not None:
            self.set_error(*empty)
        return empty is None

    def clear_errors(self) -> None:
        """Take every error away."""
        for widget in self._beside:
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
        self._beside[widget] = _Beside(line, help_text)
        on_edit(widget, lambda: self._edited(widget))
        if isinstance(widget, QLineEdit | QPlainTextEdit):
            watch(widget).listened().told.connect(lambda said: self._show_length(widget, said))
        return field

    def _show_length(self, widget: QWidget, said: str) -> None:
        """Say at once that a text is too long; what was said of it before goes with its reason."""
        self.mark(widget, said)

    def _edited(self, widget: QWidget) -> None:
        """Take an error away that the change has mended, or say what is still wrong; the focus stays."""
        beside = self._beside[widget]
        if beside.error:
            limit = TextLimit.of(widget)
            self.mark(widget, (limit.problem if limit else "") or (beside.check() if beside.check else ""))

    def mark(self, widget: QWidget, error: str) -> None:
        """Say below a field what is wrong with it, or nothing more; the focus stays where it is."""
        self._beside[widget].error = error
        widget.setProperty("invalid", bool(error))
        self._show(widget)
        style = widget.style()
        style.unpolish(widget)
        style.polish(widget)

    def _show(self, widget: QWidget) -> None:
        beside = self._beside[widget]
        beside.line.setText(beside.words)
        beside.line.setVisible(bool(beside.words))
        theme.tint(beside.line, beside.role)
        widget.setAccessibleDescription(beside.words)
