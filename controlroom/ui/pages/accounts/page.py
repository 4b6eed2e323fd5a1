"""Shows the accounts: who may sign in and with which roles; adds, changes, resets and unlocks them."""

from collections.abc import Callable, Sequence

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Account, AccountState, OneTimePassword
from controlroom.accounts.service import AccountService
from controlroom.recording.hold_history import HoldHistory
from controlroom.ui.kit.action import Action
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.form import FormSpec
from controlroom.ui.kit.past_holds import PastHolds
from controlroom.ui.kit.record_list import LocalList
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.pages.accounts.forms import AccountForms
from controlroom.ui.pages.accounts.view import CHIPS, AccountView, OneTimeCard, columns
from controlroom.ui.widgets.card import EmptyState

OUT = (AccountState.OFF, AccountState.ENDED)


class UsersPage(RecordPage[Account]):
    """Administrators look after accounts; supervisors see them and unlock; auditors only see them."""

    title, icon_name, shortcut = "Accounts", "users-three", "Alt+U"
    permission = Permission.READ_USERS
    noun, kinds = "account", frozenset({"user"})

    def __init__(
        self, context: PageContext, accounts: AccountService, holds: HoldHistory | None = None
    ) -> None:
        """With `holds`, those who read the audit see which cameras a person had control of."""
        records = LocalList(
            context,
            "accounts",
            columns(),
            lambda account: account.id,
            accounts.accounts,
            chips=CHIPS,
            empty=EmptyState(
                "No account yet",
                "Press N and add the first one.",
                "users-three",
                may=lambda: context.session.may(Permission.MANAGE_USERS),
            ),
            search_hint="Handle, name or role",
            sort_by="Handle",
        )
        super().__init__(context, records)
        self._accounts, self.table = accounts, records.table
        self._asks = AccountForms(accounts, self.session, context.clock)
        self._new_login = ""  # of the account just added, until the list has it
        self._given: dict[int, OneTimePassword] = {}  # not put away yet, by the administrator who made it
        self.once, self.view = (
            OneTimeCard(),
            AccountView(
                PastHolds(context, "Had control of", holds.of_person, of_person=True)
                if holds is not None
                else None
            ),
        )
        self.add = self.action(
            "N",
            "Add account",
            self._add,
            permission=Permission.MANAGE_USERS,
            why_not=self._once_shown,
            kind="primary",
        )
        self.bar = [self.add]
        self.list_actions()
        about = self._declare()
        self.panel = self.lay_out(about, self.view, above=self.once)
        self.once.closed.connect(self._put_away)

    def name_of(self, record: Account) -> str:
        return record.user.handle

    def update_view(self, record: Account) -> None:
        self.view.show_account(record)

    def is_newer(self, seen: Account, record: Account) -> bool:
        return (seen.user.roles, seen.expires_on) != (record.user.roles, record.expires_on)

    def took(self, records: Sequence[Account]) -> None:
        locked = sum(each.state is AccountState.LOCKED for each in records)
        able = sum(each.state not in OUT for each in records)
        self.badge_changed.emit(locked)
        self.subtitle_changed.emit(f"{len(records)} accounts, {able} may sign in, {locked} locked")
        added = next((each for each in records if each.user.login == self._new_login), None)
        if added is not None:
            self._new_login = ""
            self.table.select(added.id)

    def finished(self, result: object) -> None:
        if not isinstance(result, OneTimePassword):
            super().finished(result)
            return
        if self.shown is None or self.shown.user.login != result.login:
            self._new_login = result.login
            self.records.unselect()
        self._given[self.session.actor.user_id] = result
        self.once.show_password(result)
        self._show_side()
        self.refresh()
        self.once.take_focus()

    def _put_away(self) -> None:
        self._given.pop(self.session.actor.user_id, None)
        self._show_side()

    def _once_shown(self) -> str:
        """Why no other password can be made now."""
        shown = f"Put the {self.once.name} away first: it is never shown again."
        return shown if self.once.login else ""

    def _declare(self) -> list[Action]:
        self.unlock = self.about(
            "U",
            "Unlock it after wrong passwords",
            self._unlock,
            short="Unlock",
            when=lambda account: account.state is AccountState.LOCKED,
            permission=Permission.UNLOCK_USERS,
            kind="primary",
        )
        changes: tuple[
            tuple[str, str, str, Callable[[Account], FormSpec], Callable[[Account], bool]], ...
        ] = (
            ("R", "Roles", "Change the roles of the account", self._asks.roles, lambda _account: True),
            ("P", "Reset password", "Reset its password", self._asks.reset, _is_on),
            ("D", "Last day", "Set its last day", self._asks.last_day, lambda _account: True),
            ("O", "Switch off", "Switch the account off", self._asks.off, _is_on),
            ("I", "Switch on", "Switch the account on again", self._asks.on, lambda each: not _is_on(each)),
        )
        made = [
            self.about(
                key,
                text,
                lambda account, spec=spec: self.ask(spec(account), account),
                short=short,
                when=lambda account, fits=fits: fits(account) and not self._is_own(account),
                needs="an account is shown whose state allows it, and not your own",
                why_not=lambda _account, key=key: self._once_shown() if key == "P" else "",
                permission=Permission.MANAGE_USERS,
            )
            for key, short, text, spec, fits in changes
        ]
        shown = {"when": lambda: bool(self.once.login), "needs": "a one-time password is shown"}
        copy = self.action(
            "Ctrl+Shift+C",
            "Copy the one-time password",
            self.once.copy,
            short="Copy",
            kind="primary",
            **shown,
        )
        away = self.action(
            "Ctrl+Enter", "Put the one-time password away", self.once.forget, short="Done", **shown
        )
        self.once.add_buttons(copy, away)
        return [self.unlock, *made]

    def _add(self) -> None:
        self.ask(self._asks.new())

    def _unlock(self, account: Account) -> None:
        self.do(
            lambda actor: self._accounts.unlock(actor, account.id), f"{account.user.handle} may try again."
        )

    def _person_changed(self) -> None:
        """A password somebody made is covered, and there again for them alone."""
        self.once.cover()
        if self.session.may(Permission.MANAGE_USERS):
            given = self._given.get(self.session.actor.user_id)
            if given is not None and given.until > self.context.clock.now():
                self.once.show_password(given)
        super()._person_changed()

    def _is_own(self, account: Account) -> bool:
        return self.session.signed_in and self.session.actor.user_id == account.id


def _is_on(account: Account) -> bool:
    return account.state is not AccountState.OFF
