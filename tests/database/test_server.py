"""A PostgreSQL server that refuses, is gone, comes back, is slow, or breaks the line: one plain answer each."""

import contextlib
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from controlroom.clock import SystemClock
from controlroom.database.opening import open_database
from controlroom.database.server import upgrade
from controlroom.database.server_engine import parse_url
from controlroom.errors import InvalidInput, OutcomeUnknown, Unavailable
from controlroom.nouns import NOUNS
from tests import engines, postgresql
from tests.builders import make_room
from tests.database.cut_line import CutLine
from tests.waiting import LIMIT_S, wait_until

pytestmark = pytest.mark.postgresql


@pytest.fixture
def server():
    return engines.need_postgresql()


@pytest.fixture
def url(tmp_path):
    """The address of a migrated database."""
    return engines.database_url(tmp_path)


def opening(url):
    return contextlib.closing(open_database(str(url), SystemClock(), NOUNS))


def refused(url, said):
    with pytest.raises(Unavailable, match=said) as caught:
        open_database(str(url), SystemClock(), NOUNS)
    assert caught.value.remedy
    assert postgresql.PASSWORD not in str(caught.value)


def test_a_wrong_password_is_told_apart_and_never_shown(url):
    wrong = make_url(url).set(password="not this one").render_as_string(hide_password=False)
    refused(wrong, "does not accept this name and password")


def test_a_database_that_is_not_there_is_told(server):
    refused(server.url("nonesuch"), "no such database")


def test_a_server_that_is_not_running_is_told(url):
    refused(
        make_url(url).set(port=9).render_as_string(hide_password=False), "No database server answers at 127"
    )


def test_a_server_nobody_knows_is_told():
    refused("postgresql://database.invalid/room", "is not known")


@pytest.mark.parametrize(
    "address", ["postgresql:/room", "postgresql://server:port/room", "oracle://x/y", "::"]
)
def test_an_address_that_cannot_be_read_is_told(address):
    with pytest.raises(InvalidInput, match="address"):
        open_database(address, SystemClock(), NOUNS)


def test_without_being_asked_the_line_to_another_machine_is_encrypted_and_its_certificate_checked():
    assert parse_url("postgresql://server/room").query["sslmode"] == "verify-full"
    assert "sslmode" not in parse_url("postgresql://127.0.0.1/room").query
    assert parse_url("postgresql://server/room?sslmode=disable").query["sslmode"] == "disable"


def test_a_server_without_tls_is_refused_when_tls_is_wanted(url):
    wanted = make_url(url).update_query_dict({"sslmode": "require"})
    refused(wanted.render_as_string(hide_password=False), "does not speak TLS")


