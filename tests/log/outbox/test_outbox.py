"""Entries kept on a desk: accepted durably, written once and in order, never lost."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from controlroom.accounts.records import Actor, Role
from controlroom.accounts.tables import UserRow
from controlroom.audit import service as audit
from controlroom.errors import InvalidInput, PermissionRefused, Unavailable
from controlroom.log.outbox.outbox import Outbox
from controlroom.log.outbox.records import About, ItemKind, ItemState
from controlroom.log.outbox.sender import ASIDE_S, FAILURES_BORNE, REFUSALS_TRIED, RETRY_S, Sender
from controlroom.log.outbox.writer import OutboxWriter
from controlroom.log.records import NewAddendum, NewLogEntry
from controlroom.site_key import SiteKey
from tests.incidents.desk import ROAD
from tests.waiting import wait_until


class KeepingDesk:
    """A desk with an outbox over the room of the log's tests; `away` takes the database from it."""

    def __init__(self, desk):
        self.desk, self.room, self.away = desk, desk.room, False
        self.opened = []
        self.begin()

    def begin(self):
        log = self.desk.log
        self.outbox = Outbox(
            self.room.folder / "spool",
            self.room.site_key,
            self.room.clock,
            log.vocabulary,
            log.snapshots,
            away=lambda: self.away,
        )
        self.opened.append(self.outbox)
        self.writer = OutboxWriter(log)
        self.seconds = 0.0
        self.sender = Sender(
            self.outbox, self._write, here=lambda: not self.away, seconds=lambda: self.seconds
        )
        self.outbox.look_for_orphans()

    def write(self, kept):
        return self.writer.write(kept)

    def _write(self, kept):
        return self.write(kept)

    def accept(self, text, actor=None, **facts):
        return self.outbox.accept(actor or self.desk.operator, NewLogEntry(text, **facts)).result(5)

    def add(self, text, reason="more known", actor=None, **entry):
        new = NewAddendum(reason, text, **entry)
        return self.outbox.accept_addendum(actor or self.desk.operator, new).result(5)

    def entries(self):
        return self.desk.log.entries(self.desk.operator).records

    def addenda(self):
        return [(entry.text, [each.text for each in entry.addenda]) for entry in reversed(self.entries())]

    def drain(self):
        while self.sender.run_once():
            pass

    def texts(self):
        return [each.text for each in reversed(self.desk.log.entries(self.desk.operator).records)]


@pytest.fixture
def keeping(desk):
    made = KeepingDesk(desk)
    yield made
    for outbox in made.opened:
        outbox.close()


def test_an_entry_is_kept_first_and_then_in_the_log(keeping):
    kept = keeping.accept("Two males running", camera_id=keeping.desk.camera.id)
    assert [each.key for each in keeping.outbox.entries()] == [kept.key]
    assert keeping.texts() == []
    keeping.drain()
    (entry,) = keeping.desk.log.entries(keeping.desk.operator).records
    assert (entry.text, entry.camera_number, entry.author) == ("Two males running", "014", "Operator 07")
    assert entry.accepted_at == kept.accepted_at
    assert not entry.spooled
    assert keeping.outbox.entries() == ()


def test_what_waits_is_written_in_order_and_marked_when_the_database_is_back(keeping):
    keeping.away = True
    for number in range(5):
        keeping.accept(f"entry {number}")
        keeping.room.clock.advance(timedelta(minutes=2))
    keeping.drain()
    assert keeping.texts() == []
    keeping.away = False
    keeping.drain()
    assert keeping.texts() == [f"entry {number}" for number in range(5)]
    entries = keeping.desk.log.entries(keeping.desk.operator).records
    assert all(entry.spooled and not entry.late for entry in entries)
    assert entries[-1].recorded_at - entries[-1].occurred_at == timedelta(minutes=10)
    assert entries[-1].occurred_at == entries[-1].accepted_at


