"""Shows in the status line the state of things: pictures, database, processes, units."""

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from controlroom.accounts.permissions import Permission
from controlroom.clock import show_time
from controlroom.database.availability import Availability
from controlroom.deployments.overview import Attention
from controlroom.deployments.service import DeploymentServices
from controlroom.ui.kit.context import PageContext
from controlroom.ui.pages.status.process_lines import ProcessLine
from controlroom.ui.shell.main_window import MainWindow
from controlroom.ui.timers import every

LOOK_EVERY_MS = 2000


class StatusItems(QObject):
    """Looks every two seconds. `processes` are this desk's and the recorder's, `wall` counts the pictures in front."""

    def __init__(
        self,
        context: PageContext,
        window: MainWindow,
        availability: Availability,
        deployments: DeploymentServices,
        *,
        processes: Callable[[], Sequence[ProcessLine]],
        wall: Callable[[], tuple[int, int] | None],
    ) -> None:
        super().__init__()
        self._context, self._session = context, context.session
        self._window, self._status = window, window.status
        self._availability, self._deployments = availability, deployments
        self._processes, self._wall = processes, wall
        context.session.actor_changed.connect(self._person_changed)
        context.changes.changed.connect(self._changed)
        window.page_changed.connect(self.show_pictures)
        self._timer = every(self, LOOK_EVERY_MS, self._look)

    def stop(self) -> None:
        """No more looks."""
        self._timer.stop()

    def show_pictures(self) -> None:
        """How many pictures are live. Nothing is decoded for a wall nobody looks at, so nothing is claimed of it."""
        counted = self._wall()
        if counted is None:
            self._status.set_item("pictures", "wall not in front", "idle")
            return
        live, total = counted
        state = "idle" if not total else "live" if live == total else "warn" if live else "alarm"
        text = f"{live} of {total} pictures live" if total else "no camera on the wall"
        self._status.set_item("pictures", text, state)

    def _person_changed(self) -> None:
        self._look()
        self._look_at_deployments()

    def _changed(self, kind: str, _key: str) -> None:
        if kind in ("deployment", "unit", "meeting", "bid"):
            self._look_at_deployments()

    def _look(self) -> None:
        line = database_line(self._availability, time.monotonic())
        if line is not None:
            self._status.set_item("database", *line)
        self._show_processes()

    def _show_processes(self) -> None:
        """Our own, and the recorder with its own; a recorder that is switched off is not missed."""
        lines = [line for line in self._processes() if not line.off]
        down = [line for line in lines if not line.running]
        words = ", ".join(f"{line.name} {line.word}" for line in down)
        text = words or f"{len(lines)} processes running"
        state = "alarm" if any(line.mark == "alarm" for line in down) else "warn" if down else "live"
        tip = "; ".join(line.health.reason for line in down if line.health.reason)
        self._status.set_item("processes", text, state, tip)

    def _look_at_deployments(self) -> None:
        if not self._session.may(Permission.READ_DEPLOYMENTS):
            self._status.remove_item("units")
            return
        self._context.read(self._deployments.overview.attention, self._show_attention, self)

    def _show_attention(self, attention: Attention) -> None:
        text = f"{attention.units_live} of {attention.units_total} units live"
        self._status.set_item("units", text, "live" if attention.units_live else "idle")


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
