"""Shows the Log page: the room's entries as a list filtered as one types, one of them in full, and writing more."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Signal

from controlroom.accounts.permissions import Permission
from controlroom.cameras.records import Camera
from controlroom.log.outbox.records import OutboxItem, Saved
from controlroom.log.records import LogEntry, LogFilter, Snapshot
from controlroom.log.service import LogService
from controlroom.ui.kit import entries
from controlroom.ui.kit.action import Action
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.entries import EntryDelegate, spoken_entry
from controlroom.ui.kit.export import day_and_time
from controlroom.ui.kit.form import FormSpec, Values
from controlroom.ui.kit.form_place import NEW
from controlroom.ui.kit.list_column import ListColumn
from controlroom.ui.kit.pending import PendingEntries, PendingPanel, accepted_words
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.pages.log.entry_view import AROUND, EntryView
from controlroom.ui.widgets.card import EmptyState

CHIPS = ("All", "Last 12 hours", "Mine", "Late")
_RECENT, _MINE, _LATE = 1, 2, 3
MOST_AROUND = 60


class LogPage(RecordPage[LogEntry]):
    """Takes the log, and what this desk has accepted and not saved yet."""

    title, icon_name, shortcut = "Log", "file-text", "Alt+4"
    permission = Permission.READ_LOG
    noun, kinds = "entry", frozenset({"log", "incident"})

    wanted_back = Signal(object)  # OutboxItem: a copy of an entry the database refused, into the log line

    def __init__(self, context: PageContext, log: LogService, pending: PendingEntries) -> None:
        self._log, self._pending = log, pending
        self.column = self._make_list(context)
        super().__init__(context, self.column)
        self._cameras: Sequence[Camera] = ()
        self._awaited = ""  # key of what was accepted last, until the database has it
        self._newest: Saved | None = None
        self.pending = PendingPanel(pending)
        self.column.body.insertWidget(0, self.pending)
        self.pending.wanted_back.connect(self.wanted_back)
        self.pending.chosen.connect(self._choose)
        pending.saved.connect(self._show_saved)
        may_write = Permission.WRITE_LOG
        self.new = self.action(
            "N",
            "Write an entry with its own time, camera and category",
            self.write_new,
            short="New entry",
            kind="primary",
            permission=may_write,
        )
        self.bar = [self.new]
        about = self._declare()
        self.list_actions("Search: words, camera, CAD, reference")
        filter_words = "Filter by period, camera, category, person"
        self.action("Ctrl+Shift+F", filter_words, self.column.toggle_filter)
        self.view = EntryView(self._picture, context.background)
        nothing = EmptyState("No entry chosen", "Choose one from the list.", "file-text")
        self.lay_out_split(about, self.view.head, self.view, nothing, "log")

    def _picture(self, snapshot: Snapshot) -> Path:
        """The file of an entry's picture, also while the entry waits on this desk; read in the background."""
        return self._pending.picture(snapshot) or self._log.picture(self.session.actor, snapshot)

    def name_of(self, record: LogEntry) -> str:
        return "Entry not yet saved" if record.unsaved else f"Entry {record.id}"

    def update_view(self, record: LogEntry) -> None:
        before = self.view.entry
        self.view.show_entry(record)
        if record.unsaved:
            return
        if before is None or before.id != record.id or not self.view.around.lines:
            at = record.occurred_at
            wanted = LogFilter(since=at - AROUND, until=at + AROUND, oldest_first=True)
            self.read_about(
                lambda actor: self._log.entries(actor, wanted, MOST_AROUND).records,
                self.view.show_around,
            )

    def shows(self) -> dict[str, Callable[[str], None]]:
        return {"log": lambda key: self.show_entry(int(key))}

    def entered(self) -> None:
        super().entered()
        self.read(self._log.cameras, self._take_cameras)
        self.column.box.set_categories(self._log.vocabulary.with_retired.every_category)
        self.read(self._log.authors, self.column.box.set_people)

    def show_entry(self, entry_id: int) -> None:
        """Bring the page to the front with one entry shown."""
        self.shown_requested.emit()
        if not self.records.select(entry_id):
            self.records.reload()
        self.read(lambda actor: self._log.entry(actor, entry_id), self._choose)

    # -- writing ---------------------------------------------------------------------------------------------

    def write_new(self) -> None:
        """Open the form for a new entry, or come back to the one that is open."""
        if not self.session.may(Permission.WRITE_LOG) or self.forms.look_at(NEW):
            return
        actor = self.session.actor

        def run(values: Values) -> OutboxItem:
            new, about = entries.entry_of(values), entries.about_of(values)
            return self._pending.accept(new, about, actor=actor).result()

        fields = entries.new_entry_fields(self._log.vocabulary, self._cameras, self._log.now)
        hint, then, said = entries.ENTRY_HINT, self._accepted, accepted_words
        self.ask(FormSpec("New log entry", "Save entry", run, fields, hint=hint, then=then, said=said))

    def _add_addendum(self, entry: LogEntry) -> None:
        actor = self.session.actor

        def run(values: Values) -> OutboxItem:
            new, about = entries.addendum_of(values, entry), entries.about_entry(entry)
            return self._pending.accept_addendum(new, about, actor=actor).result()

        fields, hint, then = entries.ADDENDUM, entries.ADDENDUM_HINT, self._accepted
        self.ask(FormSpec("Addendum", "Add", run, fields, hint=hint, then=then, said=accepted_words), entry)

    def _accepted(self, item: OutboxItem) -> None:
        """Wait until the database has what this desk accepted, unless it is away, or was quicker than this window."""
        self._awaited = "" if item.away else item.key
        self.records.take_focus()
        if self._newest is not None:
            self._show_saved(self._newest)

    def _show_saved(self, saved: Saved) -> None:
        """The database has what this desk accepted: show it if this page waits for it, or shows it already."""
        self._newest, item, shown = saved, saved.item, self.shown
        if item.key == self._awaited:
            self._awaited = ""
            is_addendum = item.addendum is not None
            said = "The addendum stands below the entry." if is_addendum else "The entry is in the log."
            self.context.messages.show(said, "done")
            self._select_when_read(saved.entry_id)
        elif shown is not None and shown.unsaved and shown.entry_key == item.key and self.forms.form is None:
            self._select_when_read(saved.entry_id)

    def _select_when_read(self, entry_id: int) -> None:
        self.records.select(entry_id)
        self.records.reload()
        self.records.take_focus()

    # -- inside ----------------------------------------------------------------------------------------------

    def _take_cameras(self, cameras: Sequence[Camera]) -> None:
        self._cameras = cameras
        self.forms.take_cameras(cameras)

    def _person_changed(self) -> None:
        self.view.entry = None
        self.pending.refresh()
        super()._person_changed()

    def _make_list(self, context: PageContext) -> ListColumn[LogEntry]:
        log = self._log
        return ListColumn(
            context,
            EntryDelegate(),
            name="Log",
            spoken=spoken_entry,
            empty=EmptyState(
                "Nothing written yet",
                "Type into the log line below (Ctrl+L), or press N for an entry with its own time.",
                "file-text",
                may=lambda: context.session.may(Permission.WRITE_LOG),
            ),
            hint="Words, camera, CAD or reference",
            chips=CHIPS,
            categories=log.vocabulary.every_category,
            who="Written by",
            wanted=self._wanted,
            read=log.entries,
            export=lambda actor, wanted: export_rows(log.export(actor, wanted)),
        )

    def _wanted(self, column: ListColumn[LogEntry]) -> LogFilter:
        """What the search field, the chips and the filter ask for together."""
        asked, chip = column.filter, column.chips.index
        sinces = [asked.since, self._log.now() - timedelta(hours=12) if chip == _RECENT else None]
        narrower = replace(
            asked,
            since=max((each for each in sinces if each is not None), default=None),
            author=self.session.actor.handle if chip == _MINE else asked.author,
        )
        return LogFilter(**vars(narrower), late_only=chip == _LATE)

    def _declare(self) -> list[Action]:
        return [
            self.about(
                "G",
                "Show the incident the entry belongs to",
                lambda entry: self.record_wanted.emit("incident", entry.incident_id),
                short=lambda: f"Show {self.shown.incident_reference}" if self.shown else "Show incident",
                icon_name="arrow-square-out",
                when=lambda entry: bool(entry.incident_reference),
                needs="an entry of an incident is shown",
            ),
            self.about(
                "U",
                "Add an addendum to the entry shown",
                self._add_addendum,
                short="Addendum",
                icon_name="note-pencil",
                needs="an entry is shown",
                permission=Permission.WRITE_LOG,
            ),
            self.about(
                "I",
                "Open an incident from the entry shown",
                lambda entry: self.new_record_wanted.emit("incident", entry),
                short="Open incident",
                icon_name="warning",
                when=lambda entry: not (entry.incident_reference or entry.unsaved),
                needs="an entry without an incident is shown",
                permission=Permission.OPEN_INCIDENTS,
            ),
        ]


def export_rows(entries: Sequence[LogEntry]) -> list[list[str]]:
    """Titles and one row an entry."""
    titles = (
        "Date", "Time", "Recorded", "Late", "Author", "Brought in by", "Camera", "Place", "Ward", "Category", "Source",
        "CAD", "Incident", "Text", "Addenda",
    )  # fmt: skip
    rows = [[*titles]]
    for each in entries:
        addenda = "; ".join(f"{more.written_by}, {more.reason}: {more.text}" for more in each.addenda)
        rows.append([
            *day_and_time(each.occurred_at), " ".join(day_and_time(each.recorded_at)), "late" if each.late else "",
            each.author, each.brought_in_by, each.camera_number, each.place, each.ward, each.category, each.source,
            each.cad, each.incident_reference, each.text, addenda,
        ])  # fmt: skip
    return rows
