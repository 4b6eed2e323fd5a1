"""Switches a form off while it saves: nothing in it can be pressed, and no key typed meanwhile does anything."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid


class OffWhileSaving(QObject):
    """Keeps one form off from `begin` to `end`; the keyboard waits on the form and goes back to its field."""

    def __init__(self, form: QWidget) -> None:
        super().__init__(form)
        self._form = form
        self._focused: QWidget | None = None
        self._off: list[QWidget] = []
        self.running = False

    def begin(self) -> None:
        """The form begins to save."""
        if self.running:
            return
        self.running = True
        focused = self._form.focusWidget()
        self._focused = focused if focused is not None and focused.hasFocus() else None
        if self._focused is not None:
            self._form.setFocus(Qt.FocusReason.OtherFocusReason)
        inside = self._form.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        self._off = [each for each in inside if each.isEnabledTo(self._form)]
        for each in self._off:
            each.setEnabled(False)
        self._form.installEventFilter(self)

    def end(self) -> None:
        """It has saved, or was refused."""
        if not self.running:
            return
        self.running = False
        self._form.removeEventFilter(self)
        for each in self._off:
            if isValid(each):
                each.setEnabled(True)
        if self._focused is not None and isValid(self._focused) and self._form.hasFocus():
            self._focused.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Letters, Tab and Enter end here: they were meant for the fields, and for nothing else."""
        del watched
        return event.type() == QEvent.Type.KeyPress
