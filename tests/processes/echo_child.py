"""A child for the tests: echoes, prints rubbish, hangs or dies on request."""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from controlroom.processes.child import ChildPipe


def main() -> None:
    """Serve the test's messages."""
    pipe = ChildPipe(manual_beat="--hang" in sys.argv)
    pipe.end_at_sigterm()
    pipe.beat()
    for message in pipe.messages():
        if message.get("die"):
            os._exit(3)
        if message.get("print"):
            print("a library prints rtsp://viewer:s3cret@camera/main", flush=True)
        if message.get("sleep"):
            time.sleep(60)
        if message.get("until"):
            pipe.send({"working": True})
            with suppress(Exception):  # as work does that no single fault may end
                while not Path(message["until"]).exists():
                    time.sleep(0.01)
        pipe.send({"echo": message, "pid": os.getpid()})


main()
