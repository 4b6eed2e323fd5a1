"""Audit entries about records the reader may not see: their link stays readable, what they say does not."""

from collections.abc import Callable

from sqlalchemy.orm import Session

WITHHELD = "withheld"  # in a session's info: (subject kind, subject) → True when the reader may not know more
WORDS = "about a restricted record"


def withholds(session: Session) -> Callable[[str, str], bool]:
    """The question for this session's reader; nothing is withheld from a session nobody reads for."""
    return session.info.get(WITHHELD, lambda _kind, _subject: False)
