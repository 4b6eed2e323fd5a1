"""Warns of other desks that have this data folder open, and of an SQLite file on a network share."""

from functools import partial

from PySide6.QtCore import QObject, QTimer

from controlroom.app.desk_slot import DeskSlot, OtherDesk
from controlroom.database.engine import sqlite_file
from controlroom.platform import network_share
from controlroom.ui.background import Background
from controlroom.ui.shell.desk_strip import DeskStrip

LOOK_EVERY_MS = 10_000


class OtherDesks(QObject):
    """Looks now and then, in the background; a line that was closed by hand comes back only for another desk."""

    def __init__(self, slot: DeskSlot, database_url: str, background: Background, strip: DeskStrip) -> None:
        super().__init__()
        self._slot, self._background, self._strip = slot, background, strip
        self._told: frozenset[OtherDesk] = frozenset()
        self._looking = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_EVERY_MS)
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
