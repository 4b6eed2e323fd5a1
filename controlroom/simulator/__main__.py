"""The simulator as a child process: options as one JSON line on stdin, the ready line on stdout.

It lives until stdin closes (its parent has gone, or is done with it) or it is told to end.
"""

from controlroom.simulator.process import end_now, run_from_pipe

if __name__ == "__main__":
    end_now(run_from_pipe())
