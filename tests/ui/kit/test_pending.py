"""Entries the desk keeps, on the Log page and in the log line."""

from dataclasses import replace

import pytest

from controlroom.accounts.records import Actor, Role
from controlroom.app.log_line_writer import LogLineWriter
from controlroom.errors import PermissionRefused
from controlroom.log.outbox.outbox import Outbox
from controlroom.log.outbox.records import About
from controlroom.log.outbox.sender import Sender
from controlroom.log.outbox.writer import OutboxWriter
from controlroom.log.records import NewLogEntry
from controlroom.ui.background import Background
from controlroom.ui.kit.pending import PendingEntries, PendingPanel
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.shell.log_line import LogLine
from tests.incidents.desk import make_desk
from tests.ui.helpers import words_in


class Keeping:
    """A log line over an outbox, and the panel that shows what is pending."""

    def __init__(self, folder, qtbot):
        self.desk, self.qtbot, self.away = make_desk(folder), qtbot, False
        log = self.desk.log
        self.outbox = Outbox(
            folder / "spool",
            self.desk.room.site_key,
            self.desk.room.clock,
            log.vocabulary,
            log.snapshots,
            away=lambda: self.away,
        )
        self.sender = Sender(self.outbox, OutboxWriter(log).write, here=lambda: not self.away)
        self.session, self.background = DeskSession(self.desk.operator), Background()
        self.kept = PendingEntries(self.outbox, self.session, self.background)
        self.line, self.messages = LogLine(), Messages()
        sources = [each.name for each in log.vocabulary.sources]
        self.line.set_vocabulary(sources, list(log.vocabulary.every_category))
        self.writer = LogLineWriter(
            self.kept, self.line, self.session, self.background, self.messages, lambda _id: self.desk.camera
        )
        self.panel = PendingPanel(self.kept)
        for widget in (self.line, self.panel):
            qtbot.addWidget(widget)

    def type(self, text):
        self.line.set_camera(self.desk.camera.id, "014")
        self.qtbot.keyClicks(self.line.edit, text)
        self.line.submit()
        self.qtbot.waitUntil(lambda: "saving" not in self.line.outcome)

    def drain(self):
        while self.sender.run_once():
            pass

    def close(self):
        self.background.close()
        self.outbox.close()


@pytest.fixture
def keeping(tmp_path, qtbot):
    made = Keeping(tmp_path, qtbot)
    yield made
    made.close()


def test_the_line_says_accepted_and_then_saved(keeping):
    keeping.type("Two males running")
    assert keeping.line.outcome == "accepted 22:41"
    keeping.drain()
    keeping.qtbot.waitUntil(lambda: keeping.line.outcome == "saved 22:41")


def test_without_a_database_entries_are_shown_as_not_yet_saved_until_it_is_back(keeping):
    assert keeping.panel.isHidden()
    keeping.away = True
    keeping.type("Two males running")
    assert keeping.line.outcome == "accepted 22:41, kept on this desk"
    keeping.qtbot.waitUntil(lambda: keeping.panel.model.rowCount() == 1)
    (row,) = keeping.panel.model.records
    assert (row.text, row.camera_number, row.unsaved) == ("Two males running", "014", "not yet saved")
    assert keeping.panel.pill.text == "1 not yet saved"
    keeping.away = False
    keeping.drain()
    keeping.qtbot.waitUntil(keeping.panel.isHidden)


def test_words_of_an_incident_are_shown_to_their_writer_alone(keeping):
    keeping.away = True
    about = About("014", "George Street", "INC-2026-00001", private=True)
    new = NewLogEntry("Seen with a female", incident_id=1)
    item = keeping.outbox.accept(keeping.desk.operator, new, about=about).result()
    keeping.panel.refresh()
    (row,) = keeping.panel.model.records
    assert (row.text, row.incident_reference) == ("Seen with a female", "INC-2026-00001")
    keeping.session.sign_in(keeping.desk.supervisor)
    keeping.panel.refresh()
    (row,) = keeping.panel.model.records
    assert (row.camera_number, row.place, row.incident_reference) == ("", "", "")
    assert "shown to its writer" in row.text
    keeping.outbox.refuse(item, PermissionRefused("Operator 07 is no longer allowed."))
    keeping.panel.refresh()
    (card,) = keeping.panel.cards
    assert "Seen with a female" not in words_in(card)
    assert card.done.isVisibleTo(card)


def refuse(keeping, author):
    kept = keeping.outbox.accept(author, NewLogEntry("Shutter left open")).result(5)
    keeping.outbox.refuse(kept, PermissionRefused("Operator 99 is no longer allowed.", remedy="Ask someone."))


def test_a_refused_entry_is_shown_to_its_writer_and_to_a_supervisor_with_what_to_do(keeping):
    author = replace(keeping.desk.operator, handle="Operator 99")
    refuse(keeping, author)
    keeping.panel.refresh()
    assert keeping.panel.cards == []
    keeping.session.sign_in(keeping.desk.supervisor)
    keeping.panel.refresh()
    (card,) = keeping.panel.cards
    said = words_in(card)
    assert "Shutter left open" in said
    assert "no longer allowed. Ask someone." in said
    assert card.done.isVisibleTo(card)
    keeping.session.sign_in(author)
    keeping.panel.refresh()
    assert len(keeping.panel.cards) == 1
    assert not keeping.panel.cards[0].done.isVisibleTo(keeping.panel.cards[0])


def test_a_refused_entry_can_be_put_into_the_line_and_tried_again(keeping):
    refuse(keeping, keeping.desk.operator)
    keeping.panel.refresh()
    keeping.panel.wanted_back.connect(keeping.line.take_back)
    keeping.panel.cards[0].back.click()
    assert keeping.line.text == "Shutter left open"
    keeping.panel.cards[0].again.click()
    keeping.qtbot.waitUntil(lambda: not keeping.kept.refused())
    keeping.drain()
    keeping.qtbot.waitUntil(lambda: keeping.kept.count == 0)


def test_an_entry_that_could_not_be_kept_stays_in_the_line(keeping):
    keeping.session.sign_in(Actor(1, "Operator 07", frozenset({Role.OPERATOR})))
    keeping.outbox.folder.write_text("a file where the folder should be")
    keeping.away = True
    keeping.type("Two males running")
    assert keeping.line.text == "Two males running"
    assert "could not be kept" in keeping.line.outcome
