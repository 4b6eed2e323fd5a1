"""The processes' status: what runs, what is wrong with it, and starting it again."""

from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Actor
from controlroom.processes.records import ProcessHealth, ProcessState
from controlroom.recording.records import JobState, RunOutcome
from controlroom.ui.background import Background
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.record_table import RecordTable
from controlroom.ui.pages.status.page import StatusPage
from controlroom.ui.pages.status.process_lines import ProcessLine, ProcessPart, age_words
from controlroom.ui.session import DeskSession
from tests.builders import Room
from tests.ui.helpers import page_context, settle, show

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
        ProcessPart.RECORDER,
        restartable=False,
    ),
]
JOBS = [
    JobState(
        "alerts",
        "Deployment alerts",
        RunOutcome.DONE,
        "nothing past its end",
        datetime(2026, 11, 20, 22, 30, tzinfo=UTC),
    ),
    JobState(
        "nightly",
        "Nightly care",
        RunOutcome.FAILED,
        "The disk is full.",
        datetime(2026, 11, 20, 3, tzinfo=UTC),
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


def restart_button(page: StatusPage) -> ActionButton:
    return page.side.actions_bar.buttons[page.restart]


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
    assert "no camera can be steered" in page.side.when_down.text()
    page.table.select(LINES[1].key)
    assert dict(page.facts.facts)["Why"] == "No module named x"


def test_a_process_is_started_again_by_those_who_may(qtbot: QtBot, background: Background, room: Room):
    status = Status(qtbot, background, room, room.supervisor)
    status.page.refresh()
    status.page.records.unselect()
    assert not status.page.restart.offered()
    status.page.table.select(LINES[0].key)
    qtbot.mouseClick(restart_button(status.page), Qt.MouseButton.LeftButton)
    settle(qtbot, background)
    assert status.restarted == ["control"]
    status.page.table.select(LINES[2].key)
    assert "elsewhere" in restart_button(status.page).why_not


def test_an_operator_may_look_and_not_restart(qtbot: QtBot, background: Background, room: Room):
    status = Status(qtbot, background, room, room.operator)
    status.page.refresh()
    status.page.table.select(LINES[0].key)
    assert "Supervisors" in restart_button(status.page).why_not
    assert not status.page.restart.run()
    settle(qtbot, background)
    assert status.restarted == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(42.9, "42 s"), (732, "12 min"), (11_100, "3 h 05 min"), (187_200, "2 d 4 h")],
)
def test_ages_in_words(seconds: float, words: str):
    assert age_words(seconds) == words
