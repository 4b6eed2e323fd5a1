"""The left third of a page of records: search, chips, the folded filter, the list, and how much of it is shown."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from controlroom.ui import icons, theme
from controlroom.ui.kit.filter_box import FilterBox
from controlroom.ui.kit.paged_list import PagedList
from controlroom.ui.kit.record_list import RecordList
from controlroom.ui.widgets.card import bare_button
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.search_field import SearchField
from controlroom.ui.widgets.text import label

FILTER_TIP = "Filter by period, camera, category, person (Ctrl+Shift+F)"
RELOAD_PAUSE_MS = 150  # several changes told at once are read once


class ListColumn(RecordList[Any]):
    """A `RecordList` over records read part by part.

    Emits `asked` when another list is wanted: other words, another chip, another filter.
    """

    asked = Signal()
    export_wanted = Signal()

    def __init__(
        self,
        records: PagedList[Any],
        box: FilterBox,
        chips: Sequence[str],
        hint: str,
        *,
        may_export: Callable[[], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("bar", "list")
        self.records, self.box = records, box
        self._may_export = may_export
        self.search = SearchField(hint, "Ctrl+F")
        self.chips = Choices(chips, chips=True)
        self._count = label("", theme.SMALL, role="text_dim")
        self._filter_button = bare_button(
            "sliders-horizontal", "Filter by period, camera, category, person (Ctrl+Shift+F)"
        )
        self._filter_button.setCheckable(True)
        self._export_button = bare_button("export", "Export this list as CSV")
        self._lay_out()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(RELOAD_PAUSE_MS)
        self._connect()

    @property
    def words(self) -> str:
        """What is searched for."""
        return self.search.text().strip()

    def identity(self, record: Any) -> Hashable:
        return self.records.model.identity(record)

    def reload(self) -> None:
        self.records.reload()

    def clear(self) -> None:
        self.records.clear()

    def select(self, identity: Hashable) -> bool:
        return self.records.select(identity)

    def unselect(self) -> None:
        self.records.view.setCurrentIndex(QModelIndex())
        self.chosen.emit(None)

    def selected_record(self) -> Any:
        return self.records.selected_record()

    def go_on(self) -> None:
        self.records.go_on()

    def take_focus(self) -> None:
        self.records.take_focus()

    def begin_search(self) -> None:
        self.search.begin()

    def reload_soon(self) -> None:
        """Read the list again in a moment."""
        self._pause.start()

    def show_rights(self) -> None:
        """Offer the export to those who may."""
        self._export_button.setVisible(self._may_export())

    def toggle_filter(self) -> None:
        """Fold the filter out or in."""
        self._filter_button.toggle()

    def show_count(self, narrowed_ways: int) -> None:
        """Say how many rows there are, and mark the filter's button while it narrows."""
        model = self.records.model
        count = model.rowCount()
        more = "the newest " if model.has_more else ""
        said = f"{more}{count} shown, more as you scroll" if model.has_more else f"{count} shown"
        self._count.setText(said if count else "")
        role = "accent" if narrowed_ways else "text_dim"
        self._filter_button.setIcon(icons.icon("sliders-horizontal", role))

    def _tell_read(self, selected: Any, afresh: bool) -> None:
        """A record that a filter hides stays shown until another list is asked for."""
        if selected is not None or afresh:
            self.chosen.emit(selected)
        self.arrived.emit(self.records.model.records)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        top = QHBoxLayout()
        top.setContentsMargins(14, 14, 10, 10)
        top.setSpacing(6)
        top.addWidget(self.search, 1)
        top.addWidget(self._filter_button)
        top.addWidget(self._export_button)
        column.addLayout(top)
        chips = QHBoxLayout()
        chips.setContentsMargins(14, 0, 10, 10)
        chips.addWidget(self.chips, 1)
        column.addLayout(chips)
        column.addWidget(self.box)
        self.box.hide()
        column.addWidget(self.records, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 6, 16, 6)
        foot.addWidget(self._count)
        foot.addStretch(1)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.search.searched.connect(lambda _text: self.asked.emit())
        self.search.went_down.connect(self.records.take_focus)
        self.records.selected.connect(self.chosen)
        self.records.activated.connect(self.activated)
        self.records.arrived.connect(self._tell_read)
        self.chips.chosen.connect(lambda _index: self.asked.emit())
        self.box.changed.connect(self.asked)
        self._filter_button.toggled.connect(self.box.setVisible)
        self._export_button.clicked.connect(lambda _checked: self.export_wanted.emit())
        self._pause.timeout.connect(self.records.reload)
        shortcut = QShortcut(QKeySequence("Ctrl+Shift+F"), self)
        shortcut.activated.connect(self.toggle_filter)
