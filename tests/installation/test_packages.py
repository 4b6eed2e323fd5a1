"""Finding a pip, and its failures as one line."""

import importlib.util
from pathlib import Path

import pytest

from controlroom.installation import packages, system
from controlroom.installation.steps import SetUpFailed

RECORD = Path(".venv.log")


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("WARNING: Retrying ... NewConnectionError('...: [Errno 111]')\nERROR: No matching", "no connection"),
        ("... Temporary failure in name resolution\nERROR: Could not find a version", "no connection"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "its hash differs"),
        ("ERROR: Could not install packages due to an OSError: No space left on device", "The disk is full"),
        (
            "ERROR: No matching distribution found for av==18.1.0",
            "No matching distribution found for av==18.1.0",
        ),
        ("", "pip failed"),
    ],
)
def test_what_pip_wrote_becomes_one_line(output: str, said: str) -> None:
    line = packages.explain(output, RECORD)
    assert said in line
    assert "\n" not in line


@pytest.fixture
def no_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python without pip and ensurepip, and a path with nothing on it."""
    broken = tmp_path / "python-without-pip"
    broken.write_text("#!/bin/sh\necho No module named pip >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(packages, "base_python", lambda: str(broken))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(system, "is_root", lambda: False)
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("no_pip")
def test_without_any_pip_one_line_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(
        SetUpFailed, match=r"^pip 22\.3 or newer is missing\. Install it with this command"
    ) as refused:
        packages.find_pip(tmp_path / ".venv", tmp_path / "log", [])
    assert "\n" not in str(refused.value)


@pytest.mark.usefixtures("no_pip")
def test_a_pip_too_old_to_install_elsewhere_is_passed_over(tmp_path: Path) -> None:
    old = tmp_path / "pip3"
    old.write_text("#!/bin/sh\necho pip 21.1 from somewhere\n")
    old.chmod(0o755)
    with pytest.raises(SetUpFailed):
        packages.find_pip(tmp_path / ".venv", tmp_path / "log", [])
    old.write_text("#!/bin/sh\necho pip 23.0.1 from somewhere\n")
    packages.find_pip(tmp_path / ".venv", tmp_path / "log", [])
