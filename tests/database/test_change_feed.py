"""Two desks hear of each other's changes, and miss none."""

import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from controlroom.changes import Change
from controlroom.clock import SystemClock
from controlroom.database.change_feed import ChangeFeed, forget_old
from controlroom.database.opening import open_database
from controlroom.database.unit_of_work import write_news
from controlroom.nouns import NOUNS
from tests.builders import make_room
from tests.engines import OPENED, POSTGRESQL, database_url
from tests.waiting import LIMIT_S, wait_until

pytestmark = pytest.mark.both_engines


class Listener:
    """A second desk on the room's database, with its feed."""

    def __init__(self, folder):
        self.database = open_database(database_url(folder), SystemClock(), NOUNS)
        OPENED.append(self.database)
        self.heard = []
        self.database.changes.listen(self.heard.append)
        self.feed = ChangeFeed(self.database)
        self.feed.start()
        assert self.feed.following.wait(LIMIT_S)


@pytest.fixture
def room(tmp_path):
    return make_room(tmp_path)


@pytest.fixture
def other(room, tmp_path):
    made = Listener(tmp_path)
    yield made
    made.feed.close()


def say(database, key, kind="incident"):
    with database.write() as work:
        work.announce(kind, key)


def test_another_desk_hears_who_changed_what(room, other):
    camera = room.add_camera()
    wait_until(lambda: other.heard)
    assert other.heard == [Change("camera", str(camera.id))]
    assert (other.heard[0].actor, other.heard[0].desk) == ("Supervisor 02", room.database.desk)


def test_a_desk_hears_its_own_changes_once(room, other):
    own = []
    other.database.changes.listen(own.append)
    say(other.database, 1)
    say(room.database, 2)
    wait_until(lambda: len(own) > 1)
    assert [(each.key, bool(each.desk)) for each in own] == [("1", False), ("2", True)]


def test_what_was_rolled_back_is_no_news(room, other):
    def fail():
        with room.database.write() as work:
            work.announce("incident", 1)
            work.finish()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    say(room.database, 2)
    wait_until(lambda: other.heard)
    assert [each.key for each in other.heard] == ["2"]


CHILD = """
import sys
from controlroom.clock import SystemClock
from controlroom.nouns import NOUNS
from controlroom.database.opening import open_database
database = open_database(sys.argv[1], SystemClock(), NOUNS)
for number in range(20):
    with database.write() as work:
        work.announce("incident", f"{sys.argv[2]}-{number}")
database.close()
"""


def test_desks_in_processes_of_their_own_are_all_heard(room, other, tmp_path):
    url = database_url(tmp_path)
    children = [subprocess.Popen([sys.executable, "-c", CHILD, url, name]) for name in ("a", "b")]
    assert [child.wait(LIMIT_S) for child in children] == [0, 0]
    wait_until(lambda: len(other.heard) >= 40)
    for name in ("a", "b"):
        said = [each.key for each in other.heard if each.key.startswith(name)]
        assert said == [f"{name}-{number}" for number in range(20)]


def test_what_was_said_while_the_connection_was_lost_is_caught_up(room, other, engine_kind):
    other.feed.close()
    say(room.database, 1)
    again = ChangeFeed(other.database)
    again._position = other.feed._position  # as after a reconnection
    again.start()
    try:
        wait_until(lambda: other.heard)
        assert [each.key for each in other.heard] == ["1"]
    finally:
        again.close()


def test_news_committed_out_of_order_is_not_missed(room, other, engine_kind):
    if engine_kind != POSTGRESQL:
        pytest.skip("SQLite has one writer at a time: sequences are committed in order")
    written, go_on = threading.Event(), threading.Event()

    def early_and_late():
        # Past the writers' turn, as another program might: desks themselves write one after the other.
        with Session(room.database.engine) as session:
            news = [Change("incident", "began first, committed last")]
            write_news(session, news, at=room.clock.now(), desk="elsewhere", actor="")
            written.set()
            go_on.wait(LIMIT_S)
            session.commit()

    slow = threading.Thread(target=early_and_late)
    slow.start()
    assert written.wait(LIMIT_S)
    say(room.database, "began last, committed first")
    wait_until(lambda: other.heard)
    go_on.set()
    slow.join()
    wait_until(lambda: len(other.heard) > 1)
    assert [each.key for each in other.heard] == [
        "began last, committed first",
        "began first, committed last",
    ]


def test_the_feed_reconnects_when_its_connection_is_cut(room, other, engine_kind):
    if engine_kind != POSTGRESQL:
        pytest.skip("there is no connection to cut")
    with room.database.engine.connect() as connection:
        cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        connection.execute(text(f"{cut} AND datname = current_database()"))
    room.database.engine.dispose()
    say(room.database, 7)
    wait_until(lambda: other.heard)
    assert [each.key for each in other.heard] == ["7"]


def test_news_is_kept_for_a_day(room):
    say(room.database, 1)
    room.clock.advance(timedelta(hours=25))
    say(room.database, 2)
    with room.database.write() as work:
        forget_old(work.session.connection(), room.clock.now())
    with room.database.read() as session:
        assert session.execute(text("SELECT key FROM changes")).scalars().all() == ["2"]
