"""Shows an incident in short: what it is, its newest lines, and the entries logged meanwhile that may join it."""

from PySide6.QtWidgets import QBoxLayout, QWidget

from controlroom.clock import show_time
from controlroom.incidents.meanwhile import cad_from
from controlroom.incidents.records import IncidentFile
from controlroom.ui import theme
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.entries import capital
from controlroom.ui.pages.live.panel_parts import entry_row
from controlroom.ui.widgets.layout import SPRING, box, column, empty, fill, grow, row, scrolling
from controlroom.ui.widgets.text import Rule, caption, label, note

LINES = 6  # of the timeline, the newest
OFFERED = 4  # entries shown of those offered; the others are counted


class IncidentBrief(QWidget):
    """The record beside the pictures. What is offered stands above it, with its one key."""

    def __init__(self, join: ActionButton) -> None:
        super().__init__()
        self.offered = 0  # entries offered
        self._what = label("", theme.BODY, theme.STRONG, wrap=True)
        self._facts = note("")
        self._offers = column(spacing=7)
        self._lines = column(spacing=7)
        self._foot = column()
        self._offer = box(
            column(caption("Logged meanwhile on its cameras"), self._offers, row(join, SPRING), spacing=8)
        )
        inside = column(self._offer, caption("Timeline, newest first"), self._lines, SPRING, spacing=10)
        column(self._what, self._facts, self._foot, grow(scrolling(inside)), on=self, spacing=8)

    def add_foot(self, buttons: QBoxLayout) -> None:
        """Put buttons below what the incident is."""
        self._foot.addLayout(buttons)

    def show_file(self, file: IncidentFile) -> None:
        """Show one as it stands."""
        incident = file.incident
        cameras = ", ".join(incident.cameras)
        named = "camera" if len(incident.cameras) == 1 else "cameras"
        self._what.setText(f"{capital(incident.category)}, {incident.state.value}")
        facts = (
            incident.place,
            f"{named} {cameras}" if cameras else "",
            f"CAD {incident.cad}" if incident.cad else "",
        )
        self._facts.setText(" · ".join(each for each in facts if each))
        self._show_offers(file)
        empty(self._lines)
        for line in list(reversed(file.timeline))[:LINES]:
            text = f"{line.title}. {line.text}" if line.text else line.title
            shown = label(f"{show_time(line.at)}  {' '.join(text.split())}", 13, wrap=True)
            shown.setMaximumHeight(3 * shown.fontMetrics().lineSpacing() + 2)
            fill(self._lines, Rule(), shown)

    def _show_offers(self, file: IncidentFile) -> None:
        self.offered = len(file.meanwhile)
        empty(self._offers)
        for entry in file.meanwhile[:OFFERED]:
            fill(self._offers, Rule(), entry_row(entry))
        if more := self.offered - OFFERED if self.offered > OFFERED else 0:
            self._offers.addWidget(note(f"and {more} more"))
        if cad := cad_from(file.incident, file.meanwhile):
            self._offers.addWidget(note(f"CAD {cad} becomes the incident's."))
        if self.offered and file.restriction is not None:
            self._offers.addWidget(note("Added, they are seen by the people named for this incident alone."))
        self._offer.setVisible(self.offered > 0)
