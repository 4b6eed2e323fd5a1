"""A workstation's own files: its secret for the server, and whom it trusts."""

from contextlib import closing

import pytest
from sqlalchemy.engine import make_url

from controlroom.accounts.sign_in import SignInService
from controlroom.cli import main
from controlroom.clock import SystemClock
from controlroom.database.engine import room_url
from controlroom.database.opening import open_database
from controlroom.database.people import people_of
from controlroom.database.workstation import AUTHORITY, keep_secret, secret_file
from controlroom.errors import Unavailable
from controlroom.nouns import NOUNS
from tests import postgresql

ADDRESS = "postgresql://server/controlroom"


def test_an_address_gets_the_role_and_secret_of_the_process_that_connects(tmp_path):
    keep_secret(tmp_path, "desk", "s3cret/of:this desk")
    keep_secret(tmp_path, "recorder", "another")
    desk = make_url(room_url(tmp_path, ADDRESS))
    assert (desk.username, desk.password) == ("controlroom_desk", "s3cret/of:this desk")
    recorder = make_url(room_url(tmp_path, ADDRESS, process="recorder"))
    assert (recorder.username, recorder.password) == ("controlroom_recorder", "another")


def test_an_address_that_names_somebody_is_left_alone(tmp_path):
    keep_secret(tmp_path, "desk", "s3cret")
    administrator = make_url(room_url(tmp_path, "postgresql://postgres@server/controlroom"))
    assert (administrator.username, administrator.password) == ("postgres", None)


def test_the_authority_in_the_folder_is_the_one_trusted(tmp_path):
    (tmp_path / AUTHORITY).write_text("certificate")
    query = make_url(room_url(tmp_path, ADDRESS)).query
    assert (query["sslmode"], query["sslrootcert"]) == ("verify-full", str(tmp_path / AUTHORITY))


def test_a_secret_others_can_read_is_refused(tmp_path):
    keep_secret(tmp_path, "desk", "s3cret")
    assert secret_file(tmp_path, "desk").stat().st_mode & 0o077 == 0
    secret_file(tmp_path, "desk").chmod(0o644)
    with pytest.raises(Unavailable, match="Others on this machine"):
        room_url(tmp_path, ADDRESS)


@pytest.mark.postgresql
def test_a_server_is_set_up_by_commands_and_a_desk_opens_it(tmp_path, capsys):
    """As docs/security.md says: upgrade and a secret as the administrator, then the address alone."""
    server = postgresql.private_server()
    try:
        server.create(name="night_room")
        chief, plain = server.url("night_room"), f"postgresql://127.0.0.1:{server.port}/night_room"
        folder = str(tmp_path)
        assert main(["db", "upgrade", "--data", folder, "--database", chief]) == 0
        assert main(["db", "secret", "desk", "--data", folder, "--database", chief]) == 0
        with closing(open_database(room_url(tmp_path, plain), SystemClock(), NOUNS)) as database:
            with database.engine.connect() as connection:
                assert connection.exec_driver_sql("SELECT session_user").scalar() == "night_room_desk"
            assert SignInService(database, people_of(database)).is_empty()
        said = capsys.readouterr().out
        assert "for its owner alone" in said
        assert secret_file(tmp_path, "desk").read_text().strip() not in said
    finally:
        server.remove()
