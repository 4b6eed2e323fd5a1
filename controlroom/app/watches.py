"""Watches for what belongs to no page: a clock that is set, other desks on the same data, and faults.

Times in the log are the clock's, right or wrong when they were written; what order things came in is told by the
entries' numbers, which no clock moves. The audit's entry of a clock's step stands between those before and after it.
"""

import logging
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from sqlalchemy import text

from controlroom.app.data_folder import DeskSlot, OtherDesk
from controlroom.audit import service as audit
from controlroom.changes import Change
from controlroom.clock import StepWatch, step_words
from controlroom.database.engine import sqlite_file
from controlroom.database.unit_of_work import Database
from controlroom.platform import network_share
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit.context import PageContext
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.shell import faults
from controlroom.ui.shell.main_window import MainWindow
from controlroom.ui.shell.status_line import DeskStrip
from controlroom.ui.timers import every

log = logging.getLogger(__name__)
CLOCK_EVERY_MS = 1000


CLOCK = "clock"  # the kind of change a step is announced as


class ClockWatch(QObject):
    """Looks once a second, from its making until `stop`."""

    def __init__(
        self,
        database: Database,
        session: DeskSession,
        background: Background,
        messages: Messages,
        watch: StepWatch,
        changes: ChangeBridge | None = None,
    ) -> None:
        """`changes` bring what other desks say of their clocks."""
        super().__init__()
        if changes is not None:
            changes.told.connect(self._hear)
        self._database, self._session, self._watch = database, session, watch
        self._background, self._messages = background, messages
        self._timer = every(self, CLOCK_EVERY_MS, self.look)

    def look(self) -> None:
        """See whether the clock was changed, and say so."""
        step = self._watch.look()
        if step is None:
            return
        words = step_words(step)
        log.warning("the clock of this computer was changed %s", words)
        self._messages.show(
            f"The clock of this computer was changed {words}. Times before and after do not fit together; entries "
            "keep their order. See that a time service keeps it (Settings, This installation).",
            kind="warn",
        )
        if self._session.signed_in:
            who = self._session.actor.handle
            self._background.run(
                lambda: note_step(self._database, who, step), on_error=_not_noted, owner=self
            )

    def _hear(self, change: Change) -> None:
        if change.kind == CLOCK and change.desk:
            self._messages.show(
                f"The clock of the desk {change.desk} was changed {change.key}. Times it wrote before and after do "
                "not fit together; the audit trail says when.",
                kind="warn",
            )

    def stop(self) -> None:
        """No more looks."""
        self._timer.stop()


def note_step(database: Database, who: str, seconds: float) -> None:
    """Enter the step in the audit trail, under whoever sits at the desk."""
    with database.write() as work:
        audit.record(
            work, who, "clock.changed", "desk", socket.gethostname()[:60], by_seconds=round(seconds, 1)
        )
        work.announce(CLOCK, step_words(seconds))  # every other desk says so too


def _not_noted(error: Exception) -> None:
    log.warning("the step of the clock could not be entered in the audit trail: %s", error)


DESKS_EVERY_MS = 10_000


class OtherDesks(QObject):
    """Looks now and then, in the background; a line that was closed by hand comes back only for another desk."""

    def __init__(self, slot: DeskSlot, database_url: str, background: Background, strip: DeskStrip) -> None:
        super().__init__()
        self._slot, self._background, self._strip = slot, background, strip
        self._told: frozenset[OtherDesk] = frozenset()
        self._looking = False
        self._timer = every(self, DESKS_EVERY_MS, self._look)
        self._look()
        file = sqlite_file(database_url)
        if file is not None:
            background.run(partial(network_share, file.parent), self._warn_of_share, owner=self)

    @property
    def known(self) -> frozenset[OtherDesk]:
        """The other desks seen at the last look."""
        return self._told

    def stop(self) -> None:
        """No more looks."""
        self._timer.stop()

    def _look(self) -> None:
        if not self._looking:
            self._looking = True
            self._background.run(self._slot.others, self._take, self._failed, owner=self)

    def _failed(self, _error: Exception) -> None:
        self._looking = False

    def _take(self, others: list[OtherDesk]) -> None:
        self._looking = False
        known = frozenset(others)
        if known == self._told:
            return
        self._told = known
        if not others:
            self._strip.unsay("second desk")
            return
        whom = "; ".join(str(each) for each in others)
        self._strip.say(
            "second desk",
            f"This data folder is open at another desk too: {whom}. Both may write: entries of both are kept in order. "
            "For several computers use PostgreSQL.",
            "warn",
            closable=True,
        )

    def _warn_of_share(self, kind: str) -> None:
        if kind:
            self._strip.say(
                "network share",
                f"The database lies on a network share ({kind}), where SQLite may be damaged when two computers write. "
                "Move the data folder to a disk of this computer, or use PostgreSQL.",
                "alarm",
            )


class FaultWatch(QObject):
    """Shows each unexpected exception of this process in the window, from `start` until `stop`."""

    def __init__(
        self, caught: faults.Faults, database: Database, context: PageContext, window: MainWindow
    ) -> None:
        super().__init__()
        self._caught, self._database, self._window = caught, database, window
        self._background, self._messages = context.background, context.messages
        self._put_back: Callable[[], None] | None = None
        self._database_words = database.engine.dialect.name
        caught.facts = self.facts
        caught.typed = faults.typed_now
        context.messages.take_fault = caught.take

    def start(self, folder: Path) -> None:
        """Catch faults from now on; `folder` is where the last words of a fatal end go and are found again."""
        self._put_back = faults.install(self._caught, folder)
        self._background.run(lambda: kind_and_revision(self._database), self._take_database_words, owner=self)
        self._background.run(lambda: faults.left_behind(folder), self._tell, owner=self)

    def stop(self) -> None:
        """Leave the process as it was before."""
        if self._put_back is not None:
            self._put_back()
            self._put_back = None

    def facts(self) -> dict[str, str]:
        """What the report says about this installation; nothing of its contents."""
        page = self._window.current
        screen = self._window.screen().size()
        return {
            "Database": self._database_words,
            "Page": page.title if page is not None else "none",
            "Look": f"{theme.current().name}, text {theme.current().text_scale:.0%}",
            "Screen": f"{screen.width()}x{screen.height()}, {QGuiApplication.platformName()}",
        }

    def _take_database_words(self, words: str) -> None:
        self._database_words = words

    def _tell(self, report: Path | None) -> None:
        if report is not None:
            self._messages.show(
                "The program ended by a fault last time.",
                "warn",
                meaning="What was saved before is there.",
                remedy=f"Give the report to whoever looks after the program: {report.name}, in the folder logs.",
            )


def kind_and_revision(database: Database) -> str:
    """The database's kind and the revision of its tables (reads the database)."""
    with database.read() as session:
        revision = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return f"{database.engine.dialect.name}, revision {revision}"
