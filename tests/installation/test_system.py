"""System libraries: really tried, and installed or asked for in one line."""

import os
import sys
from pathlib import Path

import pytest

from controlroom.installation import system
from controlroom.installation.steps import SetUpFailed

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere the wheels bring every library"
)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that lacks one library, whose programs are those in the folder returned."""
    monkeypatch.setattr(system, "LIBRARIES", {"libc.so.6": "libc6", "libnonesuch.so.9": "libnonesuch9"})
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    return programs


def program(folder: Path, name: str, text: str = "") -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def set_root(monkeypatch: pytest.MonkeyPatch, root: bool) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)


def test_a_library_is_missing_when_it_cannot_be_loaded() -> None:
    assert system.missing_libraries(["libc.so.6", "libnonesuch.so.9"]) == ["libnonesuch.so.9"]


def test_waylands_libraries_are_wanted_only_on_wayland() -> None:
    assert "libwayland-client.so.0" not in system.wanted_libraries({"DISPLAY": ":0"})
    assert "libwayland-client.so.0" in system.wanted_libraries({"WAYLAND_DISPLAY": "wayland-0"})


def test_someone_who_is_not_root_gets_the_one_command(
    machine: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_root(monkeypatch, root=False)
    program(machine, "apt-get")
    program(machine, "sudo")
    with pytest.raises(SetUpFailed) as refused:
        system.provide_libraries(tmp_path / "log", for_tests=False)
    assert str(refused.value).splitlines()[1:] == [
        "  sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends libnonesuch9'"
    ]


def test_root_has_what_is_missing_installed_and_is_told(
    machine: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_root(monkeypatch, root=True)
    program(machine, "apt-get", f'echo "$@" >> {tmp_path}/asked')
    with pytest.raises(SetUpFailed, match=r"libnonesuch\.so\.9 still cannot be loaded"):
        system.provide_libraries(tmp_path / "log", for_tests=False)
    assert (tmp_path / "asked").read_text().splitlines() == [
        "update",
        "install -y --no-install-recommends libnonesuch9",
    ]
    assert capsys.readouterr().err == "Installing system packages with apt-get: libnonesuch9\n"


def test_a_failing_apt_get_is_told_in_one_line(
    machine: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_root(monkeypatch, root=True)
    program(machine, "apt-get", 'echo "E: Unable to locate package libnonesuch9"; exit 100')
    with pytest.raises(SetUpFailed, match="E: Unable to locate package libnonesuch9") as refused:
        system.provide_libraries(tmp_path / "log", for_tests=False)
    assert "\n" not in str(refused.value)


def test_another_linux_is_told_which_libraries(
    machine: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_root(monkeypatch, root=True)
    with pytest.raises(SetUpFailed, match=r"missing: libnonesuch\.so\.9\. Install the packages"):
        system.provide_libraries(tmp_path / "log", for_tests=False)


def test_a_machine_without_xvfb_can_still_run_the_tests(
    machine: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_root(monkeypatch, root=False)
    monkeypatch.setattr(system, "LIBRARIES", {"libc.so.6": "libc6"})
    system.provide_libraries(tmp_path / "log", for_tests=True)
    assert "Xvfb is not installed" in capsys.readouterr().err


@pytest.fixture
def without_postgresql(machine: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(system, "DEBIAN_POSTGRESQL", machine / "postgresql")
    return machine


def test_a_server_for_the_tests_is_installed_when_root(
    without_postgresql: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_root(monkeypatch, root=True)
    program(without_postgresql, "apt-get", f'echo "$@" >> {tmp_path}/asked')
    system.provide_postgresql(tmp_path / "log")
    assert "install -y --no-install-recommends postgresql" in (tmp_path / "asked").read_text()


def test_without_a_server_the_tests_still_run_and_the_one_command_is_told(
    without_postgresql: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_root(monkeypatch, root=False)
    program(without_postgresql, "apt-get")
    program(without_postgresql, "sudo")
    system.provide_postgresql(tmp_path / "log")
    told = capsys.readouterr().err
    assert "will be skipped" in told
    assert "apt-get install -y --no-install-recommends postgresql" in told
    set_root(monkeypatch, root=True)
    program(without_postgresql, "apt-get", "exit 100")
    system.provide_postgresql(tmp_path / "log")
    assert "could not install" in capsys.readouterr().err


def test_an_installed_server_is_found_without_asking(
    without_postgresql: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = without_postgresql / "postgresql" / "15" / "bin"
    found.mkdir(parents=True)
    program(found, "initdb")
    system.provide_postgresql(tmp_path / "log")
    assert capsys.readouterr().err == ""
