"""`controlroom audit verify`: walk the chain and name the first thing wrong with it."""

import argparse
from pathlib import Path


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `audit` and its actions."""
    parser = subparsers.add_parser("audit", help="check the audit trail")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="walk the whole chain and name the first fault")
    verify.add_argument("--data", type=Path, help="the data folder (default: this person's)")
    verify.add_argument("--database", help="the database's address, when it is not in the data folder")
    verify.set_defaults(handler=_verify)


def _verify(options: argparse.Namespace) -> int:
    from controlroom.audit.service import verify
    from controlroom.clock import SystemClock
    from controlroom.database.engine import room_url
    from controlroom.database.opening import open_database

    database = open_database(room_url(options.data, options.database), SystemClock())
    try:
        with database.read() as session:
            outcome = verify(session)
    finally:
        database.close()
    print(f"{outcome.entries} entries: {'the chain is sound' if outcome.sound else outcome.fault}")
    return 0 if outcome.sound else 1
