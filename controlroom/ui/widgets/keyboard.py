"""Tells what keys mean to a widget: whether letters are typed into it, and which form it belongs to."""

from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

FORM = "isForm"


def mark_form(widget: QWidget) -> None:
    """Declare a widget to be a form: while the keyboard is in it, the page's letters are no keys."""
    widget.setProperty(FORM, True)


def form_of(widget: QWidget | None) -> QWidget | None:
    """The form a widget is in, or is itself."""
    while widget is not None and not widget.property(FORM):
        widget = None if widget.isWindow() else widget.parentWidget()
    return widget


def is_typed_into(widget: QWidget | None) -> bool:
    """True for a field that letters can be typed into now."""
    if isinstance(widget, QComboBox):
        return widget.isEditable() and widget.isEnabled()
    if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit | QAbstractSpinBox):
        return widget.isEnabled() and not widget.isReadOnly()
    return False


def letters_rest(window: QWidget) -> bool:
    """True while letters pressed in this window are text, or answers of a form, and no keys of the page."""
    focused = window.focusWidget()
    return focused is not None and (is_typed_into(focused) or form_of(focused) is not None)
