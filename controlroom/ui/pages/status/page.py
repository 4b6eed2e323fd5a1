"""The program's own processes: which run, since when, what they cost, what it means when one is down, and a restart."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.recording.records import JobState, Outcome
from controlroom.ui import theme
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.page import Key, Page
from controlroom.ui.kit.record_table import RecordTable
from controlroom.ui.pages.status.process_lines import (
    Part,
    ProcessLine,
    age_words,
    job_columns,
    memory_words,
    process_columns,
)
from controlroom.ui.widgets.card import Card, EmptyState
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.text import Facts, label

EVERY_MS = 1000
SIDE_WIDTH = 340
_NOT_ALLOWED = "Supervisors and administrators may start processes again."


class StatusPage(Page):
    """Asks `lines()` and `jobs()` once a second while it is in front; `restart(line)` is called on another thread."""

    title, icon_name, shortcut = "Status", "activity", "Alt+S"
    also = "processes recorder memory restart jobs"
    keys = (
        Key("Ctrl+F", "Filter the list"),
        Key(
            "R",
            "Start the selected process again",
            needs="a process is chosen",
            permission=Permission.RESTART_PROCESSES,
        ),
    )

    def __init__(
        self,
        context: PageContext,
        lines: Callable[[], Sequence[ProcessLine]],
        *,
        jobs: Callable[[], Sequence[JobState]] = lambda: (),
        restart: Callable[[ProcessLine], None] = lambda _: None,
        facts: Callable[[], Sequence[tuple[str, str]]] = lambda: (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._lines, self._jobs, self._restart, self._read_facts = lines, jobs, restart, facts
        self._session, self._background = context.session, context.background
        self._messages = context.messages
        self._selected: str | None = None
        self.table = RecordTable(
            "processes",
            process_columns(),
            lambda line: line.key,
            empty=EmptyState("No process is running", "They start with the desk.", "activity"),
            state=context.state,
            search_hint="Process",
            sort_by="Process",
        )
        self.jobs = RecordTable(
            "recorder jobs",
            job_columns(),
            lambda job: job.name,
            empty=EmptyState("No jobs are known", "The recorder tells them once it runs.", "clock"),
            state=context.state,
            search_hint="Job",
            sort_by="State",
        )
        self.side = Card("Nothing chosen")
        self._facts = Facts()
        self._does = label("", 13, wrap=True)
        self._when_down = label("", 13, wrap=True)
        self.restart_button = KeyButton("Start it again", "R")
        self._installation = Facts()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.refresh)
        self._lay_out()
        self.table.selected.connect(self._choose)
        self.restart_button.clicked.connect(lambda _checked: self._ask_restart())

    def entered(self) -> None:
        self.refresh()
        self._timer.start()
        self.table.take_focus()

    def left(self) -> None:
        self._timer.stop()

    def refresh(self) -> None:
        """Show how things stand now."""
        lines = list(self._lines())
        self.table.set_records(lines)
        wanted = [line for line in lines if not line.off]
        down = sum(not line.running for line in wanted)
        jobs = list(self._jobs())
        self.jobs.set_records(jobs)
        failed = sum(job.outcome is Outcome.FAILED for job in jobs)
        self.badge_changed.emit(down + failed)
        told = f"{failed} job{'s' if failed > 1 else ''} failed" if failed else ""
        self.subtitle_changed.emit(
            ", ".join(filter(None, (f"{len(wanted) - down} of {len(wanted)} running", told)))
        )
        self._installation.set_facts(list(self._read_facts()))
        self._show_selected(next((line for line in lines if line.key == self._selected), None))

    def _choose(self, line: ProcessLine | None) -> None:
        self._selected = line.key if line is not None else None
        self._show_selected(line)

    def _show_selected(self, line: ProcessLine | None) -> None:
        if line is None:
            self.side.set_title("Nothing chosen")
            self._does.setText("Choose a process to see what it does.")
            self._when_down.setText("")
            self._facts.set_facts([])
            self.restart_button.allow(False, "Choose a process first.")
            return
        health = line.health
        self.side.set_title(line.name)
        self._does.setText(line.does)
        self._when_down.setText(f"While it is down: {line.when_down}" if line.when_down else "")
        self._facts.set_facts(
            [
                ("State", line.word),
                ("Process", str(health.pid) if health.pid is not None else "none"),
                ("Running for", "" if line.off else age_words(health.age_s)),
                ("Memory", memory_words(health.memory_bytes)),
                ("Restarts", str(health.restarts)),
                ("Last trouble" if line.running else "Why", health.reason),
            ]
        )
        self._allow_restart(line)

    def _allow_restart(self, line: ProcessLine) -> None:
        if not self._session.may(Permission.RESTART_PROCESSES):
            self.restart_button.allow(False, _NOT_ALLOWED)
        elif line.part is Part.DESK:
            self.restart_button.allow(False, "This is the window itself: close it and open it again.")
        else:
            self.restart_button.allow(line.restartable, "It runs elsewhere: start it again there.")

    def _ask_restart(self) -> None:
        line = next((each for each in self._lines() if each.key == self._selected), None)
        if line is None or not self._session.may(Permission.RESTART_PROCESSES):
            return
        self.restart_button.allow(False, "It is being started again.")
        self._messages.show(f"{line.name} is being started again.")
        self._background.run(
            lambda: self._restart(line),
            lambda _: self._messages.show(f"{line.name} was started again.", "done"),
            owner=self,
        )

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        left = QVBoxLayout()
        left.setSpacing(16)
        for title, table, share in (("Processes", self.table, 1), ("The recorder's jobs", self.jobs, 1)):
            card = Card(title, flush=True)
            card.add(table)
            left.addWidget(card, share)
        layout.addLayout(left, 1)
        self.side.setFixedWidth(theme.px(SIDE_WIDTH))
        for widget in (self._does, self._when_down, self._facts, self.restart_button):
            self.side.add(widget)
        self.side.body.addStretch(1)
        self.side.add(self._installation)
        layout.addWidget(self.side)
