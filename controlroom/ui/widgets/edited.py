"""Tells when the answer in a field changes, whichever kind of widget holds it."""

from collections.abc import Callable
from types import UnionType

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

# The first kind that fits counts.
_SIGNALS: tuple[tuple[type[QWidget] | UnionType, str], ...] = (
    (QLineEdit | QPlainTextEdit, "textChanged"),
    (QCheckBox, "toggled"),
    (QComboBox, "currentTextChanged"),
    (QSpinBox | QDoubleSpinBox, "valueChanged"),
)


def on_edit(widget: QWidget, then: Callable[[], object]) -> None:
    """Call `then` after every change in a field; a widget of our own tells by a signal `changed`, if at all."""
    name = next((signal for kind, signal in _SIGNALS if isinstance(widget, kind)), "changed")
    signal = getattr(widget, name, None)
    if signal is not None:
        signal.connect(lambda *_: then())
