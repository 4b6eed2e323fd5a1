"""Puts the desk together: one window over one room, from its parts and its list of pages.

Nothing here knows what a page is about, but for Live, whose pictures the status line counts. Pages and what they are
wired to stand in `pages.py`; each part beside this file takes what it uses.
"""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject

from controlroom.accounts.records import Actor, User
from controlroom.app.alarm_watch import AlarmWatch
from controlroom.app.cameras import CameraRegister, CameraStates
from controlroom.app.closing import Closing
from controlroom.app.database_news import DatabaseNews
from controlroom.app.log_line_writer import LogLineWriter
from controlroom.app.pages import PAGES, DeskPorts, PageEntry, PageParts
from controlroom.app.process_status import ProcessStatus
from controlroom.app.room import Room
from controlroom.app.signed_in_account import SignedInAccount, stay
from controlroom.app.status_items import StatusItems
from controlroom.app.steering_person import SteeringPerson
from controlroom.app.watches import ClockWatch, FaultWatch, OtherDesks
from controlroom.cameras.records import Camera
from controlroom.clock import StepWatch, local_date
from controlroom.configuration.list_service import CHANGED as LISTS
from controlroom.errors import PermissionRefused
from controlroom.log.search import cad_in
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.page import Page
from controlroom.ui.kit.pending import PendingEntries
from controlroom.ui.messages import Messages
from controlroom.ui.pages.live.page import LivePage
from controlroom.ui.session import DeskSession
from controlroom.ui.shell import palette_sources
from controlroom.ui.shell.faults import Faults
from controlroom.ui.shell.looks import FirstLooks
from controlroom.ui.shell.main_window import MainWindow
from controlroom.ui.sign_in.lock import LockLayer
from controlroom.ui.sign_in.page import SignInPage
from controlroom.ui.sign_in.password_panel import PasswordPanel
from controlroom.ui.sign_in.switch_panel import SwitchPanel
from controlroom.ui.window_state import WindowState


