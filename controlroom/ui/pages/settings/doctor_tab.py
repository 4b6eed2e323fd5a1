"""What the doctor says about this installation: looked at in the background, read at leisure."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.doctor.examination import worst
from controlroom.doctor.records import Check, Verdict
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.kit.record_table import RecordTable
from controlroom.ui.kit.table_model import Column
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.widgets.card import Card, EmptyState, SidePanel
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import caption, label, note
from controlroom.ui.window_state import WindowState

Examine = Callable[[], list[Check]]
MARKS = {Verdict.OK: "live", Verdict.WARN: "warn", Verdict.FAIL: "alarm"}
WORDS = {Verdict.OK: "ok", Verdict.WARN: "look at it", Verdict.FAIL: "fails"}


class DoctorTab(QWidget):
    """Emits `examined(checks)` when a look has ended."""

    examined = Signal(object)  # list[Check]

    def __init__(
        self,
        examine: Examine,
        session: DeskSession,
        background: Background,
        messages: Messages,
        *,
        state: WindowState | None = None,
    ) -> None:
        super().__init__()
        self._examine, self._background, self._messages = examine, background, messages
        self.checks: list[Check] = []
        self.button = KeyButton("Check this installation", "Ctrl+Shift+D", "primary")
        self.outcome = Pill("", "idle")
        self._busy = QProgressBar()
        self.table = RecordTable(
            "doctor",
            _columns(),
            lambda check: (check.family, check.name),
            empty=EmptyState(
                "Not looked at yet",
                "Program, screen, data folder, database, keys, clock, machine and backups are checked in about "
                "twenty seconds, and nothing is changed. `controlroom doctor` does the same without the desk.",
                "first-aid-kit",
            ),
            state=state,
            background=background,
            search_hint="Check or finding",
            may_export=lambda: session.may(Permission.EXPORT),
            sort_by="Outcome",
        )
        self.panel = SidePanel("", 380)
        self._found, self._meaning, self._remedy = (label("", wrap=True) for _ in range(3))
        self._means, self._do = caption("What it means"), caption("What to do")
        self._lay_out()
        self.button.clicked.connect(lambda _checked: self.examine())
        self.table.selected.connect(self._show)

    def examine(self) -> None:
        """Look now."""
        if not self.button.isEnabled():
            return
        self.button.setEnabled(False)
        self._busy.show()
        self.outcome.set("looking…", "idle")
        self.outcome.show()
        self._background.run(self._examine, self._take, self._take_error, owner=self)

    def _take(self, checks: list[Check]) -> None:
        self._end()
        self.checks = checks
        self.table.set_records(checks)
        verdict = worst(checks)
        counts = {each: sum(check.verdict is each for check in checks) for each in Verdict}
        parts = [f"{counts[Verdict.OK]} well"]
        if counts[Verdict.WARN]:
            parts.append(f"{counts[Verdict.WARN]} to look at")
        if counts[Verdict.FAIL]:
            parts.append(f"{counts[Verdict.FAIL]} failed")
        self.outcome.set(", ".join(parts), MARKS[verdict])
        self.examined.emit(checks)

    def _take_error(self, error: Exception) -> None:
        self._end()
        self.outcome.hide()
        self._messages.error(error)

    def _end(self) -> None:
        self.button.setEnabled(True)
        self._busy.hide()

    def _show(self, check: Check | None) -> None:
        if check is None:
            self.panel.hide()
            return
        self.panel.set_title(f"{check.family}: {check.name}")
        self._found.setText(check.found)
        for head, line, words in (
            (self._means, self._meaning, check.meaning),
            (self._do, self._remedy, check.remedy),
        ):
            line.setText(words)
            head.setVisible(bool(words))
            line.setVisible(bool(words))
        self.panel.show()

    def _lay_out(self) -> None:
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(16, 8, 16, 16)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.button)
        head.addWidget(self.outcome)
        head.addWidget(note("Nothing is changed by looking.", wrap=False))
        head.addStretch(1)
        left.addLayout(head)
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setAccessibleName("Looking at this installation")
        left.addWidget(self._busy)
        card = Card(flush=True)
        card.body.setContentsMargins(0, 0, 0, 6)
        card.add(self.table)
        left.addWidget(card, 1)
        across.addLayout(left, 1)
        for each in (caption("Found"), self._found, self._means, self._meaning, self._do, self._remedy):
            self.panel.add(each)
        self.panel.body.addStretch(1)
        across.addWidget(self.panel)
        self.panel.hide()
        self._busy.hide()
        self.outcome.hide()


def _columns() -> list[Column[Check]]:
    order = {Verdict.FAIL: 0, Verdict.WARN: 1, Verdict.OK: 2}
    return [
        Column(
            "Outcome",
            lambda check: WORDS[check.verdict],
            state=lambda check: MARKS[check.verdict],
            sort_key=lambda check: (order[check.verdict], check.family, check.name),
            width=120,
        ),
        Column("Part", lambda check: check.family, width=130, role="text_dim"),
        Column("Check", lambda check: check.name, width=160, weight=theme.STRONG),
        Column("Found", lambda check: check.found, width=360, stretch=True),
    ]