def test_the_audit_says_since_when_a_spooled_entry_was_kept(keeping):
    keeping.away = True
    kept = keeping.accept("Door forced")
    keeping.away = False
    keeping.room.clock.advance(timedelta(minutes=3))
    keeping.drain()
    with keeping.room.database.read() as session:
        entry = audit.newest(session, 1)[0]
    assert entry.action == "log.written"
    assert entry.detail["kept_on_desk_since"] == kept.accepted_at.isoformat()


def test_a_crash_between_commit_and_taking_out_writes_it_once(keeping):
    kept = keeping.accept("Fight outside the station")
    keeping.write(kept)  # committed, and the desk died before it could take it out
    keeping.drain()
    assert keeping.texts() == ["Fight outside the station"]
    assert keeping.outbox.entries() == ()


def test_a_restart_finds_what_was_kept(keeping):
    keeping.away = True
    keeping.accept("first")
    keeping.accept("second")
    keeping.outbox.close()
    keeping.away = False
    keeping.begin()
    assert [each.entry.text for each in keeping.outbox.entries()] == ["first", "second"]
    keeping.drain()
    assert keeping.texts() == ["first", "second"]
    keeping.outbox.close()
    assert list((keeping.room.folder / "spool").iterdir()) == []


def test_two_desks_on_one_folder_do_not_take_each_others_entries(keeping):
    keeping.away = True
    keeping.accept("of the first desk")
    first = keeping.outbox
    keeping.begin()
    keeping.accept("of the second desk")
    assert [each.entry.text for each in first.entries()] == ["of the first desk"]
    assert [each.entry.text for each in keeping.outbox.entries()] == ["of the second desk"]


CHILD = """
import sys, time
from pathlib import Path
from controlroom.accounts.records import Actor, Role
from controlroom.clock import SystemClock
from controlroom.log import vocabulary
from controlroom.log.records import NewAddendum, NewLogEntry
from controlroom.log.snapshots import SnapshotStore
from controlroom.log.outbox.outbox import Outbox
from controlroom.site_key import SiteKey
folder = Path(sys.argv[1])
outbox = Outbox(folder / "spool", SiteKey.load_or_create(folder / "site.key"), SystemClock(), vocabulary.load(),
              SnapshotStore(folder / "snapshots"))
actor = Actor(int(sys.argv[2]), "Operator 07", frozenset({Role.OPERATOR}))
for number in range(1000):
    entry = outbox.accept(actor, NewLogEntry(f"entry {number}")).result()
    outbox.accept_addendum(actor, NewAddendum("more known", f"about {number}", entry_key=entry.key)).result()
    print(number, flush=True)
"""


