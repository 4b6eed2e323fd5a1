"""Shows step 4: the first camera is found or typed in, asked about itself, named, and seen live on the same page."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QSizePolicy, QSpinBox

from controlroom.cameras.devices import DeviceAddress, DeviceReport, DiscoveredDevice
from controlroom.cameras.records import Camera, CameraLogin, NewCamera, Place
from controlroom.ui import theme
from controlroom.ui.background import Background, Task
from controlroom.ui.first_start.records import Draft, Setup
from controlroom.ui.first_start.steps import StepPage, secret_field
from controlroom.ui.pages.cameras.report_view import Answer, ability_names
from controlroom.ui.pages.live.wall import Wall
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import LEFT, SPRING, Cell, at, box, column, grow, row
from controlroom.ui.widgets.marks import BusyBar
from controlroom.ui.widgets.text import caption, note

PREVIEW_ID = 1
PICTURE, TALLEST = (400, 300), 620


class CameraStep(StepPage):
    """Searches by itself when it comes to the front; the picture shows as soon as the camera has answered."""

    title = "Your first camera"
    short = "First camera"
    does = (
        "Cameras on this network are looked for by ONVIF. Choose one, or type its address; then it is asked about "
        "itself with the user and password you give. A refused password is never tried again by itself."
    )
    after = "Then the Live page opens with this camera on the wall."

    picture_live = Signal()
    saved = Signal(object)  # Camera

    def __init__(self, setup: Setup, background: Background) -> None:
        super().__init__()
        self._setup, self._background = setup, background
        self._task: Task | None = None
        self._searched = False
        self.report: DeviceReport | None = None
        self.host, self.username, self.password = QLineEdit(), QLineEdit(), secret_field()
        self.port = QSpinBox()
        self.port.setRange(1, 65535)
        self.port.setValue(80)
        self.number, self.name, self.street = QLineEdit(), QLineEdit(), QLineEdit()
        self.found = QListWidget()
        self.ask_button = KeyButton("Ask the camera", "Enter", bind=False, press=self.ask)
        self.search_button = KeyButton("Search again", "Ctrl+D", press=self.search)
        self.answer = Answer()
        self._busy, self._busy_words = BusyBar("At work"), note("")
        self.where, self.what = Form(), Form()
        self.wall: Wall | None = None
        self._picture_box = column(spacing=-1)
        self._lay_out()
        self._connect()

    def begin(self, draft: Draft) -> None:
        """The first time, the search begins by itself."""
        if not self._searched:
            self.search()
        self.host.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """No more pictures, no more waiting."""
        if self._task is not None:
            self._task.cancel()
        if self.wall is not None:
            self.wall.stop()
            self.wall.place_all([])

    # -- finding and asking ----------------------------------------------------------------------------------

    def search(self) -> None:
        """Look for cameras on the networks of this computer."""
        self._searched = True
        self.found.clear()
        self._set_busy("Searching the network for three seconds; you can type an address meanwhile")
        self._background.follow(self._setup.discover(), self._take_found, self._take_no_search, owner=self)

    def ask(self) -> None:
        """Ask the camera at the address typed; never twice at once, since a wrong password could lock it."""
        if not self.ask_button.isEnabled():
            return
        self._split_port()
        if not self.where.require((self.host, "Type the camera's address, or choose one that was found.")):
            return
        host = self.host.text().strip()
        address = DeviceAddress(host, self.port.value(), self.username.text(), self.password.text())
        self._forget_answer()
        self.ask_button.setEnabled(False)
        self._set_busy(f"Asking {address.label}")
        self._task = self._background.follow(
            self._setup.probe(address), self._take_report, self._take_refusal, owner=self
        )

    def _take_found(self, devices: list[DiscoveredDevice]) -> None:
        self._set_busy("")
        for device in devices:
            name = device.name or device.hardware or "camera"
            item = QListWidgetItem(f"{device.host}:{device.port}   {name}")
            item.setData(Qt.ItemDataRole.UserRole, device)
            self.found.addItem(item)
        if not devices:
            self._say_in_list("None answered. Type an address, or switch ONVIF on in the camera.")

    def _take_no_search(self, error: Exception) -> None:
        self._set_busy("")
        self._say_in_list(f"The search failed: {error}")

    def _say_in_list(self, text: str) -> None:
        item = QListWidgetItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.found.addItem(item)

    def _choose(self, item: QListWidgetItem) -> None:
        device = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(device, DiscoveredDevice):
            self.host.setText(device.host)
            self.port.setValue(device.port)
            self._forget_answer()
            self.username.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_report(self, report: DeviceReport) -> None:
        self._set_busy("")
        self.ask_button.setEnabled(True)
        self.report = report
        self.answer.show_report(report)
        self._right.show()
        self._choosing.hide()
        self._show_picture(report)
        self.number.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_refusal(self, error: Exception) -> None:
        self._set_busy("")
        self.ask_button.setEnabled(True)
        self.answer.show_error(error)
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)
        self.password.selectAll()

    def _show_picture(self, report: DeviceReport) -> None:
        profile = report.sub_profile
        if profile is None:
            return
        if self.wall is None:
            self.wall = self._make_wall()
        words = f"{report.make} {report.model}".strip() or "camera"
        camera = Camera(PREVIEW_ID, "", words, Place("", "", ""), sub_stream=profile.stream_url)
        typed = (self.host.text(), self.port.value(), self.username.text(), self.password.text())
        login = CameraLogin(PREVIEW_ID, *typed, sub_stream=profile.stream_url)
        self.wall.set_logins({PREVIEW_ID: login})
        self.wall.place_all([camera])
        self.wall.start()

    def _make_wall(self) -> Wall:
        wall = Wall(self._setup.pictures, name="first")
        wall.set_tiles(1)
        wall.setMinimumSize(*PICTURE)
        wall.setMaximumHeight(theme.px(TALLEST))
        wall.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        wall.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        wall.setAccessibleName("Live picture of this camera")
        wall.live_count_changed.connect(self._count_live)
        self._picture_box.addWidget(wall, 1)
        return wall

    def _count_live(self, live: int, _total: int) -> None:
        if live:
            self.picture_live.emit()

    # -- saving ----------------------------------------------------------------------------------------------

    def commit(self, draft: Draft) -> bool:
        """Number and name are what only people know."""
        if self.report is None:
            self.ask()
            return False
        return self.what.require(
            (self.number, "Give the camera its number: 014, H03, RDC-04."),
            (self.name, "Name the street and what it looks at."),
        )

    def new_camera(self) -> NewCamera:
        """What would be put on the register."""
        report = self.report or DeviceReport()
        main, sub = report.main_profile, report.sub_profile
        street = self.street.text().strip()
        return NewCamera(
            number=self.number.text().strip().upper(),
            name=self.name.text().strip(),
            place=Place(street, street, ""),
            host=self.host.text().strip(),
            port=self.port.value(),
            username=self.username.text(),
            password=self.password.text(),
            make=report.make,
            model=report.model,
            main_stream=main.stream_url if main else "",
            sub_stream=sub.stream_url if sub else "",
            has_ptz=report.ptz is not None,
            abilities=ability_names(report),
            clock_drift_s=report.clock_drift_s,
        )

    # -- building --------------------------------------------------------------------------------------------

    def _split_port(self) -> None:
        """`10.0.0.5:8080` typed or pasted into the address."""
        host, colon, port = self.host.text().strip().rpartition(":")
        if colon and port.isdecimal() and ":" not in host and 1 <= int(port) <= 65535:
            self.host.setText(host)
            self.port.setValue(int(port))

    def _changed(self) -> None:
        """What was asked, or is being asked, is not what is typed any more."""
        if self._task is not None and not self.ask_button.isEnabled():
            self._task.cancel()
            self._set_busy("")
            self.ask_button.setEnabled(True)
        if self.report is not None:
            self._forget_answer()

    def _forget_answer(self) -> None:
        self.report = None
        self.answer.hide()
        self._right.hide()
        self._choosing.show()
        if self.wall is not None:
            self.wall.stop()
            self.wall.place_all([])

    def _set_busy(self, words: str) -> None:
        self._busy_words.setText(words)
        self._busy.setVisible(bool(words))
        self._busy_words.setVisible(bool(words))

    def _lay_out(self) -> None:
        self.found.setFixedHeight(theme.px(104))
        self.found.setAccessibleName("Cameras found on the network")
        found = (caption("Found on this network"), self.found, at(LEFT, self.search_button))
        self._choosing = box(column(*found, spacing=10))
        self.where.add_row(("A&ddress", self.host, 3), ("Por&t", self.port, 1))
        self.where.add_row(("&User", self.username, 1), ("&Password", self.password, 1))
        asking = (self._choosing, self.where, at(LEFT, self.ask_button))
        answered = (self._busy_words, self._busy, self.answer)
        left = box(column(*asking, *answered, SPRING, spacing=10))
        left.setFixedWidth(theme.px(400))
        self.what.add_row(("&Number", self.number, 1), ("Na&me", self.name, 3))
        self.what.add("&Street", self.street)
        self._right = box(column(grow(self._picture_box, 6), self.what, SPRING, spacing=14))
        self.body.addLayout(row(left, grow(self._right), Cell(None), spacing=28), 1)
        self._right.hide()
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
        self.number.returnPressed.connect(lambda: self.name.setFocus(Qt.FocusReason.TabFocusReason))
        self.name.returnPressed.connect(lambda: self.street.setFocus(Qt.FocusReason.TabFocusReason))
        self.street.returnPressed.connect(self.entered)

    def _enter(self, following: QLineEdit) -> None:
        if self.password.text():
            self.ask()
        else:
            following.setFocus(Qt.FocusReason.TabFocusReason)
