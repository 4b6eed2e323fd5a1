"""The audit trail over a real chain, and the processes' status."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from controlroom.accounts.audit_trail import AuditTrail
from controlroom.accounts.records import Actor
from controlroom.audit.service import record as note_in_trail
from controlroom.audit.signing import AuditFiles, sign_head
from controlroom.errors import PermissionRefused
from controlroom.processes.records import ProcessHealth, ProcessState
from controlroom.recording.records import JobState, Outcome
from controlroom.settings import Settings
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit.record_table import RecordTable
from controlroom.ui.pages.audit.page import AuditPage
from controlroom.ui.pages.status.page import StatusPage
from controlroom.ui.pages.status.process_lines import Part, ProcessLine, age_words
from controlroom.ui.session import DeskSession
from tests.builders import Room
from tests.ui.helpers import page_context, settle, show


@pytest.fixture
def audit(qtbot: QtBot, room: Room, background: Background) -> AuditPage:
    room.add_camera("014")
    room.add_camera("015")
    page = AuditPage(page_context(DeskSession(room.auditor), background, room), AuditTrail(room.database))
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
    facts = dict(audit.facts.facts)
    assert audit.panel.isVisible()
    assert facts["Who"] == "Supervisor 02"
    assert (facts["Action"], facts["Name of it"]) == ("Camera added", "camera.added")
    assert facts["On"] == "camera 014"
    assert facts["Zone"] == "GMT"


def test_chips_narrow_the_trail_by_its_subject(audit: AuditPage, qtbot: QtBot):
    audit.list.chips.choose(1)
    qtbot.waitUntil(lambda: subjects(audit) == [])
    audit.list.chips.choose(2)
    qtbot.waitUntil(lambda: len(subjects(audit)) == 2)


def test_the_trail_is_narrowed_by_person_subject_and_words(
    audit: AuditPage, room: Room, qtbot: QtBot, background: Background
):
    with room.database.write() as work:
        note_in_trail(work, "Operator 07", "note", "incident", "INC-2026-00412", text="a green coat")
    audit.entered()
    settle(qtbot, background)
    audit.filters.person.value = "Operator 07"
    qtbot.waitUntil(lambda: subjects(audit) == ["INC-2026-00412"])
    audit.filters.clear()
    qtbot.waitUntil(lambda: len(subjects(audit)) == 3)
    qtbot.keyClicks(audit.filters.subject, "014")
    qtbot.waitUntil(lambda: subjects(audit) == ["014"])
    audit.filters.clear()
    audit.table.search.setText("green")
    audit.table.search.search_now()
    qtbot.waitUntil(lambda: subjects(audit) == ["INC-2026-00412"])


def test_older_entries_come_as_one_scrolls(
    audit: AuditPage, room: Room, qtbot: QtBot, background: Background, monkeypatch: pytest.MonkeyPatch
):
    with room.database.write() as work:
        for number in range(700):
            note_in_trail(work, "Operator 07", "note", "camera", number)
    audit.refresh()
    settle(qtbot, background)
    assert len(subjects(audit)) == 300
    bar = audit.table.view.verticalScrollBar()
    for wanted in (600, 702):
        bar.setValue(bar.maximum())
        qtbot.waitUntil(lambda wanted=wanted: len(subjects(audit)) == wanted)
    assert subjects(audit)[-1] == "014"


def test_a_signed_head_is_shown_with_its_fingerprint(
    audit: AuditPage, room: Room, qtbot: QtBot, background: Background
):
    head = sign_head(room.database, AuditFiles.of(room.folder, Settings()))
    assert head is not None
    audit.refresh()
    settle(qtbot, background)
    assert head.fingerprint in audit._signed.text()


def test_the_export_holds_all_that_is_asked_for(audit: AuditPage, room: Room, qtbot: QtBot, tmp_path: Path):
    with room.database.write() as work:
        for number in range(400):
            note_in_trail(work, "Operator 07", "note", "camera", number)
    audit.refresh()
    qtbot.waitUntil(lambda: len(subjects(audit)) == 300)
    with qtbot.waitSignal(audit.table.exported):
        audit.table.export_csv(tmp_path / "trail.csv")
    assert len((tmp_path / "trail.csv").read_text("utf-8-sig").splitlines()) == 403


def test_new_entries_appear_while_the_page_is_in_front(
    audit: AuditPage, room: Room, qtbot: QtBot, background: Background
):
    room.add_camera("016")
    qtbot.waitUntil(lambda: subjects(audit)[0] == "016")
    settle(qtbot, background)
    audit.left()
    heard: list[str] = []
    later = ChangeBridge(room.changes)  # hears of it after the page's own
    later.changed.connect(lambda kind, _key: heard.append(kind))
    room.add_camera("017")
    qtbot.waitUntil(lambda: "camera" in heard)
    settle(qtbot, background)
    assert subjects(audit)[0] == "016"
    later.close()


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


LINES = [
    ProcessLine(
        ProcessHealth("control", 4121, ProcessState.RUNNING, 732.0, 0, 0.4, 61_000_000),
        does="Speaks to the cameras.",
        when_down="no camera can be steered.",
    ),
    ProcessLine(
        ProcessHealth("media 1", None, ProcessState.FAILING, 3.0, 2, None, None, "No module named x")
    ),
    ProcessLine(
        ProcessHealth("recorder", 4200, ProcessState.RUNNING, 9000.0, 0, 1.9, 95_000_000),
        Part.RECORDER,
        restartable=False,
    ),
]
JOBS = [
    JobState(
        "alerts",
        "Deployment alerts",
        Outcome.DONE,
        "nothing past its end",
        datetime(2026, 11, 20, 22, 30, tzinfo=UTC),
    ),
    JobState(
        "nightly", "Nightly care", Outcome.FAILED, "The disk is full.", datetime(2026, 11, 20, 3, tzinfo=UTC)
    ),
]


class Status:
    """A status page over lines a test may change, and what it was asked to start again."""

    def __init__(self, qtbot: QtBot, background: Background, room: Room, actor: Actor) -> None:
        self.lines, self.restarted = list(LINES), list[str]()
        self.page = StatusPage(
            page_context(DeskSession(actor), background, room),
            lambda: self.lines,
            jobs=lambda: JOBS,
            restart=lambda line: self.restarted.append(line.name),
            facts=lambda: [("Version", "0.1.0")],
        )
        qtbot.addWidget(self.page)
        show(qtbot, self.page)


def shown(table: RecordTable[Any]) -> list[list[str]]:
    return [[column.text(line) for column in table.model.columns] for line in table.shown_records()]


def test_the_status_page_shows_every_process_and_looks_again(
    qtbot: QtBot, background: Background, room: Room
):
    status = Status(qtbot, background, room, room.supervisor)
    page = status.page
    with qtbot.waitSignal(page.subtitle_changed) as subtitle:
        page.entered()
    assert subtitle.args == ["2 of 3 running, 1 job failed"]
    processes = shown(page.table)
    assert processes[0] == ["running", "control", "4121", "12 min", "0", "61 MB", "0.4 s ago"]
    assert processes[1] == ["cannot start", "media 1", "none", "3 s", "2", "", "none yet"]
    assert [row[:3] for row in shown(page.jobs)] == [
        ["failed", "Nightly care", "The disk is full."],
        ["done", "Deployment alerts", "nothing past its end"],
    ]
    status.lines[1] = ProcessLine(ProcessHealth("media 1", 4130, ProcessState.RUNNING, 1.0, 3, 0.1))
    qtbot.waitUntil(lambda: page.table.shown_records()[1].health.pid == 4130)
    page.left()
    assert not page._timer.isActive()


def test_what_is_wrong_with_a_process_and_what_that_means_is_told_beside_it(
    qtbot: QtBot, background: Background, room: Room
):
    page = Status(qtbot, background, room, room.supervisor).page
    page.refresh()
    page.table.select(LINES[0].key)
    assert "no camera can be steered" in page._when_down.text()
    page.table.select(LINES[1].key)
    assert dict(page._facts.facts)["Why"] == "No module named x"


def test_a_process_is_started_again_by_those_who_may(qtbot: QtBot, background: Background, room: Room):
    status = Status(qtbot, background, room, room.supervisor)
    status.page.refresh()
    assert not status.page.restart_button.isEnabled()
    status.page.table.select(LINES[0].key)
    qtbot.mouseClick(status.page.restart_button, Qt.MouseButton.LeftButton)
    settle(qtbot, background)
    assert status.restarted == ["control"]
    status.page.table.select(LINES[2].key)
    assert "elsewhere" in status.page.restart_button.why_not


def test_an_operator_may_look_and_not_restart(qtbot: QtBot, background: Background, room: Room):
    status = Status(qtbot, background, room, room.operator)
    status.page.refresh()
    status.page.table.select(LINES[0].key)
    assert "Supervisors" in status.page.restart_button.why_not
    status.page._ask_restart()
    settle(qtbot, background)
    assert status.restarted == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(42.9, "42 s"), (732, "12 min"), (11_100, "3 h 05 min"), (187_200, "2 d 4 h")],
)
def test_ages_in_words(seconds: float, words: str):
    assert age_words(seconds) == words
