"""Finds the log entries that were written while an incident went on, on its cameras, and belong to no incident yet.

They are offered to whoever works on the incident, and join it when that person says so; nothing joins by itself.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.errors import RuleBroken
from controlroom.incidents.records import Incident
from controlroom.incidents.rules import WRITABLE
from controlroom.incidents.tables import IncidentCameraRow, IncidentEntryRow
from controlroom.log.links import EntryLinks
from controlroom.log.queries import records_of
from controlroom.log.records import LogEntry
from controlroom.log.tables import LogEntryRow

WHILE_WRITING = timedelta(minutes=30)  # an incident may have begun so long before it was opened
MOST = 20  # entries offered at once, the oldest first


def since(incident: Incident) -> datetime:
    """From when on entries belong to it: when it began, at most WHILE_WRITING before it was opened."""
    return max(incident.occurred_at, incident.opened_at - WHILE_WRITING)


def logged_meanwhile(session: Session, links: EntryLinks, incident: Incident) -> tuple[LogEntry, ...]:
    """The entries offered to an incident that is worked on, as far as whoever reads may see them."""
    if incident.state not in WRITABLE:
        return ()
    entry, camera = LogEntryRow, IncidentCameraRow
    query = (
        select(entry)
        .where(
            entry.camera_id.in_(select(camera.camera_id).where(camera.incident_id == incident.id)),
            entry.occurred_at >= since(incident),
            entry.id.not_in(select(IncidentEntryRow.entry_id)),
        )
        .order_by(entry.occurred_at, entry.id)
        .limit(MOST)
    )
    return tuple(records_of(session, links, session.scalars(query).all()))


def cad_from(incident: Incident, joining: Iterable[LogEntry]) -> str:
    """The CAD that becomes the incident's when these entries join: the only one they name, where it has none."""
    cads = {each.cad for each in joining if each.cad}
    return cads.pop() if len(cads) == 1 and not incident.cad else ""


def check_offered(incident: Incident, offered: Sequence[LogEntry], wanted: Sequence[int]) -> None:
    """Raise RuleBroken unless every entry wanted is among those offered now."""
    if not set(wanted) <= {each.id for each in offered}:
        raise RuleBroken(
            f"Not all of these entries can join {incident.reference}.",
            "Nothing was added. They belong to an incident already, or were not written on its cameras since it began.",
            "Look again at what is offered.",
        )
