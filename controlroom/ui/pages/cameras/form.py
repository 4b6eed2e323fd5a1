"""Asks what adding a camera needs: its address and login, its answer, and then the few things only people know."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QWidget

from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import DeviceAddress, DeviceReport, DiscoveredDevice, StreamProfile
from controlroom.cameras.records import Camera, Migration, NewCamera, Owner, Place, Transport
from controlroom.cameras.rules import RETENTION_DAYS
from controlroom.errors import ControlRoomError
from controlroom.ui.background import Background, Task
from controlroom.ui.kit.fields import SecretEdit
from controlroom.ui.pages.cameras.report_view import Answer, ability_names, profile_words
from controlroom.ui.widgets.card import SidePanel
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import SPRING, fill, row
from controlroom.ui.widgets.marks import BusyBar
from controlroom.ui.widgets.text import caption, note

Save = Callable[[NewCamera], Camera]


class AddCameraPanel(SidePanel):
    """Address and login, "Ask the camera", the answer, then number, name and place, and "Save"."""

    saved = Signal(object)  # Camera

    def __init__(
        self,
        prober: ControlClient,
        save: Save,
        background: Background,
    ) -> None:
        super().__init__("Add a camera", 420)
        self._prober, self._save, self._background = prober, save, background
        self._report: DeviceReport | None = None
        self._profiles: list[StreamProfile] = []
        self._task: Task | None = None
        self._make_fields()
        self._lay_out()
        self._connect()
        self._show_answered(False)

    # -- asking ----------------------------------------------------------------------------------------------

    def begin(self, areas: Sequence[str] = ()) -> None:
        """Open empty."""
        for field in (self.host, self.username, self.password, self.number, self.name, self.street):
            field.clear()
        self.port.setValue(80)
        self.retention.setValue(31)
        self.area.clear()
        self.area.addItems(list(areas))
        self.area.setCurrentText("")
        self.where.clear_errors()
        self.what.clear_errors()
        self.found.clear()
        self.found.hide()
        self._show_answered(False)
        self.answer.hide()
        self.show_trouble("")
        self.show()
        self.host.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask(self) -> None:
        """Ask the camera about itself; a refused password is not tried again by itself."""
        self.where.clear_errors()
        host = self.host.text().strip()
        if not host:
            self.where.set_error(self.host, "Type the camera's host name or IP address.")
            return
        address = DeviceAddress(host, self.port.value(), self.username.text(), self.password.text())
        self.answer.hide()
        self._show_answered(False)
        self._set_busy(f"Asking {address.label}")
        future = self._prober.probe(address)
        self._task = self._background.follow(future, self._take_report, self._take_error, owner=self)

    def search(self) -> None:
        self.found.hide()
        self._set_busy("Searching the network for three seconds")
        self._task = self._background.follow(
            self._prober.discover(), self._take_found, self._take_error, owner=self
        )

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._set_busy("")

    def _take_report(self, report: DeviceReport) -> None:
        self._set_busy("")
        self._report = report
        self._profiles = [each for each in report.profiles if each.stream_url]
        self.answer.show_report(report)
        for combo, chosen in ((self.main, report.main_profile), (self.sub, report.sub_profile)):
            combo.clear()
            for profile in self._profiles:
                combo.addItem(profile_words(profile))
            if chosen in self._profiles:
                combo.setCurrentIndex(self._profiles.index(chosen))
        self._show_answered(True)
        self.number.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_error(self, error: Exception) -> None:
        self._set_busy("")
        self.answer.show_error(error)
        self.ask_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_found(self, devices: list[DiscoveredDevice]) -> None:
        self._set_busy("")
        self.found.clear()
        first = f"{len(devices)} found; choose one" if devices else "No camera answered the search"
        self.found.addItem(first)
        for device in devices:
            name = device.name or device.hardware or "camera"
            self.found.addItem(f"{device.host}:{device.port}  {name}", device)
        self.found.show()
        self.found.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_found(self, row: int) -> None:
        device = self.found.itemData(row)
        if isinstance(device, DiscoveredDevice):
            self.host.setText(device.host)
            self.port.setValue(device.port)
            self.username.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- saving ----------------------------------------------------------------------------------------------

    def new_camera(self) -> NewCamera:
        report = self._report or DeviceReport()
        return NewCamera(
            number=self.number.text().strip().upper(),
            name=self.name.text().strip(),
            place=Place(
                self.street.text().strip(), self.area.currentText().strip(), self.ward.currentText().strip()
            ),
            host=self.host.text().strip(),
            port=self.port.value(),
            username=self.username.text(),
            password=self.password.text(),
            owner=Owner(self.owner.currentText()),
            make=report.make,
            model=report.model,
            migration=Migration(self.migration.currentText()),
            transport=Transport(self.transport.currentText()),
            retention_days=self.retention.value(),
            main_stream=self._address_of(self.main),
            sub_stream=self._address_of(self.sub),
            has_ptz=report.ptz is not None,
            abilities=ability_names(report),
            clock_drift_s=report.clock_drift_s,
        )

    def save(self) -> None:
        """Save what is filled in; a refusal stays in the panel with everything that was typed."""
        self.what.clear_errors()
        self.show_trouble("")
        for field, words in (
            (self.number, "Give the camera its number: 014, H03, RDC-04."),
            (self.name, "Name the street and what it looks at."),
        ):
            if not field.text().strip():
                self.what.set_error(field, words)
                return
        camera = self.new_camera()
        self.save_button.setEnabled(False)
        self._background.run(lambda: self._save(camera), self._take_saved, self._take_refused, owner=self)

    def _take_saved(self, camera: Camera) -> None:
        self.save_button.setEnabled(True)
        self.hide()
        self.saved.emit(camera)

    def _take_refused(self, error: Exception) -> None:
        self.save_button.setEnabled(True)
        known = isinstance(error, ControlRoomError)
        self.show_trouble(str(error) if known else "Saving failed. Nothing was added; try again.")

    def _address_of(self, combo: QComboBox) -> str:
        row = combo.currentIndex()
        return self._profiles[row].stream_url if 0 <= row < len(self._profiles) else ""

    # -- building --------------------------------------------------------------------------------------------

    def _make_fields(self) -> None:
        self.where, self.what = Form(), Form()
        self.host, self.username, self.password = QLineEdit(), QLineEdit(), SecretEdit()
        self.port, self.retention = QSpinBox(), QSpinBox()
        self.port.setRange(1, 65535)
        self.port.setGroupSeparatorShown(False)
        self.retention.setRange(*RETENTION_DAYS)
        self.number, self.name, self.street = QLineEdit(), QLineEdit(), QLineEdit()
        self.area, self.ward = _list_of(), _list_of()
        self.owner, self.transport, self.migration = _list_of(Owner), _list_of(Transport), _list_of(Migration)
        self.migration.setCurrentText(Migration.DIGITAL)
        self.main, self.sub, self.found = _list_of(), _list_of(), QComboBox()
        for combo in (self.area, self.ward):
            combo.setEditable(True)
        self.answer = Answer()
        self.ask_button = KeyButton("Ask the camera", "Enter", "primary", bind=False, press=self.ask)
        self.search_button = KeyButton("Search the network", "Ctrl+D", press=self.search)
        self.cancel_button = KeyButton("Stop waiting", "Esc", bind=False, press=self.cancel)
        self.save_button = KeyButton("Save", "Ctrl+S", "primary", press=self.save)
        self.close_button = KeyButton("Cancel", "Esc", bind=False, press=self.close_panel)
        self._busy, self._busy_words = BusyBar("Waiting for an answer"), note("")

    def _lay_out(self) -> None:
        self.where.add_row(("Host name or address", self.host, 3), ("Port", self.port, 1))
        self.where.add_row(("User", self.username, 1), ("Password", self.password, 1))
        buttons = row(self.ask_button, self.search_button, self.cancel_button, SPRING, spacing=8)
        fill(self.body, self.where, buttons, self.found, self._busy_words, self._busy, self.answer)
        self.found.setAccessibleName("Cameras found on the network")
        self._set_busy("")
        self.what.add_wide(caption("What only people know"))
        self.what.add_row(("Number", self.number, 1), ("Name", self.name, 3))
        self.what.add_row(("Street", self.street, 1), ("Area it is listed under", self.area, 1))
        self.what.add_row(("Ward", self.ward, 1), ("Owner", self.owner, 1))
        self.what.add_row(("Transport", self.transport, 1), ("Migration", self.migration, 1))
        self.what.add_row(("Kept, days", self.retention, 1), ("", QWidget(), 1))
        self.what.add("Stream for one large picture", self.main)
        self.what.add("Stream for small tiles", self.sub)
        fill(self.body, self.what, SPRING)
        self.add_button(self.save_button)
        self.add_button(self.close_button)

    def _connect(self) -> None:
        self.found.activated.connect(self._choose_found)
        for field in (self.host, self.username, self.password):
            field.returnPressed.connect(self.ask)
            field.textEdited.connect(lambda _text: self._forget_answer())
        self.port.valueChanged.connect(lambda _port: self._forget_answer())
        self.closed.connect(self.cancel)

    def _forget_answer(self) -> None:
        """Another address or login: what the last one answered no longer holds."""
        if self._report is not None:
            self._show_answered(False)
            self.answer.hide()

    def _show_answered(self, answered: bool) -> None:
        if not answered:
            self._report, self._profiles = None, []
        self.what.setVisible(answered)
        self.save_button.setVisible(answered)
        self.ask_button.set_kind("secondary" if answered else "primary")

    def _set_busy(self, words: str) -> None:
        self._busy_words.setText(words)
        for each in (self._busy, self._busy_words, self.cancel_button):
            each.setVisible(bool(words))
        for each in (self.ask_button, self.search_button):
            each.setVisible(not words)


def _list_of(texts: Iterable[str] = ()) -> QComboBox:
    combo = QComboBox()
    combo.addItems([str(each) for each in texts])
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(8)
    return combo
