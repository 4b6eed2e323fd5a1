"""`controlroom user …` against a room on disk."""

import json
import subprocess
import sys

import pytest

from controlroom.cli import main

ROOT_PASSWORD, OWN = "three random words", "lamp column at dawn"


@pytest.fixture
def user(tmp_path, capsys, monkeypatch):
    """Runs an action; returns the exit code, and what was printed to both sides."""
    monkeypatch.setenv("ROOT_PASSWORD", ROOT_PASSWORD)
    monkeypatch.setenv("OWN", OWN)

    def run(action: str, *words: str) -> tuple[int, str, str]:
        sides = ["--data", str(tmp_path)]
        if action != "first":
            sides += ["--as", "root", "--as-password-env", "ROOT_PASSWORD"]
        code = main(["user", action, *words, *sides])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    code, out, _ = run("first", "Root", "--password-env", "ROOT_PASSWORD")
    assert (code, out) == (0, "Administrator may sign in as 'root'.\n")
    return run


def listed(user) -> dict[str, dict]:
    code, out, _ = user("list", "--json")
    assert code == 0
    return {each["login"]: each for each in json.loads(out)}


def test_an_account_is_added_reset_switched_off_and_on(user):
    code, out, _ = user(
        "add", "op13", "--handle", "Operator 13", "--role", "operator", "--role", "supervisor"
    )
    assert code == 0
    first = out.splitlines()[1].strip()
    assert len(first) == 27
    assert listed(user)["op13"]["roles"] == ["operator", "supervisor"]
    assert listed(user)["op13"]["state"] == "new password due"
    _, out, _ = user("reset", "OP13")
    assert first not in out
    assert user("disable", "op13", "--reason", "Left.")[0] == 0
    assert listed(user)["op13"]["state"] == "off"
    assert "one-time password" in user("enable", "op13")[1]
    assert user("unlock", "op13")[1] == "Operator 13 may try again.\n"


def test_a_password_of_their_own_comes_from_the_environment(user):
    assert user("add", "op13", "--handle", "Operator 13", "--password-env", "OWN")[0] == 0
    assert listed(user)["op13"]["state"] == "active"
    assert (
        "no variable of that name" in user("add", "op14", "--handle", "Op 14", "--password-env", "NOBODY")[2]
    )


def test_a_signing_key_that_was_lost_is_confirmed_by_the_entry_that_verify_names(user, tmp_path, capsys):
    sides = ["--data", str(tmp_path)]
    assert main(["audit", "sign", *sides]) == 0
    (tmp_path / "audit-signing.key").unlink()
    assert main(["audit", "key", "--new", "--lost", "the disk died", *sides]) == 0
    capsys.readouterr()
    assert main(["audit", "verify", *sides]) == 1
    fault = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("FAULT"))
    entry = fault.partition("controlroom user confirm-key ")[2].rstrip(".")
    code, out, _ = user("confirm-key", entry, "--reason", "I exchanged the disk")
    assert code == 0 and out.startswith("Confirmed the key of ")
    assert main(["audit", "verify", *sides]) == 0
    assert "confirmed by Administrator" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("user first x", "Password for the first administrator"),
        ("user add x --handle X", "Administrator's name to sign in with"),
        ("user reset x --as root", "Password of root"),
        ("user unlock x --as root", "Password of root"),
        ("site-key export x", "Passphrase"),
    ],
)
@pytest.mark.usefixtures("user")  # a room with an account
def test_without_a_terminal_one_line_says_which_option_answers(tmp_path, words, told):
    command = [sys.executable, "-m", "controlroom.cli", *words.split(), "--data", str(tmp_path)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, start_new_session=True, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"controlroom: Nobody typed an answer to “{told}”: there is no terminal")
    assert done.stderr.count("\n") == 1
    assert "Use --" in done.stderr


def test_no_password_can_be_given_on_the_command_line(capsys):
    with pytest.raises(SystemExit):
        main(["user", "add", "op13", "--handle", "Operator 13", "--password", "three random words"])
    assert "unrecognized arguments" in capsys.readouterr().err


def test_who_is_no_administrator_or_gives_a_wrong_password_changes_nothing(
    user, monkeypatch, tmp_path, capsys
):
    user("add", "op13", "--handle", "Operator 13", "--password-env", "OWN")
    words = ["user", "reset", "root", "--as", "op13", "--as-password-env", "OWN", "--data", str(tmp_path)]
    assert main(words) == 1
    assert "Operator 13 (operator) may not see accounts" in capsys.readouterr().err
    monkeypatch.setenv("ROOT_PASSWORD", "not the password")
    code, _, err = user("reset", "op13")
    assert code == 1
    assert "not right" in err


def test_a_room_without_accounts_says_what_to_do(tmp_path, capsys):
    assert main(["user", "list", "--as", "root", "--as-password-env", "X", "--data", str(tmp_path)]) == 1
    assert "controlroom user first" in capsys.readouterr().err


def test_an_account_that_is_not_there_is_named(user):
    assert "no account named 'nobody'" in user("unlock", "nobody")[2]


def test_the_last_administrator_stays(user):
    code, _, err = user("disable", "root", "--reason", "Tired.")
    assert code == 1
    assert "their own account" in err


def test_the_matrix_is_printed(capsys):
    assert main(["user", "matrix"]) == 0
    assert "| add users and change their roles |" in capsys.readouterr().out


@pytest.mark.parametrize("action", ["confirm-key", "confirm-entry"])
def test_an_entry_of_a_number_beyond_all_is_not_there(user, action):
    for number in ("99", "9" * 20):
        code, _, err = user(action, number, "--reason", "I asked them")
        assert code == 1
        assert "There is no" in err or "began no key" in err
