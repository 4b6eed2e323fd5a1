"""The command line: plain answers, plain failures."""

import subprocess
import sys

import pytest

from controlroom import cli


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "controlroom.cli", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_version_is_one_line():
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("controlroom 0.")


@pytest.mark.parametrize("command", sorted(cli.COMMANDS))
def test_every_command_explains_itself(command):
    done = run(command, "--help")
    assert done.returncode == 0, done.stderr
    assert f"controlroom {command}" in done.stdout


def test_help_lists_every_command():
    done = run("--help")
    assert all(command in done.stdout for command in cli.COMMANDS), done.stdout + done.stderr


def test_audit_verify_says_what_it_found(tmp_path):
    assert run("db", "upgrade", "--data", str(tmp_path)).returncode == 0
    done = run("audit", "verify", "--data", str(tmp_path))
    assert done.stdout.strip() == "0 entries: the chain is sound"


@pytest.mark.parametrize("words", [("audit", "verify"), ("db", "check")])
def test_who_looks_at_a_room_that_is_not_there_makes_none(tmp_path, capsys, words):
    missing = tmp_path / "elsewhere" / "room.db"
    assert cli.main([*words, "--data", str(tmp_path), "--database", f"sqlite:///{missing}"]) == 1
    assert f"There is no database at {missing}" in capsys.readouterr().err
    assert not missing.parent.exists()


def test_an_unusable_data_folder_is_one_plain_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = run("audit", "verify", "--data", str(tmp_path / "file"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_first_account_is_made_once(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_PASSWORD", "three random words")
    words = ("user", "first", "Duty", "--password-env", "FIRST_PASSWORD", "--data", str(tmp_path))
    done = run(*words)
    assert (done.returncode, done.stdout.strip()) == (0, "Administrator may sign in as 'duty'.")
    again = run(*words)
    assert again.returncode == 1
    assert "accounts already" in again.stderr
