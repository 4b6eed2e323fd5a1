"""Shows step 4: the first camera is found or typed in, asked about itself, named, and seen live on the same page."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QSizePolicy

from controlroom.cameras.devices import DeviceReport, DiscoveredDevice
from controlroom.cameras.records import Camera, NewCamera, Place
from controlroom.cameras.rules import suggested
from controlroom.texts import LENGTHS
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.first_start.records import Draft, Setup
from controlroom.ui.first_start.steps import StepPage
from controlroom.ui.pages.cameras.asking import AskCamera
from controlroom.ui.pages.live.wall import Wall
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.layout import SPRING, Cell, box, column, grow, row
from controlroom.ui.widgets.limits import watch

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
        self._setup = setup
        self._searched = False
        self.asking = AskCamera(setup, background, setup.look, with_picture=False)
        self.number, self.name, self.street = QLineEdit(), QLineEdit(), QLineEdit()
        watch(self.name, LENGTHS["name"])
        watch(self.street, LENGTHS["street"])
        self.what = Form()
        self.wall: Wall | None = None
        self._picture_box = column(spacing=-1)
        self._lay_out()
        self._connect()

    def begin(self, draft: Draft) -> None:
        """The first time, the search begins by itself."""
        if not self._searched:
            self._searched = True
            self.asking.search()
        self.asking.host.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """No more pictures, no more waiting."""
        self.asking.cancel()
        self._show_no_picture()

    # -- the picture -----------------------------------------------------------------------------------------

    def _take_report(self, report: DeviceReport) -> None:
        self._right.show()
        self._show_picture(report)
        self.number.setFocus(Qt.FocusReason.OtherFocusReason)

    def _suggest(self, device: DiscoveredDevice) -> None:
        """Fill in number and name as the device itself tells them, for a person to correct."""
        number, name = suggested(device.name)
        self.number.setText(number)
        self.name.setText(name)

    def _forget(self) -> None:
        self._right.hide()
        self._show_no_picture()

    def _show_no_picture(self) -> None:
        if self.wall is not None:
            self.wall.stop()
            self.wall.place_all([])

    def _show_picture(self, report: DeviceReport) -> None:
        profile = report.sub_profile
        if profile is None:
            return
        if self.wall is None:
            self.wall = self._make_wall()
        words = f"{report.make} {report.model}".strip() or "camera"
        camera = Camera(PREVIEW_ID, "", words, Place("", "", ""), sub_stream=profile.stream_url)
        login = replace(self.asking.login(), camera_id=PREVIEW_ID, sub_stream=profile.stream_url)
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
        if self.asking.report is None:
            self.asking.ask()
            return False
        return self.what.require(
            (self.number, "Give the camera its number: 014, H03, RDC-04."),
            (self.name, "Name the street and what it looks at."),
        )

    def new_camera(self) -> NewCamera:
        """What would be put on the register."""
        street = self.street.text().strip()
        return self.asking.new_camera(self.number.text(), self.name.text(), Place(street, street, ""))

    # -- building --------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        left = box(column(self.asking, SPRING))
        left.setFixedWidth(theme.px(400))
        self.what.add_row(("&Number", self.number, 1), ("Na&me", self.name, 3))
        self.what.add("&Street", self.street)
        self._right = box(column(grow(self._picture_box, 6), self.what, SPRING, spacing=14))
        self.body.addLayout(row(left, grow(self._right), Cell(None), spacing=28), 1)
        self._right.hide()

    def _connect(self) -> None:
        self.asking.answered.connect(self._take_report)
        self.asking.forgotten.connect(self._forget)
        self.asking.chosen.connect(self._suggest)
        self.number.returnPressed.connect(lambda: self.name.setFocus(Qt.FocusReason.TabFocusReason))
        self.name.returnPressed.connect(lambda: self.street.setFocus(Qt.FocusReason.TabFocusReason))
        self.street.returnPressed.connect(self.entered)
