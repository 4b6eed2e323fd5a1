"""Shows an incident beside the live pictures: its form while it is written, then its record and what may join it.

The wall goes on and the camera stays in hand (`steer_while_typing.py`). Esc gives the keyboard back to the wall and
leaves the form as it is; F2 goes back into it.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.cameras.records import Camera
from controlroom.changes import Change
from controlroom.incidents.records import Incident, IncidentFile
from controlroom.ui import theme
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.form import FormSpec
from controlroom.ui.kit.form_place import NEW, FormPlace
from controlroom.ui.kit.form_scroll import FormScroll
from controlroom.ui.kit.page import Page
from controlroom.ui.kit.picture import Picture
from controlroom.ui.kit.sighting import Sighting
from controlroom.ui.pages.live.incident_brief import IncidentBrief
from controlroom.ui.widgets.layout import SPRING, column, discard, fill, grow, row
from controlroom.ui.widgets.text import heading, note

WIDE, NARROW = 400, 330
KEYS_WORDS = "Alt with the arrow keys steers meanwhile. Esc: to the pictures, F2: back to the form."
HIGH_ENOUGH = 760  # pixels of the panel: below that the form needs the room of the picture
PREVIEW = 220  # pixels across, of the picture an incident begins with


@dataclass(frozen=True)
class IncidentWriting:
    """What the page asks of incidents: their forms, one as it stands, and that entries join it."""

    new: Callable[[Sequence[Camera], Camera | None, Path | None, datetime | None], FormSpec]
    entry: Callable[[Incident, Sequence[Camera], Camera | None], FormSpec]
    read: Callable[[Actor, int], IncidentFile]
    join: Callable[[Actor, int, Sequence[int]], Incident]


class WritingPanel(QFrame):
    """Hidden while nothing is written here. `shown_changed` tells when it comes and goes."""

    shown_changed = Signal(bool)
    left = Signal()  # the keyboard goes back to the wall

    def __init__(
        self,
        page: Page,
        context: PageContext,
        writing: IncidentWriting,
        selected: Callable[[], Camera | None],
    ) -> None:
        """`selected` is the camera in hand; `page` declares the panel's actions and shows records elsewhere."""
        super().__init__()
        self._context, self._writing, self._selected = context, writing, selected
        self._cameras: Sequence[Camera] = ()
        self._file: IncidentFile | None = None
        self.setProperty("panel", True)
        self.setAccessibleName("Incident beside the pictures")
        self.forms = FormPlace(
            context.background, context.session, context.holds_password, esc=self.left.emit
        )
        self._preview: Picture | None = None
        self._declare(page)
        self.brief = IncidentBrief(ActionButton(self.join_action))
        self._lay_out()
        self._connect(page)
        self.set_narrow(False)
        self.hide()

    @property
    def incident(self) -> Incident | None:
        """The incident beside the pictures."""
        return self._file.incident if self._file is not None else None

    def take_cameras(self, cameras: Sequence[Camera]) -> None:
        """The register has arrived."""
        self._cameras = cameras
        self.forms.take_cameras(cameras)

    def set_narrow(self, narrow: bool) -> None:
        """Take less room on a small screen."""
        self._narrow = narrow
        self.setFixedWidth(theme.px(NARROW if narrow else WIDE))

    # -- what is done here -----------------------------------------------------------------------------------

    def go_on(self) -> bool:
        """Give the keyboard to the form that is being written; False when there is none."""
        if self.forms.form is None or self.isHidden():
            return False
        self.forms.form.take_focus()
        return True

    def begin(self, sighting: Sighting) -> None:
        """Ask for a new incident about what is seen on a camera."""
        if not self._context.session.may(Permission.OPEN_INCIDENTS) or self.go_on():
            return
        picture = sighting.picture
        self._file = None
        self._come()
        self._open(self._writing.new(self._cameras, sighting.camera, picture, sighting.at))
        self._follow()
        self._show_preview(picture)

    def show_incident(self, incident_id: int) -> None:
        """Show an incident beside the pictures."""
        reading = self._writing.read
        self._context.read(lambda actor: reading(actor, incident_id), self._take_file, self)

    def put_away(self) -> None:
        """Close the panel; half-typed words are kept and are back with the form."""
        self.forms.close_form()
        if self.forms.form is None:  # one that is being saved stays
            self._file = None
            self._go()

    def clear(self) -> None:
        """Somebody else is at the desk: nothing of the one before is shown."""
        self.forms.clear()
        self._file = None
        self._go()

    def _write_entry(self) -> None:
        if self._file is not None and not self.go_on():
            incident = self._file.incident
            self._show_preview(None)
            self._open(self._writing.entry(incident, self._cameras, self._selected()), incident.id)

    def _open(self, spec: FormSpec, key: Hashable = NEW) -> None:
        self.forms.open(spec.one_below_another if self._narrow else spec, key)

    def _join(self) -> None:
        file, join = self._file, self._writing.join
        if file is None or not file.meanwhile:
            return
        wanted = [each.id for each in file.meanwhile]  # those that were seen on the screen, and no other
        reference = file.incident.reference

        def done(_incident: Incident) -> None:
            count = "one more entry" if len(wanted) == 1 else f"{len(wanted)} more entries"
            self._context.messages.show(f"{reference} has {count}.", "done")
            self.show_incident(file.incident.id)

        self._context.read(lambda actor: join(actor, file.incident.id, wanted), done, self)

    # -- what follows ----------------------------------------------------------------------------------------

    def _finished(self, result: object) -> None:
        if isinstance(result, Incident):
            self.show_incident(result.id)
        elif self._file is not None:
            self.show_incident(self._file.incident.id)
        self.left.emit()

    def _take_file(self, file: IncidentFile) -> None:
        self._file = file
        self._come()
        self.brief.show_file(file)
        self._follow()

    def _hear(self, change: Change) -> None:
        """Somebody logged something, or the incident was changed: what is offered may be another thing now."""
        if self._file is not None and change.kind in ("incident", "log") and not self.isHidden():
            self.show_incident(self._file.incident.id)

    def _form_closed(self) -> None:
        if self._file is None and self.forms.form is None:
            self._go()
        else:
            self._follow()

    def _follow(self) -> None:
        """Show what belongs to the form or the incident in view."""
        if self.forms.form is None:
            self._show_preview(None)
        self._title.setText(self._file.incident.reference if self._file is not None else "New incident")
        self.brief.setVisible(self._file is not None)
        self._keys.setVisible(self.forms.form is not None)
        self.join_action.changed.emit()
        self.entry_action.changed.emit()
        self.away_action.changed.emit()

    def _come(self) -> None:
        if self.isHidden():
            self.show()
            self.shown_changed.emit(True)

    def _go(self) -> None:
        if not self.isHidden():
            self.hide()
            self.shown_changed.emit(False)
        self._follow()

    def _show_preview(self, picture: Path | None) -> None:
        if self._preview is not None:
            discard(self._preview)
            self._preview = None
        if picture is not None and self.height() >= theme.px(HIGH_ENOUGH):
            self._preview = Picture(lambda: picture, self._context.background, width=PREVIEW, enlarges=False)
            self._pictures.addWidget(self._preview)

    # -- building --------------------------------------------------------------------------------------------

    def _declare(self, page: Page) -> None:
        may = self._context.session.may
        shown = "an incident stands beside the pictures"
        self.entry_action = page.action(
            "F4",
            "Write an entry of the incident beside the pictures",
            self._write_entry,
            short="Add entry",
            when=lambda: self._file is not None and self._file.may_write,
            needs=f"{shown} and you work on it",
            may=may,
            permission=Permission.WRITE_LOG,
            kind="primary",
        )
        self.join_action = page.action(
            "Ctrl+J",
            "Add the entries logged meanwhile to the incident beside the pictures",
            self._join,
            short=self._join_words,
            when=lambda: self._file is not None and bool(self._file.meanwhile),
            needs="entries were logged meanwhile on the cameras of the incident beside the pictures",
            may=may,
            permission=Permission.OPEN_INCIDENTS,
        )
        self.page_action = page.action(
            "Shift+F2",
            "Show the incident beside the pictures on its own page",
            lambda: page.record_wanted.emit("incident", self._file.incident.id) if self._file else None,
            short="Whole record",
            when=lambda: self._file is not None,
            needs=shown,
        )
        self.away_action = page.action(
            "F8",
            "Put away what stands beside the pictures",
            self.put_away,
            short="Put away",
            when=lambda: not self.isHidden(),
            needs="an incident is written or shown beside the pictures",
            kind="quiet",
        )
        page.action("Alt+Arrow keys", "Steer while the keyboard is in a form or the log line")
        page.action("Alt with + / −, PgUp / PgDn", "Zoom while the keyboard is in a form or the log line")

    def _join_words(self) -> str:
        count = len(self._file.meanwhile) if self._file is not None else 0
        return f"Add {'it' if count == 1 else f'all {count}'} to the incident"

    def _lay_out(self) -> None:
        self._title = heading("")
        self._pictures = column(spacing=-1)
        self._keys = note(KEYS_WORDS)
        buttons = row(ActionButton(self.entry_action), ActionButton(self.page_action), SPRING, spacing=6)
        self.brief.add_foot(buttons)
        inside = column(
            row(grow(self._title), ActionButton(self.away_action), spacing=8),
            self._pictures,
            FormScroll(self.forms),
            self._keys,
            grow(self.brief, 100),  # what room there is; without it the form stays at the top
            SPRING,
            spacing=10,
            margins=(14, 14, 14, 14),
        )
        fill(column(on=self, margins=(0, 0, 1, 0)), inside)

    def _connect(self, page: Page) -> None:
        messages = self._context.messages
        self.forms.home = page.home()
        self.forms.done.connect(self._finished)
        self.forms.said.connect(lambda text: messages.show(text, "done"))
        self.forms.kept.connect(lambda text: messages.show(text, "info"))
        self.forms.closed.connect(self._form_closed)
        self._context.changes.told.connect(self._hear)
        self._context.session.actor_changed.connect(self.clear)
