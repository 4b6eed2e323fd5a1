"""Shows who had control of a camera lately, or which cameras a person had control of; for those who read the audit."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.clock import local_date, show_moment, show_time
from controlroom.recording.records import PastHold
from controlroom.ui.kit.context import PageContext
from controlroom.ui.widgets.layout import column
from controlroom.ui.widgets.text import Facts, caption, note

Read = Callable[[Actor, int], Sequence[PastHold]]


class PastHolds(QWidget):
    """Hidden from roles that may not. `read` gives the latest holds of a camera or a person, by its id."""

    def __init__(self, context: PageContext, title: str, read: Read, *, of_person: bool = False) -> None:
        super().__init__()
        self._context, self._read, self._of_person = context, read, of_person
        self._shown: int | None = None
        self.facts, self._none = Facts(), note("None yet.")
        column(caption(title), self._none, self.facts, on=self, spacing=8)
        context.session.actor_changed.connect(self.clear)
        self.clear()

    def show_of(self, key: int) -> None:
        """Read those of this camera or person, unless the role may not."""
        may = self._context.session.may(Permission.READ_AUDIT)
        if key != self._shown or not may:
            self.clear()
        if not may:
            return
        self._shown = key

        def take(holds: Sequence[PastHold]) -> None:
            if self._shown == key and self._context.session.may(Permission.READ_AUDIT):
                self.facts.set_facts([self._fact(each) for each in holds])
                self._none.setVisible(not holds)
                self.show()

        self._context.read(lambda actor: self._read(actor, key), take, self, lambda _error: self.clear())

    def clear(self) -> None:
        """Show none, to nobody."""
        self._shown = None
        self.facts.set_facts([])
        self.hide()

    def _fact(self, hold: PastHold) -> tuple[str, str]:
        who = f"Camera {hold.camera}" if self._of_person else hold.handle
        same_day = local_date(hold.began_at) == local_date(hold.ended_at)
        until = show_time(hold.ended_at) if same_day else show_moment(hold.ended_at)
        return show_moment(hold.began_at), f"{who}, until {until}: {hold.moves_words}, {hold.ending.value}"
