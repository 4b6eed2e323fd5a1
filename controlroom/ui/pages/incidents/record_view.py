"""The record on the right: an incident's head, what may be done with it now, its timeline, and its facts."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from controlroom.clock import show_moment, show_time
from controlroom.incidents.records import Incident, IncidentAction, IncidentFile, StepKind, StepLine
from controlroom.incidents.timeline import read_aloud
from controlroom.log.records import Snapshot
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.kit.ask_place import AskPlace
from controlroom.ui.kit.entry_words import capital
from controlroom.ui.kit.flow import FlowLayout
from controlroom.ui.kit.picture import Picture
from controlroom.ui.kit.timeline_view import TimelineView
from controlroom.ui.pages.incidents.words import (
    ICONS,
    KEYS,
    RESTRICTED,
    STATES,
    cameras,
    found,
    result,
    subtitle,
)
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import Facts, label

READING_WIDTH = 880
FACTS_WIDTH = 300
WIDE = 980  # from here on the facts stand beside the timeline
FindPicture = Callable[[Snapshot], Path]


class IncidentView(QWidget):
    """Shows an incident's file. Says what was pressed; the page asks and does."""

    action_wanted = Signal(object)  # IncidentAction
    entry_wanted = Signal()
    agency_wanted = Signal()
    amend_wanted = Signal()
    addendum_wanted = Signal()
    restrict_wanted = Signal()
    copied = Signal()

    def __init__(
        self, find_picture: FindPicture, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._find_picture, self._background = find_picture, background
        self.file: IncidentFile | None = None
        self.asks = AskPlace()
        self.asks.changed.connect(self._give_room)
        self.timeline = TimelineView(self._picture)
        self.facts = Facts()
        self._moves: list[KeyButton] = []
        self.add_entry = KeyButton("Add entry", "E", icon_name="plus")
        self.inform = KeyButton("Agency informed", "G", icon_name="megaphone-simple")
        self.change = KeyButton("Change details", "D", icon_name="pencil-simple")
        self.add_addendum = KeyButton("Addendum", "U", icon_name="note-pencil")
        self.restrict = KeyButton("Restrict…", "V", icon_name="lock-simple")
        self.copy = KeyButton("Copy to read out", "Ctrl+Shift+C", "quiet", "copy")
        self._lay_out()
        for button, signal in (
            (self.add_entry, self.entry_wanted),
            (self.inform, self.agency_wanted),
            (self.change, self.amend_wanted),
            (self.add_addendum, self.addendum_wanted),
            (self.restrict, self.restrict_wanted),
        ):
            button.clicked.connect(lambda _checked, wanted=signal: wanted.emit())
        self.copy.clicked.connect(lambda _checked: self.copy_timeline())

    @property
    def moves(self) -> list[KeyButton]:
        """The buttons of the road, as offered now."""
        return list(self._moves)

    def show_file(self, file: IncidentFile) -> None:
        """Show an incident, or bring what is shown of it up to date."""
        before = self.file
        if file == before:
            return
        another = before is None or before.incident.id != file.incident.id
        self.file = file
        incident = file.incident
        self._reference.setText(incident.reference)
        self._state.set(incident.state.value, STATES[incident.state])
        self._named.setVisible(incident.restricted)
        self._title.setText(incident.title)
        self._subtitle.setText(subtitle(incident))
        self._note.setText(_note(file))
        self._note.setVisible(bool(_note(file)))
        self._show_buttons(file)
        self.facts.set_facts(_facts(incident) + _seen_by(file))
        if another or before is None or before.timeline != file.timeline:
            self.timeline.set_lines(file.timeline, category=incident.category)
        if another:
            self._scroll.verticalScrollBar().setValue(0)

    def _give_room(self) -> None:
        for each in (self._head, self._buttons, self._scroll):
            each.setVisible(not self.asks.is_new)

    def copy_timeline(self) -> None:
        """Put the timeline on the clipboard as plain sentences."""
        if self.file is None:
            return
        incident = self.file.incident
        head = f"{incident.reference}, {incident.title}, {show_moment(incident.occurred_at)}"
        said = read_aloud(self.file.timeline, lambda at: show_time(at, seconds=True))
        QGuiApplication.clipboard().setText(f"{head}\n{said}")
        self.copied.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= theme.px(WIDE)
        direction = QBoxLayout.Direction
        self._across.setDirection(direction.LeftToRight if wide else direction.TopToBottom)
        self._facts_card.setMaximumWidth(theme.px(FACTS_WIDTH) if wide else theme.px(READING_WIDTH))

    # -- building --------------------------------------------------------------------------------------------

    def _picture(self, snapshot: Snapshot) -> QWidget:
        return Picture(lambda: self._find_picture(snapshot), self._background)

    def _show_buttons(self, file: IncidentFile) -> None:
        wanted = list(file.actions)
        if [each.property("action") for each in self._moves] != [each.value for each in wanted]:
            for button in self._moves:
                self._flow.removeWidget(button)
                button.hide()
                button.deleteLater()
            others = (self.add_entry, self.inform, self.change, self.add_addendum, self.restrict)
            for button in others:
                self._flow.removeWidget(button)
            self._moves = [self._move(action) for action in wanted]
            for button in (*self._moves, *others):
                self._flow.addWidget(button)
                button.show()
        for button in (self.add_entry, self.inform, self.change):
            button.setVisible(file.may_write)
        self.add_addendum.setVisible(file.may_add_addendum)
        self.restrict.setVisible(file.may_restrict)
        self.restrict.setText("Who sees it…" if file.incident.restricted else "Restrict…")
        offered = [*self._moves, *((self.add_entry,) if file.may_write else ()), self.add_addendum]
        for place, button in enumerate(offered):
            button.set_kind("primary" if place == 0 else "secondary")
        self._buttons.updateGeometry()

    def _move(self, action: IncidentAction) -> KeyButton:
        button = KeyButton(action.value, KEYS[action], icon_name=ICONS[action])
        button.setProperty("action", action.value)
        button.clicked.connect(lambda _checked: self.action_wanted.emit(action))
        return button

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 14, 0, 0)
        outer.setSpacing(12)
        outer.addWidget(self._make_head())
        self._buttons = QWidget()
        self._flow = FlowLayout(self._buttons)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._buttons.setSizePolicy(policy)
        outer.addWidget(self._buttons)
        outer.addWidget(self.asks)
        outer.addWidget(self._make_body(), 1)
        outer.addStretch(0)

    def _make_head(self) -> QWidget:
        self._reference = label("", theme.CLOCK, theme.NUMBER)
        self._reference.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._state = Pill("", "idle")
        self._named = Pill("named people only", RESTRICTED)
        self._title = label("", 18, theme.STRONG, wrap=True)
        self._subtitle = label("", 13, role="text_dim", wrap=True)
        self._note = label("", 13, role="warn", wrap=True)
        self._head = QWidget()
        column = QVBoxLayout(self._head)
        column.setContentsMargins(0, 0, 24, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._reference)
        row.addWidget(self._state)
        row.addWidget(self._named)
        row.addStretch(1)
        row.addWidget(self.copy)
        column.addLayout(row)
        column.addWidget(self._title)
        column.addWidget(self._subtitle)
        column.addWidget(self._note)
        return self._head

    def _make_body(self) -> QScrollArea:
        inner = QWidget()
        self._across = QBoxLayout(QBoxLayout.Direction.LeftToRight, inner)
        self._across.setContentsMargins(0, 4, 24, 24)
        self._across.setSpacing(20)
        timeline = Card("Timeline", flush=True)
        timeline.body.setContentsMargins(4, 8, 4, 8)
        timeline.add(self.timeline)
        timeline.setMaximumWidth(theme.px(READING_WIDTH))
        timeline.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._facts_card = Card("On the record")
        self._facts_card.add(self.facts)
        self._facts_card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._across.addWidget(timeline, 1, Qt.AlignmentFlag.AlignTop)
        self._across.addWidget(self._facts_card, 0, Qt.AlignmentFlag.AlignTop)
        self._across.addStretch(0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inner)
        return self._scroll


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


def _facts(incident: Incident) -> list[tuple[str, str]]:
    facts = [
        ("Happened", show_moment(incident.occurred_at)),
        ("Place", incident.place),
        ("Ward", incident.ward),
        ("Cameras", cameras(incident)),
        ("Came by", capital(incident.source)),
        ("Found", found(incident)),
        ("CAD", incident.cad),
        ("Crime reference", incident.crime_reference),
        ("Result", result(incident)),
        ("Opened by", incident.opened_by),
        ("Opened", show_moment(incident.opened_at)),
        ("Submitted by", incident.submitted_by),
        ("Last change", show_moment(incident.changed_at)),
    ]
    return [fact for fact in facts if fact[1] or fact[0] in ("CAD", "Result")]
