"""The Cameras page: the register as a list, a camera's facts beside it, and adding a camera."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.cameras.records import Camera, NewCamera
from controlroom.cameras.service import CameraService
from controlroom.recording.records import CameraHealth
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.page import Key, Page
from controlroom.ui.kit.record_table import RecordTable
from controlroom.ui.pages.cameras.facts import CameraFacts, PictureOf
from controlroom.ui.pages.cameras.form import AddCameraPanel, Prober
from controlroom.ui.pages.cameras.health_words import health_mark, health_words
from controlroom.ui.pages.cameras.table_model import CHIPS, CameraLine, columns, passes
from controlroom.ui.widgets.card import Card, EmptyState
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.video.records import StreamStatus


class CamerasPage(Page):
    """Takes the register's service and the control process; `set_statuses` brings the pictures' states."""

    title, icon_name, shortcut = "Cameras", "video-camera", "Alt+0"
    permission = Permission.READ_CAMERAS
    keys = (
        Key("N", "Add a camera"),
        Key("Ctrl+F", "Filter the list"),
        Key("W", "Show the selected camera on the wall", needs="a camera is selected"),
        Key("Enter", "Ask the camera about itself", part="Form", needs="the form is open"),
        Key("Ctrl+D", "Search the network for cameras", part="Form", needs="the form is open"),
        Key("Ctrl+S", "Save the camera", part="Form", needs="the form is open"),
        Key("Esc", "Stop waiting, or close the form", part="Form", needs="the form is open"),
    )

    camera_chosen = Signal(object)  # Camera: show it on the wall
    camera_added = Signal(object)  # Camera

    def __init__(
        self,
        context: PageContext,
        service: CameraService,
        prober: Prober,
        *,
        wards: Sequence[str] = (),
        picture_of: PictureOf | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._service, self._session = service, context.session
        self._background, self._messages = context.background, context.messages
        self._cameras: list[Camera] = []
        self._statuses: dict[int, StreamStatus] = {}
        self._health: dict[int, tuple[CameraHealth, str]] = {}
        self._add_button = KeyButton("Add camera", "N", "primary")
        self._chips = Choices(CHIPS, chips=True)
        self.table = RecordTable(
            "cameras",
            columns(),
            lambda line: line.camera.id,
            empty=EmptyState(
                "No camera on the register yet",
                "Press N, type a camera's address and login, and ask it about itself.",
                "video-camera",
            ),
            state=context.state,
            background=context.background,
            search_hint="Number, street, ward or make",
            may_export=lambda: context.session.may(Permission.EXPORT),
            sort_by="Number",
        )
        self.facts = CameraFacts(picture_of)
        self.form = AddCameraPanel(prober, self._save, context.background, wards=wards)
        self._lay_out()
        self._connect(context.changes)

    # -- the page's life -------------------------------------------------------------------------------------

    def entered(self) -> None:
        self._add_button.setVisible(self._session.may(Permission.MANAGE_CAMERAS))
        self.refresh()
        self.table.take_focus()

    def top_bar_widgets(self) -> list[QWidget]:
        return [self._add_button]

    def refresh(self) -> None:
        """Read the register afresh."""
        if not self._session.may(Permission.READ_CAMERAS):
            return
        actor = self._session.actor
        self._background.run(lambda: self._service.cameras(actor), self._take_cameras, owner=self)

    def set_statuses(self, statuses: Mapping[int, StreamStatus]) -> None:
        """What is known of the pictures now, by camera id; cameras left out are not watched."""
        if dict(statuses) != self._statuses:
            self._statuses = dict(statuses)
            self._show()

    def set_health(self, troubled: Sequence[CameraHealth], now: datetime) -> None:
        """The cameras that are not as they should be, as the recorder sees them."""
        health = {each.camera_id: (each, health_words(each, now)) for each in troubled}
        if health != self._health:
            self._health = health
            self._show()

    def select_camera(self, camera_id: int) -> bool:
        """Select a camera in the list; False when it is not shown."""
        return self.table.select(camera_id)

    # -- the register ----------------------------------------------------------------------------------------

    def _save(self, camera: NewCamera) -> Camera:
        return self._service.add(self._session.actor, camera)

    def _take_cameras(self, cameras: list[Camera]) -> None:
        self._cameras = cameras
        self._show()

    def _show(self) -> None:
        lines = [self._line(each) for each in self._cameras]
        self.table.set_records(lines)
        for number, chip in enumerate(CHIPS):
            self._chips.set_count(number, sum(passes(chip, line) for line in lines))
        troubled = sum(line.troubled for line in lines)
        reachable = sum(each.has_address for each in self._cameras)
        self.badge_changed.emit(troubled)
        self.subtitle_changed.emit(f"{len(lines)} on the register, {reachable} with an address")
        shown = self.facts.camera
        if shown is not None and self.facts.isVisible():
            line = next((each for each in lines if each.camera.id == shown.id), None)
            if line is None:
                self.facts.close_panel()
            else:
                self._show_facts(line)

    def _line(self, camera: Camera) -> CameraLine:
        status = self._statuses.get(camera.id)
        if camera.id not in self._health:
            return CameraLine(camera, status)
        health, words = self._health[camera.id]
        return CameraLine(camera, status, words, health_mark(health), health.detail)

    def _show_facts(self, line: CameraLine) -> None:
        self.facts.show_camera(line, may_manage=self._session.may(Permission.MANAGE_CAMERAS))

    def _take_selected(self, line: CameraLine | None) -> None:
        if line is None:
            self.facts.hide()
        elif not self.form.isVisible():
            self._show_facts(line)

    def _begin_adding(self) -> None:
        if not self._session.may(Permission.MANAGE_CAMERAS):
            return
        self.facts.hide()
        self.form.begin(sorted({each.place.area for each in self._cameras if each.place.area}))

    def _end_adding(self) -> None:
        line = self.table.selected_record()
        if line is not None:
            self._show_facts(line)
        self.table.take_focus()

    def _take_added(self, camera: Camera) -> None:
        self._messages.show(f"Camera {camera.number} is on the register.", "done")
        self.camera_added.emit(camera)
        self._cameras = [*self._cameras, camera]
        self._show()
        self.table.select(camera.id)
        self._end_adding()

    def _retire(self, camera: Camera) -> None:
        actor = self._session.actor

        def done(_result: None) -> None:
            self._messages.show(f"Camera {camera.number} is out of use; its records stay.", "done")
            self.refresh()

        self._background.run(lambda: self._service.retire(actor, camera.id), done, owner=self)

    # -- building --------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(16, 16, 16, 16)
        card = Card(flush=True)
        card.body.setContentsMargins(0, 0, 0, 6)
        card.add(self.table)
        left.addWidget(card)
        self.table.add_tool(self._chips, left=True)
        across.addLayout(left, 1)
        across.addWidget(self.facts)
        across.addWidget(self.form)
        self.facts.hide()
        self.form.hide()

    def _connect(self, changes: ChangeBridge) -> None:
        self._add_button.clicked.connect(lambda _checked: self._begin_adding())
        self._chips.chosen.connect(self._filter)
        self.table.selected.connect(self._take_selected)
        self.table.activated.connect(lambda line: self._choose(line.camera))
        self.facts.wall_requested.connect(self._choose)
        self.facts.retire_requested.connect(self._retire)
        self.form.saved.connect(self._take_added)
        self.form.closed.connect(self._end_adding)
        changes.changed.connect(self._take_change)

    def _choose(self, camera: Camera) -> None:
        if camera.has_address:
            self.camera_chosen.emit(camera)
        else:
            self._messages.show(
                f"Camera {camera.number} has no address on the register, so there is no picture to show.",
                "warn",
            )

    def _filter(self, chip: int) -> None:
        name = CHIPS[chip]
        self.table.set_predicate((lambda line: passes(name, line)) if chip else None)

    def _take_change(self, kind: str, _key: str) -> None:
        if kind == "camera" and self._session.signed_in:
            self.refresh()
