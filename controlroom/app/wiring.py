"""What the desk does that belongs to no page: camera lines, and keeping watch."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from controlroom.accounts.permissions import Permission
from controlroom.app.room import Room
from controlroom.cameras.devices import DeviceAddress
from controlroom.cameras.records import Camera, CameraLogin
from controlroom.clock import show_time
from controlroom.database.availability import Availability
from controlroom.deployments.deployments.records import Alert
from controlroom.deployments.overview.records import Attention
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.pages.cameras.health_words import health_mark, health_words
from controlroom.ui.session import DeskSession

if TYPE_CHECKING:
    from controlroom.app.desk import Desk

WATCH_EVERY_MS = 2000
ALERTS_EVERY_MS = 15 * 60 * 1000  # the daily alert appears within a quarter of an hour of midnight


class CameraLines(QObject):
    """The register as the desk's own parts need it, and the cameras the control process talks to."""

    def __init__(
        self, room: Room, session: DeskSession, background: Background, changes: ChangeBridge
    ) -> None:
        super().__init__()
        self._room, self._session, self._background = room, session, background
        self.register: list[Camera] = []
        self._connected: dict[int, CameraLogin] = {}
        session.actor_changed.connect(self.refresh)
        changes.changed.connect(self._changed)

    def find(self, camera_id: object) -> Camera | None:
        """The camera with that id."""
        return next((camera for camera in self.register if camera.id == camera_id), None)

    def refresh(self) -> None:
        """Read the register afresh, and how its cameras are reached if this person may steer."""
        if not self._session.may(Permission.READ_CAMERAS):
            self.register = []
        if not self._session.signed_in:
            return
        actor, cameras = self._session.actor, self._room.services.cameras
        if self._session.may(Permission.READ_CAMERAS):
            self._background.run(lambda: cameras.cameras(actor), self._take_register, owner=self)
        if self._session.may(Permission.STEER_CAMERAS):
            self._background.run(lambda: cameras.logins(actor), self._take_logins, owner=self)

    def _changed(self, kind: str, _key: str) -> None:
        if kind == "camera":
            self.refresh()

    def _take_register(self, register: list[Camera]) -> None:
        self.register = register

    def _take_logins(self, logins: dict[int, CameraLogin]) -> None:
        control = self._room.control
        logins = {camera_id: login for camera_id, login in logins.items() if not login.trouble}
        for camera_id in self._connected.keys() - logins.keys():
            control.forget(str(camera_id))
        for camera_id, login in logins.items():
            if self._connected.get(camera_id) != login:
                camera = self.find(camera_id)
                name = f"Camera {camera.number}" if camera is not None else ""
                address = DeviceAddress(login.host, login.port, login.username, login.password, name)
                control.connect(str(camera_id), address)
        self._connected = dict(logins)


class Watchkeeper(QObject):
    """Keeps the status line and the alarms true: pictures, database, processes, deployments past their end."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__()
        self._desk = desk
        self._attention: Attention | None = None
        self._watch = QTimer(self)
        self._watch.timeout.connect(self._look)
        self._daily = QTimer(self)
        self._daily.timeout.connect(self._raise_alerts)
        desk.session.actor_changed.connect(self._person_changed)
        desk.changes.changed.connect(self._changed)
        desk.pages.live.live_count_changed.connect(self._show_live)
        desk.window.page_changed.connect(lambda _page: self._show_live(*desk.pages.live.tiles_live()))
        self._watch.start(WATCH_EVERY_MS)
        self._daily.start(ALERTS_EVERY_MS)
        self._raise_alerts()

    def stop(self) -> None:
        """No more looks."""
        self._watch.stop()
        self._daily.stop()

    def _person_changed(self) -> None:
        self._look()
        self._look_at_deployments()

    def _changed(self, kind: str, _key: str) -> None:
        if kind in ("deployment", "unit", "meeting", "bid"):
            self._look_at_deployments()
            self._raise_alerts()

    def _show_live(self, live: int, total: int) -> None:
        if self._desk.window.current is not self._desk.pages.live:
            # Nothing is decoded for a wall nobody looks at, so nothing is claimed of it either.
            self._desk.window.status.set_item("pictures", "wall not in front", "idle")
            return
        state = "idle" if not total else "live" if live == total else "warn" if live else "alarm"
        text = f"{live} of {total} pictures live" if total else "no camera on the wall"
        self._desk.window.status.set_item("pictures", text, state)

    def _look(self) -> None:
        self._show_database()
        self._show_processes()
        self._show_camera_states()

    def _show_camera_states(self) -> None:
        """What the wall knows of its cameras; nothing is known of them while it is not in front."""
        live, states = self._desk.pages.live, {}
        if self._desk.window.current is live:
            shown = enumerate(live.wall.cameras())
            states = {camera.id: live.wall.status_of(index) for index, camera in shown if camera}
        self._desk.pages.cameras.set_statuses(states)
        keeper = self._desk.room.recorder
        heard = keeper.link.state if keeper is not None else None
        troubled = heard.troubled if heard is not None else ()
        now = self._desk.room.services.clock.now()
        self._desk.pages.cameras.set_health(troubled, now)
        live.set_health({each.camera_id: (health_mark(each), health_words(each, now)) for each in troubled})

    def _show_database(self) -> None:
        """What the watch knows; nobody waits for an answer here."""
        line = database_line(self._desk.room.services.database.availability, time.monotonic())
        if line is not None:
            self._desk.window.status.set_item("database", *line)

    def _show_processes(self) -> None:
        """Our own, and the recorder with its own; a recorder that is switched off is not missed."""
        lines = [line for line in self._desk.status_reader.lines() if not line.off]
        down = [line for line in lines if not line.running]
        words = ", ".join(f"{line.name} {line.word}" for line in down)
        text = words or f"{len(lines)} processes running"
        state = "alarm" if any(line.mark == "alarm" for line in down) else "warn" if down else "live"
        tip = "; ".join(line.health.reason for line in down if line.health.reason)
        self._desk.window.status.set_item("processes", text, state, tip)

    def _look_at_deployments(self) -> None:
        session, services = self._desk.session, self._desk.room.services.deployments
        if not session.may(Permission.READ_DEPLOYMENTS):
            self._desk.window.status.remove_item("units")
            return
        actor = session.actor
        self._desk.background.run(
            lambda: services.overview.attention(actor), self._show_attention, owner=self
        )

    def _show_attention(self, attention: Attention) -> None:
        text = f"{attention.units_live} of {attention.units_total} units live"
        self._desk.window.status.set_item("units", text, "live" if attention.units_live else "idle")

    def _raise_alerts(self) -> None:
        services = self._desk.room.services.deployments
        self._desk.background.run(services.alerts.raise_due, self._show_alerts, owner=self)

    def _show_alerts(self, alerts: list[Alert]) -> None:
        self._desk.window.set_alarms(len(alerts), alerts[0].text if alerts else "")


def database_line(availability: Availability, now: float) -> tuple[str, str, str] | None:
    """Words, tone and detail of the status bar's line; None before the first answer. `now` is monotonic."""
    reach, failed = availability.reach, availability.failed_save
    if reach.since is not None:
        return f"Database away since {show_time(reach.since)}", "alarm", reach.reason
    if failed is not None:
        return f"Nothing saved since {show_time(failed.since)}", "alarm", failed.what
    if reach.slow(now):
        return "Database slow to answer", "warn", ""
    return (f"Database {reach.milliseconds:.0f} ms", "live", "") if reach.milliseconds is not None else None
