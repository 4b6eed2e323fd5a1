"""Shows what a register file would do to the register, row by row, before anything is written; then imports it.

Reading, comparing and writing happen in the background. The panel takes the page's whole place while it is open.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from controlroom.accounts.records import Actor
from controlroom.cameras.devices import DiscoveredDevice
from controlroom.cameras.register_file.found import renamed
from controlroom.cameras.register_file.reading import read_register_file
from controlroom.cameras.register_file.records import ComparedRow, Imported, Preview, ReadFile, RowState
from controlroom.cameras.register_file.words import counted, remarks, summary, write_faults
from controlroom.cameras.register_import import RegisterImport
from controlroom.errors import ControlRoomError
from controlroom.ui import theme
from controlroom.ui.background import Task
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.record_list import LocalList
from controlroom.ui.pages.cameras.import_row import ImportRow
from controlroom.ui.pages.cameras.import_search import Finder, NetworkSearch
from controlroom.ui.pages.cameras.import_words import CHIPS, RowLine, columns
from controlroom.ui.widgets.card import EmptyState, bare_button
from controlroom.ui.widgets.layout import column, grow, row
from controlroom.ui.widgets.marks import BusyBar
from controlroom.ui.widgets.text import ElidedLabel, label, note, show_text

FOUND = (
    "Each was asked without a password. Numbers and names are proposed: correct them, leave out what is none."
)
Compare = Callable[[Actor], tuple[ReadFile, Preview]]


class ImportPanel(QWidget):
    """The preview of a file. `changed` is told when other actions are possible, `closed` when it is gone."""

    changed = Signal()
    closed = Signal()
    imported = Signal(object)  # Imported

    def __init__(self, context: PageContext, service: RegisterImport, finder: Finder) -> None:
        super().__init__()
        self._context, self._service = context, service
        self._task: Task | None = None
        self.search = NetworkSearch(finder, context.background, self._take_error, self)
        self._path: Path | None = None
        self.file: ReadFile | None = None
        self.preview: Preview | None = None
        self._left_out: frozenset[int] = frozenset()
        self.title = ElidedLabel("", theme.TITLE, theme.STRONG)
        self.summary, self.remarks = label("", theme.BODY, theme.MEDIUM, wrap=True), note("")
        self._trouble = label("", 13, role="alarm", wrap=True)
        self.busy, self._busy_words = BusyBar("Reading the file"), note("")
        self.list: LocalList[RowLine] = LocalList(
            context,
            "import",
            columns(),
            lambda line: line.row.line,
            lambda _actor: (),
            chips=CHIPS,
            empty=EmptyState("No row to import", "The file has headings and nothing below them."),
            search_hint="Number, name, cell or fault",
            search_key="Ctrl+Shift+F",
        )
        # Shown in the order they are handed in: Qt would sort ten thousand rows again with every chip.
        self.list.table.view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.row = ImportRow()
        self.buttons = row(spacing=8)
        self._lay_out()
        self.list.chosen.connect(self.row.show_row)
        self.search.progressed.connect(self._busy_words.setText)
        self.search.found.connect(self._take_found)
        self.hide()

    # -- what is asked of it ---------------------------------------------------------------------------------

    @property
    def working(self) -> bool:
        """True while something is read, compared or written."""
        return self._task is not None or self.search.running

    @property
    def from_file(self) -> bool:
        """True when a file is compared that can be read again; False for what was found on the network."""
        return self._path is not None

    @property
    def can_name(self) -> bool:
        """True when the selected row was found on the network, and may be given another number and name."""
        line = self.list.selected_record()
        return line is not None and not self.from_file and "host" in line.row.given

    @property
    def faulty(self) -> int:
        """How many rows have faults."""
        return self.preview.count(RowState.FAULTY) if self.preview else 0

    @property
    def leaves_faulty_out(self) -> bool:
        """True when the person chose to import the rows without faults alone."""
        faulty = {each.line for each in self.preview.rows if each.faults} if self.preview else set()
        return bool(faulty) and faulty <= self._left_out

    def wanted(self) -> list[ComparedRow]:
        """The rows an import would write."""
        rows = self.preview.rows if self.preview else ()
        return [each for each in rows if each.wanted and each.line not in self._left_out]

    def why_not(self) -> str:
        """Why the file cannot be imported now, empty when it can."""
        if self.working:
            return "The file is being read or written."
        if self.faulty and not self.leaves_faulty_out:
            rows = "1 row has" if self.faulty == 1 else f"{self.faulty:,} rows have"
            return f"{rows} faults: correct the file and read it again (G), or leave them out (O)."
        return "" if self.wanted() else "Nothing in the file is new or differs."

    # -- reading and writing ---------------------------------------------------------------------------------

    def read_file(self, path: Path) -> None:
        """Read a file and compare it with the register."""
        self._path = path
        self._left_out = frozenset()
        self._forget()
        self._compare(path.name, f"Reading {path.name}", lambda actor: self._read(actor, path))

    def search_network(self) -> None:
        """Search the networks of this computer, and compare what answers with the register."""
        self._begin_finding("the network", "Searching the network for three seconds")
        self.search.discover("the network")

    def search_range(self, typed: str, addresses: Sequence[str], port: int) -> None:
        """Ask each address of a range once, without a password, and compare what answers with the register."""
        self._begin_finding(typed, f"Asking {len(addresses):,} addresses")
        self.search.ask_range(typed, addresses, port)
        self.changed.emit()

    def rename(self, line: int, number: str, name: str) -> None:
        """Give a device that was found another number and name, and compare again."""
        if self.file is not None:
            file = renamed(self.file, line, number, name)
            self._begin("Comparing with the register")
            self._task = self._context.read(
                lambda actor: (file, replace(self._service.preview(actor, file), unnamed=())),
                self._take_preview,
                self,
                self._take_error,
            )

    def read_again(self) -> None:
        """Read the same file once more: it was corrected, or the register was changed meanwhile."""
        if self._path is not None:
            self.read_file(self._path)

    def toggle_faulty(self) -> None:
        """Leave the rows with faults out, or take them in again."""
        faulty = (
            frozenset(each.line for each in self.preview.rows if each.faults) if self.preview else frozenset()
        )
        self._left_out = self._left_out - faulty if self.leaves_faulty_out else self._left_out | faulty
        self._show_rows()

    def toggle_row(self) -> None:
        """Leave the selected row out, or take it in again."""
        line = self.list.selected_record()
        if line is not None:
            self._left_out ^= {line.row.line}
            self._show_rows()

    def accept(self) -> None:
        """Write what is wanted, all of it or nothing."""
        if self.file is None or self.why_not():
            return
        file, rows = self.file, self.wanted()
        self._begin(f"Importing {counted(len(rows), 'camera')}")

        def write(actor: Actor) -> tuple[Imported, Preview]:
            done = self._service.accept(actor, rows, file.source)
            return done, self._service.preview(actor, file)

        self._task = self._context.read(write, self._take_imported, self, self._take_error)

    def save_faults(self, path: Path) -> None:
        """Write the list of faults, for whoever made the file."""
        preview = self.preview
        if preview is not None:
            self._context.background.run(
                lambda: write_faults(path, preview),
                lambda count: self._context.messages.show(
                    f"{counted(count, 'fault')} written to {path.name}.", "done"
                ),
                owner=self,
            )

    def close_panel(self) -> None:
        """Stop what is under way and go; nothing was written but what an import said it wrote."""
        self._stop()
        self._forget()
        self.file = self._path = None
        self.hide()
        self.closed.emit()

    # -- inside ----------------------------------------------------------------------------------------------

    def _read(self, actor: Actor, path: Path) -> tuple[ReadFile, Preview]:
        file = read_register_file(path)
        return file, self._service.preview(actor, file)

    def _compare(self, title: str, words: str, compare: Compare) -> None:
        self._stop()
        self.title.set_text(f"Import: {title}")
        self._begin(words)
        self.show()
        self._task = self._context.read(compare, self._take_preview, self, self._take_error)

    def _begin_finding(self, title: str, words: str) -> None:
        self._stop()
        self._path, self._left_out = None, frozenset()
        self._forget()
        self.title.set_text(f"Found: {title}")
        self.show()
        self._begin(words)

    def _take_found(self, title: str, devices: Sequence[DiscoveredDevice]) -> None:
        self._task = self._context.read(
            lambda actor: self._service.preview_found(actor, devices, title),
            self._take_preview,
            self,
            self._take_error,
        )

    def _begin(self, words: str) -> None:
        show_text(self._trouble, "")
        show_text(self._busy_words, words)
        self.busy.show()
        self.changed.emit()

    def _end(self) -> None:
        self._task = None
        self.busy.hide()
        show_text(self._busy_words, "")

    def _stop(self) -> None:
        self.search.cancel()
        if self._task is not None:
            self._task.cancel()
        self._end()

    def _take_preview(self, found: tuple[ReadFile, Preview]) -> None:
        self._end()
        self.file, self.preview = found
        self.summary.setText(summary(self.preview))
        self.remarks.setText(" ".join(remarks(self.preview)) if self.from_file else FOUND)
        self.row.source.setText("As it stands in the file" if self.from_file else "As it was found")
        self._show_rows()
        self.list.take_focus()

    def _take_imported(self, done: tuple[Imported, Preview]) -> None:
        imported, preview = done
        self._end()
        said = f"Imported: {counted(imported.added, 'camera')} added, {imported.changed:,} changed."
        self._context.messages.show(said, "done")
        self.imported.emit(imported)
        if preview.count(RowState.FAULTY) and self.file is not None:
            self._take_preview((self.file, preview))
        else:
            self.close_panel()

    def _take_error(self, error: Exception) -> None:
        self._end()
        known = isinstance(error, ControlRoomError)
        show_text(
            self._trouble, str(error) if known else "The file could not be worked on. Nothing was written."
        )
        if not known:
            self._context.background.tell(error)
        self.changed.emit()

    def _forget(self) -> None:
        self.preview = None
        for each in (self.summary, self.remarks):
            each.setText("")
        self.list.set_records([])
        self.row.show_row(None)

    def _show_rows(self) -> None:
        rows: Sequence[ComparedRow] = self.preview.rows if self.preview else ()
        lines = [RowLine(each, each.line in self._left_out) for each in rows]
        self.list.set_records(sorted(lines, key=lambda line: line.order))
        self.row.show_row(self.list.selected_record())
        self.changed.emit()

    @property
    def trouble(self) -> str:
        """What went wrong, empty while nothing did."""
        return self._trouble.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
            event.accept()
            return
        super().keyPressEvent(event)

    def _lay_out(self) -> None:
        close = bare_button("x", "Close the preview (Esc)", self.close_panel)
        head = column(
            row(grow(self.title), close),
            self.summary,
            self.remarks,
            self._trouble,
            self._busy_words,
            self.busy,
            self.buttons,
            spacing=6,
            margins=(16, 12, 12, 0),
        )
        column(head, grow(row(grow(self.list), self.row)), on=self)
        for each in (self._trouble, self._busy_words):
            each.hide()
