"""Declares what the Cameras page can do with register files: import, export, and the keys of the preview."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.cameras.address_range import PER_SECOND, read_range
from controlroom.cameras.register_file.words import counted
from controlroom.cameras.register_file.writing import write_register
from controlroom.cameras.register_import import RegisterImport
from controlroom.errors import InvalidInput
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormSpec
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.pages.cameras.import_panel import ImportPanel

MANAGE = Permission.MANAGE_CAMERAS
READ = "Sheets (*.xlsx *.ods *.csv);;All files (*)"
WRITTEN = "Excel (*.xlsx);;CSV (*.csv)"


class ImportActions:
    """The actions, and the questions for files, which stop nothing."""

    def __init__(
        self,
        page: RecordPage[Any],
        context: PageContext,
        service: RegisterImport,
        panel: ImportPanel,
        shown: Callable[[], Iterable[int]],
    ) -> None:
        """`shown` gives the ids of the cameras that the list shows now."""
        self._shown = shown
        self._page, self._context, self._service, self._panel = page, context, service, panel
        self.begin = page.action(
            "I", "Import the register from a file", self.ask_for_file, short="Import", permission=MANAGE
        )
        self.export = page.action(
            "X", "Export the register to a file", self._ask_for_export, short="Export", permission=MANAGE
        )
        self.find = page.action(
            "F", "Find cameras on the network", panel.search_network, short="Discover", permission=MANAGE
        )
        self.range = page.action(
            "R", "Ask an address range", self._ask_for_range, short="Range", permission=MANAGE
        )
        page.action(
            "Shift+X",
            "Export the cameras that are shown now",
            lambda: self._ask_for_export(shown_only=True),
            permission=MANAGE,
        )
        self._of_preview()

    def _of_preview(self) -> None:
        panel = self._panel
        shown: dict[str, Any] = {"part": "Import", "when": panel.isVisible, "needs": "a file is compared"}
        faulty = {
            **shown,
            "when": lambda: panel.isVisible() and panel.faulty > 0,
            "needs": "rows have faults",
        }
        self.accept = self._page.action(
            "A",
            "Import what is new or differs",
            panel.accept,
            short=lambda: f"Import {counted(len(panel.wanted()), 'camera')}",
            why_not=panel.why_not,
            kind="primary",
            **shown,
        )
        self.leave_out = self._page.action(
            "O",
            "Leave the rows with faults out, or take them in again",
            panel.toggle_faulty,
            short=lambda: "Wait for all rows" if panel.leaves_faulty_out else f"Leave {panel.faulty:,} out",
            **faulty,
        )
        self.save_faults = self._page.action(
            "V", "Save the list of faults", self._ask_for_faults, short="Save the faults", **faulty
        )
        self.again = self._page.action(
            "G",
            "Read the same file again",
            panel.read_again,
            short="Read it again",
            **{**shown, "when": lambda: panel.isVisible() and panel.from_file},
        )
        self.name = self._page.action(
            "P",
            "Give the selected device its number and name",
            self._ask_for_name,
            short="Number and name",
            **{
                **shown,
                "when": lambda: panel.isVisible() and panel.can_name,
                "needs": "a found device is selected",
            },
        )
        self.stop = self._page.action(
            "S",
            "Stop asking addresses",
            panel.search.stop,
            short="Stop",
            **{**shown, "when": lambda: panel.search.stoppable, "needs": "a range is being asked"},
        )
        self.row_out = self._page.action(
            "K",
            "Leave the selected row out, or take it in again",
            panel.toggle_row,
            short="Leave this row out",
            **shown,
        )
        self._page.action("Esc", "Close the preview", panel.close_panel, bound=False, **shown)
        self._page.action("Ctrl+Shift+F", "Filter the rows", panel.list.begin_search, bound=False, **shown)
        panel.list.chosen.connect(lambda _line: self.name.changed.emit())
        for each in (
            self.accept,
            self.name,
            self.leave_out,
            self.save_faults,
            self.again,
            self.row_out,
            self.stop,
        ):
            panel.buttons.addWidget(ActionButton(each))
        panel.buttons.addStretch()

    def on_bar(self) -> list[Action]:
        """Whose buttons stand in the top bar."""
        return [self.begin, self.find, self.range, self.export]

    def ask_for_file(self) -> None:
        """Ask for the file to import."""
        dialog = _dialog(self._page, "Import the register", READ)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self._panel.read_file(Path(path)))
        dialog.show()

    def _ask_for_range(self) -> None:
        """Ask for the range in a form beside the list."""
        self._panel.close_panel()
        spec = FormSpec(
            "Ask an address range",
            "Ask them",
            lambda values: (values["range"], read_range(values["range"]), int(values["port"])),
            (
                Field("range", "Addresses", needed=True, check=_range_trouble, hint="10.20.30.1-40"),
                Field("port", "Port", value="80", needed=True, check=_port_trouble),
            ),
            text="Each is asked once by HTTP and, where it speaks nothing else, over HTTPS: without a password, "
            f"{PER_SECOND} a second, and nothing beyond them.",
            then=lambda asked: self._panel.search_range(*asked),
        )
        self._page.ask(spec)

    def _ask_for_name(self) -> None:
        """Ask for number and name in a form above the row."""
        line = self._panel.list.selected_record()
        if line is not None:
            self._panel.row.ask_for_name(line, self._context.background, self._panel.rename)

    def _ask_for_faults(self) -> None:
        name = Path(self._panel.preview.source).stem if self._panel.preview else "register"
        dialog = _writing(self._page, "Save the list of faults", f"{name}, faults.xlsx")
        dialog.fileSelected.connect(lambda path: self._panel.save_faults(Path(path)))
        dialog.show()

    def _ask_for_export(self, *, shown_only: bool = False) -> None:
        dialog = _writing(self._page, "Export the register", "cameras.xlsx")
        dialog.fileSelected.connect(lambda path: self.export_to(Path(path), shown_only=shown_only))
        dialog.show()

    def export_to(self, path: Path, *, shown_only: bool = False) -> None:
        """Write the cameras in use, or those of them shown in the list, as a file that can be imported.

        No password is in it.
        """
        shown = frozenset(self._shown()) if shown_only else None
        actor, service, messages = self._context.session.actor, self._service, self._context.messages

        def write() -> int:
            cameras = [each for each in service.registered(actor) if shown is None or each.id in shown]
            write_register(path, cameras)
            return len(cameras)

        self._context.background.run(
            write,
            lambda count: messages.show(
                f"{counted(count, 'camera')} exported to {path.name}, without passwords.", "done"
            ),
            owner=self._page,
        )


def _range_trouble(typed: str) -> str:
    """Why what was typed is no range, empty when it is one."""
    try:
        read_range(typed)
    except InvalidInput as error:
        return str(error)
    return ""


def _port_trouble(typed: str) -> str:
    right = typed.isascii() and typed.isdecimal() and 1 <= int(typed[:6]) <= 65_535
    return "" if right else "Ports run from 1 to 65535; cameras often use 80."


def dropped_file(event: QDropEvent) -> Path | None:
    """The one file of this computer that is dropped; None for anything else."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None


def _dialog(parent: QWidget, title: str, kinds: str) -> QFileDialog:
    dialog = QFileDialog(parent, title, "", kinds)
    dialog.setWindowModality(Qt.WindowModality.NonModal)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def _writing(parent: QWidget, title: str, name: str) -> QFileDialog:
    dialog = _dialog(parent, title, WRITTEN)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("xlsx")
    dialog.selectFile(name)
    return dialog
