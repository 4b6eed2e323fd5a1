"""The audit trail over a real chain, and the processes' status."""

import pytest
from pytestqt.qtbot import QtBot

from controlroom.accounts.audit_trail import AuditTrail
from controlroom.errors import PermissionRefused
from controlroom.processes.supervisor import ProcessHealth, ProcessState
from controlroom.ui.admin.audit_page import AuditPage
from controlroom.ui.admin.status_page import StatusPage, age_words
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from tests.builders import Room
from tests.ui.helpers import settle, show


@pytest.fixture
def audit(qtbot: QtBot, room: Room, background: Background) -> AuditPage:
    room.add_camera("014")
    room.add_camera("015")
    page = AuditPage(
        AuditTrail(room.database),
        DeskSession(room.auditor),
        background,
        Messages(),
        ChangeBridge(room.changes),
    )
    page.resize(1200, 600)
    qtbot.addWidget(page)
    for widget in page.top_bar_widgets():
        qtbot.addWidget(widget)
    show(qtbot, page)
    page.entered()
    settle(qtbot, background)
    return page


def subjects(page: AuditPage) -> list[str]:
    return [entry.subject for entry in page.table.shown_records()]


def test_the_newest_entry_comes_first(audit: AuditPage):
    assert subjects(audit) == ["015", "014"]


def test_an_entry_is_read_in_full_at_the_side(audit: AuditPage):
    audit.table.select(1)
    facts = dict(audit._facts.facts)
    assert audit.panel.isVisible()
    assert facts["Who"] == "Supervisor 02"
    assert facts["Action"] == "camera.added"
    assert facts["On"] == "camera 014"
    assert facts["Zone"] == "GMT"


def test_chips_narrow_the_trail_by_its_subject(audit: AuditPage):
    audit._chips.choose(1)
    assert subjects(audit) == []
    audit._chips.choose(2)
    assert len(subjects(audit)) == 2


def test_new_entries_appear_while_the_page_is_in_front(audit: AuditPage, room: Room, qtbot: QtBot):
    room.add_camera("016")
    qtbot.waitUntil(lambda: subjects(audit)[0] == "016")
    audit.left()
    room.add_camera("017")
    qtbot.wait(50)
    assert subjects(audit)[0] == "016"


def test_verifying_says_that_the_chain_is_sound(audit: AuditPage, qtbot: QtBot, background: Background):
    audit.verify()
    settle(qtbot, background)
    assert audit._outcome.text == "2 entries, sound"
    assert audit._outcome.state == "live"


def test_only_those_whose_role_allows_it_read_the_trail(room: Room):
    trail = AuditTrail(room.database)
    with pytest.raises(PermissionRefused):
        trail.newest(room.operator)
    with pytest.raises(PermissionRefused):
        trail.verify(room.operator)


HEALTH = [
    ProcessHealth("control", 4121, ProcessState.RUNNING, 732.0, 0, 0.4),
    ProcessHealth("media 1", None, ProcessState.RESTARTING, 3.0, 2, None),
]


def test_the_status_page_shows_every_process_and_looks_again(qtbot: QtBot):
    lines = list(HEALTH)
    page = StatusPage(lambda: lines, facts=lambda: [("Version", "0.1.0")])
    qtbot.addWidget(page)
    show(qtbot, page)
    with qtbot.waitSignal(page.subtitle_changed) as subtitle:
        page.entered()
    assert subtitle.args == ["1 of 2 running"]
    shown = [
        [column.text(line) for column in page.table.model.columns] for line in page.table.shown_records()
    ]
    assert shown[0] == ["running", "control", "4121", "12 min", "0", "0.4 s ago"]
    assert shown[1] == ["restarting", "media 1", "none", "3 s", "2", "none yet"]
    lines[1] = ProcessHealth("media 1", 4130, ProcessState.RUNNING, 1.0, 3, 0.1)
    qtbot.waitUntil(lambda: page.table.shown_records()[1].pid == 4130, timeout=3000)
    page.left()
    assert not page._timer.isActive()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(42.9, "42 s"), (732, "12 min"), (11_100, "3 h 05 min"), (187_200, "2 d 4 h")],
)
def test_ages_in_words(seconds: float, words: str):
    assert age_words(seconds) == words
