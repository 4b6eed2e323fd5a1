"""Names deployments whose first day at work is not that of the audit entry that tells of it.

A camera goes live today, by the program. With plain SQL somebody could date it back to a day on which the decision
it stands on still held.
"""

from typing import Any

from sqlalchemy import select

from controlroom.audit.tables import AuditEntryRow
from controlroom.clock import local_date, show_day
from controlroom.deployments.deployments.tables import DeploymentRow

LIVE = "deployment.live"


def proofs(session: Any) -> tuple[list[str], list[str]]:
    """Faults about every deployment that was ever live; no notes."""
    entry, row = AuditEntryRow, DeploymentRow
    told: dict[str, Any] = {}
    query = select(entry.subject, entry.sequence, entry.at).where(entry.action == LIVE)
    for subject, sequence, at in session.execute(query.order_by(entry.sequence)):
        told.setdefault(subject, (sequence, at))
    faults = []
    live = select(row.reference, row.live_on).where(row.live_on.is_not(None)).order_by(row.id)
    for reference, day in session.execute(live):
        sequence, at = told.get(reference, (0, None))
        if at is None:
            faults.append(f"{reference} is said to be live since {show_day(day)}, but no audit entry says so")
        elif local_date(at) != day:
            faults.append(
                f"{reference} is said to be live since {show_day(day)}, but audit entry {sequence} "
                f"is of {show_day(local_date(at))}"
            )
    return faults, []
