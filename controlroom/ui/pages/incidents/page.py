"""Shows the Incidents page: a list filtered as one types, the record as a timeline, and its actions."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication

from controlroom.accounts.permissions import Permission
from controlroom.cameras.records import Camera
from controlroom.cameras.service import CameraService
from controlroom.changes import Change
from controlroom.incidents.records import (
    Incident,
    IncidentAction,
    IncidentFile,
    IncidentFilter,
    IncidentState,
    Reader,
)
from controlroom.incidents.restrictions import RestrictionService
from controlroom.incidents.rules import ROAD
from controlroom.incidents.service import IncidentService
from controlroom.log.outbox.records import Saved
from controlroom.log.records import LogEntry
from controlroom.log.service import LogService
from controlroom.ui.kit.action import Action
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.form import FormSpec
from controlroom.ui.kit.form_place import NEW
from controlroom.ui.kit.list_column import ListColumn
from controlroom.ui.kit.pending import PendingEntries, PendingPanel
from controlroom.ui.kit.picture import Picture
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.kit.sighting import Sighting
from controlroom.ui.pages.incidents.forms import IncidentForms
from controlroom.ui.pages.incidents.record_view import IncidentView, read_out
from controlroom.ui.pages.incidents.words import CHIPS, KEYS_AND_ICONS, IncidentDelegate, export_rows, spoken
from controlroom.ui.widgets.card import EmptyState

PREVIEW_WIDTH = 300
_TO_REVIEW = frozenset({IncidentState.SUBMITTED})
# Steps of a review, and the states of incidents that wait for one: the next of those in the list is shown.
WAITING = {
    IncidentAction.APPROVE: _TO_REVIEW,
    IncidentAction.RETURN: _TO_REVIEW,
}


class IncidentsPage(RecordPage[Incident]):
    """Takes the incidents, the log and the register. The badge is what waits for the person signed in."""

    title, icon_name, shortcut = "Incidents", "warning", "Alt+5"
    permission = Permission.READ_INCIDENTS
    noun, kinds = "incident", frozenset({"incident"})

    wanted_back = Signal(object)  # OutboxItem: a copy of an entry the database refused, into the log line

    def __init__(
        self,
        context: PageContext,
        incidents: IncidentService,
        log: LogService,
        cameras: CameraService,
        restrictions: RestrictionService,
        pending: PendingEntries,
    ) -> None:
        self._incidents, self._log, self._register = incidents, log, cameras
        self._restrictions = restrictions
        self.column = self._make_list(context)
        super().__init__(context, self.column)
        self._ask = IncidentForms(incidents, restrictions, context.session, pending)
        self.pending = PendingPanel(pending, lambda item: bool(item.about.incident))
        self.column.body.insertWidget(0, self.pending)
        self.pending.wanted_back.connect(self.wanted_back)
        pending.saved.connect(self._tell_saved)
        self._cameras: Sequence[Camera] = ()
        self._asked_for = 0  # the incident whose file was asked for last
        self.new = self.action(
            "N",
            "Open a new incident",
            self.open_new,
            short="New incident",
            kind="primary",
            permission=Permission.OPEN_INCIDENTS,
        )
        self.bar = [self.new]
        about = self._declare()
        self.list_actions("Search: reference, CAD, street, camera, words")
        filter_words = "Filter by period, camera, category, person"
        self.action("Ctrl+Shift+F", filter_words, self.column.toggle_filter)
        self.view = IncidentView(
            lambda snapshot: log.picture(self.session.actor, snapshot), self.copy, context.background
        )
        nothing = EmptyState(
            "No incident chosen",
            "Choose one from the list, or press N for a new one.",
            "warning",
            may=lambda: context.session.may(Permission.OPEN_INCIDENTS),
            otherwise="Choose one from the list.",
        )
        self.lay_out_split(about, self.view.head, self.view, nothing, "incidents")
        context.changes.told.connect(self._hear)
        self._read_counts()

    def shows(self) -> dict[str, Callable[[str], None]]:
        return {"incident": lambda key: self.show_incident(int(key))}

    def begins(self) -> dict[str, Callable[[LogEntry | Sighting], None]]:
        return {"incident": self.begin}

    # -- opening ---------------------------------------------------------------------------------------------

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
        if not self.session.may(Permission.OPEN_INCIDENTS):
            return
        self.shown_requested.emit()
        from_tile = camera is not None or snapshot_path is not None
        if not from_tile and self.forms.look_at(NEW):
            return
        form = self.ask(self._ask.new(self._cameras, camera, snapshot_path, occurred_at))
        if snapshot_path is not None:
            background = self.context.background
            form.put_beside(Picture(lambda: snapshot_path, background, width=PREVIEW_WIDTH, enlarges=False))

    def open_from_entry(self, entry: LogEntry) -> None:
        """Bring the page to the front with the form for an incident that begins with an entry of the log."""
        if self.session.may(Permission.OPEN_INCIDENTS):
            self.shown_requested.emit()
            self.ask(self._ask.from_entry(entry))

    def show_incident(self, incident_id: int) -> None:
        """Bring the page to the front with one incident shown, whatever the list is filtered to."""
        self.shown_requested.emit()
        self._show(incident_id)

    def show_state(self, name: str) -> None:
        """Narrow the list to a chip: "In progress", "To submit", "To review", "Approved", "All"."""
        self.column.chips.choose([each for each, _ in CHIPS].index(name))

    # -- what the page says of its records -------------------------------------------------------------------

    def name_of(self, record: Incident) -> str:
        return record.reference

    def state_of(self, record: Incident) -> str:
        return record.state.value

    def is_newer(self, seen: Incident, record: Incident) -> bool:
        return seen.version < record.version

    def update_view(self, record: Incident) -> None:
        """The view is brought up to date when the record's file arrives, before the record is chosen."""

    def concerns(self, change: Change) -> bool:
        return change.kind in ("incident", "log")

    def entered(self) -> None:
        super().entered()
        if self.session.may(Permission.READ_INCIDENTS):
            if self.session.may(Permission.READ_CAMERAS):
                self.read(self._register.cameras, self._take_cameras)
            known = self._incidents.vocabulary.with_retired.categories
            self.column.box.set_categories([each.name for each in known])
            self.read(self._log.authors, self.column.box.set_people)
        self._read_counts()

    def _tell_saved(self, saved: Saved) -> None:
        """The database has an incident's entry that this desk accepted; its news brings the timeline up to date."""
        item = saved.item
        if item.about.incident and item.addendum is None and not item.away:
            self.context.messages.show(f"{item.about.incident} has one more entry.", "done")

    def finished(self, result: object) -> None:
        """An incident somebody works on stays in front; a new one comes to the front."""
        if isinstance(result, Incident):
            self._show(result.id)
            self.records.take_focus()

    def _go_on(self, waiting: frozenset[IncidentState], before: Sequence[int], result: Incident) -> None:
        """Show the next incident that waits for the same step: below the one done, then above it.

        `before` are the ids in the list as it was asked: news may have taken the one done off it meanwhile.
        """
        listed = {each.id: each for each in self.column.model.records}
        place = before.index(result.id) if result.id in before else 0
        order = dict.fromkeys([*before[place:], *before[:place], *listed])
        following = [listed[each] for each in order if each in listed and each != result.id]
        upcoming = next((each for each in following if each.state in waiting), None)
        if upcoming is not None:
            self.records.select(upcoming.id)
        super().finished(result)

    # -- reading ---------------------------------------------------------------------------------------------

    def _choose(self, record: Incident | None) -> None:
        """An incident is shown once its file was read, everything of it at a time."""
        file = self.view.file
        if record is None or (file is not None and file.incident == record):
            super()._choose(record)
        else:
            self._read_file(record.id)

    def _show(self, incident_id: int) -> None:
        if not self.records.select(incident_id):
            self.records.reload()
        self._read_file(incident_id)

    def _read_file(self, incident_id: int) -> None:
        self._asked_for = incident_id
        self.forms.look_at(incident_id)
        self._read_again()

    def _read_again(self) -> None:
        asked = self._asked_for
        self.read_about(lambda actor: self._incidents.incident(actor, asked), self._take_file)

    def _take_file(self, file: IncidentFile) -> None:
        self.view.show_file(file)
        self._tell_form(file.incident)
        if not self.forms.is_new:
            super()._choose(file.incident)

    def _hear(self, change: Change) -> None:
        """Counts are read while another page is in front, too; the incident shown may be outside the list."""
        if change.kind != "incident" or not self.session.signed_in:
            return
        self._read_counts()
        if self._in_front and self.shown is not None and change.key in ("", str(self._asked_for)):
            self._read_again()

    def _read_counts(self) -> None:
        if not self.session.may(Permission.READ_INCIDENTS):
            self.badge_changed.emit(0)
            return
        self.read(self._incidents.counts, self._take_counts)
        self.read(self._incidents.awaiting, self.badge_changed.emit)

    def _take_counts(self, counts: Mapping[IncidentState, int]) -> None:
        said = []
        for index, (name, states) in enumerate(CHIPS):
            count = sum(counts.get(state, 0) for state in states)
            if states and name != "Approved":
                self.column.chips.set_count(index, count or None)
                said.append(f"{count} {name.casefold()}")
        self.subtitle_changed.emit(", ".join(said))

    def _take_cameras(self, cameras: Sequence[Camera]) -> None:
        self._cameras = cameras
        self.forms.take_cameras(cameras)

    def _person_changed(self) -> None:
        self.view.file = None
        super()._person_changed()
        if self.session.signed_in:
            self._read_counts()

    # -- building --------------------------------------------------------------------------------------------

    def _make_list(self, context: PageContext) -> ListColumn[Incident]:
        incidents = self._incidents
        return ListColumn(
            context,
            IncidentDelegate(),
            name="Incidents",
            spoken=spoken,
            empty=EmptyState(
                "No incident yet",
                "Press F2 on a live picture, or N here, and it begins with its first log entry.",
                "warning",
                may=lambda: context.session.may(Permission.OPEN_INCIDENTS),
            ),
            hint="Reference, CAD, street, camera or words",
            chips=[name for name, _ in CHIPS],
            categories=[each.name for each in incidents.vocabulary.categories],
            who="Opened by",
            wanted=lambda column: IncidentFilter(**vars(column.filter), states=CHIPS[column.chips.index][1]),
            read=incidents.incidents,
            export=lambda actor, wanted: export_rows(incidents.export(actor, wanted)),
        )

    def _declare(self) -> list[Action]:
        forms, make = self._ask, self._declare_form
        self.moves = {action: self._declare_move(action) for action in ROAD}
        entry = make("E", "Add a log entry to the incident shown", "Add entry", "plus", self._entry_form)
        inform = make(
            "G", "Note an agency that was informed", "Agency informed", "megaphone-simple", forms.inform
        )
        amend = make("D", "Change what it is filed under", "Change details", "pencil-simple", forms.amend)
        addendum = make(
            "U",
            "Add an addendum",
            "Addendum",
            "note-pencil",
            forms.addendum,
            lambda file: file.may_add_addendum,
            "an incident is shown",
        )
        restrict = self.about(
            "V",
            "Restrict who sees the incident shown",
            self._restrict,
            short=lambda: "Who sees it…" if self.shown and self.shown.restricted else "Restrict…",
            icon_name="lock-simple",
            when=self._of_file(lambda file: file.may_restrict),
            needs="an incident is shown, for supervisors",
        )
        self.copy = self.about(
            "Ctrl+Shift+C",
            "Copy the timeline to read it out",
            self._copy,
            short="Copy to read out",
            kind="quiet",
            icon_name="copy",
            needs="an incident is shown",
        )
        join = self.about(
            "Ctrl+J",
            "Add the entries logged meanwhile on its cameras",
            self._join,
            short=lambda: f"Logged meanwhile: {self._meanwhile()}…",
            icon_name="link-simple",
            when=self._of_file(lambda file: bool(file.meanwhile)),
            needs="entries were logged on the cameras of the incident shown since it began",
        )
        return [*self.moves.values(), entry, join, inform, amend, addendum, restrict]

    def _meanwhile(self) -> int:
        return len(self.view.file.meanwhile) if self.view.file is not None else 0

    def _join(self, incident: Incident) -> None:
        if self.view.file is not None:
            self.ask(self._ask.join(self.view.file), incident)

    def _declare_move(self, action: IncidentAction) -> Action:
        """A step of the road."""
        key, icon = KEYS_AND_ICONS[action]

        def ask(incident: Incident) -> None:
            before = [each.id for each in self.column.model.records]
            then = partial(self._go_on, WAITING[action], before) if action in WAITING else None
            self.ask(self._ask.step(incident, action, then), incident)

        return self.about(
            key,
            action.value,
            ask,
            icon_name=icon,
            when=self._of_file(lambda file: action in file.actions),
            needs="an incident is shown whose state allows it",
        )

    def _declare_form(
        self,
        keys: str,
        text: str,
        short: str,
        icon_name: str,
        form: Callable[[Incident], FormSpec],
        fits: Callable[[IncidentFile], bool] = lambda file: file.may_write,
        needs: str = "an incident you work on is shown",
    ) -> Action:
        return self.about(
            keys,
            text,
            lambda incident: self.ask(form(incident), incident),
            short=short,
            icon_name=icon_name,
            when=self._of_file(fits),
            needs=needs,
        )

    def _entry_form(self, incident: Incident) -> FormSpec:
        return self._ask.entry(incident, self._cameras)

    def _of_file(self, fits: Callable[[IncidentFile], bool]) -> Callable[[Incident], bool]:
        return lambda _incident: self.view.file is not None and fits(self.view.file)

    def _restrict(self, incident: Incident) -> None:
        """Read who can be named, then ask who shall see the incident."""
        file = self.view.file
        assert file is not None

        def ask(people: Sequence[Reader]) -> None:
            self.ask(self._ask.restrict(file, people), incident)

        self.read(self._restrictions.candidates, ask)

    def _copy(self, _incident: Incident) -> None:
        assert self.view.file is not None
        QGuiApplication.clipboard().setText(read_out(self.view.file))
        self.context.messages.show("The timeline is on the clipboard.", "done")
