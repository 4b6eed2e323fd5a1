"""A one-time password, shown once: to read out or to copy."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QLineEdit

from controlroom.accounts.records import OneTimePassword
from controlroom.clock import show_moment
from controlroom.ui import theme
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.layout import SPRING, row
from controlroom.ui.widgets.text import note

CLIPBOARD_KEEPS_MS = 60_000  # a one-time password is taken off the clipboard again


class OneTimeCard(Card):
    """The password in large letters, to read out or copy; gone when it is closed, and never shown again."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__("One-time password")
        self.shown = QLineEdit()
        self.shown.setReadOnly(True)
        self.shown.setFont(theme.font(17, theme.STRONG))
        self.shown.setMinimumHeight(theme.px(40))
        self.shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words = note("")
        self.login = ""  # of the account whose password is shown
        self._copied = ""
        self.add(self.shown)
        self.add(self._words)
        self.hide()

    def add_buttons(self, copy: Action, away: Action) -> None:
        """Put the buttons below: they copy it, and put it away."""
        self.copy_button, self.close_button = ActionButton(copy, parent=self), ActionButton(away, parent=self)
        self.body.addLayout(row(self.copy_button, self.close_button, SPRING, spacing=-1))

    def show_password(self, given: OneTimePassword) -> None:
        """Show it until somebody closes the card or the page."""
        self.login = given.login
        self.set_title(f"One-time password for {given.handle}")
        self.shown.setText(given.password)
        self.shown.setCursorPosition(0)
        self.shown.setAccessibleName(f"One-time password for {given.handle}")
        self._words.setText(
            f"Signs in as {given.login}. Good once, until {show_moment(given.until)}. Hand it over in person: it is "
            "shown only here and only now."
        )
        self.show()
        self.copy_button.follow()
        self.copy_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Take it off the screen."""
        if self.shown.text():
            self.shown.clear()
            self.login = ""
            self.hide()
            self.closed.emit()

    def copy(self) -> None:
        """Put it on the clipboard, for a minute."""
        self._copied = self.shown.text()
        QApplication.clipboard().setText(self._copied)
        QTimer.singleShot(CLIPBOARD_KEEPS_MS, self, self._clear_clipboard)

    def _clear_clipboard(self) -> None:
        if self._copied and QApplication.clipboard().text() == self._copied:
            QApplication.clipboard().clear()
        self._copied = ""
