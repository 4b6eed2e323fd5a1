"""Manages the folder's own `.venv`: whether it matches the lock files, and bringing it up to date.

A stamp inside it says what it was made from. The stamp is deleted before anything is changed and written last, so
that an environment without one is half-made, whatever interrupted its making, and is made again from scratch.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from enum import Enum
from pathlib import Path

from controlroom.installation import packages, system
from controlroom.installation.steps import SetUpFailed, run_recorded, say

NEEDED_BYTES = 1_500_000_000  # .venv with the test tools is 1.1 GB, and pip unpacks wheels beside it


class Purpose(Enum):
    """What the environment is for; its value is the lock file."""

    RUN = "run.txt"
    TEST = "test.txt"  # everything of run.txt at the same versions, and the test tools


class Environment:
    """`.venv` in the folder `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.venv = root / ".venv"
        self._stamp = self.venv / "set-up.json"
        self.record = root / ".venv.log"

    def program(self, name: str) -> str:
        """Return the path of a program installed in it."""
        return str(system.script(self.venv, name))

    def is_ready(self, purpose: Purpose) -> bool:
        """Return True when it is complete and made from today's lock files by this Python. Takes milliseconds."""
        wanted = self._wanted(purpose)
        made = self._made_from()
        return wanted.items() <= made.items() and self._has_programs()

    def make_ready(self, purpose: Purpose) -> None:
        """Make it or bring it up to date, as is_ready() requires. Raises SetUpFailed with one plain line."""
        try:
            with system.only_one_at_a_time(self.root / ".venv.lock") as held:
                if not self.is_ready(purpose):
                    self._make(purpose, held)
        except OSError as problem:
            where = problem.filename or self.root
            raise SetUpFailed(
                f"This folder cannot be set up: {problem.strerror} ({where}). Mend that first."
            ) from problem

    def _make(self, purpose: Purpose, held: list[int]) -> None:
        self.record.unlink(missing_ok=True)
        wanted, made = self._wanted(purpose), self._made_from()
        reusable = self._has_programs() and all(made.get(name) == wanted[name] for name in ("python", "root"))
        system.provide_libraries(self.record, for_tests=purpose is Purpose.TEST)
        if shutil.disk_usage(self.root).free < NEEDED_BYTES and not reusable:
            raise SetUpFailed(
                "About 1.5 GB of disk are needed here. Make room, then run the same command again."
            )
        if reusable:
            say("The locked packages have changed: bringing .venv up to date.")
            self._stamp.unlink()
        else:
            half_made = self.venv.exists() and not made
            say("An earlier set-up was not finished: starting again." if half_made else "Making .venv.")
            self._make_empty()
        pip = packages.find_pip(self.venv, self.record, held)
        lock = self.root / "requirements" / purpose.value
        pip.install_locked(self.root / "requirements" / "build.txt")
        say("Installing the locked packages (the first time about 250 MB are fetched: a minute or two).")
        pip.install_locked(lock)
        pip.install_project(self.root)
        self._try_imports()
        partial = self._stamp.with_suffix(".partial")
        partial.write_text(json.dumps(wanted, indent=1), encoding="utf-8")
        partial.replace(self._stamp)
        say("Set up.")

    def _make_empty(self) -> None:
        if self.venv.exists():
            self._stamp.unlink(missing_ok=True)
            shutil.rmtree(self.venv)
        # Without pip: Debian's Python cannot install one into it, and ours needs none inside.
        command = [packages.base_python(), "-m", "venv", "--without-pip", str(self.venv)]
        code, output = run_recorded(command, self.record)
        if code != 0:
            last = (output.strip().splitlines() or ["no reason given"])[-1]
            raise SetUpFailed(f"Python could not make a virtual environment: {last}. Details: {self.record}")

    def _try_imports(self) -> None:
        # Each in a process of its own, as in the program: OpenCV and PyAV bundle clashing copies of FFmpeg.
        for modules in ("PySide6.QtWidgets", "cv2", "av", "controlroom"):
            command = [self.program("python"), "-c", f"import {modules}"]
            answer = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
            if answer.returncode != 0:
                last = (answer.stderr.strip().splitlines() or ["no reason given"])[-1]
                raise SetUpFailed(f"{modules} is installed but cannot be loaded on this machine: {last}")

    def _has_programs(self) -> bool:
        return all(Path(self.program(name)).exists() for name in ("python", "controlroom"))

    def _made_from(self) -> dict[str, str]:
        try:
            stamp = json.loads(self._stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    def _wanted(self, purpose: Purpose) -> dict[str, str]:
        project = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))
        installed = [
            project.get("project"),
            project.get("build-system"),
            project.get("tool", {}).get("setuptools"),
        ]
        wanted = {
            "python": f"{sys.implementation.cache_tag} {sysconfig.get_platform()}",
            "root": str(self.root),  # the programs in .venv name it: a moved folder is made again
            "project": _digest(json.dumps(installed, sort_keys=True).encode()),
        }
        for name in dict.fromkeys(("build.txt", "run.txt", purpose.value)):
            wanted[name] = _digest((self.root / "requirements" / name).read_bytes())
        return wanted


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
