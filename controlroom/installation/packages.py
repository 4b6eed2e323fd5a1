"""Finds a pip that works, and installs locked packages with it."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from controlroom.installation import system
from controlroom.installation.steps import Counter, SetUpFailed, run_recorded, say

# pip learned to install into another environment (`--python`) in 22.3.
OLDEST_PIP = (22, 3)
SETTINGS = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    "PIP_NO_WARN_SCRIPT_LOCATION": "1",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_RETRIES": "2",
    "PIP_ROOT_USER_ACTION": "ignore",
    "PIP_USER": "0",
    "PYTHONPATH": "",  # what lies there would count as installed
    "PYTHONUTF8": "1",
}
NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeoutError|Failed to establish a new connection"
    r"|Temporary failure in name resolution|Network is unreachable|ReadTimeoutError|ProxyError"
)


def base_python() -> str:
    """Return the Python that environments are made from, even when running inside one."""
    return getattr(sys, "_base_executable", None) or sys.executable


class Pip:
    """A pip that installs into one virtual environment, which itself needs none."""

    def __init__(self, command: Sequence[str], record: Path, keep_open: Sequence[int]) -> None:
        self._command = list(command)
        self._record = record
        self._keep_open = keep_open

    def install_locked(self, lock: Path) -> None:
        """Install exactly the versions of `lock`, each file checked against its hash."""
        count = len(re.findall(r"(?m)^[a-zA-Z0-9]", lock.read_text(encoding="utf-8")))
        # Source packages are built with the locked build tools, not with whatever is newest today.
        self._install("--require-hashes", "--no-deps", "--no-build-isolation", "-r", str(lock), count=count)

    def install_project(self, root: Path) -> None:
        self._install("--no-deps", "--no-build-isolation", "--no-index", "--editable", str(root), count=1)

    def _install(self, *arguments: str, count: int) -> None:
        counter = Counter(count)

        def watch(line: str) -> None:
            if line.startswith(("Collecting ", "Obtaining ")):
                counter.step(line.split()[1])

        code, output = run_recorded(
            [*self._command, "install", "--no-compile", *arguments],
            self._record,
            environment=SETTINGS,
            keep_open=self._keep_open,
            on_line=watch,
        )
        counter.end()
        if code != 0:
            raise SetUpFailed(explain(output, self._record))


def explain(output: str, record: Path) -> str:
    """Reduce the many lines that pip wrote to one: what is wrong and what to do."""
    if "No space left on device" in output:
        return "The disk is full: about 1.5 GB are needed. Make room, then run the same command again."
    if NO_NETWORK.search(output):
        return (
            "The Python packages could not be fetched: no connection to the package index. "
            "Connect this machine to the network (or set pip's index and proxy), then run the same command again."
        )
    if "DO NOT MATCH THE HASHES" in output:
        return (
            "A downloaded package is not the one this program was measured with (its hash differs), so it was not "
            f"installed. Try again; should it stay so, ask whoever runs your package index. Details: {record}"
        )
    errors = [line for line in output.splitlines() if line.startswith("ERROR: ")]
    reason = errors[0].removeprefix("ERROR: ") if errors else "pip failed"
    return f"The Python packages could not be installed: {reason} Details: {record}"


def find_pip(venv: Path, record: Path, keep_open: Sequence[int]) -> Pip:
    """Find the first pip that really works on `venv`: this Python's, the one bundled with it, any on the path.

    If there is none, it is installed by apt-get (as root on Debian), else one line names the command.
    """
    for attempt in range(2):
        for command in _candidates(str(system.script(venv, "python"))):
            if _works(command):
                return Pip(command, record, keep_open)
        may_install = attempt == 0 and system.is_root() and shutil.which("apt-get")
        if may_install:
            say("This Python has no pip.")
            system.install_with_apt(["python3-pip"], record)
    how = system.apt_command(["python3-pip"]) if shutil.which("apt-get") else "python3 -m ensurepip"
    raise SetUpFailed(f"pip 22.3 or newer is missing. Install it with this command, then start again: {how}")


def _candidates(python: str) -> list[list[str]]:
    commands = [[base_python(), "-m", "pip", "--python", python]]
    # Looked for, not imported: Debian's ensurepip is there in name only.
    found = importlib.util.find_spec("ensurepip")
    for folder in (found and found.submodule_search_locations) or []:
        wheels = sorted((Path(folder) / "_bundled").glob("pip-*.whl"))
        commands += [[python, str(wheel / "pip")] for wheel in wheels]
    for name in ("pip3", "pip"):
        if path := shutil.which(name):
            commands.append([path, "--python", python])
    return commands


def _works(command: Sequence[str]) -> bool:
    try:
        answer = subprocess.run(
            [*command, "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **SETTINGS},
            check=False,
        )
    except OSError:
        return False
    version = re.match(rb"pip (\d+)\.(\d+)", answer.stdout)
    return answer.returncode == 0 and bool(version) and tuple(map(int, version.groups())) >= OLDEST_PIP
