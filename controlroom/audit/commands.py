"""Implements `controlroom audit verify|sign|key`: walk the chain, sign its head, show or change the signing key."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from controlroom import settings
from controlroom.audit.records import Verification
from controlroom.audit.signed_heads import SigningKey
from controlroom.audit.signing import AuditFiles, begin_new_key, refill_heads, require_heads, sign_head
from controlroom.audit.verification import verify
from controlroom.clock import show_moment
from controlroom.database.command_line import add_room_options, folder_of, open_room
from controlroom.database.unit_of_work import Database


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `audit` and its actions."""
    parser = subparsers.add_parser("audit", help="check and sign the audit trail")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="walk the whole chain and name what is wrong with it")
    verify.add_argument(
        "--public-key", action="append", default=[], help="trust this key instead of the one in the key file"
    )
    verify.set_defaults(handler=_verify)
    sign = actions.add_parser("sign", help="sign the head now, into the database and the file outside it")
    sign.add_argument(
        "--refill", metavar="WHY", default="", help="write the heads that the file has lost again"
    )
    sign.set_defaults(handler=_sign)
    key = actions.add_parser("key", help="show the public half of the signing key")
    key.add_argument("--new", action="store_true", help="begin with a new key; the former one is set aside")
    key.add_argument("--lost", metavar="WHY", default="", help="with --new: the former key is lost, and why")
    key.set_defaults(handler=_key)
    for each in (verify, sign, key):
        add_room_options(each)


@contextmanager
def _open(options: argparse.Namespace) -> "Iterator[tuple[Database, AuditFiles]]":
    folder = folder_of(options)
    files = AuditFiles.of(folder, settings.load(folder))
    with open_room(options, there=True) as database:
        yield database, files


def _verify(options: argparse.Namespace) -> int:
    with _open(options) as (database, files):
        trusted, note = (frozenset(options.public_key), "") if options.public_key else files.trusted()
        with database.read() as session:
            outcome = verify(session, heads=files.heads, trusted=trusted, progress=_progress())
    if note and outcome.signed:
        print(f"note: {note}.")
    for line in in_words(outcome):
        print(line)
    return 0 if outcome.sound else 1


def in_words(outcome: "Verification") -> list[str]:
    """The outcome as lines to print; the last one is the verdict."""
    lines = [f"note: {note}." for note in outcome.notes]
    lines += [f"FAULT: {fault}." for fault in outcome.faults]
    signed = outcome.signed
    if signed is not None:
        lines.append(
            f"Verified up to entry {signed.sequence:,}, signed {show_moment(signed.signed_at)} "
            f"({signed.fingerprint}, key {signed.key_fingerprint}), {outcome.since_signed:,} entries since."
        )
    elif outcome.entries:
        lines.append("note: no head of it is signed: nothing outside the chain vouches for it.")
    verdict = "the chain is sound" if outcome.sound else f"the chain is NOT sound: {outcome.fault}"
    return [*lines, f"{outcome.entries} entries: {verdict}"]


def _progress() -> Callable[[int, int], object] | None:
    if not sys.stderr.isatty():
        return None
    return lambda done, total: print(f"\r{done:,} of {total:,} entries ", end="", file=sys.stderr, flush=True)


def _sign(options: argparse.Namespace) -> int:
    with _open(options) as (database, files):
        if options.refill:
            print(
                f"{refill_heads(database, files, 'command line', options.refill)} heads were written again."
            )
        head = sign_head(database, files)
        require_heads(database, files)
    if head is None:
        print("There is nothing to sign yet.")
    else:
        print(f"Entry {head.sequence:,} signed {show_moment(head.signed_at)}: {head.fingerprint}")
    return 0


def _key(options: argparse.Namespace) -> int:
    with _open(options) as (database, files):
        key = (
            begin_new_key(database, files, "command line", lost=options.lost)
            if options.new
            else SigningKey.load(files.key)
        )
    print(f"public key   {key.public}")
    print(f"fingerprint  {key.fingerprint}")
    print(f"key file     {files.key}")
    return 0
