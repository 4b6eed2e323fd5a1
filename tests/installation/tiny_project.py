"""A project of our shape in miniature: the real bootstrap.py and its steps, with packages of a few bytes.

Its package index is a folder of wheels made here, so that the real pip installs from the real lock files in seconds
and without a network.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = """
[build-system]
requires = []
build-backend = "tiny_backend"
backend-path = ["."]

[project]
name = "controlroom"
version = "0.1.0"
"""
# Builds the program's own wheel, as setuptools does for the real one.
BACKEND = """
import pathlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    info = "controlroom-0.1.0.dist-info/"
    with zipfile.ZipFile(pathlib.Path(folder) / "controlroom-0.1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("controlroom.pth", str(pathlib.Path.cwd()))
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: controlroom\\nVersion: 0.1.0\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "entry_points.txt", "[console_scripts]\\ncontrolroom = controlroom.cli:main\\n")
        wheel.writestr(info + "RECORD", "")
    return "controlroom-0.1.0-py3-none-any.whl"
"""
CLI = """
import sys
def main():
    print("controlroom", *sys.argv[1:])
    return 7 if "fail" in sys.argv else 0
"""
PYTEST = "import sys\nprint('pytest', *sys.argv[1:])\nraise SystemExit(5 if 'nothing' in sys.argv else 0)\n"


class TinyProject:
    """The project in `folder`, not set up yet."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.wheels = folder / "wheels"
        self.wheels.mkdir(parents=True)
        shutil.copytree(
            ROOT / "controlroom/installation",
            self.root / "controlroom/installation",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        shutil.copy(ROOT / "bootstrap.py", self.root)
        (self.root / "controlroom/__init__.py").touch()
        (self.root / "controlroom/cli.py").write_text(CLI)
        (self.root / "pyproject.toml").write_text(PROJECT)
        (self.root / "tiny_backend.py").write_text(BACKEND)
        (self.root / "requirements").mkdir()
        self.lock("build.txt", builder={"tiny_builder.py": ""})
        self.lock("run.txt", screen=SCREEN)
        self.lock("test.txt", screen=SCREEN, checker={"pytest/__init__.py": "", "pytest/__main__.py": PYTEST})

    def lock(self, name: str, **packages: Mapping[str, str]) -> None:
        """Write `requirements/name`: these packages, each a wheel of these files, with its hash."""
        lines = [
            f"{package}==1.0 --hash=sha256:{self._wheel(package, files)}"
            for package, files in packages.items()
        ]
        (self.root / "requirements" / name).write_text("\n".join(lines) + "\n")

    def _wheel(self, package: str, files: Mapping[str, str]) -> str:
        path = self.wheels / f"{package}-1.0-py3-none-any.whl"
        info = f"{package}-1.0.dist-info/"
        metadata = {
            info + "METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n",
            info + "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            info + "RECORD": "",
        }
        with zipfile.ZipFile(path, "w") as wheel:
            for name, text in {**files, **metadata}.items():
                wheel.writestr(zipfile.ZipInfo(name), text)  # always the same date, so always the same hash
        return hashlib.sha256(path.read_bytes()).hexdigest()

    def environment(self, **extra: str) -> dict[str, str]:
        """Where pip finds these wheels and nothing else, and no apt-get is found that would change this machine."""
        settings = {
            "PATH": str(self.wheels),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_FIND_LINKS": str(self.wheels),
            "PIP_NO_INDEX": "1",
        }
        cleared = {
            name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))
        }
        return {**cleared, **settings, **extra}

    def start(self, *words: str, **extra: str) -> subprocess.Popen[str]:
        """`python bootstrap.py words`, under way."""
        return subprocess.Popen(
            [sys.executable, str(self.root / "bootstrap.py"), *words],
            env=self.environment(**extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def bootstrap(self, *words: str, **extra: str) -> tuple[int, str, str]:
        """`python bootstrap.py words`: exit code, stdout, stderr."""
        with self.start(*words, **extra) as child:
            output, errors = child.communicate(timeout=60)
        return child.returncode, output.strip(), errors.strip()


SCREEN = {"PySide6/__init__.py": "", "PySide6/QtWidgets.py": "", "cv2.py": "", "av.py": ""}
