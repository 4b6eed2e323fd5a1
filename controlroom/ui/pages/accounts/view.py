"""Shows one account: its columns in the list, its words, its view at the side, and its one-time password."""

from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from controlroom.accounts.records import Account, AccountState, OneTimePassword
from controlroom.clock import show_day, show_moment
from controlroom.ui import theme
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.past_holds import PastHolds
from controlroom.ui.kit.record_list import Chip
from controlroom.ui.kit.table_model import Column
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.layout import SPRING, column, row
from controlroom.ui.widgets.marks import Pill
from controlroom.ui.widgets.text import Facts, note

_MARKS = {
    AccountState.ACTIVE: "live",
    AccountState.ONE_TIME: "planned",
    AccountState.LOCKED: "alarm",
    AccountState.ENDED: "idle",
    AccountState.OFF: "idle",
}
_ABLE = {AccountState.ACTIVE, AccountState.ONE_TIME, AccountState.LOCKED}
CHIPS: tuple[Chip, ...] = (
    ("All", None),
    ("May sign in", lambda account: account.state in _ABLE),
    ("Locked", lambda account: account.state is AccountState.LOCKED),
    ("Off or ended", lambda account: account.state not in _ABLE),
)


def mark_of(account: Account) -> str:
    """The theme's state for an account."""
    return _MARKS[account.state]


def roles_of(account: Account) -> str:
    """`operator, supervisor`."""
    return ", ".join(sorted(account.user.roles))


def moment(at: datetime | None) -> str:
    """A moment in London, "never" where there was none."""
    return show_moment(at) if at is not None else "never"


def last_day(account: Account) -> str:
    """The account's last day, empty when it has none."""
    return show_day(account.expires_on) if account.expires_on else ""


def state_words(account: Account) -> str:
    """What the state means, in a sentence."""
    if account.state is AccountState.LOCKED and account.locked_until is not None:
        where = f"at {', '.join(account.locked_at)}" if account.locked_at else "at every desk"
        return f"Too many wrong passwords {where}; opens by itself at {show_moment(account.locked_until)}."
    if account.state is AccountState.OFF:
        since = show_moment(account.off_since) if account.off_since else "an earlier day"
        return f"Off since {since}. {account.off_reason}".strip()
    if account.state is AccountState.ENDED:
        return f"Its last day was {last_day(account)}."
    if account.state is AccountState.ONE_TIME and account.one_time_until is not None:
        return f"Has a one-time password, good until {show_moment(account.one_time_until)}."
    return "May sign in."


def account_facts(account: Account) -> list[tuple[str, str]]:
    """An account as facts."""
    desk = f" at {account.last_desk}" if account.last_desk else ""
    return [
        ("Signs in as", account.user.login),
        ("Roles", roles_of(account)),
        ("Last sign-in", moment(account.last_sign_in_at) + desk),
        ("Last day", last_day(account) or "no end"),
        ("Made", show_moment(account.created_at)),
    ]


def columns() -> list[Column[Account]]:
    """The columns of the list."""
    return [
        Column(
            "State",
            lambda account: account.state.value,
            state=mark_of,
            role=lambda account: "text_dim" if mark_of(account) == "idle" else "text",
            tip=state_words,
            width=158,
        ),
        Column("Handle", lambda account: account.user.handle, width=170, weight=theme.MEDIUM),
        Column("Signs in as", lambda account: account.user.login, width=150, role="text_dim"),
        Column("Roles", roles_of, width=210, stretch=True),
        Column(
            "Last sign-in",
            lambda account: moment(account.last_sign_in_at),
            sort_key=lambda account: account.last_sign_in_at.timestamp() if account.last_sign_in_at else 0.0,
            role=lambda account: "text" if account.last_sign_in_at else "text_faint",
            width=170,
        ),
        Column("Desk", lambda account: account.last_desk, width=120, role="text_dim", hidden=True),
        Column(
            "Last day",
            last_day,
            sort_key=lambda account: account.expires_on.toordinal() if account.expires_on else 0,
            width=120,
            role="text_dim",
        ),
    ]


class AccountView(QWidget):
    """Shows an account."""

    def __init__(self, holds: PastHolds | None = None) -> None:
        super().__init__()
        self.state, self.meaning, self.facts = Pill("", "idle"), note(""), Facts()
        self.holds = holds
        column(self.state, self.meaning, self.facts, holds, on=self, spacing=12)

    def show_account(self, account: Account) -> None:
        self.state.set(account.state.value, mark_of(account))
        self.meaning.setText(state_words(account))
        self.facts.set_facts(account_facts(account))
        if self.holds is not None:
            self.holds.show_of(account.id)


CLIPBOARD_KEEPS_MS = 60_000  # a one-time password is taken off the clipboard again


class OneTimeCard(Card):
    """The password in large letters under its account's name, to read out or copy; once put away it is gone for good.

    It stands above the panel of whichever account is chosen, and stays until whoever made it puts it away.
    """

    closed = Signal()

    def __init__(self) -> None:
        super().__init__("One-time password")
        self.setFixedWidth(theme.px(400))
        self.shown = QLineEdit()
        self.shown.setReadOnly(True)
        self.shown.setFont(theme.font(17, theme.STRONG))
        self.shown.setMinimumHeight(theme.px(40))
        self.shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words = note("")
        self.login = ""  # of the account whose password is shown
        self.name = ""  # what is shown
        self._copied = ""
        self.add(self.shown)
        self.add(self._words)
        self.hide()

    def add_buttons(self, copy: Action, away: Action) -> None:
        """Put the buttons below: they copy it, and put it away."""
        self.copy_button, self.close_button = ActionButton(copy, parent=self), ActionButton(away, parent=self)
        self.body.addLayout(row(self.copy_button, self.close_button, SPRING, spacing=-1))

    def show_password(self, given: OneTimePassword) -> None:
        """Show it until somebody puts it away."""
        self.login = given.login
        self.name = f"one-time password for {given.handle}"
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

    def take_focus(self) -> None:
        """Give the keyboard to the button that copies it."""
        self.copy_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Take it off the screen for good."""
        if self.shown.text():
            self.cover()
            self.closed.emit()

    def cover(self) -> None:
        """Take it off the screen while somebody else is at the desk."""
        self.shown.clear()
        self.login = ""
        self.hide()

    def copy(self) -> None:
        """Put it on the clipboard, for a minute."""
        self._copied = self.shown.text()
        QApplication.clipboard().setText(self._copied)
        QTimer.singleShot(CLIPBOARD_KEEPS_MS, self, self._clear_clipboard)

    def _clear_clipboard(self) -> None:
        if self._copied and QApplication.clipboard().text() == self._copied:
            QApplication.clipboard().clear()
        self._copied = ""
