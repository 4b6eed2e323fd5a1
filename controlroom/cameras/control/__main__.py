"""Runs the control process: `python -m controlroom.cameras.control`, started by the desk; it ends when its pipe
closes.

It reads the desk's messages until the pipe closes (because the desk left or was killed), then sends Stop to every
camera that moves, and exits.
"""

import signal
import sys
from types import FrameType

from controlroom import logs
from controlroom.cameras.control.server import ControlServer
from controlroom.processes.child import ChildPipe


class _Terminated(Exception):
    """The operating system asked this process to end."""


def main() -> int:
    """Serve the desk until the pipe closes."""
    pipe = ChildPipe()
    logs.set_up(None, to_stderr=True)
    signal.signal(signal.SIGTERM, _terminate)
    switchboard = ControlServer(pipe.send)
    try:
        for message in pipe.messages():
            switchboard.handle(message)
    except _Terminated:
        pass
    finally:
        switchboard.close()
    return 0


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise _Terminated


if __name__ == "__main__":
    sys.exit(main())
