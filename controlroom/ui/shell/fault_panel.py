"""Tells of a fault in a band between the page and the log line; it covers nothing and stops nothing."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QPlainTextEdit

from controlroom.clock import Clock, process_clock, show_time
from controlroom.errors import ControlRoomError
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.shell.faults import Fault, Faults
from controlroom.ui.widgets.card import bare_button
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import MIDDLE, at, column, grow, row
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.text import label, note

REPORT_HEIGHT = 190
WHAT = "Something in the program failed"
MEANING = "The last step may not have been done. Pictures, steering and the log go on."
REMEDY = (
    "Look whether the step was done, and try it again. "
    "If it fails again, give the report to whoever looks after the program."
)


class FaultPanel(QFrame):
    """A line that says what happened; under it, when asked for, the report to copy or to save."""

    opened = Signal()
    closed = Signal()

    def __init__(
        self,
        faults: Faults,
        messages: Messages,
        background: Background | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__()
        self._faults, self._messages, self._background = faults, messages, background
        self._clock = clock or process_clock()
        self._shown: Fault | None = None
        self.setProperty("bar", "fault")
        self.setAccessibleName("Report of a fault")
        self._what = label("", theme.BODY, theme.STRONG, wrap=True)
        self._rest = note(f"{MEANING} {REMEDY}")
        self.show_button = KeyButton("Show report", icon_name="bug", press=self.toggle_report)
        self.copy_button = KeyButton("Copy report", icon_name="copy", press=self.copy)
        self.save_button = KeyButton("Save report…", icon_name="floppy-disk", press=self.ask_and_save)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("The report, without personal text")
        self.text.setFixedHeight(theme.px(REPORT_HEIGHT))
        self.text.hide()
        self._lay_out()
        self.hide()
        faults.happened.connect(self.show_fault)

    @property
    def fault(self) -> Fault | None:
        """The fault shown."""
        return self._shown

    def show_fault(self, fault: Fault) -> None:
        """Tell of a fault; the same one again only counts on."""
        again = self._shown is not None and self._shown.facts.name == fault.facts.name
        self._shown = fault
        at, times = show_time(fault.facts.last_at, seconds=True), fault.count
        often = f", {times:,} times, the last at {at}" if times > 1 else f" at {at}"
        others = len([each for each in self._faults.all() if each.told]) - 1
        more = f" · {others} other fault{'s' if others > 1 else ''} in this session" if others else ""
        self._what.setText(f"{WHAT}{often}, during {fault.where}.{more}")
        self.setAccessibleDescription(f"{self._what.text()} {self._rest.text()}")
        if self.isVisible() and again:
            return
        if self.text.isVisible():
            self._fill()
        self.show()
        if not again:
            self._messages.keep(self._what.text(), "error", MEANING, REMEDY, self.open_report, "Show report")

    def open_report(self) -> None:
        """Show the newest fault with its report, or say that there is none."""
        told = [each for each in self._faults.all() if each.told]
        if not told:
            self._messages.show("Nothing in the program has failed in this session.", "done")
            return
        self._shown = self._shown or told[-1]
        self.show_fault(self._shown)
        self.show()
        self._set_open(True)
        self.text.setFocus(Qt.FocusReason.PopupFocusReason)
        self.opened.emit()

    def toggle_report(self) -> None:
        """Show or hide the report under the line."""
        self._set_open(not self.text.isVisible())

    def copy(self) -> None:
        """Put the report on the clipboard."""
        if self._shown is not None:
            QGuiApplication.clipboard().setText(self._faults.report_of(self._shown))
            self._messages.show("The report is on the clipboard, without personal text.", "done")

    def ask_and_save(self) -> None:
        """Ask for a file, without stopping anything, and write the report there."""
        if self._shown is None:
            return
        name = f"controlroom-{self._shown.facts.name}-{self._clock.now():%Y%m%d-%H%M}.txt"
        dialog = QFileDialog(self, "Save the report", name, "Text files (*.txt)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setWindowModality(Qt.WindowModality.NonModal)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.save(Path(chosen)))
        dialog.show()

    def save(self, path: Path) -> None:
        """Write the report to `path`, and say so, or why not."""
        if self._shown is None:
            return
        text = self._faults.report_of(self._shown)

        def done(_written: object) -> None:
            self._messages.show(f"The report is saved as {path.name}.", "done")

        def failed(error: Exception) -> None:
            why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
            self._messages.error(
                ControlRoomError(
                    f"The report was not saved: {why}.",
                    "It is still here.",
                    "Choose another folder, or copy it.",
                )
            )

        if self._background is None:
            done(path.write_text(text, encoding="utf-8"))
        else:
            self._background.run(lambda: path.write_text(text, encoding="utf-8"), done, failed, owner=self)

    def close_panel(self) -> None:
        """Hide the band; the fault stays among the notifications."""
        self._set_open(False)
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
            return
        super().keyPressEvent(event)

    def _set_open(self, opened: bool) -> None:
        if opened:
            self._fill()
        self.text.setVisible(opened)
        self.show_button.set_text("Hide report" if opened else "Show report")

    def _fill(self) -> None:
        if self._shown is not None:
            self.text.setPlainText(self._faults.report_of(self._shown))

    def _lay_out(self) -> None:
        said = grow(column(self._what, self._rest, spacing=2))
        close = bare_button("x", "Close the fault's band (Esc)", self.close_panel)
        buttons = (self.show_button, self.copy_button, self.save_button, close)
        line = row(at(MIDDLE, Mark("alarm", 10)), said, *(at(MIDDLE, each) for each in buttons), spacing=10)
        column(line, self.text, on=self, spacing=8, margins=(18, 10, 12, 10))
