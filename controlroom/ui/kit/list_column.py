"""Builds the left third of a page of records: search, chips, the folded filter, the list, and its count."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStyledItemDelegate

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.clock import local_date
from controlroom.log.records import Happened, ListFilter, Part, Position
from controlroom.ui import icons, theme
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.entries import day_heading
from controlroom.ui.kit.export import ask_for_file, export_rows
from controlroom.ui.kit.filter_box import FilterBox
from controlroom.ui.kit.paged_list import PagedList
from controlroom.ui.widgets.card import EmptyState, bare_button
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.layout import SPRING, grow, row
from controlroom.ui.widgets.search_field import SearchField
from controlroom.ui.widgets.text import label

R = TypeVar("R", bound=Happened)
FILTER_TIP = "Filter by period, camera, category, person (Ctrl+Shift+F)"


class ListColumn(PagedList[R]):
    """A list of records that happened at a moment, read part by part, grouped by days and exported as a whole.

    `wanted(column)` says what is asked for by words, chip and filter; `read(actor, wanted, limit, after)` gives a part
    of that, `export(actor, wanted)` all of it as rows. Emits `asked` when another list is wanted; it is read then.
    """

    asked = Signal()

    def __init__(
        self,
        context: PageContext,
        delegate: QStyledItemDelegate,
        *,
        name: str,
        spoken: Callable[[R], str],
        empty: EmptyState,
        hint: str,
        chips: Sequence[str],
        categories: Sequence[str],
        who: str,
        wanted: Callable[["ListColumn[R]"], Any],
        read: Callable[[Actor, Any, int, Position | None], Part[R]],
        export: Callable[[Actor, Any], list[list[str]]],
    ) -> None:
        super().__init__(
            delegate,
            context.background,
            identity=lambda record: record.id,
            group=lambda record: day_heading(record.occurred_at, self._today()),
            spoken=spoken,
            empty=empty,
            name=name,
        )
        self.setProperty("bar", "list")
        self._context, self._file_name = context, f"{name.casefold()}.csv"
        self._say_wanted, self._read_part, self._export_rows = wanted, read, export
        self.box = FilterBox(categories, self._today(), who)
        self.search = SearchField(hint, "Ctrl+F")
        self.chips = Choices(chips, chips=True)
        self._count = label("", theme.SMALL, role="text_dim")
        self._filter_button = bare_button("sliders-horizontal", FILTER_TIP)
        self._filter_button.setCheckable(True)
        self._export_button = bare_button(
            "export",
            "Export this list as CSV",
            lambda: ask_for_file(self, self._file_name, self.export_to),
        )
        self._lay_out()
        self._connect()

    @property
    def filter(self) -> ListFilter:
        """What the search field and the filter ask for, as of now."""
        words = self.search.text().strip()
        return replace(self.box.filter(self._context.clock.now()), words=words)

    def begin(self) -> None:
        """Read what is asked for now from its beginning; where nobody may see it now, once somebody does."""
        if not self.may_read():
            self._fetch = None
            return
        actor, wanted = self._context.session.actor, self._say_wanted(self)
        narrowed = bool(self.filter.words or self.chips.index or self.box.ways)
        self.show_from(lambda limit, after: self._read_part(actor, wanted, limit, after), narrowed=narrowed)

    def reload(self) -> None:
        if self._fetch is None:
            self.begin()
        else:
            super().reload()

    def clear(self) -> None:
        super().clear()
        self._fetch = None  # which reads for the person before

    def begin_search(self) -> None:
        self.search.begin()

    def show_rights(self) -> None:
        self._export_button.setVisible(self._context.session.may(Permission.EXPORT))

    def toggle_filter(self) -> None:
        """Fold the filter out or in."""
        self._filter_button.toggle()

    def export_to(self, path: Path) -> None:
        """Write everything that is asked for, not only what was read so far, to `path`."""
        actor, wanted = self._context.session.actor, self._say_wanted(self)
        export_rows(
            lambda: self._export_rows(actor, wanted),
            path,
            self._context.background,
            self._context.messages,
            self,
        )

    def _today(self) -> date:
        return local_date(self._context.clock.now())

    def _show_count(self) -> None:
        """Say how many rows there are, and mark the filter's button while it narrows."""
        count = self.model.rowCount()
        order = "oldest" if self.filter.oldest_first else "newest"
        said = f"the {order} {count} shown, more as you scroll" if self.model.has_more else f"{count} shown"
        self._count.setText(said if count else "")
        role = "accent" if self.box.ways else "text_dim"
        self._filter_button.setIcon(icons.icon("sliders-horizontal", role))

    def _lay_out(self) -> None:
        self.body.setContentsMargins(0, 0, 1, 0)
        tools = (grow(self.search), self._filter_button, self._export_button)
        self.body.insertLayout(0, row(*tools, spacing=6, margins=(14, 14, 10, 10)))
        self.body.insertLayout(1, row(grow(self.chips), margins=(14, 0, 10, 10)))
        self.body.insertWidget(2, self.box)
        self.box.hide()
        self.body.addLayout(row(self._count, SPRING, margins=(16, 6, 16, 6)))

    def _connect(self) -> None:
        self.search.searched.connect(lambda _text: self.asked.emit())
        self.search.went_down.connect(self.take_focus)
        self.chips.leads_to(self.view)
        self.chips.chosen.connect(lambda _index: self.asked.emit())
        self.box.changed.connect(self.asked)
        self.asked.connect(self.begin)
        self.arrived.connect(lambda _records: self._show_count())
        self._filter_button.toggled.connect(self.box.setVisible)
