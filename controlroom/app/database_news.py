"""Tells the person that the database does not answer, or answers again, and how many entries are not saved yet."""

from PySide6.QtCore import QObject, Signal

from controlroom.accounts.desk_sign_in import DeskSignIn
from controlroom.accounts.records import Actor
from controlroom.clock import show_time
from controlroom.database.availability import Availability
from controlroom.errors import DatabaseAway, PermissionRefused
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.pending import PendingEntries
from controlroom.ui.shell.main_window import MainWindow


class DatabaseNews(QObject):
    """Speaks in the strip under the top bar and in the status line."""

    _turned = Signal(bool)

    def __init__(
        self,
        availability: Availability,
        service: DeskSignIn,
        pending: PendingEntries,
        context: PageContext,
        window: MainWindow,
    ) -> None:
        super().__init__()
        self._availability, self._service, self._pending = availability, service, pending
        self._session, self._messages = context.session, context.messages
        self._background = context.background
        self._strip, self._status = window.desk_strip, window.status
        self._turned.connect(self._take)
        self._availability.listen(self._turned.emit)
        pending.changed.connect(self.show_pending)
        if not self._availability.here:
            self._take(here=False)
        self.show_pending()

    def swallow(self, error: Exception) -> bool:
        """Return True for an error that the strip under the top bar already shows, so that it is not shown twice."""
        return isinstance(error, DatabaseAway) and not self._availability.here

    def show_pending(self) -> None:
        """The count of what is not in the database yet."""
        waiting, refused = len(self._pending.waiting()), len(self._pending.refused())
        if not (waiting or refused):
            self._status.remove_item("kept")
            return
        said = (f"{waiting} not yet saved" if waiting else "", f"{refused} refused" if refused else "")
        words = ", ".join(part for part in said if part)
        tip = "Entries kept safely on this desk; the Log page lists them"
        self._status.set_item("kept", words, "alarm" if refused else "warn", tip)

    def _take(self, here: bool) -> None:
        if here:
            self._strip.unsay("database")
            self._messages.show("The database is back. Pages show what is new.", kind="done")
            self._background.run(self._service.make_good, self._made_good, self._not_made_good, owner=self)
            return
        since = self._availability.reach.since
        when = show_time(since) if since is not None else "now"
        self._strip.say(
            "database",
            f"The database has not answered since {when}. Live pictures and steering go on; log entries are kept "
            "on this desk and saved when it is back. Lists show what was read before; nothing else can be saved.",
            "alarm",
        )

    def _made_good(self, actor: Actor | None) -> None:
        """Whoever sat down from this desk's memory is signed in now as anybody is."""
        if actor is not None:
            self._session.sign_in(actor)

    def _not_made_good(self, error: Exception) -> None:
        if isinstance(error, PermissionRefused):
            self._session.sign_out()
        self._messages.error(error)
