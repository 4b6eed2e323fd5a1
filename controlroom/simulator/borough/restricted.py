"""Restricts one incident to named people, to show how restricted records look from inside and from outside."""

from collections.abc import Sequence

from sqlalchemy import func, select

from controlroom.accounts.records import Role, User
from controlroom.audit.service import PendingEntry, add
from controlroom.database.unit_of_work import Work
from controlroom.incidents.tables import IncidentRow, ReaderRow, RestrictionRow

CATEGORY = "exploitation"
REASON = "Asked for by the police: a person at risk could be recognised from it."


def restrict_one(work: Work, users: Sequence[User]) -> str:
    """Restrict the newest case of exploitation to the supervisors; returns its reference, "" without one."""
    query = select(IncidentRow).where(func.lower(IncidentRow.category) == CATEGORY)
    newest = query.order_by(IncidentRow.occurred_at.desc(), IncidentRow.id.desc()).limit(1)
    incident = work.session.scalars(newest).first()
    named = [user for user in users if Role.SUPERVISOR in user.roles]
    if incident is None or not named:
        return ""
    by, at = named[0].handle, incident.changed_at
    work.session.add_all(ReaderRow(incident_id=incident.id, user_id=user.id) for user in named)
    work.session.flush()  # the names first, as the database wants them
    work.session.add(
        RestrictionRow(incident_id=incident.id, reason=REASON, restricted_by=by, restricted_at=at)
    )
    text = f"{REASON} ({', '.join(user.handle for user in named)})"
    add(work, PendingEntry(by, "incident.restricted", "incident", incident.reference, text=text, at=at))
    return incident.reference
