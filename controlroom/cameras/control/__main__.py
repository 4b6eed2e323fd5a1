"""Runs the control process: `python -m controlroom.cameras.control`, started by the desk; it ends when its pipe
closes.

It reads the desk's messages until the pipe closes (because the desk left or was killed) or SIGTERM comes, then sends
Stop to every camera that moves, and exits.
"""

import sys

from controlroom import logs
from controlroom.cameras.control.server import ControlServer
from controlroom.processes.child import ChildPipe


def main() -> int:
    """Serve the desk until the pipe closes."""
    pipe = ChildPipe()
    logs.set_up(None, to_stderr=True)
    pipe.end_at_sigterm()
    switchboard = ControlServer(pipe.send)
    try:
        for message in pipe.messages():
            switchboard.handle(message)
    finally:
        switchboard.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
