"""The desk: the pages, the window, and the wires between them.

Pages know their services and nothing of each other; every wire from one to another is here. Work that belongs to no
page (the log line, the status line, the daily alerts, whose cameras the control process talks to) is in `wiring.py`.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from controlroom.accounts.records import Actor, User
from controlroom.app import palette_records
from controlroom.app.clock_keeper import ClockKeeper
from controlroom.app.fault_watch import FaultWatch
from controlroom.app.keeping import DatabaseNews, LogLineWriter
from controlroom.app.leaving import Leaving
from controlroom.app.neighbours import Neighbours
from controlroom.app.room import Room
from controlroom.app.sitting import Sitting, stay
from controlroom.app.status import StatusReader
from controlroom.app.wiring import CameraLines, Watchkeeper
from controlroom.cameras import rules as camera_rules
from controlroom.cameras.records import Camera
from controlroom.doctor.examination import examine
from controlroom.doctor.records import CheckContext, CheckResult
from controlroom.errors import PermissionRefused
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit.context import PageContext
from controlroom.ui.messages import Messages
from controlroom.ui.pages.accounts.page import UsersPage
from controlroom.ui.pages.audit.page import AuditPage
from controlroom.ui.pages.cameras.page import CamerasPage
from controlroom.ui.pages.deployments.page import DeploymentsPage
from controlroom.ui.pages.incidents.page import IncidentsPage
from controlroom.ui.pages.live.page import LivePage
from controlroom.ui.pages.log.kept import KeptEntries
from controlroom.ui.pages.log.page import LogPage
from controlroom.ui.pages.purges.page import PurgePage
from controlroom.ui.pages.settings.page import SettingsPage
from controlroom.ui.pages.status.page import StatusPage
from controlroom.ui.session import DeskSession
from controlroom.ui.shell import palette_sources
from controlroom.ui.shell.faults import Faults
from controlroom.ui.shell.looks import FirstLooks
from controlroom.ui.shell.main_window import MainWindow
from controlroom.ui.sign_in.lock_layer import LockLayer
from controlroom.ui.sign_in.page import SignInPage
from controlroom.ui.sign_in.password_panel import PasswordPanel
from controlroom.ui.sign_in.switch_panel import SwitchPanel
from controlroom.ui.window_state import WindowState


@dataclass(frozen=True)
class Pages:
    """Every page, in the order of the rail."""

    live: LivePage
    log: LogPage
    incidents: IncidentsPage
    deployments: DeploymentsPage
    cameras: CamerasPage
    users: UsersPage
    audit: AuditPage
    purges: PurgePage
    status: StatusPage
    settings: SettingsPage


class Desk(QObject):
    """One window over one room."""

    def __init__(
        self, room: Room, *, actor: Actor | None = None, quick: Callable[[User], Actor] | None = None
    ) -> None:
        super().__init__()
        self.room = room
        services = room.services
        self.messages = Messages(self, services.clock)
        self.faults = Faults(self, clock=services.clock)
        self.background = Background(show_error=self._show_error, parent=self)
        self.changes = ChangeBridge(services.changes, self)
        self.session = DeskSession(parent=self)
        self.state = WindowState(room.slot.window_file)
        self.kept = KeptEntries(services.outbox, self.session, self.background, self)
        self.status_reader = StatusReader(room)
        self.pages = self._make_pages()
        self.window = self._make_window(quick)
        self.fault_watch = FaultWatch(self)
        self.cameras = CameraLines(room, self.session, self.background, self.changes)
        self._writer = LogLineWriter(
            self.kept, self.window.log_line, self.session, self.background, self.messages, self.cameras.find
        )
        self.database_news = DatabaseNews(self, self.kept)
        self.watch = Watchkeeper(self)
        self.neighbours = Neighbours(self)
        self.clock_keeper = ClockKeeper(
            services.database,
            services.clock,
            self.session,
            self.background,
            self.messages,
            threshold_s=services.settings.clock_step_s,
        )
        self.leaving = Leaving(self)
        self.sitting = Sitting(self, sign_in=self._sign_in)
        self._connect()
        if actor is not None:
            self.session.sign_in(actor)

    def show(self, *, restore: bool = True) -> None:
        """Put the window on the screen where it was last."""
        if restore:
            self.window.restore()
        self.window.show()

    def close(self) -> None:
        """Take everything down that this object started; the room closes after it."""
        self.watch.stop()
        self.neighbours.stop()
        self.clock_keeper.stop()
        self.sitting.stop()
        self.fault_watch.stop()
        self.leaving.at_once()
        self.background.close()
        self.changes.close()
        self.state.save()

    def show_camera(self, camera: Camera) -> None:
        """Bring a camera onto the wall."""
        self.window.show_page(self.pages.live)
        self.pages.live.place(camera.id)

    def show_record(self, kind: str, key: str) -> None:
        """Bring a record to the front, on the page that shows its kind."""
        for page in vars(self.pages).values():
            if kind in page.shows:
                page.show_record(kind, key)

    def _show_error(self, error: Exception) -> None:
        """What failed in the background, unless the strip under the top bar says it already."""
        if isinstance(error, PermissionRefused):
            self.sitting.look()  # roles may have changed, or the account be switched off
        if not self.database_news.swallow(error):
            self.messages.error(error)

    # -- building --------------------------------------------------------------------------------------------

    def _make_pages(self) -> Pages:
        room, services = self.room, self.room.services
        context = PageContext(
            self.session, self.background, self.messages, self.changes, services.clock, self.state
        )
        return Pages(
            live=LivePage(
                context,
                services.cameras,
                services.log,
                room.pool,
                room.control,
                pictures_folder=room.slot.pictures,
            ),
            log=LogPage(context, services.log, kept=self.kept),
            incidents=IncidentsPage(
                context, services.incidents, services.log, services.cameras, services.restrictions
            ),
            deployments=DeploymentsPage(context, services.deployments, services.cameras),
            cameras=CamerasPage(context, services.cameras, room.control),
            users=UsersPage(context, services.accounts),
            audit=AuditPage(context, services.audit_trail),
            purges=PurgePage(context, services.purges),
            status=StatusPage(
                context,
                self.status_reader.lines,
                jobs=self.status_reader.jobs,
                restart=self.status_reader.restart,
                facts=self.status_reader.facts,
            ),
            settings=SettingsPage(
                context, services.configuration, services.keys, room.control, self._examine
            ),
        )

    def _examine(self) -> list[CheckResult]:
        """The doctor over this installation (takes many seconds)."""
        services = self.room.services
        url = services.database.engine.url.render_as_string(hide_password=False)
        nouns, now = services.database.nouns, services.clock.now()
        given = CheckContext.of(services.folder, url, now, nouns, os.environ, cameras=True)
        return list(examine(given))

    def _make_window(self, quick: Callable[[User], Actor] | None) -> MainWindow:
        services, accounts = self.room.services, self.room.services.sign_in
        sign_in = SignInPage(
            accounts.sign_in, self.background, services.settings.site_name, choose=accounts.choose_password
        )
        sign_in.signed_in.connect(self.session.sign_in)
        self._sign_in = sign_in
        pages = self.pages
        return MainWindow(
            self.session,
            self.messages,
            [
                pages.live,
                pages.log,
                pages.incidents,
                pages.deployments,
                pages.cameras,
                pages.users,
                pages.audit,
                pages.purges,
                pages.status,
                pages.settings,
            ],
            clock=services.clock,
            state=self.state,
            sign_in=sign_in,
            switch=SwitchPanel(
                self.session,
                self.background,
                accounts.sign_in,
                users=accounts.users,
                leave=accounts.sign_out,
                quick=quick,
                choose=accounts.choose_password,
            ),
            lock=LockLayer(
                accounts.sign_in,
                self.background,
                choose=accounts.choose_password,
                quick=partial(stay, self.session) if quick is not None else None,
            ),
            own_password=PasswordPanel(
                self.session, self.background, self.messages, accounts.change_password
            ),
            faults=self.faults,
            looks=FirstLooks(
                services.settings.theme, services.settings.text_scale, services.settings.alarm_sound
            ),
            own=services.configuration,
            background=self.background,
        )

    def _connect(self) -> None:
        window, live = self.window, self.pages.live
        vocabulary = self.room.services.log.vocabulary
        window.log_line.set_vocabulary(
            [each.name for each in vocabulary.sources], list(vocabulary.every_category)
        )
        window.log_line.set_camera_finder(self._find_camera)
        window.palette_panel.add_source(
            palette_sources.cameras(lambda: self.cameras.register, self.show_camera)
        )
        window.palette_panel.add_source(
            palette_sources.settings(
                self.pages.settings.show_setting, lambda: window.why_closed(self.pages.settings)
            )
        )
        find_records = palette_records.finder(self.session, self.room.services.search, self.show_record)
        window.palette_panel.add_finder(find_records, self.background)
        live.camera_selected.connect(self._point_log_line_at)
        live.log_wanted.connect(self._write_about)
        live.incident_wanted.connect(self._open_incident)
        live.snapshot_taken.connect(self._writer.keep_picture)
        self.pages.cameras.camera_chosen.connect(self._choose_camera)
        window.alarms_requested.connect(partial(window.show_page, self.pages.deployments))
        window.closing.connect(live.left)
        self.pages.settings.own_changed.connect(window.looks.follow_person)
        self.room.control.on_event = live.control_reported.emit
        self.pages.log.incident_chosen.connect(self._show_incident)
        self.pages.log.wanted_back.connect(window.log_line.take_back)
        self.pages.log.incident_wanted.connect(self.pages.incidents.open_from_entry)

    def _choose_camera(self, camera: object) -> None:
        found = camera if isinstance(camera, Camera) else self.cameras.find(camera)
        if found is not None:
            self.show_camera(found)

    def _show_incident(self, incident_id: int) -> None:
        self.window.show_page(self.pages.incidents)
        self.pages.incidents.show_incident(incident_id)

    def _find_camera(self, typed: str) -> tuple[int, str, str] | None:
        camera = camera_rules.find_by_number(self.cameras.register, typed)
        return (camera.id, camera.number, camera.name) if camera else None

    def _point_log_line_at(self, camera_id: object) -> None:
        camera = self.cameras.find(camera_id)
        if camera is None:
            self.window.log_line.set_camera(None)
        else:
            self.window.log_line.set_camera(camera.id, camera.number, camera.name)

    def _write_about(self, camera_id: object) -> None:
        self._point_log_line_at(camera_id)
        self.window.log_line.edit.setFocus()

    def _open_incident(self, camera_id: int, snapshot: Path | None, occurred_at: datetime) -> None:
        """From a tile: time, camera, person and picture are filled in already."""
        self.window.show_page(self.pages.incidents)
        self.pages.incidents.open_new(self.cameras.find(camera_id), snapshot, occurred_at)