def test_every_entry_and_addendum_a_killed_desk_had_accepted_is_written_by_the_next_one(keeping):
    folder, user = str(keeping.room.folder), str(keeping.desk.operator.user_id)
    child = subprocess.Popen([sys.executable, "-c", CHILD, folder, user], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    accepted = [int(child.stdout.readline()) for _ in range(7)][-1]
    os.kill(child.pid, signal.SIGKILL)
    accepted = [accepted, *(int(line) for line in child.stdout)][-1]
    child.wait()
    child.stdout.close()
    keeping.room.clock.advance(timedelta(days=30))  # the child's clock is the system's
    keeping.begin()
    keeping.drain()
    texts = keeping.texts()
    assert texts[: accepted + 1] == [f"entry {number}" for number in range(accepted + 1)]
    assert keeping.addenda()[: accepted + 1] == [
        (f"entry {number}", [f"about {number}"]) for number in range(accepted + 1)
    ]
    assert len(texts) == len(set(texts))


def test_what_lies_on_the_disk_cannot_be_read_without_the_site_key(keeping):
    keeping.away = True
    keeping.accept("Male in a red coat known to officers")
    raw = b"".join(path.read_bytes() for path in (keeping.room.folder / "spool").iterdir())
    assert b"red coat" not in raw
    assert b"Operator" not in raw


def test_a_refused_entry_is_kept_aside_with_the_reason_and_goes_on_when_tried_again(keeping):
    keeping.accept("before")
    with keeping.room.database.write() as work:
        work.session.get_one(UserRow, keeping.desk.operator.user_id).active = False
    keeping.accept("of the supervisor", keeping.desk.supervisor)
    keeping.drain()
    (refused,) = keeping.outbox.entries()
    assert (refused.entry.text, refused.state) == ("before", ItemState.REFUSED)
    assert "no longer allowed" in refused.reason
    assert refused.remedy
    with keeping.room.database.write() as work:
        work.session.get_one(UserRow, keeping.desk.operator.user_id).active = True
    assert keeping.texts() == ["of the supervisor"]
    keeping.outbox.again(refused)
    keeping.drain()
    assert sorted(keeping.texts()) == ["before", "of the supervisor"]


def test_a_refused_entry_survives_a_restart_and_can_be_closed_with_an_audit_entry(keeping):
    nobody = Actor(999, "Operator 99", frozenset({Role.OPERATOR}))
    keeping.accept("from nobody", nobody)
    keeping.drain()
    keeping.outbox.close()
    keeping.begin()
    (refused,) = keeping.outbox.entries()
    assert refused.state is ItemState.REFUSED
    keeping.outbox.close_refused(refused, keeping.desk.supervisor)
    wait_until(keeping.outbox.waiting)
    keeping.drain()
    assert keeping.outbox.entries() == ()
    with keeping.room.database.read() as session:
        newest = audit.newest(session, 1)[0]
    assert (newest.actor, newest.action) == ("Supervisor 02", "log.refused-entry-closed")


def test_a_sign_in_from_memory_is_audited_once(keeping):
    keeping.outbox.note(ItemKind.SIGN_IN, keeping.desk.operator).result(5)
    kept = keeping.outbox.waiting()
    keeping.write(kept)
    keeping.drain()
    with keeping.room.database.read() as session:
        actions = [each.action for each in audit.newest(session)]
    assert actions.count("sign-in.remembered") == 1
    assert keeping.outbox.waiting() is None


def test_a_file_with_entries_of_another_key_stays_when_the_others_are_saved(keeping):
    keeping.away = True
    keeping.accept("under the first key")
    path = keeping.outbox._own.path
    keeping.room.site_key.take(SiteKey.make(keeping.room.folder / "second.key"))
    keeping.accept("under the second key")
    keeping.outbox.close()
    keeping.begin()
    assert "1 entries" in str(keeping.outbox.troubles()[0])
    keeping.away = False
    keeping.drain()
    assert keeping.texts() == ["under the second key"]
    assert path.exists()


def test_a_disk_that_is_full_when_the_desk_starts_is_told_and_the_entries_are_taken_over_later(
    keeping, monkeypatch
):
    keeping.away = True
    keeping.accept("waiting")
    keeping.outbox.close()
    refused = sqlite3.OperationalError("disk I/O error")
    with monkeypatch.context() as full:
        full.setattr("controlroom.log.outbox.file.OutboxFile.rows", lambda _: (_ for _ in ()).throw(refused))
        keeping.begin()
        assert "tried again" in str(keeping.outbox.troubles()[0])
        keeping.outbox.look_for_orphans()
        assert keeping.outbox.troubles() == []
    keeping.away = False
    keeping.outbox.look_for_orphans()
    keeping.drain()
    assert keeping.texts() == ["waiting"]


@pytest.mark.parametrize("sealed", [b"\xff\x00", None, 7])
def test_a_row_of_rubbish_holds_up_nobody_and_its_file_stays(keeping, sealed):
    keeping.accept("before")
    keeping.outbox.close()
    (path,) = keeping.outbox.folder.glob("*.spool")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE kept RENAME TO old")
        connection.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY AUTOINCREMENT, state, sealed)")
        connection.execute("INSERT INTO kept SELECT * FROM old")
        connection.execute("INSERT INTO kept (state, sealed) VALUES ('waiting', ?)", (sealed,))
        connection.commit()
    keeping.begin()
    keeping.accept("after")
    keeping.drain()
    assert keeping.texts() == ["before", "after"]
    assert path.exists()


