"""Asks a camera about itself: how it is reached, typed or chosen from those found, and what it answered."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from controlroom.cameras.devices import (
    REFUSED_LOGIN,
    DeviceAddress,
    DeviceFault,
    DeviceReport,
    DiscoveredDevice,
    FaultKind,
    StreamProfile,
)
from controlroom.cameras.learned import ability_names
from controlroom.cameras.records import Camera, CameraLogin, NewCamera, Place
from controlroom.cameras.records import Protocol as By
from controlroom.cameras.rules import completed
from controlroom.cameras.service import to_try
from controlroom.errors import InvalidInput
from controlroom.ui import theme
from controlroom.ui.background import Background, Task
from controlroom.ui.pages.cameras.reach_fields import ReachFields
from controlroom.ui.pages.cameras.report_view import Answer
from controlroom.ui.stream_address import stream_address
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import SPRING, box, column, row
from controlroom.ui.widgets.marks import BusyBar
from controlroom.ui.widgets.text import caption, note
from controlroom.video.one_picture import NoPicture
from controlroom.video.records import Look, StreamAddress, StreamFault

NONE_FOUND = "None answered. Type an address, or switch ONVIF on in the camera."
Looker = Callable[[StreamAddress], Look]
"""Takes a test picture; waits for it. Raises NoPicture or Unavailable."""


class Prober(Protocol):
    """Whatever reaches cameras for the window; both calls return at once."""

    def discover(self) -> "Future[list[DiscoveredDevice]]": ...

    def probe(self, address: DeviceAddress) -> "Future[DeviceReport]": ...


class AskCamera(QWidget):
    """Asks one camera at a time, and only when a person says so: a wrong password repeated could lock the account."""

    answered = Signal(object)  # DeviceReport
    forgotten = Signal()  # the answer no longer belongs to what is typed
    failed = Signal(bool)  # no answer; True where the address may be right and nobody could try it
    chosen = Signal(object)  # DiscoveredDevice

    def __init__(
        self, prober: Prober, background: Background, look: Looker, *, with_picture: bool = True
    ) -> None:
        """Without `with_picture`, one is taken only where there is nothing else to ask for: by RTSP."""
        super().__init__()
        self._prober, self._background = prober, background
        self._look, self._with_picture = look, with_picture
        self._task: Task | None = None
        self._picture_task: Task | None = None
        self._login: CameraLogin | None = None  # what is being tried
        self._stream_certificate = ""  # what its stream showed
        self.login_for: Callable[[NewCamera], CameraLogin] | None = None
        """Adds the stored password where none is typed; None where none is stored. Called in the background."""
        self.report: DeviceReport | None = None
        self.form, self.found, self.answer = ReachFields(), QListWidget(), Answer()
        self.host, self.port = self.form.host, self.form.port
        self.username, self.password = self.form.username, self.form.password
        self.ask_button = KeyButton("Ask the camera", "Enter", "primary", bind=False, press=self.ask)
        self.search_button = KeyButton("Search the network", "Ctrl+D", press=self.search)
        self.cancel_button = KeyButton("Stop waiting", press=self.cancel)
        self.https_button = KeyButton("Ask over HTTPS", kind="primary", press=self.ask_over_https)
        self.https_button.hide()
        self._busy, self._busy_words = BusyBar("Waiting for an answer"), note("")
        self._lay_out()
        self.found.itemActivated.connect(self._choose)
        self.found.itemClicked.connect(self._choose)
        self.form.entered.connect(self.ask)
        self.form.changed.connect(self._changed)

    def begin(self) -> None:
        """Take the focus, with the address and name typed before; the password is typed again, and asked again."""
        self.cancel()
        if self.password.text():
            self.password.clear()
            self._forget()
        self.form.clear_errors()
        self.form.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Empty every field."""
        self.cancel()
        self.form.clear()
        self.found.clear()
        self.login_for = None
        self._forget()

    def fill(self, camera: Camera, login_for: Callable[[NewCamera], CameraLogin]) -> None:
        """Show how a camera is reached; `login_for` adds the stored password where none is typed."""
        self.clear()
        self.form.fill(camera)
        self.login_for = login_for
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
        if not self.ask_button.isVisibleTo(self) or not self.form.is_complete():
            return
        typed = completed(self.form.typed())
        self.cancel()  # a search still running
        self._forget()
        self._set_busy(f"Asking {DeviceAddress(typed.host, typed.port).label}", asking=True)
        login_for = self.login_for
        if login_for is None:
            self._begin_asking(to_try(typed))
            return
        self._task = self._background.run(
            lambda: login_for(typed), self._begin_asking, self._take_error, owner=self
        )

    def ask_over_https(self) -> None:
        """Ask the camera that answers by HTTPS only in that way, because a person said so."""
        self.form.protocol.setCurrentText(By.ONVIF_HTTPS)
        self.ask()

    def cancel(self) -> None:
        """Stop waiting for the search or for the camera's answer; what arrives later is dropped."""
        for task in (self._task, self._picture_task):
            if task is not None:
                task.cancel()
        self._set_busy("")

    @property
    def is_refused(self) -> bool:
        """True while why the camera did not answer as it should stands below what is typed."""
        return self.report is None and self.answer.isVisibleTo(self)

    def login(self) -> CameraLogin:
        """How the camera is reached, as typed."""
        return to_try(self.form.typed())

    def new_camera(self, number: str, name: str, place: Place) -> NewCamera:
        """The camera as it would be put on the register: what is typed, and what it answered."""
        typed = replace(self.form.typed(), number=number.strip().upper(), name=name.strip(), place=place)
        report = self.report or DeviceReport()
        typed = replace(
            typed,
            make=report.make,
            model=report.model,
            has_ptz=report.ptz is not None,
            abilities=ability_names(report),
            clock_drift_s=report.clock_drift_s,
            certificate=report.certificate,
            stream_certificate=self._stream_certificate,
        )
        if typed.protocol is By.RTSP:
            return typed
        main, sub = report.main_profile, report.sub_profile
        return replace(
            typed,
            main_stream=main.stream_url if main else "",
            sub_stream=sub.stream_url if sub else "",
        )

    # -- answers ---------------------------------------------------------------------------------------------

    def _begin_asking(self, login: CameraLogin) -> None:
        self._login = login
        if login.protocol is By.RTSP:
            self._task = self._background.run(
                lambda: self._look_at(login), self._take_looks, self._take_error, owner=self
            )
            return
        self._task = self._background.follow(
            self._prober.probe(login.address()), self._take_report, self._take_error, owner=self
        )

    def _look_at(self, login: CameraLogin) -> list[tuple[str, Look]]:
        """Take a picture of each stream, in the background; the large one last, so that its picture remains."""
        streams = list(dict.fromkeys(filter(None, (login.main_stream, login.sub_stream))))
        seen = {url: self._look(stream_address(login, url)) for url in reversed(streams)}
        return [(url, seen[url]) for url in streams]

    def _take_looks(self, looks: list[tuple[str, Look]]) -> None:
        profiles = tuple(
            StreamProfile(url, "", each.codec, each.width, each.height, each.fps, url) for url, each in looks
        )
        self._take_report(DeviceReport(profiles=profiles))
        self._take_look(looks[0][1])

    def _take_report(self, report: DeviceReport) -> None:
        self._set_busy("")
        self.report = report
        self.answer.show_report(report)
        self._choices.hide()
        self.ask_button.set_kind("secondary")
        login, main = self._login, report.main_profile
        if self._with_picture and login is not None and login.protocol is not By.RTSP and main is not None:
            self.answer.wait_for_picture()
            stream = stream_address(login, main.stream_url)
            self._picture_task = self._background.run(
                lambda: self._look(stream),
                self._take_look,
                self.answer.show_no_picture,
                owner=self,
            )
        self.answered.emit(report)

    def _take_look(self, look: Look) -> None:
        self._stream_certificate = look.certificate
        self.answer.show_picture(look.path, self._background)

    def _take_error(self, error: Exception) -> None:
        self._set_busy("")
        if isinstance(error, InvalidInput):
            self.form.say(error)
            self.failed.emit(False)
            return
        self.answer.show_error(error)
        kind = error.kind if isinstance(error, DeviceFault) else None
        if kind in (FaultKind.HTTPS_ONLY, FaultKind.CERTIFICATE_CHANGED):
            self.https_button.setVisible(kind is FaultKind.HTTPS_ONLY)
            self.https_button.setFocus(Qt.FocusReason.OtherFocusReason)
            self.failed.emit(False)
            return
        refused = (isinstance(error, DeviceFault) and error.kind in REFUSED_LOGIN) or (
            isinstance(error, NoPicture) and error.fault is StreamFault.REFUSED_PASSWORD
        )
        field = self.password if refused else self.form.first
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        field.selectAll()
        self.failed.emit(not refused)

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
            self.form.protocol.setCurrentText(By.ONVIF_HTTPS if device.secure else By.ONVIF)
            self.host.setText(device.host)
            self.port.setValue(device.port)
            self._changed()
            self.chosen.emit(device)
            self.username.setFocus(Qt.FocusReason.OtherFocusReason)

    def _changed(self) -> None:
        """What was asked, or is being asked, is not what is typed any more."""
        if not self.ask_button.isVisibleTo(self):
            self.cancel()
        if self.report is not None or self.answer.isVisibleTo(self):
            self._forget()
        elif not self._busy_words.text():
            self._set_busy("")

    def _forget(self) -> None:
        self.report = self._login = None
        self._stream_certificate = ""
        if self._picture_task is not None:
            self._picture_task.cancel()
        self.answer.hide()
        self.https_button.hide()
        self._choices.setVisible(self.found.count() > 0)
        self.ask_button.set_kind("primary")
        self.forgotten.emit()

    def _set_busy(self, words: str, *, asking: bool = False) -> None:
        self._busy_words.setText(words)
        for each in (self._busy, self._busy_words, self.cancel_button):
            each.setVisible(bool(words))
        self.search_button.setVisible(not words and self.form.by is not By.RTSP)
        self.ask_button.setVisible(not asking)

    # -- building --------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.found.setFixedHeight(theme.px(104))
        self.found.setAccessibleName("Cameras found on the network")
        self._choices = box(column(caption("Found on this network"), self.found, spacing=6))
        self._choices.hide()
        buttons = row(self.ask_button, self.search_button, self.cancel_button, SPRING, spacing=8)
        asked = (self._choices, self.form, buttons)
        offered = row(self.https_button, SPRING)
        column(*asked, self._busy_words, self._busy, self.answer, offered, on=self, spacing=10)
        self._set_busy("")
