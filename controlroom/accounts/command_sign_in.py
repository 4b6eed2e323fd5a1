"""Asks for a name and password, and signs that person in for one command of the command line."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from controlroom.database.command_line import add_room_options, ask, ask_password, folder_of, open_room

if TYPE_CHECKING:
    from controlroom.accounts.records import Actor
    from controlroom.database.unit_of_work import Database


def add_sign_in_options(parser: argparse.ArgumentParser, who: str) -> None:
    """Add which room it is about, and who does it (`who` in words)."""
    parser.add_argument("--as", dest="who", metavar="LOGIN", help=who)
    parser.add_argument("--as-password-env", metavar="VAR", help="their password from this variable")
    add_room_options(parser)


@contextmanager
def signed_in(options: argparse.Namespace) -> "Iterator[tuple[Database, Actor]]":
    """The room's database and the person, who is signed out again at the end. Raises ControlRoomError."""
    from controlroom import settings
    from controlroom.accounts.sign_in import SignInService
    from controlroom.accounts.step_keys import StepKeys
    from controlroom.database.people import people_of

    known = settings.load(folder_of(options))
    with open_room(options, there=True) as database:
        entry = SignInService(database, people_of(database), settings=lambda: known, keys=StepKeys())
        who = options.who or ask("Name to sign in with", "Use --as LOGIN.", input)
        actor = entry.sign_in(
            who, ask_password(f"Password of {who}", "--as-password-env", options.as_password_env)
        )
        try:
            yield database, actor
        finally:
            entry.sign_out(actor)
