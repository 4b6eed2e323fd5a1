"""Shows step 2: where the records are stored, and where backups go."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QRadioButton

from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.first_start.records import Draft, Setup, Storage, StorageAnswer
from controlroom.ui.first_start.steps import StepPage
from controlroom.ui.kit.fields import SecretEdit
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import LEFT, SPRING, at, box, column, fill
from controlroom.ui.widgets.marks import BusyBar, LeadAnswer
from controlroom.ui.widgets.text import note


class StorageStep(StepPage):
    """SQLite here, or a PostgreSQL database that exists; the latter is tried before going on."""

    title = "Where the records are kept"
    short = "Storage"
    does = (
        "Log, incidents, cameras and audit trail live in one database. It can be moved later from a backup."
    )
    after = "Next: what this room is called."

    def __init__(self, setup: Setup, background: Background) -> None:
        super().__init__()
        self._setup, self._background = setup, background
        self._tried: tuple[str, str] | None = None
        self.here = QRadioButton("On this computer (recommended for one desk)")
        self.server = QRadioButton("In a PostgreSQL database (several desks)")
        self.url, self.password, self.backups = QLineEdit(), SecretEdit(), QLineEdit()
        self.url.setPlaceholderText("postgresql://server/controlroom")
        self.test = KeyButton("Try the connection", "Ctrl+T", press=self.try_now)
        self.answer = LeadAnswer()
        self.good: StorageAnswer | None = None
        self._busy = BusyBar("Trying the connection")
        self._where = note("")
        self._server_form = Form()
        self._backup_form = Form()
        self._lay_out()
        self._connect()

    def begin(self, draft: Draft) -> None:
        """With --database there is nothing to choose."""
        given = draft.storage is Storage.GIVEN
        self.server.setChecked(draft.storage is not Storage.HERE)
        self.here.setChecked(draft.storage is Storage.HERE)
        for each in (self.here, self.server, self.url, self.password):
            each.setEnabled(not given)
        self.url.setText(draft.url)
        self.backups.setText(draft.backup_folder or str(self._setup.folder / "backups"))
        self._where.setText(
            f"One file in {self._setup.folder}, readable by this person alone. Nothing to install or look after."
        )
        self._show_choice()
        (self.here if self.here.isChecked() else self.url).setFocus(Qt.FocusReason.OtherFocusReason)

    def commit(self, draft: Draft) -> bool:
        """A server has to have answered well before the step is done."""
        self._server_form.clear_errors()
        self._backup_form.clear_errors()
        folder = Path(self.backups.text().strip()).expanduser()
        if not self.backups.text().strip() or not folder.is_absolute():
            self._backup_form.set_error(self.backups, "Name a folder in full, best on another disk.")
            return False
        draft.backup_folder = str(folder)
        if draft.storage is Storage.GIVEN:
            return True
        draft.storage = Storage.SERVER if self.server.isChecked() else Storage.HERE
        draft.url = self.url.text().strip() if self.server.isChecked() else ""
        if draft.storage is Storage.HERE:
            return True
        if not draft.url:
            self._server_form.set_error(self.url, "Type the database's address.")
            return False
        if self.good is None or self._tried != self._typed():
            self.try_now(then_go_on=True)
            return False
        return True

    def try_now(self, *, then_go_on: bool = False) -> None:
        """Connect, and say plainly what came of it; one trial at a time."""
        if not self.test.isEnabled():
            return
        self._tried, self.good = self._typed(), None
        self._set_busy(True)
        url, password = self._tried
        self._background.run(
            lambda: self._setup.try_storage(url, password),
            lambda answer: self._take_answer(answer, then_go_on=then_go_on),
            self._take_error,
            owner=self,
        )

    def _take_answer(self, answer: StorageAnswer, *, then_go_on: bool) -> None:
        self._set_busy(False)
        if self._tried != self._typed():
            return  # about an address that is not there any more
        self.answer.say(
            "live" if answer.good else "alarm",
            answer.what,
            " ".join(part for part in (answer.meaning, answer.remedy) if part),
        )
        self.good = answer if answer.good else None
        if not answer.good:
            self.url.setFocus(Qt.FocusReason.OtherFocusReason)
        elif then_go_on:
            self.entered.emit()

    def _take_error(self, error: Exception) -> None:
        self._set_busy(False)
        self.answer.say("alarm", "The connection could not be tried.", str(error))

    def _typed(self) -> tuple[str, str]:
        return self.url.text().strip(), self.password.text()

    def _set_busy(self, busy: bool) -> None:
        self._busy.setVisible(busy)
        self.test.setEnabled(not busy)
        if busy:
            self.answer.hide()

    def _show_choice(self) -> None:
        self._server_box.setVisible(self.server.isChecked())
        self._where.setVisible(self.here.isChecked())

    def _lay_out(self) -> None:
        for button in (self.here, self.server):
            button.setFont(theme.font(theme.BODY, theme.MEDIUM))
        self._server_form.add(
            "&Address of the database",
            self.url,
            "Set up before by its administrator: controlroom db upgrade.",
        )
        self._server_form.add(
            "This desk's &secret",
            self.password,
            "From the database's administrator; kept in a file only you can read.",
        )
        self._backup_form.add(
            "&Backups go to",
            self.backups,
            "A copy every night. A folder on another disk or server survives this computer.",
        )
        trial = (self._server_form, at(LEFT, self.test), self._busy, self.answer)
        self._server_box = box(column(*trial, spacing=10, margins=(26, 0, 0, 0)))
        choice = (self.here, self._where, self.server, self._server_box)
        fill(self.body, *choice, self._backup_form, SPRING)
        self.answer.hide()

    def _connect(self) -> None:
        self.here.toggled.connect(lambda _on: self._show_choice())
        for field in (self.url, self.password, self.backups):
            field.returnPressed.connect(self.entered)
        for field in (self.url, self.password):
            field.textEdited.connect(lambda _text: self.answer.hide())
