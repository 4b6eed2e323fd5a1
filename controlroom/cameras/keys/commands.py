"""Implements `controlroom site-key`, which carries the key for camera passwords to another desk under a passphrase."""

import argparse
import os
from pathlib import Path

from controlroom.clock import process_clock
from controlroom.database.command_line import ask_password
from controlroom.errors import InvalidInput, Unavailable
from controlroom.platform import data_folder
from controlroom.site_key import (
    FILE_NAME,
    SiteKey,
    open_from_travel,
    put_in_place,
    read_sealed,
    seal_for_travel,
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `site-key` and its actions."""
    parser = subparsers.add_parser("site-key", help="the key that seals camera passwords")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = actions.add_parser("show", help="its fingerprint, which tells keys apart and gives nothing away")
    send = actions.add_parser("export", help="write it to a file, sealed with a passphrase")
    take = actions.add_parser("import", help="take it from such a file, for this desk")
    take.add_argument("--replace", action="store_true", help="set another key that is here aside")
    for action in (send, take):
        action.add_argument("file", type=Path, help="the sealed file")
        action.add_argument("--passphrase-env", metavar="VAR", help="read the passphrase from this variable")
    for action, handler in ((show, _show), (send, _export), (take, _import)):
        action.add_argument("--data", type=Path, help="the data folder (default: this person's)")
        action.set_defaults(handler=handler)


def _path(options: argparse.Namespace) -> Path:
    return (options.data or data_folder()) / FILE_NAME


def _passphrase(options: argparse.Namespace, *, twice: bool) -> str:
    option, variable = "--passphrase-env", options.passphrase_env
    given = ask_password("Passphrase", option, variable)
    if twice and variable is None and ask_password("The same again", option, None) != given:
        raise InvalidInput("The two differ.", remedy="Start again.")
    return given


def _show(options: argparse.Namespace) -> int:
    try:
        print(SiteKey.load(_path(options)).fingerprint)
    except FileNotFoundError as error:
        raise Unavailable(f"There is no site key at {_path(options)}.") from error
    return 0


def _export(options: argparse.Namespace) -> int:
    text = seal_for_travel(_path(options), _passphrase(options, twice=True))
    try:
        descriptor = os.open(options.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise InvalidInput(f"{options.file} is there already.", remedy="Name another file.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    print(f"Sealed in {options.file}. Tell the passphrase by another road than the file.")
    return 0


def _import(options: argparse.Namespace) -> int:
    key = open_from_travel(read_sealed(options.file), _passphrase(options, twice=False))
    aside = put_in_place(key, _path(options), process_clock().now(), replace=options.replace)
    print(f"Site key {key.fingerprint} is in place.")
    if aside is not None:
        print(f"The one that was there is at {aside}.")
    return 0
