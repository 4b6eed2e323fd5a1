"""A child for the tests: echoes, prints rubbish, hangs or dies on request."""

import os
import sys
import time

from controlroom.processes.child import ChildPipe


def main() -> None:
    """Serve the test's messages."""
    pipe = ChildPipe(manual_beat="--hang" in sys.argv)
    pipe.beat()
    for message in pipe.messages():
        if message.get("die"):
            os._exit(3)
        if message.get("print"):
            print("a library prints rtsp://viewer:s3cret@camera/main", flush=True)
        if message.get("sleep"):
            time.sleep(60)
        pipe.send({"echo": message, "pid": os.getpid()})


main()
