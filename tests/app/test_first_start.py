"""The first start's deeds: nothing half-made, resumed where it was, never begun over an existing room."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from controlroom.app.first_start import DRAFT, FirstStart, is_wanted
from controlroom.app.recorder_care import RecorderUse
from controlroom.app.room import open_services
from controlroom.cameras.records import NewCamera, Place
from controlroom.cli import main
from controlroom.database.engine import remembered_address
from controlroom.database.workstation import secret_file
from controlroom.errors import PermissionRefused, Unavailable
from controlroom.resources import resource
from controlroom.ui.first_start.records import Draft, StartStep, Storage
from controlroom.ui.window_state import WindowState
from tests import postgresql

PASSWORD = "three random words"


def begin(folder: Path, stack: ExitStack) -> FirstStart:
    first = FirstStart(folder, None, stack, RecorderUse.NONE)
    first.draft.login, first.draft.handle = "duty", "Administrator"
    first.draft.site_name, first.draft.jag_name = "Night Room", "Joint Action Group"
    return first


def test_an_empty_folder_wants_a_first_start_and_a_room_with_accounts_does_not(tmp_path: Path):
    assert is_wanted(tmp_path, None)
    with open_services(tmp_path):
        pass
    assert is_wanted(tmp_path, None), "a database without accounts is not a room yet"
    with open_services(tmp_path) as services:
        services.accounts.add_first("duty", "Administrator", PASSWORD)
    assert not is_wanted(tmp_path, None)


def test_a_damaged_database_is_not_taken_for_an_empty_room(tmp_path: Path):
    (tmp_path / "controlroom.db").write_bytes(b"not a database at all" * 500)
    assert not is_wanted(tmp_path, None)


def test_the_room_is_made_with_account_names_and_lists(tmp_path: Path):
    with ExitStack() as stack:
        first = begin(tmp_path, stack)
        first.make(PASSWORD, "")
        assert first.room is not None
        services = first.room.services
        assert services.sign_in.sign_in("duty", PASSWORD).handle == "Administrator"
        assert (services.settings.site_name, services.settings.jag_name) == (
            "Night Room",
            "Joint Action Group",
        )
        assert services.deployments.bids is not None
    ours, shipped = tmp_path / "lists", resource("lists")
    assert sorted(each.name for each in ours.iterdir()) == sorted(each.name for each in shipped.iterdir())


def test_a_first_start_left_after_the_room_was_made_asks_for_the_password_alone(tmp_path: Path):
    with ExitStack() as stack:
        begin(tmp_path, stack).make(PASSWORD, "")
    assert is_wanted(tmp_path, None)
    with ExitStack() as stack:
        again = FirstStart(tmp_path, None, stack, RecorderUse.NONE)
        assert (again.draft.made, again.draft.step, again.draft.login) == (True, StartStep.CAMERA, "duty")
        with pytest.raises(PermissionRefused):
            again.resume("not the password")
        again.resume(PASSWORD)
        camera = again.add_camera(NewCamera("001", "North End", Place("North End", "", ""), "10.0.0.5"))
        again.complete()
    assert not is_wanted(tmp_path, None)
    assert WindowState(tmp_path / "window.json").get("live.cameras") == [camera.id]


@pytest.mark.parametrize("after", ["keep", "_copy_lists", "_note_backup_folder", "_address"])
def test_killed_anywhere_on_the_way_it_is_made_whole_at_the_next_try(tmp_path: Path, after: str, monkeypatch):
    """As a kill would leave it: everything up to one step is on the disk, nothing after."""

    class Killed(BaseException):
        pass

    done = getattr(FirstStart, after)

    def then_die(self, *given):
        done(self, *given)
        raise Killed

    with ExitStack() as stack, monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(FirstStart, after, then_die)
        begin(tmp_path, stack).make(PASSWORD, "")
    with ExitStack() as stack:
        again = FirstStart(tmp_path, None, stack, RecorderUse.NONE)
        assert again.draft.login == "duty"
        assert not again.draft.made
        again.make(PASSWORD, "")
        assert again.actor is not None
        assert again.room is not None
        assert len(again.room.services.sign_in.users()) == 1


def test_a_room_made_but_not_noted_is_joined_with_the_same_password(tmp_path: Path):
    with open_services(tmp_path) as services:
        services.accounts.add_first("duty", "Administrator", PASSWORD)
    with ExitStack() as stack:
        first = begin(tmp_path, stack)
        first.make(PASSWORD, "")
        assert first.room is not None
        assert len(first.room.services.sign_in.users()) == 1


def test_no_password_is_ever_kept_in_the_draft(tmp_path: Path):
    with ExitStack() as stack:
        first = begin(tmp_path, stack)
        first.draft.storage, first.draft.url = Storage.HERE, ""
        first.make(PASSWORD, "database-secret")
    kept = b"".join(
        path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".db"
    )
    assert PASSWORD.encode() not in kept
    assert b"database-secret" not in kept


@pytest.mark.parametrize(
    "address", ["postgresql://desk:s3cret@db/room", "postgresql://desk:s3cret@db:port/room"]
)
def test_a_password_typed_into_the_address_is_not_kept_either(tmp_path: Path, address: str):
    with ExitStack() as stack:
        first = begin(tmp_path, stack)
        first.draft.storage, first.draft.url = Storage.SERVER, address
        first.keep()
    assert "s3cret" not in (tmp_path / DRAFT).read_text()


@pytest.mark.parametrize(
    "written",
    [
        '{"step": "nowhere"}',
        '{"login": 5}',
        '{"url": 3, "storage": "server"}',
        '{"made": "yes"}',
        "[]",
        "no JSON",
        pytest.param("[" * 100_000, id="nested"),
    ],
)
def test_answers_that_cannot_be_read_are_asked_again(tmp_path: Path, written: str):
    (tmp_path / DRAFT).write_text(written)
    with ExitStack() as stack:
        first = FirstStart(tmp_path, None, stack, RecorderUse.NONE)
        assert first.draft == Draft()
        first.keep()
    assert json.loads((tmp_path / DRAFT).read_text())["step"] == "account"


def test_an_answer_this_version_does_not_know_is_left_out(tmp_path: Path):
    (tmp_path / DRAFT).write_text('{"login": "duty", "storage": "server", "colour": "blue"}')
    with ExitStack() as stack:
        draft = FirstStart(tmp_path, None, stack, RecorderUse.NONE).draft
    assert draft == Draft(login="duty", storage=Storage.SERVER)


def test_a_backup_folder_is_noted_for_this_computer(tmp_path: Path):
    with ExitStack() as stack:
        first = begin(tmp_path, stack)
        first.draft.backup_folder = str(tmp_path / "other disk")
        first.make(PASSWORD, "")
        assert first.room is not None
        assert first.room.services.settings.backup_folder == str(tmp_path / "other disk")


def test_a_server_that_refuses_leaves_nothing_but_the_answers(tmp_path: Path):
    with ExitStack() as stack:
        first = begin(tmp_path, stack)
        first.draft.storage, first.draft.url = Storage.SERVER, "postgresql://127.0.0.1:1/room"
        with pytest.raises(Unavailable):
            first.make(PASSWORD, "secret")
        assert not first.draft.made
    assert remembered_address(tmp_path) == "postgresql+psycopg://127.0.0.1:1/room"
    assert (tmp_path / "database-desk.secret").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "controlroom.db").exists()
    assert is_wanted(tmp_path, None)


@pytest.mark.postgresql
def test_a_desk_joins_the_room_on_a_server_by_address_and_secret_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The server's administrator sets it up as docs/security.md says; the new computer knows nothing but that."""
    monkeypatch.setenv("FIRST_PASSWORD", PASSWORD)
    desk, theirs = tmp_path / "desk", str(tmp_path / "administrator")
    server = postgresql.private_server()
    try:
        server.create(name="night_room")
        chief, plain = server.url("night_room"), f"postgresql://127.0.0.1:{server.port}/night_room"
        for words in (["db", "upgrade"], ["db", "secret", "desk"]):
            assert main([*words, "--data", theirs, "--database", chief]) == 0
        secret = secret_file(Path(theirs), "desk").read_text().strip()
        with ExitStack() as stack:
            first = begin(desk, stack)
            assert "nobody has an account" in first.try_storage(plain, secret).what
            words = ["user", "first", "Duty", "--password-env", "FIRST_PASSWORD"]
            assert main([*words, "--data", theirs, "--database", chief]) == 0
            assert not first.try_storage(plain, "a wrong secret").good
            answer = first.try_storage(plain, secret)
            assert (answer.good, answer.joins) == (True, True)
            first.draft.storage, first.draft.url = Storage.SERVER, plain
            first.make(PASSWORD, secret)
            first_one = NewCamera(
                "001", "North End", Place("North End", "", ""), "10.0.0.5", 80, "room", "s3cret"
            )
            camera = first.add_camera(first_one)
            first.complete()
        assert not is_wanted(desk, None)
        with ExitStack() as stack:
            second = begin(tmp_path / "second", stack)
            second.draft.site_name = "Another name"
            second.draft.storage, second.draft.url = Storage.SERVER, plain
            second.make(PASSWORD, secret)
            assert second.room is not None
            assert "missing" in str(second.room.services.keys.trouble), (
                "a second key would not open the first's"
            )
        with open_services(desk, None) as services:
            assert services.settings.site_name == "Night Room", "who joins a room does not rename it"
            actor = services.sign_in.sign_in("duty", PASSWORD)
            assert [each.id for each in services.cameras.cameras(actor)] == [camera.id]
            with services.database.engine.connect() as connection:
                assert connection.exec_driver_sql("SELECT session_user").scalar() == "duty@night_room"
    finally:
        server.remove()


FAILING_GUIDE = """
import sys
from pathlib import Path
from controlroom.app.recorder_care import RecorderUse
from controlroom.app.run import run_desk
run_desk(Path(sys.argv[1]), guide=lambda window: window.no_such_step, recorder=RecorderUse.NONE)
"""


def test_an_error_of_what_drives_the_window_ends_the_program(tmp_path: Path):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", FAILING_GUIDE, str(tmp_path)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=110, check=False)
    assert ended.returncode != 0
    assert "no_such_step" in ended.stderr
