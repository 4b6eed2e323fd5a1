"""When a desk looks after a recorder, and when it leaves that to a server."""

from pathlib import Path

from controlroom.app.recorder_care import may_connect
from controlroom.database.workstation import keep_secret

SERVER = "postgresql+psycopg://db.example/room"


def test_a_workstation_without_the_recorders_secret_starts_none(tmp_path: Path) -> None:
    assert may_connect(tmp_path, None), "on a file of its own it does"
    assert not may_connect(tmp_path, SERVER)
    keep_secret(tmp_path, "desk", "open sesame")
    assert not may_connect(tmp_path, SERVER)
    keep_secret(tmp_path, "recorder", "open sesame")
    assert may_connect(tmp_path, SERVER)


def test_an_address_that_names_a_user_is_taken_as_it_is(tmp_path: Path) -> None:
    assert may_connect(tmp_path, "postgresql+psycopg://somebody@db.example/room")
