"""Provides what the steps of setting up share: messages to the person, plain failures, and a record of what ran."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


class SetUpFailed(Exception):
    """Setting up cannot go on. The text is one plain line: what is missing and what to do."""


def say(text: str) -> None:
    """Print one line for the person, to stderr: stdout remains the program's own (`--version`, `--json`)."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def run_recorded(
    command: Sequence[str],
    record: Path,
    *,
    environment: Mapping[str, str] | None = None,
    keep_open: Sequence[int] = (),
    on_line: Callable[[str], None] = lambda _line: None,
) -> tuple[int, str]:
    """Run `command`, appending its output to `record`; returns its exit code and its output.

    `keep_open` are file descriptors the child inherits: a lock stays held while an orphaned child still writes.
    """
    lines: list[str] = []
    with (
        record.open("a", encoding="utf-8", errors="replace") as file,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            pass_fds=tuple(keep_open),
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as child,
    ):
        assert child.stdout is not None
        for line in child.stdout:
            file.write(line)
            lines.append(line)
            on_line(line)
    return child.returncode, "".join(lines)


class Counter:
    """Shows `12 of 48` on one line that rewrites itself; silent where stderr is not a terminal."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._on_screen = sys.stderr.isatty()

    def step(self, name: str) -> None:
        """Show that one more is under way, and its name."""
        self._done += 1
        if self._on_screen:
            sys.stderr.write(f"\r\033[K  {min(self._done, self._total)} of {self._total}: {name[:50]}")
            sys.stderr.flush()

    def end(self) -> None:
        """Leave an empty line for what comes next."""
        if self._on_screen:
            with contextlib.suppress(OSError):
                sys.stderr.write("\r\033[K")
                sys.stderr.flush()
