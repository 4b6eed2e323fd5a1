"""Finds records of every kind that a person may read, by the words they typed."""

from collections.abc import Iterable

from controlroom.accounts.access import require, still_here
from controlroom.accounts.permissions import Permission, permissions_of
from controlroom.accounts.records import Actor, Role
from controlroom.database.unit_of_work import Database
from controlroom.declaration import Found
from controlroom.folding import has_all_words
from controlroom.texts import takes_texts

MOST = 4  # of each kind


@takes_texts
class SearchService:
    """Asks each noun that can be found, in their order; nouns are those of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._searches = [noun.search for noun in database.nouns if noun.search is not None]

    def find(self, actor: Actor, typed: str, limit: int = MOST) -> list[Found]:
        """The newest `limit` records of each kind that have all words typed; only what `actor` may read."""
        with self._database.read() as session:
            held = permissions_of(still_here(session, actor).roles)
            found: list[Found] = []
            for search in self._searches:
                if search.permission in held:
                    require(session, actor, Permission(search.permission))
                    found += search.find(session, typed, limit)
            return found

    def finds_for(self, roles: frozenset[Role]) -> bool:
        """True when there is any kind of record that these roles let somebody find."""
        held = permissions_of(roles)
        return any(search.permission in held for search in self._searches)


def matching(typed: str, limit: int, records: Iterable[Found]) -> list[Found]:
    """The first `limit` records with all words typed in their reference, title or detail."""
    texts = ((each, (each.reference, each.title, each.detail)) for each in records)
    return [each for each, words in texts if has_all_words(typed, *words)][:limit]