def test_a_desk_does_not_make_or_upgrade_the_schema_of_a_server(server):
    name = server.create()
    try:
        refused(server.url(name), r"not been set up.*controlroom db upgrade")
        assert upgrade(server.url(name), NOUNS)[0] is None
        with opening(server.url(name)):
            pass
        with contextlib.closing(server.connect(name)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0003'")
        refused(server.url(name), r"revision 0003.*controlroom db upgrade")
    finally:
        server.drop(name)


def test_a_statement_that_takes_too_long_is_given_up(tmp_path):
    room = make_room(tmp_path)
    with pytest.raises(Unavailable, match="took too long"), room.database.write() as work:
        work.session.execute(text("SET LOCAL statement_timeout = 50"))
        work.session.execute(text("SELECT pg_sleep(20)"))
    room.add_camera()


def test_a_writer_does_not_wait_for_ever_for_another_that_hangs(tmp_path):
    room = make_room(tmp_path)
    with room.database.write() as work:
        work.next_reference("INC")
        with pytest.raises(Unavailable, match="busy"):
            _write_impatiently(room)
    room.add_camera()


def _write_impatiently(room):
    with room.database.engine.connect() as connection:
        connection.exec_driver_sql("SET lock_timeout = 50")
        connection.commit()
    # The connection just used is the one the pool hands out next.
    with room.database.write() as work:
        work.next_reference("INC")


def test_a_writer_sees_what_the_writer_before_it_wrote(tmp_path):
    """Two at once read, decide and write: the second reads what the first has written, as on SQLite."""
    room = make_room(tmp_path)
    count = "SELECT count(*) FROM reference_counters"
    began, seen = threading.Event(), []

    def second():
        began.set()
        with room.database.write() as work:
            seen.append(work.session.scalar(text(count)))

    with room.database.write() as work:
        work.next_reference("INC")
        thread = threading.Thread(target=second)
        thread.start()
        assert began.wait(LIMIT_S)
    thread.join(LIMIT_S)
    assert seen == [1]


def test_a_reader_sees_one_moment(tmp_path):
    room = make_room(tmp_path)
    count = text("SELECT count(*) FROM cameras")
    with room.database.read() as session:
        before = session.scalar(count)
        room.add_camera()
        assert session.scalar(count) == before
    with room.database.read() as session:
        assert session.scalar(count) == before + 1


def test_a_line_broken_in_mid_transaction_leaves_nothing_half_written(tmp_path, server):
    room = make_room(tmp_path)
    with pytest.raises(Unavailable, match="Nothing was saved"), room.database.write() as work:
        work.next_reference("INC")
        pid = work.session.scalar(text("SELECT pg_backend_pid()"))
        with contextlib.closing(server.connect()) as administrator:
            administrator.execute("SELECT pg_terminate_backend(%s)", (pid,))
        work.next_reference("INC")
    with room.database.write() as work:
        assert work.next_reference("INC") == "INC-2026-00001"


@pytest.fixture
def line(tmp_path, server):
    """A room whose line to the server goes through one that can be cut."""
    cut = CutLine(server.port)
    address = make_url(engines.database_url(tmp_path)).set(port=cut.port)
    database = open_database(address.render_as_string(hide_password=False), SystemClock(), NOUNS)
    yield cut, database
    database.close()
    cut.close()


def write_one(database):
    with database.write() as work:
        return work.next_reference("INC", at=None)


def last_issued(database):
    with database.read() as session:
        return session.scalar(text("SELECT max(last) FROM reference_counters"))


def test_a_commit_whose_answer_is_lost_is_found_to_be_saved(line):
    cut, database = line
    cut.cut = "after"
    write_one(database)
    cut.cut = ""
    assert last_issued(database) == 1


def test_a_commit_that_never_arrived_is_known_not_to_be_saved(line):
    cut, database = line
    cut.cut = "before"
    with pytest.raises(Unavailable, match="Nothing was saved") as caught:
        write_one(database)
    assert not isinstance(caught.value, OutcomeUnknown)
    cut.cut = ""
    assert last_issued(database) is None


def test_when_nobody_can_say_whether_it_was_saved_the_error_says_just_that(line, monkeypatch):
    monkeypatch.setattr("controlroom.database.unit_of_work.OUTCOME_WITHIN_S", 0.3)
    cut, database = line

    def cut_and_go(work):
        cut.cut = "after"
        cut.refusing = True

    with pytest.raises(OutcomeUnknown, match="not known whether it was saved"), database.write() as work:
        work.next_reference("INC")
        work.at_end(cut_and_go)


def test_a_server_stopped_and_started_again_needs_no_restart_of_the_desk(tmp_path):
    own = postgresql.private_server()
    try:
        name = own.create(name="room")
        upgrade(own.url(name), NOUNS)
        with opening(own.url(name)) as database:
            write_one(database)
            own.stop()
            with pytest.raises(Unavailable, match="does not answer"):
                write_one(database)
            with pytest.raises(Unavailable, match="does not answer"), database.read() as session:
                session.execute(text("SELECT 1"))
            own.start()
            assert write_one(database).endswith("00002")
    finally:
        own.remove()


def test_the_tests_server_and_its_children_are_gone_after_remove():
    own = postgresql.private_server()
    process = own._process
    assert process is not None
    own.remove()
    wait_until(lambda: process.poll() is not None, why="the server to end")
    assert not own.folder.exists()
