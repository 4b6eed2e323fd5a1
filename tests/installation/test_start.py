"""Which words go where, and what the program finds around it."""

import os
from pathlib import Path

import pytest

from controlroom.installation.environment import Environment
from controlroom.installation.start import command_for, keep_bytecode


@pytest.mark.parametrize(
    ("words", "reach"),
    [
        ("demo --cameras 4", "demo --cameras 4"),
        ("--version", "--version"),
        ("run camera probe 127.0.0.1", "camera probe 127.0.0.1"),
        ("run --version", "--version"),
        ("run", "run"),
        ("run --data folder", "run --data folder"),
        ("bench wall --json", "bench wall --json"),
        ("", ""),
    ],
)
def test_words_reach_the_program(tmp_path: Path, words: str, reach: str) -> None:
    environment = Environment(tmp_path)
    assert command_for(environment, words.split()) == [environment.program("controlroom"), *reach.split()]


def test_test_runs_pytest_with_the_words_behind_it(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    command = command_for(environment, ["test", "tests/ui", "-x"])
    assert command[:3] == [environment.program("python"), "-m", "pytest"]
    assert command[-2:] == ["tests/ui", "-x"]


@pytest.mark.parametrize("forbidden", [True, False])
def test_bytecode_goes_into_the_environment_where_it_may_not_lie_beside_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forbidden: bool
) -> None:
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "elsewhere")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1" if forbidden else "")
    keep_bytecode(Environment(tmp_path))
    assert os.environ["PYTHONPYCACHEPREFIX"] == (
        str(tmp_path / ".venv" / "bytecode") if forbidden else "elsewhere"
    )
    assert not os.environ.get("PYTHONDONTWRITEBYTECODE")
