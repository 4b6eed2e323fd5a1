"""Asks a camera about itself: its address and login, typed or chosen from those found, and what it answered."""

from concurrent.futures import Future
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QSpinBox, QWidget

from controlroom.cameras.devices import DeviceAddress, DeviceFault, DeviceReport, DiscoveredDevice, FaultKind
from controlroom.cameras.records import NewCamera, Place
from controlroom.errors import InvalidInput
from controlroom.hosts import read_place
from controlroom.ui import theme
from controlroom.ui.background import Background, Task
from controlroom.ui.kit.fields import SecretEdit
from controlroom.ui.pages.cameras.report_view import Answer, ability_names
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import SPRING, box, column, row
from controlroom.ui.widgets.marks import BusyBar
from controlroom.ui.widgets.text import caption, note

MISSING = "Type the camera's host name or IP address, or choose one that was found."
NONE_FOUND = "None answered. Type an address, or switch ONVIF on in the camera."


class Prober(Protocol):
    """Whatever reaches cameras for the window; both calls return at once."""

    def discover(self) -> "Future[list[DiscoveredDevice]]": ...

    def probe(self, address: DeviceAddress) -> "Future[DeviceReport]": ...


class AskCamera(QWidget):
    """Asks one camera at a time, and only when a person says so: a wrong password repeated could lock the account."""

    answered = Signal(object)  # DeviceReport
    forgotten = Signal()  # the answer no longer belongs to what is typed

    def __init__(self, prober: Prober, background: Background) -> None:
        super().__init__()
        self._prober, self._background = prober, background
        self._task: Task | None = None
        self.report: DeviceReport | None = None
        self.host, self.username, self.password = QLineEdit(), QLineEdit(), SecretEdit()
        self.port = QSpinBox()
        self.port.setRange(1, 65535)
        self.port.setValue(DeviceAddress.port)
        self.port.setGroupSeparatorShown(False)
        self.found, self.form, self.answer = QListWidget(), Form(), Answer()
        self.ask_button = KeyButton("Ask the camera", "Enter", "primary", bind=False, press=self.ask)
        self.search_button = KeyButton("Search the network", "Ctrl+D", press=self.search)
        self.cancel_button = KeyButton("Stop waiting", press=self.cancel)
        self._busy, self._busy_words = BusyBar("Waiting for an answer"), note("")
        self._lay_out()
        self._connect()

    def begin(self) -> None:
        """Take the focus, with the address and name typed before; the password is typed again, and asked again."""
        self.cancel()
        if self.password.text():
            self.password.clear()
            self._forget()
        self.form.clear_errors()
        self.host.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Empty every field."""
        self.cancel()
        for field in (self.host, self.username, self.password):
            field.clear()
        self.port.setValue(DeviceAddress.port)
        self.form.clear_errors()
        self.found.clear()
        self._forget()

    def search(self) -> None:
        """Look for cameras on the networks of this computer, unless something is being waited for already."""
        if not self.search_button.isVisibleTo(self):
            return
        self.found.clear()
        self._set_busy("Searching the network for three seconds; you can type an address meanwhile")
        self._task = self._background.follow(
            self._prober.discover(), self._take_found, self._take_error, owner=self
        )

    def ask(self) -> None:
        """Ask the camera at the address typed, unless one is being asked already."""
        if not self.ask_button.isVisibleTo(self):
            return
        if not self.form.require((self.host, MISSING)) or not self._read_place():
            return
        address = self.address()
        self.cancel()  # a search still running
        self._forget()
        self._set_busy(f"Asking {address.label}", asking=True)
        self._task = self._background.follow(
            self._prober.probe(address), self._take_report, self._take_error, owner=self
        )

    def cancel(self) -> None:
        """Stop waiting for the search or for the camera's answer; what arrives later is dropped."""
        if self._task is not None:
            self._task.cancel()
        self._set_busy("")

    def address(self) -> DeviceAddress:
        """The address and login as typed."""
        host, password = self.host.text().strip(), self.password.text()
        return DeviceAddress(host, self.port.value(), self.username.text(), password)

    def new_camera(self, number: str, name: str, place: Place) -> NewCamera:
        """The camera as it would be put on the register: what is typed, and what it answered."""
        address = self.address()
        report = self.report or DeviceReport()
        main, sub = report.main_profile, report.sub_profile
        return NewCamera(
            number=number.strip().upper(),
            name=name.strip(),
            place=place,
            host=address.host,
            port=address.port,
            username=address.username,
            password=address.password,
            make=report.make,
            model=report.model,
            main_stream=main.stream_url if main else "",
            sub_stream=sub.stream_url if sub else "",
            has_ptz=report.ptz is not None,
            abilities=ability_names(report),
            clock_drift_s=report.clock_drift_s,
        )

    # -- answers ---------------------------------------------------------------------------------------------

    def _take_report(self, report: DeviceReport) -> None:
        self._set_busy("")
        self.report = report
        self.answer.show_report(report)
        self._choices.hide()
        self.ask_button.set_kind("secondary")
        self.answered.emit(report)

    def _take_error(self, error: Exception) -> None:
        self._set_busy("")
        self.answer.show_error(error)
        refused = isinstance(error, DeviceFault) and error.kind is FaultKind.NOT_AUTHORISED
        field = self.password if refused else self.host
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        field.selectAll()

    def _take_found(self, devices: list[DiscoveredDevice]) -> None:
        for device in devices:
            name = device.name or device.hardware or "camera"
            item = QListWidgetItem(f"{device.host}:{device.port}   {name}", self.found)
            item.setData(Qt.ItemDataRole.UserRole, device)
        if not devices:
            QListWidgetItem(NONE_FOUND, self.found).setFlags(Qt.ItemFlag.NoItemFlags)
        self._choices.show()
        if devices and self.cancel_button.hasFocus():  # it goes with the waiting
            self.found.setCurrentRow(0)
            self.found.setFocus(Qt.FocusReason.OtherFocusReason)
        self._set_busy("")

    def _choose(self, item: QListWidgetItem) -> None:
        device = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(device, DiscoveredDevice):
            self.host.setText(device.host)
            self.port.setValue(device.port)
            self._changed()
            self.username.setFocus(Qt.FocusReason.OtherFocusReason)

    def _read_place(self) -> bool:
        """Read the address, with the port that may be typed or pasted behind it; False when it is said to be none."""
        try:
            host, port = read_place(self.host.text(), self.port.value())
        except InvalidInput as error:
            self.form.set_error(self.host, str(error))
            return False
        self.host.setText(host)
        self.port.setValue(port)
        return True

    def _changed(self) -> None:
        """What was asked, or is being asked, is not what is typed any more."""
        if not self.ask_button.isVisibleTo(self):
            self.cancel()
        if self.report is not None or self.answer.isVisibleTo(self):
            self._forget()

    def _forget(self) -> None:
        self.report = None
        self.answer.hide()
        self._choices.setVisible(self.found.count() > 0)
        self.ask_button.set_kind("primary")
        self.forgotten.emit()

    def _set_busy(self, words: str, *, asking: bool = False) -> None:
        self._busy_words.setText(words)
        for each in (self._busy, self._busy_words, self.cancel_button):
            each.setVisible(bool(words))
        self.search_button.setVisible(not words)
        self.ask_button.setVisible(not asking)

    # -- building --------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.found.setFixedHeight(theme.px(104))
        self.found.setAccessibleName("Cameras found on the network")
        self._choices = box(column(caption("Found on this network"), self.found, spacing=6))
        self._choices.hide()
        self.form.add_row(("Host name or &address", self.host, 3), ("Por&t", self.port, 1))
        self.form.add_row(("&User", self.username, 1), ("&Password", self.password, 1))
        buttons = row(self.ask_button, self.search_button, self.cancel_button, SPRING, spacing=8)
        asked = (self._choices, self.form, buttons)
        column(*asked, self._busy_words, self._busy, self.answer, on=self, spacing=10)
        self._set_busy("")

    def _connect(self) -> None:
        self.found.itemActivated.connect(self._choose)
        self.found.itemClicked.connect(self._choose)
        self.host.returnPressed.connect(lambda: self._enter(self.username))
        self.username.returnPressed.connect(lambda: self._enter(self.password))
        self.password.returnPressed.connect(self.ask)
        for field in (self.host, self.username, self.password):
            field.textEdited.connect(self._changed)
        self.port.valueChanged.connect(self._changed)

    def _enter(self, following: QLineEdit) -> None:
        if self.password.text():
            self.ask()
        else:
            following.setFocus(Qt.FocusReason.TabFocusReason)
