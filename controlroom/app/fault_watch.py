"""What the desk adds to the watch for faults: facts about this installation, and what an earlier end left behind."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from sqlalchemy import text

from controlroom.database.unit_of_work import Database
from controlroom.ui import theme
from controlroom.ui.shell import faults

if TYPE_CHECKING:
    from controlroom.app.desk import Desk


class FaultWatch(QObject):
    """Sends every unexpected fault of the process to the desk's band, from `start` until `stop`."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._put_back: Callable[[], None] | None = None
        self._database = desk.room.services.database.engine.dialect.name
        desk.faults.facts = self.facts
        desk.faults.typed = faults.typed_now
        desk.messages.take_fault = desk.faults.take

    def start(self, folder: Path) -> None:
        """Catch faults from now on; `folder` is where the last words of a fatal end go and are found again."""
        desk = self._desk
        self._put_back = faults.install(desk.faults, folder)
        database = desk.room.services.database
        desk.background.run(lambda: kind_and_revision(database), self._keep_database, owner=self)
        desk.background.run(lambda: faults.left_behind(folder), self._tell, owner=self)

    def stop(self) -> None:
        """Leave the process as it was before."""
        if self._put_back is not None:
            self._put_back()
            self._put_back = None

    def facts(self) -> dict[str, str]:
        """What the report says about this installation; nothing of its contents."""
        page = self._desk.window.current
        screen = self._desk.window.screen().size()
        return {
            "Database": self._database,
            "Page": page.title if page is not None else "none",
            "Look": f"{theme.current().name}, text {theme.current().text_scale:.0%}",
            "Screen": f"{screen.width()}x{screen.height()}, {QGuiApplication.platformName()}",
        }

    def _keep_database(self, said: str) -> None:
        self._database = said

    def _tell(self, report: Path | None) -> None:
        if report is not None:
            self._desk.messages.show(
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
