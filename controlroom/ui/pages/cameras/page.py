"""Shows the Cameras page: the register as a list, a camera's facts beside it, adding and changing cameras."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.records import Camera
from controlroom.cameras.register_import import RegisterImport
from controlroom.cameras.service import CameraService
from controlroom.device_tls import shown_at
from controlroom.recording.hold_history import HoldHistory
from controlroom.recording.records import CameraHealth
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormSpec
from controlroom.ui.kit.past_holds import PastHolds
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.pages.cameras.asking import Looker
from controlroom.ui.pages.cameras.certificates import ShownAt, look, question, shows_certificates
from controlroom.ui.pages.cameras.facts import CameraFacts
from controlroom.ui.pages.cameras.form import CameraPanel, Register
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
        test_picture: Looker,
        holds: HoldHistory | None = None,
    ) -> None:
        """`enter_login(actor, camera's id, user, password)` replaces what a camera is logged into with.

        `test_picture` takes one of a camera that is tried. With `holds`, those who read the audit see who had control
        of a camera.
        """
        self.list = RegisterList(context, service)
        super().__init__(context, self.list)
        self._service, self.table = service, self.list.table
        self._enter_login = enter_login
        self._certificate_wanted = ""  # the id of a camera that is not read yet
        self.shown_at: ShownAt = shown_at
        """Looks at the certificate shown at a host and port."""
        had = PastHolds(context, "Who had control", holds.of_camera) if holds is not None else None
        self.view = CameraFacts(had)
        register = self._register()
        self.form, self.editor = (
            CameraPanel(prober, register, context.background, test_picture) for _ in range(2)
        )
        for panel in (self.form, self.editor):
            panel.hide()
        self.add = self.action(
            "N", "Add a camera", self._begin_adding, short="Add camera", kind="primary", permission=MANAGE
        )
        self.importing = ImportPanel(context, register_import, prober)
        self.files = ImportActions(
            self,
            context,
            register_import,
            self.importing,
            lambda: [line.camera.id for line in self.table.shown_records()],
        )
        self.bar = [self.add, *self.files.on_bar()]
        self.list_actions()
        wall = self.about(
            "W",
            "Show the selected camera on the wall",
            self.activate,
            short="Show on the wall",
            needs="a camera is selected",
            when=_in_use,
            why_not=lambda line: line.camera.why_no_picture,
            kind="primary",
        )
        about: dict[str, Any] = {"when": _in_use, "permission": MANAGE}
        self.edit = self.about("E", "Change the camera", self._edit, short="Change", **about)
        self.replace = self.about(
            "D", "Put another device in its place", self._replace, short="Another device", **about
        )
        self.login = self.about("L", "Enter its login anew", self._ask_login, **about)
        self.retire = self.about("T", "Take out of use", self._retire, **about)
        self.bring_back = self.about(
            "B",
            "Bring back into use",
            self._bring_back,
            when=lambda line: not line.camera.active,
            needs="a camera out of use is shown",
            permission=MANAGE,
            kind="primary",
        )
        self.trust = self.about(
            "C",
            "Look at the certificate it shows, and trust a new one",
            self._ask_certificate,
            short="Its certificate",
            when=lambda line: line.camera.active and shows_certificates(line.camera),
            needs="a camera with HTTPS or an encrypted stream is shown",
            permission=MANAGE,
        )
        self._list_form_keys()
        actions = [wall, self.edit, self.replace, self.login, self.retire, self.trust, self.bring_back]
        self.panel = self.lay_out(actions, self.view, width=380)
        for panel in (self.form, self.editor):
            self._add_side(panel)
            panel.closed.connect(self._end_writing)
        self._add_side(self.importing)
        self.importing.changed.connect(self._show_side)
        self.importing.closed.connect(self._end_importing)
        self.setAcceptDrops(True)
        self.form.saved.connect(self._take_added)
        self.editor.saved.connect(self._take_changed)
        self.editor.overtaken.connect(self._take_overtaken)

    def name_of(self, record: CameraLine) -> str:
        return f"Camera {record.camera.number}"

    def update_view(self, record: CameraLine) -> None:
        self.view.show_camera(record)

    def took(self, records: Sequence[CameraLine]) -> None:
        used = [line.camera for line in records if line.camera.active]
        reachable = sum(bool(camera.host) for camera in used)
        self.badge_changed.emit(sum(line.troubled for line in records))
        self.subtitle_changed.emit(f"{len(used)} on the register, {reachable} with an address")
        if self._certificate_wanted:
            self._show_certificate(self._certificate_wanted)
            self._certificate_wanted = ""  # one that is not on the register now is not asked about later

    def set_statuses(self, statuses: Mapping[int, StreamStatus]) -> None:
        self.list.set_statuses(statuses)

    def set_health(self, troubled: Sequence[CameraHealth], now: datetime) -> None:
        self.list.set_health(troubled, now)

    def set_answering(self, cameras: frozenset[int]) -> None:
        self.list.set_answering(cameras)

    def shows(self) -> dict[str, Callable[[str], None]]:
        return {
            "cameras in trouble": lambda _key: self.list.show_troubled(),
            "camera's certificate": self._show_certificate,
        }

    def activate(self, record: CameraLine) -> None:
        camera = record.camera
        if camera.has_address:
            self.camera_chosen.emit(camera)
            return
        said = f"Camera {camera.number} has no picture to show. {camera.why_no_picture}"
        self.context.messages.show(said, "warn")

    def _list_form_keys(self) -> None:
        """The keys of the forms to add or change a camera, which handle them themselves."""

        def with_open(do: Callable[[CameraPanel], None]) -> Callable[[], None]:
            return lambda: do(self.editor if self.editor.isVisible() else self.form)

        listed = {
            "part": "Form",
            "bound": False,
            "when": lambda: self.editor.isVisible() or self.form.isVisible(),
            "needs": "the form is open",
        }
        ask, search = with_open(lambda form: form.asking.ask()), with_open(lambda form: form.asking.search())
        self.action("Enter", "Ask the camera about itself", ask, **listed)
        self.action("Ctrl+D", "Search the network for cameras", search, **listed)
        self.action("Ctrl+S", "Save the camera", with_open(CameraPanel.save), **listed)
        self.action("Esc", "Stop waiting, or close the form", with_open(CameraPanel.close_panel), **listed)

    # -- adding, changing and taking out ---------------------------------------------------------------------

    def _register(self) -> Register:
        service, session = self._service, self.session
        return Register(
            add=lambda new: service.add(session.actor, new),
            change=lambda before, new: service.change(
                session.actor, before.id, new, seen=before.version, password_stays=not new.password
            ),
            replace=lambda before, new: service.replace(session.actor, before.id, new, seen=before.version),
            login_to_try=lambda before, new: service.login_to_try(session.actor, before.id, new),
        )

    def _areas(self) -> list[str]:
        return sorted({each.place.area for each in self.list.cameras if each.place.area})

    def _begin_adding(self) -> None:
        self.editor.hide()
        self.form.begin(self._areas())
        self._show_side()

    def _edit(self, line: CameraLine) -> None:
        self._open_editor(line.camera.id, replacing=False)

    def _replace(self, line: CameraLine) -> None:
        self._open_editor(line.camera.id, replacing=True)

    def _open_editor(self, camera_id: int, *, replacing: bool) -> None:
        """Open the form on what the register says, which may not be where a deployment put the camera."""

        def begin(camera: Camera) -> None:
            self.form.hide()
            self.editor.edit(camera, self._areas(), replacing=replacing)
            self._show_side()

        self.read(lambda actor: self._service.registered(actor, camera_id), begin)

    def _end_writing(self) -> None:
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

    def _take_added(self, camera: Camera) -> None:
        self.context.messages.show(f"Camera {camera.number} is on the register.", "done")
        self.camera_added.emit(camera)
        self.list.take_cameras([*self.list.cameras, camera])
        self.table.select(camera.id)
        self._end_writing()

    def _take_changed(self, camera: Camera) -> None:
        untried = " It was not tried: the recorder says when it answers." if camera.untried else ""
        self.context.messages.show(f"Camera {camera.number} is changed.{untried}", "done")
        self.refresh()
        self._end_writing()

    def _take_overtaken(self, camera: Camera) -> None:
        """Somebody else was first: compare what is typed with what the register says now."""
        self.read(lambda actor: self._service.registered(actor, camera.id), self.editor.take_newer)
        self.refresh()

    def _bring_back(self, line: CameraLine) -> None:
        camera = line.camera
        self.do(
            lambda actor: self._service.bring_back(actor, camera.id),
            f"Camera {camera.number} is in use again.",
        )

    def _show_certificate(self, key: str) -> None:
        """Somebody saw another certificate on the wall: look at it here, once the register is read."""
        known = int(key) in {each.id for each in self.list.cameras}
        self._certificate_wanted = "" if known else key
        if known and self.list.show_camera(int(key)):
            self.trust.run()

    def _ask_certificate(self, line: CameraLine) -> None:
        """Look at the certificates the camera shows now, without signing in, and ask whether they are to be trusted."""
        actor, camera = self.session.actor, line.camera

        def answered(shown: Mapping[str, str]) -> None:
            spec = question(
                camera, shown, lambda given: self._service.trust_certificate(actor, camera.id, **given)
            )
            if spec is None:
                said = f"{self.name_of(line)} shows the certificate it is known by."
                self.context.messages.show(said, "done")
            else:
                self.ask(replace(spec, then=lambda _result: self.refresh()), line)

        self.context.background.run(
            lambda: look(camera, self.shown_at), answered, self.context.messages.error, owner=self
        )

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
        """A form takes the place of the record, the preview of a file that of the whole page."""
        super()._show_side()
        importing = self.importing.isVisibleTo(self)
        self.records.setVisible(not importing)
        if self.form.isVisibleTo(self) or self.editor.isVisibleTo(self) or importing:
            self.panel.hide()

    def _person_changed(self) -> None:
        for panel in (self.form, self.editor):
            panel.close_panel()
            panel.forget()
        self.importing.close_panel()
        super()._person_changed()


def _in_use(line: CameraLine) -> bool:
    return line.camera.active
