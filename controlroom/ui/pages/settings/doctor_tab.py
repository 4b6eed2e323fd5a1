"""Shows what the doctor says about this installation, which it examines in the background."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from controlroom.doctor.examination import worst
from controlroom.doctor.records import CheckResult, Verdict
from controlroom.ui import theme
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.record_list import LocalList
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.kit.table_model import Column
from controlroom.ui.widgets.card import EmptyState
from controlroom.ui.widgets.layout import SPRING, column, row
from controlroom.ui.widgets.marks import BusyBar, Pill
from controlroom.ui.widgets.text import caption, label, note, show_text

Examine = Callable[[], list[CheckResult]]
MARKS = {Verdict.OK: "live", Verdict.WARN: "warn", Verdict.FAIL: "alarm"}
WORDS = {Verdict.OK: "ok", Verdict.WARN: "look at it", Verdict.FAIL: "fails"}


class DoctorTab(RecordPage[CheckResult]):
    """The list is what the last examination found. Emits `examined(checks)` when one has ended."""

    title, part, noun = "Settings", "This installation", "check"
    examined = Signal(object)  # list[Check]

    def __init__(self, context: PageContext, examine: Examine) -> None:
        self.checks: list[CheckResult] = []
        self._listed = LocalList(
            context,
            "doctor",
            _columns(),
            lambda check: (check.family, check.name),
            lambda _actor: self.checks,
            empty=EmptyState(
                "Not looked at yet",
                "Program, screen, data folder, database, keys, clock, machine and backups are checked in about "
                "twenty seconds, and nothing is changed. `controlroom doctor` does the same without the desk.",
                "first-aid-kit",
            ),
            search_hint="Check or finding",
            sort_by="Outcome",
        )
        super().__init__(context, self._listed)
        self._examine = examine
        self.examining = False
        self.table = self._listed.table
        self.view, self.outcome = CheckView(), Pill("", "idle")
        self._busy = BusyBar("Looking at this installation")
        self.list_actions()
        self.panel = self.lay_out([], self.view, width=380)

    def entered(self) -> None:
        super().entered()
        if not self.checks:
            self.button.setFocus()

    def examine(self) -> None:
        self._set_examining(True)
        self.outcome.set("looking…", "idle")
        self.outcome.show()
        self.context.background.run(self._examine, self._take, self._take_error, owner=self)

    def name_of(self, record: CheckResult) -> str:
        return f"{record.family}: {record.name}"

    def update_view(self, record: CheckResult) -> None:
        self.view.show_check(record)

    def add_head(self, examine: Action) -> None:
        """Put the button that examines, and what came of it, above the list."""
        self.button = ActionButton(examine, parent=self)
        said = note("Nothing is changed by looking.", wrap=False)
        self._listed.body.insertLayout(0, row(self.button, self.outcome, said, SPRING, spacing=12))
        self._listed.body.insertWidget(1, self._busy)
        self.outcome.hide()

    def _take(self, checks: list[CheckResult]) -> None:
        self.checks = checks
        self._set_examining(False)
        self._listed.set_records(checks)
        counts = {each: sum(check.verdict is each for check in checks) for each in Verdict}
        parts = [f"{counts[Verdict.OK]} well"]
        if counts[Verdict.WARN]:
            parts.append(f"{counts[Verdict.WARN]} to look at")
        if counts[Verdict.FAIL]:
            parts.append(f"{counts[Verdict.FAIL]} failed")
        self.outcome.set(", ".join(parts), MARKS[worst(checks)])
        self.examined.emit(checks)

    def _take_error(self, error: Exception) -> None:
        self._set_examining(False)
        self.outcome.hide()
        self.context.messages.error(error)

    def _set_examining(self, examining: bool) -> None:
        self.examining = examining
        self._busy.setVisible(examining)
        self.button.follow()


class CheckView(QWidget):
    """What a check found, what that means and what to do."""

    def __init__(self) -> None:
        super().__init__()
        self._found, self._meaning, self.remedy = (label("", wrap=True) for _ in range(3))
        self._means, self._do = caption("What it means"), caption("What to do")
        found, meaning = (caption("Found"), self._found), (self._means, self._meaning)
        column(*found, *meaning, self._do, self.remedy, on=self, spacing=12)

    def show_check(self, check: CheckResult) -> None:
        self._found.setText(check.found)
        for head, line, words in (
            (self._means, self._meaning, check.meaning),
            (self._do, self.remedy, check.remedy),
        ):
            head.setVisible(bool(words))
            show_text(line, words)


def _columns() -> list[Column[CheckResult]]:
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
