"""Shows the chosen incident at the right: its head, its timeline, and its facts."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from controlroom.clock import show_moment, show_time
from controlroom.incidents.records import IncidentFile, StepKind, StepLine
from controlroom.incidents.timeline import read_aloud
from controlroom.log.records import Snapshot
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.picture import Picture
from controlroom.ui.kit.timeline_view import TimelineView
from controlroom.ui.pages.incidents.words import RESTRICTED, STATES, facts, subtitle
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.layout import SPRING, TOP, at, box, column, grow, row
from controlroom.ui.widgets.marks import Pill
from controlroom.ui.widgets.text import Facts, label, show_text

READING_WIDTH = 880
FACTS_WIDTH = 300
WIDE = 956  # from here on the facts stand beside the timeline
FindPicture = Callable[[Snapshot], Path]


class IncidentView(QWidget):
    """Shows an incident's file: its timeline and facts here, its name and state in `head`, which stands above."""

    def __init__(self, find_picture: FindPicture, copy: Action, background: Background) -> None:
        super().__init__()
        self.file: IncidentFile | None = None
        self.timeline = TimelineView(lambda snapshot: Picture(lambda: find_picture(snapshot), background))
        self.facts = Facts()
        self.named = Pill("named people only", RESTRICTED)
        self.head = self._make_head(copy)
        self._lay_out()

    def show_file(self, file: IncidentFile) -> None:
        before = self.file
        if file == before:
            return
        self.file = file
        incident = file.incident
        self._reference.setText(incident.reference)
        self._state.set(incident.state.value, STATES[incident.state])
        self.named.setVisible(incident.restricted)
        self._title.setText(incident.title)
        self._subtitle.setText(subtitle(incident))
        show_text(self._note, _note(file))
        self.facts.set_facts(facts(incident) + _seen_by(file))
        if before is None or (before.incident.id, before.timeline) != (incident.id, file.timeline):
            self.timeline.set_lines(file.timeline, category=incident.category)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= theme.px(WIDE)
        direction = QBoxLayout.Direction
        self._across.setDirection(direction.LeftToRight if wide else direction.TopToBottom)
        self._facts_card.setMaximumWidth(theme.px(FACTS_WIDTH) if wide else theme.px(READING_WIDTH))

    # -- building --------------------------------------------------------------------------------------------

    def _make_head(self, copy: Action) -> QWidget:
        self._reference = label("", theme.CLOCK, theme.NUMBER)
        self._reference.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._state = Pill("", "idle")
        self._title = label("", 18, theme.STRONG, wrap=True)
        self._subtitle = label("", 13, role="text_dim", wrap=True)
        self._note = label("", 13, role="warn", wrap=True)
        first = row(self._reference, self._state, self.named, SPRING, spacing=12)
        second = row(grow(self._title), at(TOP, ActionButton(copy)), spacing=12)
        return box(column(first, second, self._subtitle, self._note, spacing=4, margins=(0, 0, 24, 0)))

    def _lay_out(self) -> None:
        self._across = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._across.setContentsMargins(0, 4, 24, 24)
        self._across.setSpacing(20)
        timeline = Card("Timeline", flush=True)
        timeline.body.setContentsMargins(4, 8, 4, 8)
        timeline.add(self.timeline)
        timeline.setMaximumWidth(theme.px(READING_WIDTH))
        self._facts_card = Card("On the record")
        self._facts_card.add(self.facts)
        for each, stretch in ((timeline, 1), (self._facts_card, 0)):
            each.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
            self._across.addWidget(each, stretch, Qt.AlignmentFlag.AlignTop)
        self._across.addStretch(0)


def read_out(file: IncidentFile) -> str:
    """The timeline as plain sentences, to be read out."""
    incident = file.incident
    head = f"{incident.reference}, {incident.title}, {show_moment(incident.occurred_at)}"
    said = read_aloud(file.timeline, lambda at: show_time(at, seconds=True))
    return f"{head}\n{said}"


def _note(file: IncidentFile) -> str:
    """Why it came back, or that nothing can be changed any more."""
    state = file.incident.state.value
    if state == "returned":
        steps = [line.step for line in file.timeline if isinstance(line, StepLine)]
        back = [step for step in steps if step.kind is StepKind.MOVED and step.to_state == state]
        return f"Returned by {back[-1].author}: {back[-1].reason}" if back else ""
    return ""


def _seen_by(file: IncidentFile) -> list[tuple[str, str]]:
    """Who alone sees it, and why."""
    restriction = file.restriction
    if restriction is None:
        return []
    names = ", ".join(each.handle for each in restriction.readers)
    return [
        ("Seen only by", names),
        ("Restricted by", f"{restriction.by}, {show_moment(restriction.at)}"),
        ("Because", restriction.reason),
    ]
