"""Shows the program's own processes: which run, since when, what they cost, what it means when one is down."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.recording.records import JobState, RunOutcome
from controlroom.ui import theme
from controlroom.ui.kit.action import Action
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.record_list import LocalList
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.kit.record_side import ActionBar
from controlroom.ui.kit.record_table import RecordTable
from controlroom.ui.pages.status.process_lines import (
    ProcessLine,
    ProcessPart,
    job_columns,
    process_columns,
    process_facts,
)
from controlroom.ui.widgets.card import Card, EmptyState
from controlroom.ui.widgets.layout import SPRING, column, fill
from controlroom.ui.widgets.text import Facts, label

EVERY_MS = 1000
SIDE_WIDTH = 340
_NOT_ALLOWED = "Supervisors and administrators may start processes again."


class StatusPage(RecordPage[ProcessLine]):
    """Asks `lines()` and `jobs()` once a second while it is in front; `restart(line)` is called on another thread."""

    title, icon_name, shortcut = "Status", "activity", "Alt+S"
    also = "processes recorder memory restart jobs"
    noun = "process"

    def __init__(
        self,
        context: PageContext,
        lines: Callable[[], Sequence[ProcessLine]],
        *,
        jobs: Callable[[], Sequence[JobState]] = lambda: (),
        restart: Callable[[ProcessLine], None] = lambda _: None,
        facts: Callable[[], Sequence[tuple[str, str]]] = lambda: (),
    ) -> None:
        records = LocalList(
            context,
            "processes",
            process_columns(),
            lambda line: line.key,
            lambda _actor: lines(),
            empty=EmptyState("No process is running", "They start with the desk.", "activity"),
            search_hint="Process",
            sort_by="Process",
        )
        super().__init__(context, records)
        self._lines, self._jobs, self._restart, self._read_facts = lines, jobs, restart, facts
        self._starting = ""  # the process that is being started again
        self._processes, self.table = records, records.table
        self.restart = self.about(
            "R",
            "Start the selected process again",
            self._start_again,
            short="Start it again",
            why_not=self._why_not_start,
            also="restart",
        )
        self.list_actions()
        self.jobs = self._add_jobs(context, records)
        self.side = ProcessSide([self.restart], self.facts)
        self.lay_out_beside(self.side)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.refresh)

    def entered(self) -> None:
        super().entered()
        self._timer.start()

    def left(self) -> None:
        super().left()
        self._timer.stop()

    def refresh(self) -> None:
        """Show how things stand now; that is quick to ask."""
        if self._may_read():
            self.jobs.set_records(list(self._jobs()))
            self.side.installation.set_facts(list(self._read_facts()))
            self._processes.set_records(list(self._lines()))

    def shows(self) -> dict[str, Callable[[str], None]]:
        return {"process": self.show_process}

    def show_process(self, key: str) -> None:
        """Select one process."""
        self._processes.select(key)

    def name_of(self, record: ProcessLine) -> str:
        return record.name

    def facts_of(self, record: ProcessLine) -> list[tuple[str, str]]:
        return process_facts(record)

    def update_view(self, record: ProcessLine) -> None:
        super().update_view(record)
        self.side.tell(record.does, record.when_down)

    def took(self, records: Sequence[ProcessLine]) -> None:
        wanted = [line for line in records if not line.off]
        down = sum(not line.running for line in wanted)
        failed = sum(job.outcome is RunOutcome.FAILED for job in self.jobs.model.records)
        self.badge_changed.emit(down + failed)
        told = f"{failed} job{'s' if failed > 1 else ''} failed" if failed else ""
        running = f"{len(wanted) - down} of {len(wanted)} running"
        self.subtitle_changed.emit(", ".join(filter(None, (running, told))))

    def _why_not_start(self, line: ProcessLine) -> str:
        if not self.session.may(Permission.RESTART_PROCESSES):
            return _NOT_ALLOWED
        if line.part is ProcessPart.DESK:
            return "This is the window itself: close it and open it again."
        if not line.restartable:
            return "It runs elsewhere: start it again there."
        return "It is being started again." if line.key == self._starting else ""

    def _start_again(self, line: ProcessLine) -> None:
        def restart(_actor: Actor) -> None:
            try:
                self._restart(line)
            finally:
                self._starting = ""

        self._starting = line.key
        self.refresh_actions()
        self.context.messages.show(f"{line.name} is being started again.")
        self.do(restart, f"{line.name} was started again.")

    def _add_jobs(self, context: PageContext, records: LocalList[ProcessLine]) -> RecordTable[JobState]:
        """The recorder's jobs, below the processes."""
        table = RecordTable(
            "recorder jobs",
            job_columns(),
            lambda job: job.name,
            empty=EmptyState("No jobs are known", "The recorder tells them once it runs.", "clock"),
            state=context.state,
            search_hint="Job",
            search_key="Ctrl+Shift+F",
            sort_by="State",
        )
        self.action("Ctrl+Shift+F", "Filter the recorder's jobs", table.search.begin, bound=False)
        card = Card("The recorder's jobs", flush=True)
        card.add(table)
        records.body.addWidget(card, 1)
        return table


class ProcessSide(QWidget):
    """Shows what a process does and what its absence means, its facts and actions. The installation is always shown."""

    def __init__(self, actions: Sequence[Action], facts: Facts) -> None:
        super().__init__()
        self.card = Card("Nothing chosen")
        self.does, self.when_down = label("", 13, wrap=True), label("", 13, wrap=True)
        self.facts, self.actions_bar, self.installation = facts, ActionBar(actions), Facts()
        fill(self.card.body, self.does, self.when_down, facts, self.actions_bar, SPRING, self.installation)
        column(self.card, on=self, margins=(0, 16, 16, 16))
        self.card.setFixedWidth(theme.px(SIDE_WIDTH))
        self.show_nothing()

    def tell(self, does: str, when_down: str) -> None:
        """Say what a process does, and what happens while it does not run."""
        self.does.setText(does)
        self.when_down.setText(f"While it is down: {when_down}" if when_down else "")

    def show_record(self, title: str) -> None:
        self.card.set_title(title)
        self.facts.show()

    def show_new(self, title: str) -> None:
        """Nothing is made here."""

    def show_nothing(self) -> None:
        self.card.set_title("Nothing chosen")
        self.tell("Choose a process to see what it does.", "")
        self.facts.hide()

    def remember(self) -> None:
        """Nothing here can be arranged."""
