"""Decides when a name is locked, when an account has ended, and who is the last administrator. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from controlroom.accounts.records import Role
from controlroom.errors import RuleBroken
from controlroom.settings import Settings

FIRST_LOCK = timedelta(minutes=1)
EVERYWHERE_AFTER = 4  # times the wrong passwords of one desk, from several desks together


def locked_until(wrong: Sequence[datetime], settings: Settings, limit: int = 0) -> datetime | None:
    """Until when a name is locked after wrong passwords at these moments (oldest first); None when it is not.

    The first lock, after `limit` (settings: 5) within 15 minutes, lasts a minute; each further wrong password doubles
    it, up to the longest. After a quiet quarter of an hour everything is forgotten.
    """
    limit = limit or settings.lockout_wrong_passwords
    within = timedelta(minutes=settings.lockout_within_minutes)
    longest = timedelta(minutes=settings.lockout_minutes)
    until: datetime | None = None
    locks, recent = 0, []
    for at in wrong:
        if until is not None and at - until >= within:
            locks, recent, until = 0, [], None
        recent = [each for each in recent if at - each < within] + [at]
        if locks or len(recent) >= limit:
            lasts = min(FIRST_LOCK * 2 ** min(locks, 20), longest)
            until = at + lasts
            locks += 1
    return until


def locks_of(
    wrong: Mapping[str, Sequence[datetime]], settings: Settings, now: datetime
) -> dict[str, datetime]:
    """Desk → until when a name is locked there; the desk "" stands for all of them.

    What seems to lie ahead (the clock was set back since) counts as now.
    """
    wrong = {desk: [min(at, now) for at in moments] for desk, moments in wrong.items()}
    found = {desk: locked_until(moments, settings) for desk, moments in wrong.items()}
    together = sorted(at for moments in wrong.values() for at in moments)
    if len(wrong) > 1:
        found[""] = locked_until(together, settings, settings.lockout_wrong_passwords * EVERYWHERE_AFTER)
    return {desk: until for desk, until in found.items() if until is not None and until > now}


def has_ended(expires_on: date | None, today: date) -> bool:
    """True after an account's last day."""
    return expires_on is not None and today > expires_on


def keeps_an_administrator(others: Iterable[tuple[bool, date | None, frozenset[Role]]]) -> bool:
    """True when one of these accounts (active, last day, roles) is an active administrator's without a last day."""
    return any(active and end is None and Role.ADMINISTRATOR in roles for active, end, roles in others)


def refuse_oneself(actor_id: int, user_id: int, what: str) -> None:
    """Raise RuleBroken when somebody would do this to their own account."""
    if actor_id == user_id:
        raise RuleBroken(f"Nobody {what} their own account.", remedy="Another administrator has to do it.")
