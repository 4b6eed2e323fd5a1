"""Defines the program's own errors: each says what happened, what it means and what to do."""


class ControlRoomError(Exception):
    """A failure someone at the desk can act on.

    `what` happened, `meaning` for the work in hand, `remedy` to try next; str() joins them in plain sentences.
    """

    def __init__(self, what: str, meaning: str = "", remedy: str = "") -> None:
        self.what = what
        self.meaning = meaning
        self.remedy = remedy
        super().__init__(" ".join(part for part in (what, meaning, remedy) if part))


class PermissionRefused(ControlRoomError):
    """The person signed in may not do this."""


class RuleBroken(ControlRoomError):
    """A rule of the control room forbids this step now."""


class NotFound(ControlRoomError):
    """No such record, or not for these eyes."""


class Conflict(ControlRoomError):
    """Somebody else changed or holds the same thing."""


class InvalidInput(ControlRoomError):
    """A value typed or handed in cannot be used; `field` names the one of a form that holds it, where that is known."""

    def __init__(self, what: str, meaning: str = "", remedy: str = "", *, field: str = "") -> None:
        super().__init__(what, meaning, remedy)
        self.field = field


class Unavailable(ControlRoomError):
    """A part this needs (database, process, disk, network) does not answer."""


class DatabaseAway(Unavailable):
    """The database is known not to answer; the desk says so already, in one place."""


class DiskRefuses(Unavailable):
    """The disk under the database takes nothing: full, read-only or failing. Reading may still go on."""


class OutcomeUnknown(Unavailable):
    """The line broke at the moment of saving: it may be saved or not."""
