"""What the palette finds in the database: records of every kind that nouns declare a search for."""

from collections.abc import Callable, Sequence
from functools import partial

from controlroom.declaration import Found
from controlroom.search.service import SearchService
from controlroom.ui.session import DeskSession
from controlroom.ui.shell.palette import Entry

Show = Callable[[str, str], object]
"""Brings a record to the front, by its kind and key."""


def finder(
    session: DeskSession, search: SearchService, show: Show
) -> Callable[[str], Callable[[], Sequence[Entry]] | None]:
    """Asks for what the person at the desk may read; the work itself runs in the background."""

    def find(typed: str) -> Callable[[], Sequence[Entry]] | None:
        if not session.signed_in:
            return None
        actor = session.actor
        if not search.finds_for(actor.roles):
            return None
        return lambda: [_entry(each, show) for each in search.find(actor, typed)]

    return find


def _entry(found: Found, show: Show) -> Entry:
    run = partial(show, found.kind, found.key)
    return Entry(found.title, found.detail, run, icon_name=found.icon, lead=found.reference)
