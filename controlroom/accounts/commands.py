"""`controlroom user first`: makes the first account, an administrator, in a room that has none."""

import argparse
import getpass
import os
from pathlib import Path


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `user` and its actions."""
    parser = subparsers.add_parser("user", help="accounts")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    first = actions.add_parser("first", help="make the first account, an administrator")
    first.add_argument("login", help="the name to sign in with")
    first.add_argument("--handle", default="Administrator", help="what logs and screens show")
    first.add_argument("--password-env", metavar="VAR", help="read the password from this variable")
    first.add_argument("--data", type=Path, help="the data folder (default: this person's)")
    first.add_argument("--database", help="the database's address, when it is not in the data folder")
    first.set_defaults(handler=_first)


def _first(options: argparse.Namespace) -> int:
    from controlroom.accounts.service import AccountService
    from controlroom.clock import SystemClock
    from controlroom.database.engine import room_url
    from controlroom.database.opening import open_database

    if options.password_env:
        password = os.environ.get(options.password_env, "")
    else:
        password = getpass.getpass("Password for the first administrator: ")
    database = open_database(room_url(options.data, options.database), SystemClock())
    try:
        actor = AccountService(database).add_first(options.login, options.handle, password)
    finally:
        database.close()
    print(f"{actor.handle} may sign in as '{options.login.strip().lower()}'.")
    return 0
