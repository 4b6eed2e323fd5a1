"""Shows the Cameras page: the register as a list, a camera's facts beside it, and adding a camera."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.records import Camera, NewCamera
from controlroom.cameras.register_import import RegisterImport
from controlroom.cameras.service import CameraService
from controlroom.recording.records import CameraHealth
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormSpec
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.pages.cameras.facts import CameraFacts
from controlroom.ui.pages.cameras.form import AddCameraPanel
from controlroom.ui.pages.cameras.import_actions import ImportActions, dropped_file
from controlroom.ui.pages.cameras.import_panel import ImportPanel
from controlroom.ui.pages.cameras.list import CameraLine, RegisterList
from controlroom.video.records import StreamStatus

MANAGE = Permission.MANAGE_CAMERAS


class CamerasPage(RecordPage[CameraLine]):
    """Takes the register's service and the control process; `set_statuses` brings the pictures' states."""

    title, icon_name, shortcut = "Cameras", "video-camera", "Alt+0"
    permission = Permission.READ_CAMERAS
    noun, kinds, reads_behind = "camera", frozenset({"camera"}), True

    camera_chosen = Signal(object)  # Camera: show it on the wall
    camera_added = Signal(object)  # Camera

    def __init__(
        self,
        context: PageContext,
        service: CameraService,
        prober: ControlClient,
        enter_login: Callable[[Actor, int, str, str], object],
        register_import: RegisterImport,
    ) -> None:
        """`enter_login(actor, camera's id, user, password)` replaces what a camera is logged into with."""
        self.list = RegisterList(context, service)
        super().__init__(context, self.list)
        self._service, self.table = service, self.list.table
        self._enter_login = enter_login
        self.view = CameraFacts()
        self.form = AddCameraPanel(prober, self._save, context.background)
        self.form.hide()
        self.add = self.action(
            "N", "Add a camera", self._begin_adding, short="Add camera", kind="primary", permission=MANAGE
        )
        self.importing = ImportPanel(context, register_import)
        self.files = ImportActions(self, context, register_import, self.importing)
        self.bar = [self.add, *self.files.on_bar()]
        self.list_actions()
        wall = self.about(
            "W",
            "Show the selected camera on the wall",
            self.activate,
            short="Show on the wall",
            needs="a camera is selected",
            why_not=lambda line: "" if line.camera.has_address else "The camera has no address yet.",
            kind="primary",
        )
        self.login = self.about("L", "Enter its login anew", self._ask_login, permission=MANAGE)
        self.retire = self.about("T", "Take out of use", self._retire, permission=MANAGE)
        self._list_form_keys()
        self.panel = self.lay_out([wall, self.login, self.retire], self.view, width=380)
        self._add_side(self.form)
        self._add_side(self.importing)
        self.importing.changed.connect(self._show_side)
        self.importing.closed.connect(self._end_importing)
        self.setAcceptDrops(True)
        self.form.saved.connect(self._take_added)
        self.form.closed.connect(self._end_adding)

    def name_of(self, record: CameraLine) -> str:
        return f"Camera {record.camera.number}"

    def update_view(self, record: CameraLine) -> None:
        self.view.show_camera(record)

    def took(self, records: Sequence[CameraLine]) -> None:
        reachable = sum(line.camera.has_address for line in records)
        self.badge_changed.emit(sum(line.troubled for line in records))
        self.subtitle_changed.emit(f"{len(records)} on the register, {reachable} with an address")

    def set_statuses(self, statuses: Mapping[int, StreamStatus]) -> None:
        self.list.set_statuses(statuses)

    def set_health(self, troubled: Sequence[CameraHealth], now: datetime) -> None:
        self.list.set_health(troubled, now)

    def set_answering(self, cameras: frozenset[int]) -> None:
        self.list.set_answering(cameras)

    def shows(self) -> dict[str, Callable[[str], None]]:
        return {"cameras in trouble": lambda _key: self.list.show_troubled()}

    def activate(self, record: CameraLine) -> None:
        camera = record.camera
        if camera.has_address:
            self.camera_chosen.emit(camera)
            return
        said = f"Camera {camera.number} has no address on the register, so there is no picture to show."
        self.context.messages.show(said, "warn")

    def _list_form_keys(self) -> None:
        """The keys of the form to add a camera, which handles them itself."""
        opened = {"part": "Form", "bound": False, "when": self.form.isVisible, "needs": "the form is open"}
        self.action("Enter", "Ask the camera about itself", self.form.asking.ask, **opened)
        self.action("Ctrl+D", "Search the network for cameras", self.form.asking.search, **opened)
        self.action("Ctrl+S", "Save the camera", self.form.save, **opened)
        self.action("Esc", "Stop waiting, or close the form", self.form.close_panel, **opened)

    # -- adding and taking out -------------------------------------------------------------------------------

    def _begin_adding(self) -> None:
        self.form.begin(sorted({each.place.area for each in self.list.cameras if each.place.area}))
        self._show_side()

    def _end_adding(self) -> None:
        self._choose(self.records.selected_record())
        self.records.take_focus()

    def home(self) -> QWidget:
        return self.importing.list if self.importing.isVisibleTo(self) else super().home()

    def _end_importing(self) -> None:
        self._show_side()
        self.refresh()
        self.records.take_focus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event) is not None and self.session.may(MANAGE):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A file dropped on the page is compared with the register."""
        path = dropped_file(event)
        if path is not None and self.session.may(MANAGE):
            event.acceptProposedAction()
            self.importing.read_file(path)

    def _save(self, camera: NewCamera) -> Camera:
        return self._service.add(self.session.actor, camera)

    def _take_added(self, camera: Camera) -> None:
        self.context.messages.show(f"Camera {camera.number} is on the register.", "done")
        self.camera_added.emit(camera)
        self.list.take_cameras([*self.list.cameras, camera])
        self.table.select(camera.id)
        self._end_adding()

    def _ask_login(self, line: CameraLine) -> None:
        actor, camera, enter = self.session.actor, line.camera, self._enter_login
        spec = FormSpec(
            f"Login of camera {camera.number}",
            "Save login",
            lambda values: enter(actor, camera.id, values["user"], values["password"]),
            (Field("user", "User", value=camera.username), Field("password", "Password", "secret")),
            text="It replaces the user name and the password that the register has.",
            said=f"The login of camera {camera.number} is saved. Desks that show it try it at once.",
        )
        self.ask(spec, line)

    def _retire(self, line: CameraLine) -> None:
        actor, camera = self.session.actor, line.camera
        spec = FormSpec(
            f"Take camera {camera.number} out of use?",
            f"Really, {camera.number}",
            lambda _values: self._service.retire(actor, camera.id),
            text="It leaves the register and the walls; its records stay.",
            kind="danger",
            then=lambda _result: self.refresh(),
            said=f"Camera {camera.number} is out of use; its records stay.",
        )
        self.ask(spec, line)

    def _show_side(self) -> None:
        """The form to add a camera takes the place of the record, the preview of a file that of the whole page."""
        super()._show_side()
        importing = self.importing.isVisibleTo(self)
        self.records.setVisible(not importing)
        if self.form.isVisibleTo(self) or importing:
            self.panel.hide()

    def _person_changed(self) -> None:
        self.form.close_panel()
        self.form.forget()
        self.importing.close_panel()
        super()._person_changed()
