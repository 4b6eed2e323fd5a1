"""A workstation's own files: its secret for the server, and whom it trusts."""

import pytest
from sqlalchemy.engine import make_url

from controlroom.database.engine import room_url
from controlroom.database.workstation import AUTHORITY, keep_secret, secret_file
from controlroom.errors import Unavailable

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
