"""Where a person's account meets the database's own roles: nothing to do on SQLite, a role each on PostgreSQL."""

from collections.abc import Iterable
from typing import Protocol

from controlroom.accounts.records import Role
from controlroom.database.unit_of_work import Work


class DatabasePeople(Protocol):
    """What account use cases tell the database's own list of people, inside their transaction."""

    @property
    def keeps_passwords(self) -> bool:
        """True when the database judges passwords itself; the accounts then hold no hash of them."""
        ...

    def put(
        self, work: Work, login: str, *, roles: Iterable[Role], active: bool, password: str | None = None
    ) -> None:
        """Make or change this person's role; `password` only when it was just set."""
        ...

    def enter(self, login: str, password: str) -> None:
        """From now on this process speaks to the database as this person. Raises PermissionRefused."""
        ...

    def leave(self) -> None:
        """Back to what a desk nobody sits at may read."""
        ...

    def standing(self) -> object:
        """As whom this process speaks to the database now, for `resume`."""
        ...

    def resume(self, login: object) -> None:
        """Back to `standing`: somebody knew their password and may not sign in all the same."""
        ...


class NoDatabasePeople:
    """For SQLite, which has no people: whoever may read the file may read everything in it."""

    keeps_passwords = False

    def put(
        self, work: Work, login: str, *, roles: Iterable[Role], active: bool, password: str | None = None
    ) -> None:
        """Nothing to keep."""

    def enter(self, login: str, password: str) -> None:
        """Nobody to become."""

    def leave(self) -> None:
        """Nobody to stop being."""

    def standing(self) -> object:
        """Nobody."""
        return None

    def resume(self, login: object) -> None:
        """Nobody to go back to."""
