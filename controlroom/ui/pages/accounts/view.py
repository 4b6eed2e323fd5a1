"""One account at the side of the list: its state, what that means, and its facts."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from controlroom.accounts.records import Account
from controlroom.ui.pages.accounts.table import account_facts, mark_of, state_words
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import Facts, note


class AccountView(QWidget):
    """Shows an account."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state, self.meaning, self.facts = Pill("", "idle"), note(""), Facts()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for each in (self.state, self.meaning, self.facts):
            column.addWidget(each)

    def show_account(self, account: Account) -> None:
        """Show an account, or bring what is shown of it up to date."""
        self.state.set(account.state.value, mark_of(account))
        self.meaning.setText(state_words(account))
        self.facts.set_facts(account_facts(account))