class Desk(QObject):
    """One window over one room. `quick` signs people in without a password (the demonstration)."""

    def __init__(
        self,
        room: Room,
        *,
        actor: Actor | None = None,
        quick: Callable[[User], Actor] | None = None,
        pages: Sequence[PageEntry] = PAGES,
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
        self._context = PageContext(
            self.session,
            self.background,
            self.messages,
            self.changes,
            services.clock,
            self.state,
            holds_password=services.sign_in.holds_password,
        )
        self._person = SteeringPerson(self.session, services.step_keys, room.control, self)
        self.pending = PendingEntries(services.outbox, self.session, self.background, self)
        self.register = CameraRegister(self._context, services.cameras, room.control)
        self._ports = DeskPorts(self)
        self._states = CameraStates(self._context, room.recorder)
        self._processes = ProcessStatus(room)
        parts = PageParts(room, self._ports, self.register, self._states, self.pending, self._processes)
        made = {entry.make(self._context, parts): entry.group for entry in pages}
        self._sign_in = SignInPage(
            services.sign_in.sign_in,
            self.background,
            services.settings.site_name,
            choose=services.sign_in.choose_password,
        )
        self.window = self._make_window(made, quick)
        self._make_parts()
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
        self._status_items.stop()
        self.alarm_watch.stop()
        self._states.stop()
        self._other_desks.stop()
        self._clock_watch.stop()
        self._account.stop()
        self.fault_watch.stop()
        self.closing.at_once()
        self.background.close()
        self.changes.close()
        self.state.save()

    def _show_error(self, error: Exception) -> None:
        """What failed in the background, unless the strip under the top bar says it already."""
        if isinstance(error, PermissionRefused):
            self._account.look()  # roles may have changed, or the account be switched off
        if not self._database_news.swallow(error):
            self.messages.error(error)

    # -- building --------------------------------------------------------------------------------------------

    def _make_window(self, pages: dict[Page, str], quick: Callable[[User], Actor] | None) -> MainWindow:
        services, accounts = self.room.services, self.room.services.sign_in
        return MainWindow(
            self.session,
            self.messages,
            list(pages),
            groups=pages,
            clock=services.clock,
            state=self.state,
            sign_in=self._sign_in,
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

    def _make_parts(self) -> None:
        """What works beside the pages, in the window that stands by now."""
        room, window, context, services = self.room, self.window, self._context, self.room.services
        database = services.database
        self.fault_watch = FaultWatch(self.faults, database, context, window)
        self._writer = LogLineWriter(
            self.pending,
            window.log_line,
            self.session,
            self.background,
            self.messages,
            self.register.find,
            services.sign_in.holds_password,
        )
        self._database_news = DatabaseNews(
            database.availability, services.sign_in, self.pending, context, window
        )
        live = window.page(LivePage)
        self._status_items = StatusItems(
            context,
            window,
            database.availability,
            services.deployments,
            processes=self._processes.lines,
            wall=lambda: live.tiles_live() if window.current is live else None,
        )
        live.live_count_changed.connect(self._status_items.show_pictures)
        self.alarm_watch = AlarmWatch(
            context,
            window,
            database.availability,
            services.deployments,
            self._states,
            processes=self._processes.lines,
            jobs=self._processes.jobs,
        )
        self._other_desks = OtherDesks(
            room.slot, str(database.engine.url), self.background, window.desk_strip
        )
        steps = StepWatch(services.clock, services.settings.clock_step_s)
        self._clock_watch = ClockWatch(
            database, self.session, self.background, self.messages, steps, context.changes
        )
        self.closing = Closing(
            window,
            room.recorder,
            self.state,
            setting=services.settings.recorder_after_close,
            shared=lambda: bool(self._other_desks.known),
        )
        self._account = SignedInAccount(
            context, services.sign_in, services.configuration, self._sign_in, window.guard
        )

    def _connect(self) -> None:
        window, links, services, ports = self.window, self.window.links, self.room.services, self._ports
        self._sign_in.signed_in.connect(self.session.sign_in)
        self._follow_lists()
        self.changes.told.connect(lambda change: self._follow_lists() if change.kind == LISTS else None)
        self.session.actor_changed.connect(self._read_lists)
        window.log_line.set_camera_finder(self._find_camera)
        window.log_line.set_cad_reader(lambda text: cad_in(text, local_date(services.clock.now())))
        palette = window.palette_panel
        palette.add_source(palette_sources.cameras(lambda: self.register.cameras, self._show_on_wall))
        palette.add_source(
            palette_sources.settings(
                partial(links.open, "setting"), lambda: window.why_closed(links.page_showing("setting"))
            )
        )
        palette.add_finder(
            palette_sources.records(self.session, services.search, links.open), self.background
        )
        ports.log_about.connect(self._point_log_line_at)
        ports.log_wanted.connect(self._write_about)
        ports.picture_taken.connect(self._writer.keep_picture)
        ports.entry_returned.connect(window.log_line.take_back)
        ports.own_settings_changed.connect(window.looks.follow_person)

    def _read_lists(self) -> None:
        """A desk nobody sat at heard nothing of the lists: read them when somebody sits down."""
        if self.session.signed_in:
            reload = self.room.services.lists.reload
            self.background.run(reload, lambda _none: self._follow_lists(), owner=self)

    def _follow_lists(self) -> None:
        """Offer the room's lists as they stand in the log line."""
        vocabulary = self.room.services.log.vocabulary
        sources = [each.name for each in vocabulary.sources]
        self.window.log_line.set_vocabulary(sources, list(vocabulary.every_category))
        if emptied := self.room.services.lists.emptied:
            self.messages.show(
                f"All words of {', '.join(emptied)} were retired past the program. Those of the files are used: "
                "an administrator looks at the lists in the settings.",
                kind="warn",
            )

    def _show_on_wall(self, camera: Camera) -> None:
        self.window.links.open("camera", camera.id)

    def _find_camera(self, typed: str) -> tuple[int, str, str] | None:
        camera = self.register.find_by_number(typed)
        return (camera.id, camera.number, camera.name) if camera else None

    def _point_log_line_at(self, camera_id: object) -> None:
        camera = self.register.find(camera_id)
        if camera is None:
            self.window.log_line.set_camera(None)
        else:
            self.window.log_line.set_camera(camera.id, camera.number, camera.name)

    def _write_about(self, camera_id: object) -> None:
        self._point_log_line_at(camera_id)
        self.window.log_line.edit.setFocus()
