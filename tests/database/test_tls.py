"""A server with a certificate: believed by its authority and its name, and never talked to in the clear instead."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography import x509

from controlroom.clock import SystemClock
from controlroom.database.engine import room_url
from controlroom.database.opening import open_database
from controlroom.database.server import upgrade
from controlroom.database.server_check import try_server
from controlroom.database.workstation import AUTHORITY
from controlroom.errors import Unavailable
from controlroom.nouns import NOUNS
from tests import engines, postgresql
from tests.certificates import certificate, pem, write_files

pytestmark = pytest.mark.postgresql


@pytest.fixture
def served() -> Iterator[tuple[postgresql.Server, x509.Certificate]]:
    """A server that proves itself as 127.0.0.1, and the authority that says so."""
    engines.need_postgresql()
    server = postgresql.private_server()
    try:
        authority = certificate("Authority of the test")
        files = write_files(server.folder, "server", *certificate("127.0.0.1", authority, "127.0.0.1"))
        if user := postgresql.user():
            for path in files:
                shutil.chown(path, user)
        server.stop()
        server.speak_tls(*files)
        server.start()
        server.create(name="night_room")
        upgrade(server.url("night_room"), NOUNS)
        yield server, authority[1]
    finally:
        server.remove()


def test_the_right_authority_is_believed_and_the_line_is_sealed(served, tmp_path: Path):
    server, authority = served
    (tmp_path / AUTHORITY).write_bytes(pem(authority))
    address = server.url("night_room")
    with (
        closing(open_database(room_url(tmp_path, address), SystemClock(), NOUNS)) as database,
        database.engine.connect() as connection,
    ):
        query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        assert connection.exec_driver_sql(query).scalar() is True
    assert try_server(address, folder=tmp_path).good


@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_what_cannot_be_believed_is_refused_and_never_talked_to_in_the_clear(
    served, tmp_path: Path, wrong: str
):
    server, authority = served
    believed = certificate("Another authority")[1] if wrong == "authority" else authority
    (tmp_path / AUTHORITY).write_bytes(pem(believed))
    address = server.url("night_room")
    address = address.replace("127.0.0.1", "localhost") if wrong == "name" else address
    with pytest.raises(Unavailable, match=r"certificate|TLS") as refusal:
        open_database(room_url(tmp_path, address), SystemClock(), NOUNS)
    assert "database-ca.pem" in refusal.value.remedy
    found = try_server(address, folder=tmp_path)
    assert not found.good
    assert "certificate" in found.what or "TLS" in found.what
