"""The Log page: the room's entries as a list that filters as you type, one of them in full, and writing more."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.cameras.records import Camera
from controlroom.clock import local_date
from controlroom.log.records import Addendum, LogEntry, LogFilter, Position, Snapshot
from controlroom.log.service import LogService
from controlroom.ui import theme
from controlroom.ui.background import Task
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit import entry_forms
from controlroom.ui.kit.ask import Ask
from controlroom.ui.kit.ask_place import NEW
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.entry_delegate import EntryDelegate
from controlroom.ui.kit.entry_words import day_heading, spoken_entry
from controlroom.ui.kit.filter_box import FilterBox, Narrowing
from controlroom.ui.kit.list_column import ListColumn
from controlroom.ui.kit.page import Key, Page
from controlroom.ui.kit.paged_list import PagedList
from controlroom.ui.kit.pending import PendingEntries
from controlroom.ui.kit.pending_panel import PendingPanel
from controlroom.ui.kit.taking_away import ask_for_file, entry_rows, take_away
from controlroom.ui.pages.log.entry_view import AROUND, EntryView
from controlroom.ui.widgets.card import EmptyState
from controlroom.ui.widgets.key_button import KeyButton

CHIPS = ("All", "Last 12 hours", "Mine", "Late")
_RECENT, _MINE, _LATE = 1, 2, 3
MOST_AROUND = 60


class LogPage(Page):
    """Takes the log. `incident_chosen` and `incident_wanted` are for the Incidents page, wired by the desk."""

    title, icon_name, shortcut = "Log", "file-text", "Alt+4"
    permission = Permission.READ_LOG
    keys = (
        Key("N", "Write an entry with its own time, camera and category"),
        Key("U", "Add an addendum to the entry shown", needs="an entry is shown"),
        Key("I", "Open an incident from the entry shown", needs="an entry without an incident is shown"),
        Key("G", "Show the incident the entry belongs to", needs="an entry of an incident is shown"),
        Key("Ctrl+F", "Search: words, camera, CAD, reference"),
        Key("Ctrl+Shift+F", "Filter by period, camera, category, person"),
    )

    incident_chosen = Signal(int)  # show this incident
    incident_wanted = Signal(object)  # LogEntry: open an incident that begins with it
    wanted_back = Signal(object)  # Kept: a copy of an entry the database refused, into the log line

    def __init__(
        self,
        context: PageContext,
        log: LogService,
        *,
        kept: PendingEntries | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._log, self._session = log, context.session
        self.kept = PendingPanel(kept) if kept is not None else None
        self._background, self._messages = context.background, context.messages
        self._state = context.state
        self._cameras: Sequence[Camera] = ()
        self._task: Task | None = None
        self._stale = True
        self.records: PagedList[LogEntry] = PagedList(
            EntryDelegate(),
            context.background,
            identity=lambda entry: entry.id,
            group=lambda entry: day_heading(entry.occurred_at, local_date(log.now())),
            spoken=spoken_entry,
            empty=EmptyState(
                "Nothing written yet",
                "Type into the log line below (Ctrl+L), or press N for an entry with its own time.",
                "file-text",
            ),
            name="Log entries",
            on_error=context.messages.error,
        )
        self.column = ListColumn(
            self.records,
            FilterBox(log.vocabulary.every_category, local_date(log.now())),
            CHIPS,
            "Words, camera, CAD or reference",
            may_export=lambda: context.session.may(Permission.EXPORT),
        )
        self.view = EntryView(self._find_picture, context.background)
        self._nothing = EmptyState("No entry chosen", "Choose one from the list.", "file-text")
        self.new_button = KeyButton("New entry", "N", "primary")
        self._lay_out()
        self._connect(context.changes)

    # -- the page's life -------------------------------------------------------------------------------------

    def entered(self) -> None:
        self.new_button.setVisible(self._session.may(Permission.WRITE_LOG))
        self.column.show_rights()
        self._read_choices()
        if self._stale:
            self.refresh()
        else:
            self.records.reload()
        if self.view.asks.ask is None:
            self.records.take_focus()

    def left(self) -> None:
        self._state.set("log.split", self._splitter.sizes())

    def shows(self) -> dict[str, Callable[[str], None]]:
        return {"log": lambda key: self.show_entry(int(key))}

    def top_bar_widgets(self) -> list[QWidget]:
        return [self.new_button]

    def refresh(self) -> None:
        """Read the list from its beginning, as it is filtered now."""
        if not self._session.may(Permission.READ_LOG):
            return
        self._stale = False
        actor, wanted = self._session.actor, self.wanted()
        narrowed = wanted != LogFilter(oldest_first=wanted.oldest_first)

        def fetch(limit: int, after: Position | None) -> tuple[Sequence[LogEntry], Position | None]:
            part = self._log.entries(actor, wanted, limit=limit, after=after)
            return part.entries, part.next

        self.records.show_from(fetch, narrowed=narrowed)

    def wanted(self) -> LogFilter:
        """What the search field, the chips and the filter ask for together."""
        now = self._log.now()
        box = self.column.box.narrowing(now)
        chip = self.column.chips.index
        sinces = [box.since, now - timedelta(hours=12) if chip == _RECENT else None]
        return LogFilter(
            words=self.column.words,
            since=max((each for each in sinces if each is not None), default=None),
            until=box.until,
            camera_number=box.camera,
            category=box.category,
            author=self._session.actor.handle if chip == _MINE else box.author,
            late_only=chip == _LATE,
            oldest_first=box.oldest_first,
        )

    def show_entry(self, entry_id: int) -> None:
        """Bring the page to the front with one entry shown."""
        self.shown_requested.emit()
        if not self.records.select(entry_id):
            self.records.reload()
        actor = self._session.actor
        self._background.run(lambda: self._log.entry(actor, entry_id), self._show, owner=self)

    # -- one entry -------------------------------------------------------------------------------------------

    def _arrived(self, entry: LogEntry | None, afresh: bool) -> None:
        """The list was read: show what is selected in it, unless somebody is writing something new."""
        if self.view.asks.is_new:
            return
        if entry is not None:
            self._show(entry)
        elif afresh:
            self._right.setCurrentWidget(self._nothing)

    def _show(self, entry: LogEntry) -> None:
        self._right.setCurrentWidget(self.view)
        may = self._session.may
        before = self.view.entry
        self.view.show_entry(
            entry, may_add=may(Permission.WRITE_LOG), may_open=may(Permission.OPEN_INCIDENTS)
        )
        self.view.asks.look_at(entry.id)
        if before is None or before.id != entry.id or not self.view.around.lines:
            self._read_around(entry)

    def _read_around(self, entry: LogEntry) -> None:
        if self._task is not None:
            self._task.cancel()
        actor, at = self._session.actor, entry.occurred_at
        wanted = LogFilter(since=at - AROUND, until=at + AROUND, oldest_first=True)
        self._task = self._background.run(
            lambda: self._log.entries(actor, wanted, limit=MOST_AROUND).entries,
            self.view.show_around,
            owner=self,
        )

    def _find_picture(self, snapshot: Snapshot) -> Path:
        return self._log.picture(self._session.actor, snapshot)

    # -- writing ---------------------------------------------------------------------------------------------

    def write_new(self) -> None:
        """Open the form for a new entry."""
        if not self._session.may(Permission.WRITE_LOG):
            return
        self._right.setCurrentWidget(self.view)
        if self.view.asks.look_at(NEW):
            return
        ask = entry_forms.new_entry(self._log.vocabulary, self._cameras, self._log.now())
        ask.confirmed.connect(lambda values: self._write(ask, values))
        ask.closed.connect(self._ask_closed)
        self.view.asks.put(ask, NEW)

    def _ask_closed(self) -> None:
        shown = self.view.entry
        if shown is None:
            self._right.setCurrentWidget(self._nothing)
        else:
            self._show(shown)
        self.records.take_focus()

    def _write(self, ask: Ask, values: dict[str, Any]) -> None:
        actor, new = self._session.actor, entry_forms.entry_of(values)

        def written(entry: LogEntry) -> None:
            self._messages.show("The entry is in the log.", "done")
            ask.close_ask()
            self._select_when_read(entry.id)

        self._background.run(lambda: self._log.write(actor, new), written, ask.fail, owner=ask)

    def add_addendum(self) -> None:
        """Open the form for an addendum to the entry shown."""
        entry = self.view.entry
        if entry is None or not self._session.may(Permission.WRITE_LOG):
            return
        ask = entry_forms.addendum()
        ask.confirmed.connect(lambda values: self._add_addendum(ask, entry.id, values))
        ask.closed.connect(self._ask_closed)
        self.view.asks.put(ask, entry.id)

    def _add_addendum(self, ask: Ask, entry_id: int, values: dict[str, Any]) -> None:
        actor = self._session.actor

        def added(_addendum: Addendum) -> None:
            self._messages.show("The addendum stands below the entry.", "done")
            ask.close_ask()
            self._select_when_read(entry_id)

        work = self._log.add_addendum
        self._background.run(
            lambda: work(actor, entry_id, values["reason"], values["text"]), added, ask.fail, owner=ask
        )

    def _select_when_read(self, entry_id: int) -> None:
        self.records.select(entry_id)
        self.records.reload()
        self.records.take_focus()

    # -- the rest --------------------------------------------------------------------------------------------

    def _read_choices(self) -> None:
        actor = self._session.actor
        self._background.run(lambda: self._log.cameras(actor), self._take_cameras, owner=self)
        self._background.run(lambda: self._log.authors(actor), self.column.box.set_people, owner=self)

    def _take_cameras(self, cameras: Sequence[Camera]) -> None:
        self._cameras = cameras

    def _export(self) -> None:
        ask_for_file(self, "log.csv", self.export_to)

    def export_to(self, path: Path) -> None:
        """Write every entry the filter lets through to `path`."""
        actor, wanted = self._session.actor, self.wanted()
        take_away(
            lambda: entry_rows(self._log.export(actor, wanted)), path, self._background, self._messages, self
        )

    def _filled(self) -> None:
        box: Narrowing = self.column.box.narrowing(self._log.now())
        self.column.show_count(box.count)

    def _take_change(self, kind: str, _key: str) -> None:
        if kind not in ("log", "incident") or not self._session.signed_in:
            return
        if self.isVisible():
            self.column.reload_soon()

    def _person_changed(self) -> None:
        self._stale = True
        self.records.clear()
        self.view.asks.clear()
        self.view.entry = None
        self._right.setCurrentWidget(self._nothing)
        if self.kept is not None:
            self.kept.refresh()
        if self.isVisible() and self._session.signed_in:
            self.entered()

    def _ask_incident(self) -> None:
        if self.view.entry is not None:
            self.incident_wanted.emit(self.view.entry)

    def _lay_out(self) -> None:
        self._right = QStackedWidget()
        self._right.addWidget(self._nothing)
        self._right.addWidget(self.view)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._make_left())
        self._splitter.addWidget(self._right)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 2)
        self.column.setMinimumWidth(theme.px(340))
        self._restore_split()
        self._state.follow(self._restore_split)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)

    def _make_left(self) -> QWidget:
        """The list, with what is not yet saved above it."""
        if self.kept is None:
            return self.column
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.kept)
        column.addWidget(self.column, 1)
        return left

    def _connect(self, changes: ChangeBridge) -> None:
        if self.kept is not None:
            self.kept.wanted_back.connect(self.wanted_back)
        wires: tuple[tuple[Any, Callable[..., None]], ...] = (
            (self.column.asked, self.refresh),
            (self.column.export_wanted, self._export),
            (self.records.selected, self._show),
            (self.records.arrived, self._arrived),
            (self.records.filled, self._filled),
            (self.view.addendum_wanted, self.add_addendum),
            (self.view.incident_wanted, self._ask_incident),
            (self.view.incident_chosen, self.incident_chosen.emit),
            (changes.changed, self._take_change),
            (self._session.actor_changed, self._person_changed),
        )
        for signal, slot in wires:
            signal.connect(slot)
        self.new_button.clicked.connect(lambda _checked: self.write_new())

    def _restore_split(self) -> None:
        """As the person at the desk had it."""
        if shiboken6.isValid(self):
            self._splitter.setSizes(self._state.numbers("log.split", [600, 1200]))
