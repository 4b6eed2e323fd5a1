"""The program's own processes: which run, since when, how often they were started again, when they last answered."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from controlroom.processes.supervisor import ProcessHealth, ProcessState
from controlroom.ui import theme
from controlroom.ui.page import Key, Page
from controlroom.ui.record_table import RecordTable
from controlroom.ui.table_model import Column
from controlroom.ui.widgets.card import Card, EmptyState
from controlroom.ui.widgets.text import Facts
from controlroom.ui.window_state import WindowState

EVERY_MS = 1000
LATE_BEAT_S = 3.0  # a child beats every second
_MARKS = {
    ProcessState.RUNNING: "live",
    ProcessState.STARTING: "idle",
    ProcessState.RESTARTING: "warn",
    ProcessState.STOPPED: "alarm",
}


class StatusPage(Page):
    """Asks `health()` once a second while it is in front; `facts()` adds what else there is to know."""

    title, icon_name, shortcut = "Status", "activity", "Alt+S"
    keys = (Key("Ctrl+F", "Filter the list"),)

    def __init__(
        self,
        health: Callable[[], Sequence[ProcessHealth]],
        *,
        facts: Callable[[], Sequence[tuple[str, str]]] = lambda: (),
        state: WindowState | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._health, self._read_facts = health, facts
        self.table = RecordTable(
            "processes",
            _columns(),
            lambda line: line.name,
            empty=EmptyState("No process is running", "They start with the desk.", "activity"),
            state=state,
            search_hint="Process",
            sort_by="Process",
        )
        self._facts = Facts()
        self._facts_card = Card("This installation")
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.refresh)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        across = QHBoxLayout()
        across.setSpacing(16)
        card = Card("Processes", flush=True)
        card.add(self.table)
        self._facts_card.add(self._facts)
        self._facts_card.body.addStretch(1)
        self._facts_card.setFixedWidth(theme.px(360))
        across.addWidget(card, 1)
        across.addWidget(self._facts_card)
        layout.addLayout(across)

    def entered(self) -> None:
        self.refresh()
        self._timer.start()
        self.table.take_focus()

    def left(self) -> None:
        self._timer.stop()

    def refresh(self) -> None:
        """Show how things stand now."""
        lines = list(self._health())
        self.table.set_records(lines)
        down = sum(line.state != ProcessState.RUNNING for line in lines)
        self.subtitle_changed.emit(f"{len(lines) - down} of {len(lines)} running")
        facts = list(self._read_facts())
        self._facts.set_facts(facts)
        self._facts_card.setVisible(bool(facts))


def age_words(seconds: float) -> str:
    """`42 s`, `12 min`, `3 h 05 min`, `2 d 4 h`."""
    whole = int(seconds)
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return f"{whole // 60} min"
    if whole < 172_800:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h"


def _mark(line: ProcessHealth) -> str:
    if line.state == ProcessState.RUNNING and _late(line):
        return "warn"
    return _MARKS[line.state]


def _late(line: ProcessHealth) -> bool:
    return line.last_beat_age_s is not None and line.last_beat_age_s > LATE_BEAT_S


def _columns() -> list[Column[ProcessHealth]]:
    return [
        Column("State", lambda line: line.state.value, state=_mark, width=130),
        Column("Process", lambda line: line.name, width=200, weight=theme.STRONG, stretch=True),
        Column(
            "Number (pid)",
            lambda line: str(line.pid) if line.pid is not None else "none",
            sort_key=lambda line: line.pid or 0,
            align="right",
            width=130,
            role="text_dim",
        ),
        Column(
            "Running for",
            lambda line: age_words(line.age_s),
            sort_key=lambda line: line.age_s,
            align="right",
            width=130,
        ),
        Column(
            "Restarts",
            lambda line: str(line.restarts),
            sort_key=lambda line: line.restarts,
            role=lambda line: "warn" if line.restarts else "text",
            align="right",
            width=110,
        ),
        Column(
            "Last answer",
            lambda line: "none yet" if line.last_beat_age_s is None else f"{line.last_beat_age_s:.1f} s ago",
            sort_key=lambda line: -1.0 if line.last_beat_age_s is None else line.last_beat_age_s,
            role=lambda line: "warn" if _late(line) else "text_dim",
            align="right",
            width=140,
        ),
    ]
