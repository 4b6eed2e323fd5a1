"""What the accounts page asks before it does something."""

from collections.abc import Callable
from datetime import date, timedelta

from controlroom.accounts.records import Account, NewAccount, Role
from controlroom.clock import show_day
from controlroom.ui.kit.prompt import Field, Prompt, Values

_MEANS = {
    Role.OPERATOR: "watches, steers, logs",
    Role.SUPERVISOR: "reviews, keeps cameras, unlocks",
    Role.COORDINATOR: "bids and deployments",
    Role.ADMINISTRATOR: "accounts and settings",
    Role.AUDITOR: "reads, changes nothing",
}
AGENCY_DAYS = 28


def adding(run: Callable[[NewAccount], object], today: date) -> Prompt:
    """A new account."""
    return Prompt(
        "New account",
        "Add the account",
        lambda values: run(
            NewAccount(values["login"], values["handle"], roles_in(values), _last_day(values, "ends"))
        ),
        (
            Field("handle", "&Handle", help="What every record shows, for ever: Operator 13.", needed=True),
            Field("login", "&Signs in as", help="Letters, figures and . _ -", needed=True),
            *_role_fields(frozenset({Role.OPERATOR})),
            Field("ends", "Ends by itself (agency staff, visitors)", "tick"),
            Field("last", "Last day", "day", value=today + timedelta(days=AGENCY_DAYS)),
        ),
        "The program makes a password that works once; its person chooses their own with it.",
    )


def changing_roles(account: Account, run: Callable[[frozenset[Role]], object]) -> Prompt:
    """Other roles."""
    return Prompt(
        f"Roles of {account.user.handle}",
        "Change the roles",
        lambda values: run(roles_in(values)),
        _role_fields(account.user.roles),
        "They hold from the next step on, also where this person is signed in now.",
    )


def resetting(account: Account, run: Callable[[], object]) -> Prompt:
    """A one-time password."""
    return Prompt(
        f"Reset the password of {account.user.handle}",
        "Make a one-time password",
        lambda _values: run(),
        text="Make sure who asks. The old password stops working, and they are signed out at every desk.",
        kind="danger",
    )


def switching_off(account: Account, run: Callable[[str], object]) -> Prompt:
    """No way in any more."""
    return Prompt(
        f"Switch {account.user.handle} off",
        "Switch the account off",
        lambda values: run(values["reason"]),
        (Field("reason", "&Why", "text", needed=True),),
        "They are out at their next step. Everything they wrote stays under their handle.",
        "danger",
    )


def switching_on(account: Account, run: Callable[[], object]) -> Prompt:
    """In again."""
    return Prompt(
        f"Switch {account.user.handle} on",
        "Switch the account on",
        lambda _values: run(),
        text="They get a password that works once, and choose a new one of their own.",
    )


def ending(account: Account, run: Callable[[date | None], object], today: date) -> Prompt:
    """A last day, or none."""
    last = account.expires_on
    said = f"Now: {show_day(last)}." if last else "Now it has no end."
    return Prompt(
        f"Last day of {account.user.handle}",
        "Keep this",
        lambda values: run(_last_day(values, "ends")),
        (
            Field("ends", "Ends by itself", "tick", value=last is not None),
            Field("last", "Last day", "day", value=last or today + timedelta(days=AGENCY_DAYS)),
        ),
        f"{said} The account works through its last day, London time.",
    )


def roles_in(values: Values) -> frozenset[Role]:
    """The roles that are ticked."""
    return frozenset(role for role in Role if values[role.value])


def _role_fields(ticked: frozenset[Role]) -> tuple[Field, ...]:
    return tuple(
        Field(role.value, f"{role.value.capitalize()}: {_MEANS[role]}", "tick", value=role in ticked)
        for role in Role
    )


def _last_day(values: Values, tick: str) -> date | None:
    return values["last"] if values[tick] else None
