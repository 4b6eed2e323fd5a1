"""Runs `python3 bootstrap.py WORDS`: sets the folder up if necessary, then becomes the tests or the program."""

import os
from collections.abc import Sequence
from pathlib import Path

from controlroom.installation import system
from controlroom.installation.environment import Environment, Purpose
from controlroom.installation.steps import SetUpFailed, say

# One worker more than there are processors, since many tests wait; past four they crowd the simulated cameras.
SPREAD = ("-n", str(min(4, (os.cpu_count() or 1) + 1)))
ABOUT = ("--version", "--help", "-h")


def start(root: str, words: Sequence[str]) -> int:
    """Set up the folder `root`, then hand over; returns only when that failed (an exit code)."""
    environment = Environment(Path(root))
    purpose = Purpose.TEST if words[:1] == ["test"] else Purpose.RUN
    try:
        if not environment.is_ready(purpose):
            environment.make_ready(purpose)
        if purpose is Purpose.TEST:
            system.provide_postgresql(environment.record)
    except SetUpFailed as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        say("Stopped before it was set up. Run the same command to start again.")
        return 130
    keep_bytecode(environment)
    return system.hand_over(command_for(environment, words))


def keep_bytecode(environment: Environment) -> None:
    """Let Python write bytecode into `.venv` where it may not write it beside sources.

    Without any, each process of the room compiles all its modules again: 2.9 s instead of 1.4 s for the desk's.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = str(environment.venv / "bytecode")


def command_for(environment: Environment, words: Sequence[str]) -> list[str]:
    """Translate the words: `test …` → pytest; any others → the program, where `run` may stand before another command.

    `run camera probe` is `controlroom camera probe`; `run` alone or with options is the program's own `run`.
    """
    if words[:1] == ["test"]:
        return [environment.program("python"), "-m", "pytest", *SPREAD, *words[1:]]
    if words[:1] == ["run"] and words[1:] and (words[1] in ABOUT or not words[1].startswith("-")):
        words = words[1:]
    return [environment.program("controlroom"), *words]