def test_what_a_server_refuses_again_and_again_stands_aside_and_the_rest_is_saved(keeping):
    write, stuck = keeping.writer.write, keeping.accept("stuck")

    def refuse(item):
        if item.key == stuck.key:
            raise PermissionRefused("The database does not allow this.") from RuntimeError()
        return write(item)

    keeping.write = refuse
    keeping.accept("next")
    keeping.drain()
    assert keeping.texts() == ["next"], "it waits for nobody"
    assert [(each.entry.text, each.reason) for each in keeping.outbox.entries()] == [
        ("stuck", "The database does not allow this.")
    ]
    for _try in range(REFUSALS_TRIED):
        keeping.seconds += RETRY_S
        keeping.drain()
    assert [(each.entry.text, each.state) for each in keeping.outbox.entries()] == [
        ("stuck", ItemState.REFUSED)
    ]


def test_one_that_fails_again_and_again_at_the_head_holds_up_nobody_and_is_tried_later(keeping):
    write, head, poisoned = keeping.writer.write, keeping.accept("head"), True

    def fail(item):
        if item.key == head.key and poisoned:
            raise Unavailable("The database took too long to answer.")
        return write(item)

    keeping.write = fail
    keeping.add("about the head", entry_key=head.key)
    for text in ("second", "third"):
        keeping.accept(text)
    for _try in range(FAILURES_BORNE):
        keeping.drain()
    assert keeping.texts() == ["second", "third"]
    waiting = [(each.text, each.state) for each in keeping.outbox.entries()]
    assert waiting[0] == ("head", ItemState.WAITING)
    assert keeping.outbox.entries()[0].reason == "The database took too long to answer."
    poisoned = False
    keeping.seconds += ASIDE_S
    keeping.drain()
    assert sorted(keeping.addenda()) == [("head", ["about the head"]), ("second", []), ("third", [])]
    assert keeping.outbox.entries() == ()


def test_a_database_that_is_away_for_long_keeps_the_order(keeping):
    write, away = keeping.writer.write, True

    def fail(item):
        if away:
            raise Unavailable("The database does not answer.")
        return write(item)

    keeping.write = fail
    for text in ("first", "second", "third"):
        keeping.accept(text)
    for _try in range(3 * FAILURES_BORNE):
        keeping.drain()
    away = False
    keeping.drain()
    assert keeping.texts() == ["first", "second", "third"]


@pytest.mark.parametrize("text", ["   ", "x" * 4001])
def test_what_can_never_be_an_entry_is_not_accepted(keeping, text):
    with pytest.raises(InvalidInput):
        keeping.accept(text)
    assert keeping.outbox.entries() == ()


def test_characters_no_database_takes_do_not_hold_up_the_others(keeping):
    for text in ("nul \0", "half \ud83d a character"):
        with pytest.raises(InvalidInput, match="cannot be stored"):
            keeping.accept(text)
    keeping.accept("next")
    keeping.drain()
    assert keeping.texts() == ["next"]


def test_a_damaged_file_of_an_earlier_desk_is_set_aside_and_told(keeping):
    keeping.away = True
    keeping.accept("lost")
    keeping.outbox.close()
    (path,) = (keeping.room.folder / "spool").glob("*.spool")
    path.write_bytes(b"no database at all, " * 500)
    keeping.begin()
    (told,) = keeping.outbox.troubles()
    assert "damaged" in told.what
    assert path.with_suffix(".damaged").read_bytes().startswith(b"no database")
    keeping.away = False
    keeping.accept("next")
    keeping.drain()
    assert keeping.texts() == ["next"]


def test_a_file_that_goes_bad_under_our_hands_is_begun_anew_with_all_we_know(keeping):
    keeping.away = True
    keeping.accept("first")
    own = keeping.outbox._own
    own._connection.close()
    own._connection = _Broken(own._connection)
    keeping.accept("second")
    assert [each.entry.text for each in keeping.outbox.entries()] == ["first", "second"]
    assert any("damaged" in told.what for told in keeping.outbox.troubles())
    keeping.outbox.close()
    keeping.away = False
    keeping.begin()
    keeping.drain()
    assert keeping.texts() == ["first", "second"]


