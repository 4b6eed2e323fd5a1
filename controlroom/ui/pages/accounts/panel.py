"""One account at the side of the list: what it is, what may be done with it, and a one-time password, shown once."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget

from controlroom.accounts.records import Account, AccountState, OneTimePassword
from controlroom.clock import show_moment
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.kit.prompt import PromptSlot
from controlroom.ui.pages.accounts.table import account_facts, mark_of, state_words
from controlroom.ui.pages.deployments.flow import FlowLayout
from controlroom.ui.widgets.card import Card, SidePanel
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import Facts, note

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
        self.copy_button = KeyButton("Copy", "Ctrl+Shift+C", "primary", icon_name="copy")
        self.close_button = KeyButton("Done", "Ctrl+Enter")
        self._copied = ""
        row = QHBoxLayout()
        row.addWidget(self.copy_button)
        row.addWidget(self.close_button)
        row.addStretch(1)
        self.add(self.shown)
        self.add(self._words)
        self.body.addLayout(row)
        self.copy_button.clicked.connect(lambda _checked: self._copy())
        self.close_button.clicked.connect(lambda _checked: self.forget())
        self.hide()

    def show_password(self, given: OneTimePassword) -> None:
        """Show it until somebody closes the card or the page."""
        self.set_title(f"One-time password for {given.handle}")
        self.shown.setText(given.password)
        self.shown.setCursorPosition(0)
        self.shown.setAccessibleName(f"One-time password for {given.handle}")
        self._words.setText(
            f"Signs in as {given.login}. Good once, until {show_moment(given.until)}. Hand it over in person: it is "
            "shown only here and only now."
        )
        self.show()
        self.copy_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Take it off the screen."""
        if self.shown.text():
            self.shown.clear()
            self.hide()
            self.closed.emit()

    def _copy(self) -> None:
        self._copied = self.shown.text()
        QApplication.clipboard().setText(self._copied)
        QTimer.singleShot(CLIPBOARD_KEEPS_MS, self, self._clear_clipboard)

    def _clear_clipboard(self) -> None:
        if self._copied and QApplication.clipboard().text() == self._copied:
            QApplication.clipboard().clear()
        self._copied = ""


class AccountPanel(SidePanel):
    """Shows an account; its buttons only to those who may press them."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__("", 400, parent)
        self.account: Account | None = None
        self._state = Pill("", "idle")
        self._meaning = note("")
        self._facts = Facts()
        self.once = OneTimeCard()
        self.slot = PromptSlot(background)
        self.roles = KeyButton("Roles", "R")
        self.reset = KeyButton("Reset password", "P")
        self.last_day = KeyButton("Last day", "D")
        self.unlock = KeyButton("Unlock", "U", "primary")
        self.off = KeyButton("Switch off", "O")
        self.on = KeyButton("Switch on", "O")
        self.buttons = QWidget()
        flow = FlowLayout(self.buttons)
        for each in (self.unlock, self.roles, self.reset, self.last_day, self.off, self.on):
            flow.addWidget(each)
        for each in (self._state, self._meaning, self._facts, self.buttons, self.slot, self.once):
            self.add(each)
        self.body.addStretch(1)
        self.slot.opened.connect(self.once.forget)
        self.closed.connect(self.once.forget)
        self.closed.connect(self.slot.close_prompt)

    def show_account(self, account: Account, *, may_manage: bool, may_unlock: bool, own: bool) -> None:
        """Show an account, or bring what is shown of it up to date. Nobody changes their `own` here."""
        if self.account is None or self.account.id != account.id:
            self.slot.close_prompt()
            self.once.forget()
        self.account = account
        for each in (self._state, self._meaning, self._facts):
            each.show()
        self.set_title(account.user.handle)
        self._state.set(account.state.value, mark_of(account))
        self._meaning.setText(state_words(account))
        self._facts.set_facts(account_facts(account))
        active, manage = account.state is not AccountState.OFF, may_manage and not own
        self.unlock.setVisible(may_unlock and account.state is AccountState.LOCKED)
        for button, offered in (
            (self.roles, manage),
            (self.reset, manage and active),
            (self.last_day, manage),
            (self.off, manage and active),
            (self.on, manage and not active),
        ):
            button.setVisible(offered)
        self.buttons.setVisible(any(not each.isHidden() for each in self.buttons.findChildren(KeyButton)))
        self.show()

    def show_new(self) -> None:
        """Make room for the form of a new account."""
        self.account = None
        self.once.forget()
        self.set_title("New account")
        for each in (self._state, self._meaning, self._facts, self.buttons):
            each.hide()
        self.show()

    def show_once(self, given: OneTimePassword) -> None:
        """Show a one-time password in place of what was asked."""
        self.show()
        self.once.show_password(given)
