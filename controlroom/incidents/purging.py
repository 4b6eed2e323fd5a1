"""What a purge may take of incidents, and what it leaves alone because an incident is open or was touched since."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select

from controlroom.incidents.tables import IncidentEntryRow, IncidentRow, IncidentStepRow
from controlroom.log.tables import LogTextRow


def due_texts(cutoff: datetime, spared: Sequence[Select]) -> list[Select]:
    """Ids of the texts of steps from before the cutoff, of incidents that were approved and not touched since."""
    text, step = LogTextRow, IncidentStepRow
    query = (
        select(text.id)
        .join(step, step.id == text.step_id)
        .where(step.recorded_at < cutoff, step.incident_id.not_in(_under_way(cutoff)))
    )
    return [query.where(*(step.incident_id.not_in(each) for each in spared))]


def under_way(cutoff: datetime) -> Select:
    """References of incidents that are open, or were touched since the cutoff."""
    return select(IncidentRow.reference).where(IncidentRow.id.in_(_under_way(cutoff)))


def spared_entries(cutoff: datetime) -> Select:
    """Ids of the log entries of such incidents: their texts and pictures stay."""
    return select(IncidentEntryRow.entry_id).where(IncidentEntryRow.incident_id.in_(_under_way(cutoff)))


def _under_way(cutoff: datetime) -> Select:
    return select(IncidentRow.id).where(
        or_(IncidentRow.state != "approved", IncidentRow.changed_at >= cutoff)
    )