class _Broken:
    """What SQLite answers when the file's pages do not fit together any more."""

    def __init__(self, connection):
        self._connection = connection

    def execute(self, *_words):
        raise sqlite3.DatabaseError("database disk image is malformed")

    def close(self):
        self._connection.close()


def test_a_disk_that_takes_nothing_refuses_the_entry_and_says_what_to_do(keeping):
    blocked = keeping.room.folder / "blocked"
    blocked.write_text("a file where the folder should be")
    files = (blocked / "spool", keeping.room.site_key, keeping.room.clock)
    lists = (keeping.desk.log.vocabulary, keeping.desk.log.snapshots)
    outbox = Outbox(*files, *lists)
    with pytest.raises(Unavailable, match="not accepted") as caught:
        outbox.accept(keeping.desk.operator, NewLogEntry("text")).result(5)
    assert "Make room" in caught.value.remedy
    outbox.close()
    outbox = Outbox(*files, *lists, write=keeping.write)  # the database takes what the disk does not
    outbox.accept(keeping.desk.operator, NewLogEntry("straight into the log")).result(5)
    outbox.close()
    assert keeping.texts() == ["straight into the log"]


def test_entries_sealed_with_another_key_are_left_alone_and_told(keeping):
    keeping.away = True
    keeping.accept("sealed")
    keeping.outbox.close()
    keeping.room.site_key = SiteKey.load_or_create(keeping.room.folder / "other.key")
    keeping.begin()
    (told,) = keeping.outbox.troubles()
    assert "site key" in told.what
    assert len(list((keeping.room.folder / "spool").glob("*.spool"))) == 1


def test_the_clock_set_back_meanwhile_refuses_nothing(keeping):
    keeping.away = True
    keeping.accept("before the clock was set back")
    keeping.room.clock.advance(timedelta(hours=-3))
    keeping.away = False
    keeping.drain()
    assert keeping.texts() == ["before the clock was set back"]


def test_a_picture_kept_with_an_entry_is_there_when_the_database_is_back(keeping, tmp_path):
    picture = tmp_path / "tile.jpg"
    picture.write_bytes(b"picture")
    keeping.away = True
    new = NewLogEntry("Snapshot taken.", camera_id=keeping.desk.camera.id)
    keeping.outbox.accept(
        keeping.desk.operator, new, about=About("014", "George Street"), picture=picture
    ).result(5)
    picture.unlink()
    keeping.away = False
    keeping.drain()
    (entry,) = keeping.desk.log.entries(keeping.desk.operator).records
    assert keeping.desk.log.snapshots.is_unchanged(entry.snapshot)


def test_a_database_that_stops_answering_keeps_the_order(keeping):
    answers = iter([Unavailable("The database does not answer."), None, None])

    def write(kept):
        trouble = next(answers)
        if trouble is not None:
            raise trouble
        return keeping.writer.write(kept)

    keeping.write = write
    for text in ("first", "second"):
        keeping.accept(text)
    keeping.drain()
    assert keeping.texts() == []
    keeping.drain()
    assert keeping.texts() == ["first", "second"]
    entries = keeping.desk.log.entries(keeping.desk.operator).records
    assert [entry.spooled for entry in reversed(entries)] == [True, False]


def test_permission_is_asked_when_it_is_written(keeping):
    kept = keeping.accept("text", replace(keeping.desk.operator, user_id=keeping.room.auditor.user_id))
    with pytest.raises(PermissionRefused):
        keeping.write(kept)


@pytest.mark.both_engines
def test_an_addendum_written_while_the_database_is_away_stands_below_its_entry_as_of_then(keeping):
    entry = keeping.desk.write("Two males running")
    keeping.away = True
    accepted = keeping.add("One of them has a rucksack.", entry_id=entry.id)
    keeping.room.clock.advance(timedelta(minutes=20))
    assert keeping.addenda() == [("Two males running", [])]
    keeping.away = False
    keeping.drain()
    assert keeping.addenda() == [("Two males running", ["One of them has a rucksack."])]
    (addendum,) = keeping.entries()[0].addenda
    assert (addendum.written_at, addendum.reason) == (accepted.accepted_at, "more known")
    with keeping.room.database.read() as session:
        noted = audit.newest(session, 1)[0]
        assert audit.verify(session).sound
    assert (noted.action, noted.detail["kept_on_desk_since"]) == (
        "log.addendum",
        accepted.accepted_at.isoformat(),
    )


