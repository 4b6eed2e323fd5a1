"""Starts the simulator as a child process: options come as one JSON line on stdin, the ready line goes to stdout.

It lives until stdin closes (because its parent has exited or is done with it) or until it is told to end.
"""

from controlroom.simulator.process import end_now, run_from_pipe

if __name__ == "__main__":
    end_now(run_from_pipe())
