"""Runs the simulator in a process of its own: signals, the pipe, the ready line."""

import asyncio
import contextlib
import faulthandler
import json
import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import Any, NoReturn, TextIO

from controlroom.errors import ControlRoomError
from controlroom.platform import on_termination, return_memory_early
from controlroom.simulator.service import Simulator, run
from controlroom.simulator.settings import FleetOptions

_SWITCH_S = 0.002  # the event loop must not wait long for the interpreter while the painters work


def run_from_pipe() -> int:
    """Run the child from start to end; returns the exit code."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # a library's stray print must not look like the ready line
    line = sys.stdin.readline()
    if not line:
        return 0
    try:
        options = FleetOptions.from_json(json.loads(line))
        serve(options, lambda simulator: _tell(out, simulator.describe()), until_stdin_closes=True)
    except ControlRoomError as error:
        _tell(out, {"ready": False, "error": str(error)})
        return 1
    return 0


def serve(options: FleetOptions, ready: Callable[[Simulator], None], *, until_stdin_closes: bool) -> None:
    """Run until a signal, or until stdin closes when that is wanted. Main thread only. Raises ControlRoomError."""
    faulthandler.enable()
    return_memory_early()
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    sys.setswitchinterval(_SWITCH_S)
    asyncio.run(_serve(options, ready, until_stdin_closes=until_stdin_closes))


def end_now(code: int) -> NoReturn:
    """Exit the process without tearing the interpreter down.

    A street may still be half painted: a thread inside OpenCV while the interpreter ends aborts the process. Ports
    and files are closed by then; everything else ends with the process.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


async def _serve(
    options: FleetOptions, ready: Callable[[Simulator], None], *, until_stdin_closes: bool
) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def end() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: it has ended already
            loop.call_soon_threadsafe(ended.set)

    on_termination(end)
    if until_stdin_closes:
        threading.Thread(target=_watch_stdin, args=(end,), name="stdin", daemon=True).start()
    await run(options, ready, ended)


def _watch_stdin(end: Callable[[], None]) -> None:
    with contextlib.suppress(OSError, ValueError):
        while os.read(0, 4096):
            pass
    end()


def _tell(out: TextIO, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError, ValueError):
        out.write(json.dumps(message) + "\n")
        out.flush()