@pytest.mark.both_engines
def test_an_addendum_to_an_entry_still_in_the_outbox_follows_it(keeping):
    keeping.away = True
    first = keeping.accept("first")
    keeping.add("about the first", entry_key=first.key)
    keeping.accept("second")
    keeping.away = False
    keeping.drain()
    assert keeping.addenda() == [("first", ["about the first"]), ("second", [])]
    assert keeping.outbox.entries() == ()


@pytest.mark.both_engines
def test_a_crash_between_commit_and_taking_out_writes_an_addendum_once(keeping):
    entry = keeping.desk.write("Two males running")
    added = keeping.add("One has a rucksack.", entry_id=entry.id)
    keeping.write(added)  # committed, and the desk died before it could take it out
    keeping.outbox.close()
    keeping.begin()
    keeping.drain()
    assert keeping.addenda() == [("Two males running", ["One has a rucksack."])]


def test_an_addendum_whose_entry_was_refused_waits_aside_with_it_and_both_can_be_tried_again(keeping):
    keeping.away = True
    first = keeping.accept("first")
    keeping.add("about the first", entry_key=first.key, actor=keeping.desk.supervisor)
    with keeping.room.database.write() as work:
        work.session.get_one(UserRow, keeping.desk.operator.user_id).active = False
    keeping.away = False
    keeping.drain()
    entry, addendum = keeping.outbox.entries()
    assert [each.state for each in (entry, addendum)] == [ItemState.REFUSED, ItemState.REFUSED]
    assert "not in the log" in addendum.reason
    with keeping.room.database.write() as work:
        work.session.get_one(UserRow, keeping.desk.operator.user_id).active = True
    for each in (entry, addendum):
        keeping.outbox.again(each)
    keeping.drain()
    assert keeping.addenda() == [("first", ["about the first"])]


@pytest.mark.parametrize(("reason", "text"), [("", "text"), ("time", "  "), ("time", "x" * 4001)])
def test_what_can_never_be_an_addendum_is_not_accepted(keeping, reason, text):
    with pytest.raises(InvalidInput):
        keeping.add(text, reason, entry_id=1)
    assert keeping.outbox.entries() == ()


@pytest.mark.both_engines
def test_an_entry_of_an_incident_written_while_the_database_is_away_joins_it_in_order_and_once(keeping):
    incident = keeping.desk.open(text="Male grabbed a phone")
    other = keeping.room.add_camera("015")
    keeping.away = True
    keeping.accept("Seen again", incident_id=incident.id, camera_id=other.id)
    last = keeping.accept("Walking towards the station", incident_id=incident.id)
    keeping.outbox.close()  # the desk is restarted meanwhile
    keeping.away = False
    keeping.begin()
    keeping.drain()
    keeping.write(last)  # as if it had died before taking it out
    file = keeping.desk.incidents.incident(keeping.desk.operator, incident.id)
    entries = [line.entry for line in file.timeline if line.entry is not None]
    assert [entry.text for entry in entries] == [
        "Male grabbed a phone",
        "Seen again",
        "Walking towards the station",
    ]
    assert [entry.spooled for entry in entries] == [False, True, True]
    assert file.incident.cameras == ("014", "015")


def test_an_entry_of_an_incident_that_was_submitted_meanwhile_is_refused_and_kept(keeping):
    incident = keeping.desk.open()
    keeping.away = True
    keeping.accept("Too late", incident_id=incident.id)
    for action in ROAD:
        incident = keeping.desk.act(incident, action)
    keeping.away = False
    keeping.drain()
    (refused,) = keeping.outbox.entries()
    assert "nothing can be added" in refused.reason
    assert refused.text == "Too late"
