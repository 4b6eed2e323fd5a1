"""The Incidents page: a list that filters as you type, the record as a timeline, and what may be done with it now."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.cameras.records import Camera
from controlroom.cameras.service import CameraService
from controlroom.changes import Change
from controlroom.clock import local_date
from controlroom.incidents.records import (
    Incident,
    IncidentAction,
    IncidentFile,
    IncidentFilter,
    IncidentState,
)
from controlroom.incidents.restricted.service import RestrictionService
from controlroom.incidents.service import IncidentService
from controlroom.log.records import LogEntry, Position, Snapshot
from controlroom.log.service import LogService
from controlroom.ui import theme
from controlroom.ui.background import Task
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit.ask import Ask
from controlroom.ui.kit.ask_place import NEW
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.entry_words import day_heading
from controlroom.ui.kit.filter_box import FilterBox
from controlroom.ui.kit.list_column import ListColumn
from controlroom.ui.kit.page import Key, Page, action_keys
from controlroom.ui.kit.paged_list import PagedList
from controlroom.ui.kit.sighting import Sighting
from controlroom.ui.kit.taking_away import ask_for_file, incident_rows, take_away
from controlroom.ui.pages.incidents.incident_list import IncidentDelegate
from controlroom.ui.pages.incidents.record_view import IncidentView
from controlroom.ui.pages.incidents.restricting import Restricting
from controlroom.ui.pages.incidents.words import CHIPS, KEYS, spoken
from controlroom.ui.pages.incidents.work import IncidentWork
from controlroom.ui.widgets.card import EmptyState
from controlroom.ui.widgets.key_button import KeyButton


class IncidentsPage(Page):
    """Takes the incidents, the log and the register. The badge is what waits for the person signed in."""

    title, icon_name, shortcut = "Incidents", "warning", "Alt+5"
    permission = Permission.READ_INCIDENTS
    keys = (
        Key("N", "Open a new incident"),
        *action_keys(KEYS, needs="an incident that has come that far is shown"),
        Key("E", "Add a log entry to the incident shown", needs="an incident you work on is shown"),
        Key("G", "Note an agency that was informed", needs="an incident you work on is shown"),
        Key("D", "Change what it is filed under", needs="an incident you work on is shown"),
        Key("U", "Add an addendum", needs="a closed incident is shown"),
        Key("V", "Restrict who sees the incident shown", needs="an incident is shown, for supervisors"),
        Key("Ctrl+Shift+C", "Copy the timeline to read it out", needs="an incident is shown"),
        Key("Ctrl+F", "Search: reference, CAD, street, camera, words"),
        Key("Ctrl+Shift+F", "Filter by period, camera, category, person"),
    )

    def __init__(
        self,
        context: PageContext,
        incidents: IncidentService,
        log: LogService,
        cameras: CameraService,
        restrictions: RestrictionService,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._incidents, self._log, self._register = incidents, log, cameras
        self._session, self._background = context.session, context.background
        self._messages, self._state = context.messages, context.state
        self._cameras: Sequence[Camera] = ()
        self._reading: Task | None = None
        self._stale = True
        self._changed_by: dict[str, str] = {}  # incident's id -> who changed it last
        self.records: PagedList[Incident] = PagedList(
            IncidentDelegate(),
            context.background,
            identity=lambda incident: incident.id,
            group=lambda incident: day_heading(incident.occurred_at, local_date(incidents.now())),
            spoken=spoken,
            empty=EmptyState(
                "No incident yet",
                "Press F2 on a live picture, or N here, and it begins with its first log entry.",
                "warning",
            ),
            name="Incidents",
            on_error=context.messages.error,
        )
        names = [each.name for each in incidents.vocabulary.categories]
        self.column = ListColumn(
            self.records,
            FilterBox(names, local_date(incidents.now()), "Opened by"),
            [name for name, _ in CHIPS],
            "Reference, CAD, street, camera or words",
            may_export=lambda: context.session.may(Permission.EXPORT),
        )
        self.view = IncidentView(self._find_picture, context.background)
        self.work = IncidentWork(incidents, context.session, context.background, self)
        self.restricting = Restricting(
            restrictions, context.session, context.background, self._put, self._after, self
        )
        self._nothing = EmptyState(
            "No incident chosen", "Choose one from the list, or press N for a new one.", "warning"
        )
        self.new_button = KeyButton("New incident", "N", "primary")
        self._lay_out()
        self._connect(context.changes)
        self._read_counts()

    # -- the page's life -------------------------------------------------------------------------------------

    def entered(self) -> None:
        self.new_button.setVisible(self._session.may(Permission.OPEN_INCIDENTS))
        self.column.show_rights()
        self._read_choices()
        self._read_counts()
        if self._stale:
            self.refresh()
        else:
            self.records.reload()
        if self.view.asks.ask is None:
            self.records.take_focus()

    def left(self) -> None:
        self._state.set("incidents.split", self._splitter.sizes())

    def shows(self) -> dict[str, Callable[[str], None]]:
        return {"incident": lambda key: self.show_incident(int(key))}

    def begins(self) -> dict[str, Callable[[LogEntry | Sighting], None]]:
        return {"incident": self.begin}

    def top_bar_widgets(self) -> list[QWidget]:
        return [self.new_button]

    def refresh(self) -> None:
        """Read the list from its beginning, as it is filtered now."""
        if not self._session.may(Permission.READ_INCIDENTS):
            return
        self._stale = False
        actor, wanted = self._session.actor, self.wanted()
        narrowed = wanted != IncidentFilter(oldest_first=wanted.oldest_first)

        def fetch(limit: int, after: Position | None) -> tuple[Sequence[Incident], Position | None]:
            part = self._incidents.incidents(actor, wanted, limit=limit, after=after)
            return part.incidents, part.next

        self.records.show_from(fetch, narrowed=narrowed)

    def wanted(self) -> IncidentFilter:
        """What the search field, the chips and the filter ask for together."""
        box = self.column.box.narrowing(self._incidents.now())
        return IncidentFilter(
            words=self.column.words,
            since=box.since,
            until=box.until,
            camera_number=box.camera,
            category=box.category,
            author=box.author,
            states=CHIPS[self.column.chips.index][1],
            oldest_first=box.oldest_first,
        )

    def show_incident(self, incident_id: int) -> None:
        """Bring the page to the front with one incident shown, whatever the list is filtered to."""
        self.shown_requested.emit()
        if not self.records.select(incident_id):
            self.records.reload()
        self._read_file(incident_id)

    def show_state(self, name: str) -> None:
        """Narrow the list to a chip: "In progress", "To submit", "To review", "Approved", "All"."""
        self.column.chips.choose([each for each, _ in CHIPS].index(name))

    # -- opening and working -----------------------------------------------------------------------------------

    def begin(self, source: LogEntry | Sighting) -> None:
        """Bring the page to the front with the form for an incident that begins with an entry or a camera's picture."""
        if isinstance(source, Sighting):
            self.open_new(source.camera, source.picture, source.at)
        else:
            self.open_from_entry(source)

    def open_new(
        self,
        camera: Camera | None = None,
        snapshot_path: Path | None = None,
        occurred_at: datetime | None = None,
    ) -> None:
        """Bring the page to the front with the form for a new incident, filled in from a tile where there is one."""
        if self._session.may(Permission.OPEN_INCIDENTS):
            self.shown_requested.emit()
            from_tile = camera is not None or snapshot_path is not None
            self._right.setCurrentWidget(self.view)
            if from_tile or not self.view.asks.look_at(NEW):
                self.work.open_new(self._cameras, camera, snapshot_path, occurred_at)

    def open_from_entry(self, entry: LogEntry) -> None:
        """Bring the page to the front with the form for an incident that begins with an entry of the log."""
        if self._session.may(Permission.OPEN_INCIDENTS):
            self.shown_requested.emit()
            self.work.open_from_entry(entry)

    def act(self, action: IncidentAction) -> None:
        """Ask what a step of the incident shown needs, then take it."""
        self._with_shown(lambda incident: self.work.act(incident, action))

    def add_entry(self) -> None:
        """Ask for a log entry that belongs to the incident shown."""
        self._with_shown(lambda incident: self.work.add_entry(incident, self._cameras))

    def _restrict(self) -> None:
        """Ask who shall see the incident shown."""
        if self.view.file is not None:
            self.restricting.begin(self.view.file)

    def _with_shown(self, begin: Callable[[Incident], None]) -> None:
        incident = self._shown()
        if incident is not None:
            begin(incident)

    def _put(self, ask: Ask, about: int | None) -> None:
        self._right.setCurrentWidget(self.view)
        ask.closed.connect(self._ask_closed)
        self.view.asks.put(ask, about)

    def _ask_closed(self) -> None:
        shown = self._shown()
        if shown is None:
            self._right.setCurrentWidget(self._nothing)
        else:
            self.view.asks.look_at(shown.id)
        self.records.take_focus()

    def _after(self, incident: Incident, said: str) -> None:
        self._messages.show(said, "done")
        if not self.records.select(incident.id):
            self.records.reload()
        self._read_file(incident.id)

    # -- reading ---------------------------------------------------------------------------------------------

    def _shown(self) -> Incident | None:
        return self.view.file.incident if self.view.file is not None else None

    def _arrived(self, incident: Incident | None, afresh: bool) -> None:
        """The list was read: show what is selected in it, unless somebody is writing something new."""
        if self.view.asks.is_new:
            return
        if incident is not None:
            self._choose(incident)
        elif afresh:
            self._right.setCurrentWidget(self._nothing)

    def _choose(self, incident: Incident) -> None:
        shown = self._shown()
        if shown != incident:
            self._read_file(incident.id)
        elif shown is not None:
            self._right.setCurrentWidget(self.view)
            self.view.asks.look_at(shown.id)

    def _read_file(self, incident_id: int) -> None:
        if self._reading is not None:
            self._reading.cancel()
        actor = self._session.actor
        self._reading = self._background.run(
            lambda: self._incidents.incident(actor, incident_id), self._take_file, owner=self
        )

    def _take_file(self, file: IncidentFile) -> None:
        self.view.show_file(file)
        self._tell_open_form(file.incident)
        self._right.setCurrentWidget(self.view)
        self.view.asks.look_at(file.incident.id)

    def _tell_open_form(self, incident: Incident) -> None:
        """A form left open about this incident learns at once that somebody else took a step meanwhile."""
        ask = self.view.asks.of(incident.id)
        if ask is None or ask.version is None or ask.version >= incident.version:
            return
        who = self._changed_by.get(str(incident.id)) or "Somebody else"
        said = f"{who} changed {incident.reference} meanwhile: it is {incident.state} now. What you typed is kept."
        ask.tell_changed(said, incident.version)

    def _note_author(self, change: Change) -> None:
        if change.kind == "incident":
            self._changed_by[change.key] = change.actor

    def _read_counts(self) -> None:
        if not self._session.may(Permission.READ_INCIDENTS):
            self.badge_changed.emit(0)
            return
        actor = self._session.actor
        self._background.run(lambda: self._incidents.counts(actor), self._take_counts, owner=self)
        self._background.run(lambda: self._incidents.awaiting(actor), self.badge_changed.emit, owner=self)

    def _take_counts(self, counts: Mapping[IncidentState, int]) -> None:
        said = []
        for index, (name, states) in enumerate(CHIPS):
            count = sum(counts.get(state, 0) for state in states)
            if states and name != "Approved":
                self.column.chips.set_count(index, count or None)
                said.append(f"{count} {name.casefold()}")
        self.subtitle_changed.emit(", ".join(said))

    def _read_choices(self) -> None:
        actor = self._session.actor
        if self._session.may(Permission.READ_CAMERAS):
            self._background.run(lambda: self._register.cameras(actor), self._take_cameras, owner=self)
        self._background.run(lambda: self._log.authors(actor), self.column.box.set_people, owner=self)

    def _take_cameras(self, cameras: Sequence[Camera]) -> None:
        self._cameras = cameras
        if self.view.asks.ask is not None:
            self.view.asks.ask.take_cameras(cameras)

    def _find_picture(self, snapshot: Snapshot) -> Path:
        return self._log.picture(self._session.actor, snapshot)

    def export_to(self, path: Path) -> None:
        """Write every incident the filter lets through to `path`."""
        actor, wanted = self._session.actor, self.wanted()
        take_away(
            lambda: incident_rows(self._incidents.export(actor, wanted)),
            path,
            self._background,
            self._messages,
            self,
        )

    def _filled(self) -> None:
        self.column.show_count(self.column.box.narrowing(self._incidents.now()).count)

    def _take_change(self, kind: str, key: str) -> None:
        if kind not in ("incident", "log") or not self._session.signed_in:
            return
        if kind == "incident":
            self._read_counts()
        if not self.isVisible():
            return
        self.column.reload_soon()
        shown = self._shown()
        if kind == "incident" and shown is not None and key == str(shown.id):
            self._read_file(shown.id)

    def _person_changed(self) -> None:
        self._stale = True
        self.records.clear()
        self.view.asks.clear()
        self.view.file = None
        self._right.setCurrentWidget(self._nothing)
        if self._session.signed_in:
            self._read_counts()
            if self.isVisible():
                self.entered()

    # -- building --------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._right = QStackedWidget()
        self._right.addWidget(self._nothing)
        self._right.addWidget(self.view)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.column)
        self._splitter.addWidget(self._right)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 2)
        self.column.setMinimumWidth(theme.px(340))
        self._restore_split()
        self._state.follow(self._restore_split)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)

    def _connect(self, changes: ChangeBridge) -> None:
        wires: tuple[tuple[Any, Callable[..., None]], ...] = (
            (self.column.asked, self.refresh),
            (self.column.export_wanted, lambda: ask_for_file(self, "incidents.csv", self.export_to)),
            (self.records.selected, self._choose),
            (self.records.arrived, self._arrived),
            (self.records.filled, self._filled),
            (self.view.action_wanted, self.act),
            (self.view.entry_wanted, self.add_entry),
            (self.view.agency_wanted, lambda: self._with_shown(self.work.inform_agency)),
            (self.view.amend_wanted, lambda: self._with_shown(self.work.change_details)),
            (self.view.addendum_wanted, lambda: self._with_shown(self.work.add_addendum)),
            (self.view.restrict_wanted, self._restrict),
            (self.work.asked, self._put),
            (self.work.done, self._after),
            (self.view.copied, lambda: self._messages.show("The timeline is on the clipboard.", "done")),
            (changes.told, self._note_author),
            (changes.changed, self._take_change),
            (self._session.actor_changed, self._person_changed),
        )
        for signal, slot in wires:
            signal.connect(slot)
        self.new_button.clicked.connect(lambda _checked: self.open_new())

    def _restore_split(self) -> None:
        """As the person at the desk had it."""
        if shiboken6.isValid(self):
            self._splitter.setSizes(self._state.numbers("incidents.split", [600, 1200]))
