"""Watches for what is wrong, and shows the person at the desk the alarms that concern them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from controlroom.app import alarms
from controlroom.app.cameras import CameraStates
from controlroom.database.availability import Availability
from controlroom.deployments.deployments.records import Alert
from controlroom.deployments.service import DeploymentServices
from controlroom.recording.records import CameraHealth, JobState
from controlroom.ui.kit.context import PageContext
from controlroom.ui.pages.status.process_lines import ProcessLine
from controlroom.ui.shell.main_window import MainWindow
from controlroom.ui.timers import every
from controlroom.video.records import StreamState, StreamStatus

ALERTS_EVERY_MS = 15 * 60 * 1000  # the daily alert appears within a quarter of an hour of midnight


class AlarmWatch(QObject):
    """Looks with each look at the cameras. Daily alerts are raised here too, whoever is at the desk."""

    def __init__(
        self,
        context: PageContext,
        window: MainWindow,
        availability: Availability,
        deployments: DeploymentServices,
        states: CameraStates,
        *,
        processes: Callable[[], Sequence[ProcessLine]],
        jobs: Callable[[], Sequence[JobState]],
    ) -> None:
        super().__init__()
        self._session, self._background, self._clock = context.session, context.background, context.clock
        self._window, self._availability, self._deployments = window, availability, deployments
        self._processes, self._jobs = processes, jobs
        self._alerts: Sequence[Alert] = ()
        self._wall: Mapping[int, StreamState] = {}
        self._offline: dict[int, datetime] = {}  # since when a picture of the wall is, by camera id
        self._troubled: Sequence[CameraHealth] = ()
        self.shown: list[alarms.Alarm] = []
        self._opened: tuple[str, str] | None = None  # what the key opened last
        states.pictures_seen.connect(self._take_pictures)
        states.health_heard.connect(self._take_health)
        context.session.actor_changed.connect(self._begin_again)
        context.changes.changed.connect(self._changed)
        window.alarms_requested.connect(self.open_next)
        self._daily = every(self, ALERTS_EVERY_MS, self._raise_alerts)
        self._raise_alerts()

    def stop(self) -> None:
        """No more looks."""
        self._daily.stop()

    def open_next(self) -> None:
        """Open the record or page that the first alarm names; asked again, that of the next one."""
        if not self.shown:
            self._window.say("There is no alarm.", "info")
            return
        places = [each.opens for each in self.shown]
        following = places.index(self._opened) + 1 if self._opened in places else 0
        self._opened = places[following % len(places)]
        self._window.links.open(*self._opened)

    def _begin_again(self) -> None:
        """Somebody else sits here: their first alarm is opened first."""
        self._opened = None
        self._show()

    def _changed(self, kind: str, _key: str) -> None:
        if kind in ("deployment", "unit", "meeting", "bid"):
            self._raise_alerts()

    def _raise_alerts(self) -> None:
        self._background.run(self._deployments.alerts.raise_due, self._take_alerts, owner=self)

    def _take_alerts(self, alerts: Sequence[Alert]) -> None:
        self._alerts = alerts
        self._show()

    def _take_pictures(self, statuses: Mapping[int, StreamStatus]) -> None:
        self._wall = {camera: status.state for camera, status in statuses.items()}
        now = self._clock.now()
        self._offline = {
            camera: self._offline.get(camera, now)
            for camera, state in self._wall.items()
            if state is StreamState.OFFLINE
        }

    def _take_health(self, troubled: Sequence[CameraHealth], _now: datetime) -> None:
        self._troubled = troubled
        self._show()

    def _show(self) -> None:
        lost = alarms.lost_cameras(self._troubled, self._wall, self._offline)
        every_alarm = [
            *alarms.saving_alarms(self._availability),
            *alarms.camera_alarms(lost),
            *alarms.process_alarms(self._processes()),
            *alarms.audit_alarms(self._jobs()),
            *alarms.deployment_alarms(self._alerts),
        ]
        roles = self._session.actor.roles if self._session.signed_in else frozenset()
        before = Counter(each.cause for each in self.shown)
        self.shown = alarms.for_roles(every_alarm, roles)
        self._window.set_alarms(len(self.shown), "\n".join(each.text for each in self.shown))
        now = Counter(each.cause for each in self.shown)
        if now - before and self._window.looks.sound:
            QApplication.beep()
