"""Signs people in at a desk: through the database, and from what the desk remembers while the database is away."""

from collections.abc import Callable

from controlroom.accounts.records import Actor, User
from controlroom.accounts.remembered import RememberedPeople
from controlroom.accounts.sign_in import SignInService
from controlroom.database.availability import Availability
from controlroom.errors import PermissionRefused, Unavailable
from controlroom.texts import AsTyped, judges_texts, takes_texts

SIGNED_IN, SIGNED_OUT = "signed in", "signed out"


@takes_texts
class DeskSignIn:
    """The same use cases as `SignInService`, each with an answer for when the database is away."""

    def __init__(
        self,
        service: SignInService,
        remembered: RememberedPeople,
        availability: Availability,
        note: Callable[[Actor, str], object],
    ) -> None:
        """`note` stores what goes into the audit trail once the database is back."""
        self._service, self._remembered = service, remembered
        self._availability, self._note = availability, note
        self._made_good: tuple[str, str] | None = None

    @property
    def present(self) -> str:
        """Return the handle of the person whom the database knows as signed in at this desk; empty when nobody is."""
        return self._service.present

    @judges_texts
    def sign_in(self, login: str, password: str) -> Actor:
        """Sign a person in; while the database is away, by what this desk remembers of them."""
        try:
            actor = self._service.sign_in(login, password)
        except Unavailable:
            if self._availability.watched and self._availability.here:
                raise  # busy or slow, not away: the next try is judged by the database again
            actor = self._remembered.sign_in(login, password)
            self._made_good = (login, password)  # until the database is back, in this process's memory only
            self._note(actor, SIGNED_IN)
            return actor
        except PermissionRefused:
            self._remembered.forget(login, password)
            raise
        return self._signed_in(actor, login, password)

    def make_good(self) -> Actor | None:
        """Once the database is back, sign in through it whoever signed in from memory. Raises PermissionRefused."""
        if self._made_good is None:
            return None
        login, password = self._made_good
        actor = self.sign_in(login, password)
        return None if self._made_good is not None else actor

    @judges_texts
    def choose_password(self, login: str, password: str, new: str) -> Actor:
        """Replace a one-time password by one's own, and sign in; needs the database."""
        return self._signed_in(self._service.choose_password(login, password, new), login, new)

    def change_password(self, actor: Actor, password: AsTyped, new: AsTyped) -> Actor:
        """Change one's own password, also for when the database is away."""
        changed = self._service.change_password(actor, password, new)
        self._remembered.remember(changed, actor.login, new)
        return changed

    def refresh(self, actor: Actor) -> Actor:
        """The same person with their current roles; with those last known while the database is away."""
        try:
            return self._service.refresh(actor)
        except Unavailable:
            return actor

    def users(self) -> list[User]:
        """Who may sign in here; only this desk's recent users where the database lists no accounts before that."""
        try:
            users = self._service.users()
        except (Unavailable, PermissionRefused):
            return self._remembered.users()
        self._remembered.keep_in_step(users)
        return users

    def sign_out(self, actor: Actor) -> None:
        """Note that `actor` left the desk."""
        self._made_good = None
        try:
            self._service.sign_out(actor)
        except Unavailable:
            self._note(actor, SIGNED_OUT)

    def holds_password(self, text: AsTyped) -> bool:
        """Whether a text holds the password of somebody who signed in at this desk lately. Slow."""
        return self._remembered.holds_password(text)

    def note_lock(self, actor: Actor, *, idle: bool) -> None:
        """Record in the audit trail that the desk was locked, by hand or because nobody used it."""
        self._service.note_lock(actor, idle=idle)

    def is_empty(self) -> bool:
        """True until the first account exists."""
        try:
            return self._service.is_empty()
        except Unavailable:
            return False

    def _signed_in(self, actor: Actor, login: str, password: str) -> Actor:
        self._made_good = None
        self._remembered.remember(actor, login, password)
        return actor
