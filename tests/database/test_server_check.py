"""Trying a PostgreSQL address before anything is made in it: a plain answer to everything that can be wrong."""

from pathlib import Path

import pytest

from controlroom.database.server_check import try_server
from tests.builders import make_room
from tests.engines import need_postgresql


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "not the address of a database"),
        ("nonsense", "not the address of a database"),
        ("sqlite:///file.db", "not the address of a PostgreSQL"),
        ("postgresql://desk@/room", "names no server"),
        ("postgresql://desk@127.0.0.1:1/room", "nothing listens"),
        ("postgresql://desk@no-such-host.invalid/room", "is not known"),
    ],
)
def test_what_is_wrong_with_an_address_is_said_plainly(address: str, says: str):
    found = try_server(address, "a secret")
    assert not found.good
    assert says in found.what
    assert found.remedy
    assert "a secret" not in repr(found)


def test_a_real_server_is_told_apart_by_what_it_holds():
    server = need_postgresql()
    name = server.create()
    try:
        url = server.url(name)
        assert "has not been set up yet" in try_server(url).what
        assert "does not accept this name and password" in try_server(url, "wrong password").what
        assert "no such database" in try_server(server.url("nowhere_at_all")).what
        assert "does not accept" in try_server(server.url(name, "nobody_here", "x")).what
        with server.connect(name) as connection:
            connection.execute("CREATE TABLE somebody_elses (id int)")
        assert "another program" in try_server(url).what
    finally:
        server.drop(name)


@pytest.mark.postgresql
def test_a_room_that_is_there_is_joined(tmp_path: Path):
    room = make_room(tmp_path)
    found = try_server(room.database.engine.url.render_as_string(hide_password=False))
    assert found.good
    assert found.joins
