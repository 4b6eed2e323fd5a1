"""A server that is stopped, restarted or hangs: known soon, waited on by nobody, back without a restart."""

import itertools
import threading

import pytest
from sqlalchemy import event, text

from controlroom.clock import SystemClock
from controlroom.database import availability
from controlroom.database.availability import DatabaseWatch
from controlroom.database.opening import open_database
from controlroom.database.server import upgrade
from controlroom.database.server_engine import answers_within
from controlroom.errors import DatabaseAway, Unavailable
from controlroom.nouns import NOUNS
from tests import postgresql
from tests.engines import need_postgresql
from tests.waiting import LIMIT_S, wait_until

pytestmark = pytest.mark.postgresql


NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def server():
    need_postgresql()
    made = postgresql.private_server()
    yield made
    made.remove()


@pytest.fixture
def database(server):
    name = server.create(name=f"room_{next(NUMBERS)}_own")
    upgrade(server.url(name), NOUNS)
    opened = open_database(server.url(name), SystemClock(), NOUNS)
    yield opened
    opened.close()


@pytest.fixture
def watched(database):
    watch = DatabaseWatch(database.engine, database.availability)
    watch.start()
    wait_until(lambda: database.availability.reach.milliseconds is not None)
    yield database
    watch.close()


def ask(database):
    with database.read() as session:
        return session.scalar(text("SELECT 1"))


def test_a_server_that_stops_is_away_since_then_and_back_when_it_starts(server, watched, monkeypatch):
    monkeypatch.setattr(availability, "ANSWER_WITHIN_S", LIMIT_S)  # a slow answer is not what is tried here
    turns = []
    watched.availability.listen(turns.append)
    server.stop()
    wait_until(lambda: not watched.availability.here)
    reach = watched.availability.reach
    assert reach.since is not None
    assert reach.reason
    with pytest.raises(DatabaseAway, match="since"):
        ask(watched)
    server.start()
    wait_until(lambda: watched.availability.here)
    assert ask(watched) == 1
    assert turns == [False, True]


def test_nobody_waits_on_a_server_that_hangs(server, watched):
    with server.silent():
        wait_until(lambda: not watched.availability.here)
        here, lines = threading.get_ident(), []
        event.listen(watched.engine, "checkout", lambda *_line: lines.append(threading.get_ident()))
        for _ in range(50):
            with pytest.raises(DatabaseAway):
                ask(watched)
        assert here not in lines, "refused without asking the server"
    wait_until(lambda: watched.availability.here)
    assert ask(watched) == 1


def test_whoever_asked_before_it_hung_is_told_after_their_patience(server, database):
    ask(database)
    told = []

    def wait_for_it():
        with answers_within(1.0):
            try:
                ask(database)
            except Unavailable as error:
                told.append(error)

    with server.silent():
        asking = [threading.Thread(target=wait_for_it) for _ in range(5)]
        for each in asking:
            each.start()
        for each in asking:
            each.join(LIMIT_S)
        assert len(told) == 5
    assert ask(database) == 1


def test_without_a_watch_everybody_asks_for_themselves(server, database):
    database.availability.lost("somebody said so")
    assert ask(database) == 1
