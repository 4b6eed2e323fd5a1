"""Who changed a record last, for whoever is about to change it from an older state of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.audit.tables import AuditEntryRow
from controlroom.clock import show_moment
from controlroom.errors import Conflict


def check_unchanged(
    session: Session,
    seen: int | None,
    version: int,
    *,
    name: str,
    kind: str,
    subject: str,
    now_it_is: str = "",
) -> None:
    """Raise Conflict when a record of this `version` is to be changed by who has seen another; None: nobody asks."""
    if seen is not None and seen != version:
        raise changed_meanwhile(session, name, kind, subject, now_it_is)


def changed_meanwhile(session: Session, name: str, kind: str, subject: str, now_it_is: str = "") -> Conflict:
    """The Conflict to raise: names who changed `name` last and when, as the audit chain knows it."""
    query = (
        select(AuditEntryRow.actor, AuditEntryRow.at)
        .where(AuditEntryRow.subject_kind == kind, AuditEntryRow.subject == subject)
        .order_by(AuditEntryRow.sequence.desc())
        .limit(1)
    )
    last = session.execute(query).first()
    who = f" by {last.actor}, {show_moment(last.at)}" if last is not None else ""
    state = f": it is {now_it_is} now" if now_it_is else ""
    return Conflict(
        f"{name} was changed meanwhile{who}{state}.",
        "Nothing was saved; what you typed is still here.",
        "Read what is new, then decide again.",
    )
