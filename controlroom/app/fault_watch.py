"""Catches unexpected faults while the desk runs, and adds to their reports what this installation is."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from sqlalchemy import text

from controlroom.database.unit_of_work import Database
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.shell import faults
from controlroom.ui.shell.main_window import MainWindow


class FaultWatch(QObject):
    """Shows each unexpected exception of this process in the window, from `start` until `stop`."""

    def __init__(
        self,
        caught: faults.Faults,
        database: Database,
        background: Background,
        messages: Messages,
        window: MainWindow,
    ) -> None:
        super().__init__()
        self._caught, self._database = caught, database
        self._background, self._messages, self._window = background, messages, window
        self._put_back: Callable[[], None] | None = None
        self._database_words = database.engine.dialect.name
        caught.facts = self.facts
        caught.typed = faults.typed_now
        messages.take_fault = caught.take

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
