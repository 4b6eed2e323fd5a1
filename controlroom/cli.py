"""Implements the command line: one line for each sub-command, which its package's `commands.py` carries out."""

import argparse
import importlib
import io
import sys
from collections.abc import Sequence

from controlroom import __version__
from controlroom.declaration import Nouns
from controlroom.errors import ControlRoomError
from controlroom.platform import private_by_default
from controlroom.texts import is_storable

COMMANDS = {
    "run": "controlroom.app.commands",
    "demo": "controlroom.demo.commands",
    "simulate": "controlroom.simulator.commands",
    "camera": "controlroom.recording.commands",
    "recorder": "controlroom.app.recorder_commands",
    "bench": "controlroom.bench.commands",
    "audit": "controlroom.audit.commands",
    "db": "controlroom.care.commands",
    "user": "controlroom.accounts.commands",
    "settings": "controlroom.configuration.commands",
    "doctor": "controlroom.doctor.commands",
    "site-key": "controlroom.cameras.keys.commands",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a failure someone can act on is one plain line on stderr and exit code 1."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        private_by_default()
        for stream in (
            sys.stdout,
            sys.stderr,
        ):  # a console may not have every letter that a camera's name has
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
    if wrong := [word for word in given if not is_storable(word)]:
        print(f"controlroom: {wrong[0]!r} holds characters nobody can store. Type it again.", file=sys.stderr)
        return 2
    parser = argparse.ArgumentParser(prog="controlroom", description="The CCTV control room.")
    parser.add_argument("--version", action="version", version=f"controlroom {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    if given == ["--version"]:
        print(f"controlroom {__version__}")
        return 0
    # Only the command asked for is imported; help without one pays for them all.
    named = [COMMANDS[given[0]]] if given and given[0] in COMMANDS else list(COMMANDS.values())
    for module in named:
        importlib.import_module(module).add_parser(subparsers)
    parser.set_defaults(nouns=_nouns)
    options = parser.parse_args(given)
    try:
        return options.handler(options)
    except ControlRoomError as error:
        print(f"controlroom: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except OSError as error:  # a full or read-only disk, a file in the way
        where = f" ({error.filename})" if error.filename else ""
        print(f"controlroom: {error.strerror or error}{where}. Nothing was changed.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _nouns() -> Nouns:
    """What commands that open a database are handed: the declarations of everything it holds."""
    from controlroom.nouns import NOUNS

    return NOUNS


if __name__ == "__main__":
    sys.exit(main())
