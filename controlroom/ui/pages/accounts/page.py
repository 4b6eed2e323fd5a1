"""The accounts: who may sign in, with which roles, since when not; adding, changing, resetting, unlocking."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Account, AccountState, NewAccount, OneTimePassword
from controlroom.accounts.service import AccountService
from controlroom.clock import Clock, local_date
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit.page import Key, Page
from controlroom.ui.kit.prompt import Prompt
from controlroom.ui.kit.record_table import RecordTable
from controlroom.ui.messages import Messages
from controlroom.ui.pages.accounts import asks
from controlroom.ui.pages.accounts.panel import AccountPanel
from controlroom.ui.pages.accounts.table import CHIPS, columns
from controlroom.ui.session import DeskSession
from controlroom.ui.widgets.card import Card, EmptyState
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.window_state import WindowState


class UsersPage(Page):
    """Administrators look after accounts; supervisors see them and unlock; auditors only see them."""

    title, icon_name, shortcut = "Accounts", "users-three", "Alt+U"
    permission = Permission.READ_USERS
    keys = (
        Key("N", "Add an account"),
        Key("Ctrl+F", "Filter the list"),
        Key("R", "Change the roles of the selected account"),
        Key("P", "Reset its password"),
        Key("D", "Set its last day"),
        Key("U", "Unlock it after wrong passwords"),
        Key("O", "Switch it off, or on again"),
        Key("Ctrl+Shift+C", "Copy the one-time password shown"),
        Key("Ctrl+Enter", "Do what is asked; put the one-time password away"),
    )

    def __init__(
        self,
        accounts: AccountService,
        session: DeskSession,
        background: Background,
        messages: Messages,
        changes: ChangeBridge,
        *,
        clock: Clock,
        state: WindowState | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._accounts, self._session, self._clock = accounts, session, clock
        self._background, self._messages = background, messages
        self._in_front = False
        self._add_button = KeyButton("Add account", "N", "primary")
        self._chips = Choices([name for name, _ in CHIPS], chips=True)
        self.table: RecordTable[Account] = RecordTable(
            "accounts",
            columns(),
            lambda account: account.id,
            empty=EmptyState("No account yet", "Press N and add the first one.", "users-three"),
            state=state,
            background=background,
            search_hint="Handle, name or role",
            may_export=lambda: session.may(Permission.EXPORT),
            sort_by="Handle",
        )
        self.panel = AccountPanel(background)
        self._lay_out()
        self._connect(changes)

    # -- the page's life -------------------------------------------------------------------------------------

    def entered(self) -> None:
        self._in_front = True
        self._add_button.setVisible(self._session.may(Permission.MANAGE_USERS))
        self.refresh()
        self.table.take_focus()

    def left(self) -> None:
        self._in_front = False
        self.panel.once.forget()

    def top_bar_widgets(self) -> list[QWidget]:
        return [self._add_button]

    def refresh(self) -> None:
        """Read the accounts afresh."""
        if self._session.may(Permission.READ_USERS):
            actor = self._session.actor
            self._background.run(lambda: self._accounts.accounts(actor), self._take, owner=self)

    # -- the list --------------------------------------------------------------------------------------------

    def _take(self, accounts: list[Account]) -> None:
        self.table.set_records(accounts)
        for number, (_, states) in enumerate(CHIPS):
            self._chips.set_count(number, sum(not states or each.state in states for each in accounts))
        locked = sum(each.state is AccountState.LOCKED for each in accounts)
        self.badge_changed.emit(locked)
        able = sum(each.state not in (AccountState.OFF, AccountState.ENDED) for each in accounts)
        self.subtitle_changed.emit(f"{len(accounts)} accounts, {able} may sign in, {locked} locked")
        selected = self.table.selected_record()
        if selected is not None and self.panel.account is not None:
            self._show(selected)

    def _show(self, account: Account | None) -> None:
        if account is None:
            self.panel.hide()
            return
        own = self._session.signed_in and self._session.actor.user_id == account.id
        self.panel.show_account(
            account,
            may_manage=self._session.may(Permission.MANAGE_USERS),
            may_unlock=self._session.may(Permission.UNLOCK_USERS),
            own=own,
        )

    def _filter(self, chip: int) -> None:
        states = CHIPS[chip][1]
        self.table.set_predicate((lambda account: account.state in states) if states else None)

    def _take_change(self, kind: str, _key: str) -> None:
        if kind == "user" and self._in_front and self._session.signed_in:
            self.refresh()

    def _person_changed(self) -> None:
        self.panel.slot.close_prompt()
        self.panel.once.forget()
        self.panel.hide()
        self.table.set_records([])
        if self._in_front and self._session.may(Permission.READ_USERS):
            self.entered()

    # -- what is done ----------------------------------------------------------------------------------------

    def _add(self) -> None:
        if not self._session.may(Permission.MANAGE_USERS):
            return
        actor = self._session.actor

        def run(new: NewAccount) -> OneTimePassword:
            return self._accounts.add_account(actor, new)

        self.panel.show_new()
        self._ask(asks.adding(run, local_date(self._clock.now())))

    def _about(self, make: Callable[[Account], Prompt]) -> None:
        account = self.panel.account
        if account is not None:
            self._ask(make(account))

    def _ask(self, prompt: Prompt) -> None:
        self.panel.show()
        self.panel.slot.open(prompt)

    def _roles(self, account: Account) -> Prompt:
        actor = self._session.actor
        return asks.changing_roles(
            account, lambda roles: self._accounts.set_roles(actor, account.id, roles, seen=account)
        )

    def _reset(self, account: Account) -> Prompt:
        actor = self._session.actor
        return asks.resetting(account, lambda: self._accounts.reset_password(actor, account.id))

    def _off(self, account: Account) -> Prompt:
        actor = self._session.actor
        return asks.switching_off(
            account, lambda reason: self._accounts.switch_off(actor, account.id, reason)
        )

    def _on(self, account: Account) -> Prompt:
        actor = self._session.actor
        return asks.switching_on(account, lambda: self._accounts.switch_on(actor, account.id))

    def _last_day(self, account: Account) -> Prompt:
        actor = self._session.actor
        return asks.ending(
            account,
            lambda last: self._accounts.set_last_day(actor, account.id, last, seen=account),
            local_date(self._clock.now()),
        )

    def _unlock(self) -> None:
        account, actor = self.panel.account, self._session.actor
        if account is None:
            return

        def done(_user: object) -> None:
            self._messages.show(f"{account.user.handle} may try again.", "done")
            self.refresh()

        self._background.run(lambda: self._accounts.unlock(actor, account.id), done, owner=self)

    def _done(self, result: object) -> None:
        if isinstance(result, OneTimePassword):
            self.panel.show_once(result)
        else:
            self._messages.show("The account is changed.", "done")
            self.table.take_focus()
        self.refresh()

    # -- building --------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(16, 16, 16, 16)
        card = Card(flush=True)
        card.add(self.table)
        left.addWidget(card)
        self.table.add_tool(self._chips, left=True)
        across.addLayout(left, 1)
        across.addWidget(self.panel)
        self.panel.hide()

    def _connect(self, changes: ChangeBridge) -> None:
        panel = self.panel
        self._add_button.clicked.connect(lambda _checked: self._add())
        self._chips.chosen.connect(self._filter)
        self.table.selected.connect(self._show)
        self.table.activated.connect(self._show)
        panel.slot.done.connect(self._done)
        panel.unlock.clicked.connect(lambda _checked: self._unlock())
        for button, make in (
            (panel.roles, self._roles),
            (panel.reset, self._reset),
            (panel.last_day, self._last_day),
            (panel.off, self._off),
            (panel.on, self._on),
        ):
            button.clicked.connect(lambda _checked, make=make: self._about(make))
        changes.changed.connect(self._take_change)
        self._session.actor_changed.connect(self._person_changed)
