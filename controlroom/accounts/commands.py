"""Implements `controlroom user …`: what the accounts page does, for scripts and rooms nobody can sign in to.

An administrator runs it, signing in with `--as`; only adding a room's first account needs no sign-in.
A password comes from a prompt or an environment variable, never from the command line, where others could read it.
"""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from controlroom import settings
from controlroom.accounts.matrix import as_markdown
from controlroom.accounts.names import typed_login
from controlroom.accounts.records import Account, Actor, NewAccount, OneTimePassword, Role
from controlroom.accounts.service import AccountService
from controlroom.accounts.sign_in import SignInService
from controlroom.accounts.step_keys import StepKeys
from controlroom.clock import show_moment
from controlroom.database.command_line import add_room_options, ask, ask_password, folder_of, open_room
from controlroom.database.people import people_of
from controlroom.errors import NotFound

ROLES = ("operator", "supervisor", "coordinator", "administrator", "auditor")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `user` and its actions."""
    parser = subparsers.add_parser("user", help="accounts")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    first = actions.add_parser("first", help="make the first account, an administrator", allow_abbrev=False)
    first.add_argument("login", help="the name to sign in with")
    first.add_argument("--handle", default="Administrator", help="what logs and screens show")
    first.add_argument("--password-env", metavar="VAR", help="read the password from this variable")
    add_room_options(first)
    first.set_defaults(handler=_first)
    add = _action(actions, "add", "add an account; prints its one-time password", _add)
    add.add_argument("--handle", required=True, help='what logs and screens show for ever: "Operator 13"')
    add.add_argument("--role", choices=ROLES, action="append", help="may be given several times")
    add.add_argument("--last-day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="ends after this day")
    add.add_argument(
        "--password-env", metavar="VAR", help="their own password from this variable, no one-time one"
    )
    _action(actions, "reset", "give somebody a one-time password", _change)
    _action(actions, "unlock", "forget somebody's wrong passwords", _change)
    disable = _action(actions, "disable", "switch an account off; its records stay", _change)
    disable.add_argument("--reason", required=True, help="why")
    _action(actions, "enable", "switch an account on again; prints its one-time password", _change)
    confirm = _action(
        actions, "confirm-key", "confirm a key that audit verify asks about", _confirm, login=False
    )
    confirm.add_argument("entry", type=int, help="the audit entry with which it began")
    confirm.add_argument("--reason", required=True, help="how you know whose it is")
    entry = _action(
        actions,
        "confirm-entry",
        "confirm an audit entry as it stands, looked into",
        _confirm_entry,
        login=False,
    )
    entry.add_argument("entry", type=int, help="the audit entry that audit verify names")
    entry.add_argument("--reason", required=True, help="what you found out about it")
    listing = _action(actions, "list", "list every account", _list, login=False)
    listing.add_argument("--json", action="store_true", help="as JSON")
    matrix = actions.add_parser("matrix", help="print who may do what, as in docs/permissions.md")
    matrix.set_defaults(handler=_matrix)


def _action(actions, name: str, words: str, handler, *, login: bool = True) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=words, allow_abbrev=False)  # --password is not --password-env
    if login:
        parser.add_argument("login", help="the name the account signs in with")
    parser.add_argument("--as", dest="who", metavar="LOGIN", help="the administrator who does it")
    parser.add_argument("--as-password-env", metavar="VAR", help="their password from this variable")
    add_room_options(parser)
    parser.set_defaults(handler=handler)
    return parser


@contextmanager
def _services(options: argparse.Namespace) -> "Iterator[tuple[SignInService, AccountService]]":
    known = settings.load(folder_of(options))
    with open_room(options) as database:
        people, keys = people_of(database), StepKeys()
        yield (
            SignInService(database, people, settings=lambda: known, keys=keys),
            AccountService(database, people, settings=lambda: known, keys=keys),
        )


def _confirm(options: argparse.Namespace) -> int:
    with _signed_in(options) as (accounts, actor):
        print(f"Confirmed the key of {accounts.confirm_key(actor, options.entry, options.reason)}.")
    return 0


def _confirm_entry(options: argparse.Namespace) -> int:
    with _signed_in(options) as (accounts, actor):
        accounts.confirm_entry(actor, options.entry, options.reason)
    print(f"Confirmed audit entry {options.entry} as it stands: audit verify notes it from now on.")
    return 0


@contextmanager
def _signed_in(options: argparse.Namespace) -> "Iterator[tuple[AccountService, Actor]]":
    with _services(options) as (entry, accounts):
        if entry.is_empty():
            raise NotFound(
                "This room has no accounts yet.", remedy="Make the first one: controlroom user first NAME"
            )
        who = options.who or ask("Administrator's name to sign in with", "Use --as LOGIN.", input)
        password = ask_password(f"Password of {who}", "--as-password-env", options.as_password_env)
        actor = entry.sign_in(who, password)
        try:
            yield accounts, actor
        finally:
            entry.sign_out(actor)


def _first(options: argparse.Namespace) -> int:
    with _services(options) as (_, accounts):
        password = ask_password(
            "Password for the first administrator", "--password-env", options.password_env
        )
        actor = accounts.add_first(options.login, options.handle, password)
    print(f"{actor.handle} may sign in as '{typed_login(options.login)}'.")
    return 0


def _add(options: argparse.Namespace) -> int:
    roles = frozenset(Role(name) for name in options.role or ["operator"])
    with _signed_in(options) as (accounts, actor):
        if options.password_env:
            own = ask_password("Their password", "--password-env", options.password_env)
            user = accounts.add(actor, options.login, options.handle, own, roles)
            if options.last_day:
                accounts.set_last_day(actor, user.id, options.last_day)
            print(f"{user.handle} may sign in as '{user.login}'.")
        else:
            new = NewAccount(options.login, options.handle, roles, options.last_day)
            _tell(accounts.add_account(actor, new))
    return 0


def _change(options: argparse.Namespace) -> int:
    """Reset, unlock, disable or enable the account that is named."""
    with _signed_in(options) as (accounts, actor):
        key = _find(accounts, actor, options.login).id
        match options.action:
            case "reset":
                _tell(accounts.reset_password(actor, key))
            case "enable":
                _tell(accounts.switch_on(actor, key))
            case "unlock":
                print(f"{accounts.unlock(actor, key).handle} may try again.")
            case "disable":
                print(f"{accounts.switch_off(actor, key, options.reason).handle} is switched off.")
    return 0


def _list(options: argparse.Namespace) -> int:
    with _signed_in(options) as (accounts, actor):
        found = accounts.accounts(actor)
    if options.json:
        print(json.dumps([_as_json(each) for each in found]))
        return 0
    for each in found:
        last = show_moment(each.last_sign_in_at) if each.last_sign_in_at else "never"
        roles = ", ".join(sorted(each.user.roles))
        print(f"{each.user.login:20} {each.user.handle:20} {each.state.value:18} {last:20} {roles}")
    return 0


def _matrix(_options: argparse.Namespace) -> int:
    print(as_markdown(), end="")
    return 0


def _find(accounts: "AccountService", actor: "Actor", login: str) -> "Account":
    name = typed_login(login)
    for each in accounts.accounts(actor):
        if each.user.login == name:
            return each
    raise NotFound(f"There is no account named '{name or login[:60]}'.", remedy="See: controlroom user list")


def _tell(given: "OneTimePassword") -> None:
    print(f"{given.handle} signs in as '{given.login}' with the one-time password")
    print(f"    {given.password}")
    print(f"until {show_moment(given.until)}, and chooses their own then. It is not shown again.")


def _as_json(account: "Account") -> dict[str, object]:
    def moment(at) -> str | None:
        return at.isoformat() if at is not None else None

    return {
        "login": account.user.login,
        "handle": account.user.handle,
        "roles": sorted(account.user.roles),
        "state": account.state.value,
        "last_sign_in_at": moment(account.last_sign_in_at),
        "locked_until": moment(account.locked_until),
        "last_day": moment(account.expires_on),
    }
