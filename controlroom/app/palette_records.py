"""What the palette finds in the database: records of every kind that nouns declare a search for."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from controlroom.declaration import Found
from controlroom.ui.shell.palette import Entry

if TYPE_CHECKING:
    from controlroom.app.desk import Desk


def finder(desk: "Desk") -> Callable[[str], Callable[[], Sequence[Entry]] | None]:
    """Asks for what the person at the desk may read; the work itself runs in the background."""

    def find(typed: str) -> Callable[[], Sequence[Entry]] | None:
        if not desk.session.signed_in:
            return None
        actor, search = desk.session.actor, desk.room.services.search
        if not search.finds_for(actor.roles):
            return None
        return lambda: [_entry(desk, each) for each in search.find(actor, typed)]

    return find


def _entry(desk: "Desk", found: Found) -> Entry:
    show = partial(desk.show_record, found.kind, found.key)
    return Entry(found.title, found.detail, show, icon_name=found.icon, lead=found.reference)
