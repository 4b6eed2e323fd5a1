"""Declares the forms of the accounts page: what each action asks, and the use case it ends in."""

from datetime import date, timedelta

from controlroom.accounts.records import Account, NewAccount, OneTimePassword, Role, User
from controlroom.accounts.service import LONGEST_REASON, AccountService
from controlroom.clock import Clock, local_date, show_day
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import SEEN, FormSpec, Values
from controlroom.ui.session import DeskSession

_MEANS = {
    Role.OPERATOR: "watches, steers, logs",
    Role.SUPERVISOR: "reviews, keeps cameras, unlocks",
    Role.COORDINATOR: "bids and deployments",
    Role.ADMINISTRATOR: "accounts and settings",
    Role.AUDITOR: "reads, changes nothing",
}
AGENCY_DAYS = 28
CHANGED = "The account is changed."


class AccountForms:
    """Makes the form of each action, for the person signed in when it is opened."""

    def __init__(self, accounts: AccountService, session: DeskSession, clock: Clock) -> None:
        self._accounts, self._session, self._clock = accounts, session, clock

    def new(self) -> FormSpec:
        actor = self._session.actor

        def add(values: Values) -> OneTimePassword:
            new = NewAccount(values["login"], values["handle"], _roles(values), _last_day(values))
            return self._accounts.add_account(actor, new)

        return FormSpec(
            "New account",
            "Add the account",
            add,
            (
                Field(
                    "handle", "&Handle", help="What every record shows, for ever: Operator 13.", needed=True
                ),
                Field("login", "&Signs in as", help="Letters, figures and . _ -", needed=True),
                *_role_fields(frozenset({Role.OPERATOR})),
                Field("ends", "Ends by itself (agency staff, visitors)", "tick"),
                self._last_day_field(None),
            ),
            "The program makes a password that works once; its person chooses their own with it.",
        )

    def roles(self, account: Account) -> FormSpec:
        actor = self._session.actor

        def change(values: Values) -> User:
            return self._accounts.set_roles(actor, account.id, _roles(values), seen=values[SEEN])

        return FormSpec(
            f"Roles of {account.user.handle}",
            "Change the roles",
            change,
            _role_fields(account.user.roles),
            "They hold from the next step on, also where this person is signed in now.",
            seen=account,
            said=CHANGED,
        )

    def reset(self, account: Account) -> FormSpec:
        actor = self._session.actor
        return FormSpec(
            f"Reset the password of {account.user.handle}",
            "Make a one-time password",
            lambda _values: self._accounts.reset_password(actor, account.id),
            text="Make sure who asks. The old password stops working, and they are signed out at every desk.",
            kind="danger",
        )

    def off(self, account: Account) -> FormSpec:
        actor = self._session.actor
        return FormSpec(
            f"Switch {account.user.handle} off",
            "Switch the account off",
            lambda values: self._accounts.switch_off(actor, account.id, values["reason"]),
            (Field("reason", "&Why", "text", needed=True, in_words=True, longest=LONGEST_REASON),),
            "They are out at their next step. Everything they wrote stays under their handle.",
            "danger",
            said=CHANGED,
        )

    def on(self, account: Account) -> FormSpec:
        actor = self._session.actor
        return FormSpec(
            f"Switch {account.user.handle} on",
            "Switch the account on",
            lambda _values: self._accounts.switch_on(actor, account.id),
            text="They get a password that works once, and choose a new one of their own.",
        )

    def last_day(self, account: Account) -> FormSpec:
        actor, last = self._session.actor, account.expires_on

        def change(values: Values) -> User:
            return self._accounts.set_last_day(actor, account.id, _last_day(values), seen=values[SEEN])

        said = f"Now: {show_day(last)}." if last else "Now it has no end."
        return FormSpec(
            f"Last day of {account.user.handle}",
            "Keep this",
            change,
            (Field("ends", "Ends by itself", "tick", value=last is not None), self._last_day_field(last)),
            f"{said} The account works through its last day, London time.",
            seen=account,
            said=CHANGED,
        )

    def _last_day_field(self, last: date | None) -> Field:
        usual = local_date(self._clock.now()) + timedelta(days=AGENCY_DAYS)
        return Field("last", "Last day", "day", value=last or usual, when="future")


def _roles(values: Values) -> frozenset[Role]:
    """The roles that are ticked."""
    return frozenset(role for role in Role if values[role.value])


def _role_fields(ticked: frozenset[Role]) -> tuple[Field, ...]:
    return tuple(
        Field(role.value, f"{role.value.capitalize()}: {_MEANS[role]}", "tick", value=role in ticked)
        for role in Role
    )


def _last_day(values: Values) -> date | None:
    return values["last"] if values["ends"] else None
