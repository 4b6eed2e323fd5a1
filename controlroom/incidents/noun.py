"""Declares incidents: their history is in steps, which only grow; some are for named people only."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from controlroom.accounts.permissions import Permission
from controlroom.clock import show_moment
from controlroom.declaration import (
    DELETE,
    INSERT,
    SELECT,
    UPDATE,
    Check,
    Follows,
    Found,
    Grant,
    Mention,
    Noun,
    NounSearch,
    PersonalText,
    Reference,
    RestrictionRule,
    Spares,
    Table,
    Through,
    grows,
    records,
)
from controlroom.incidents.care import check_endings, check_words, due_texts, spared_entries, under_way
from controlroom.incidents.queries import list_incidents
from controlroom.incidents.records import IncidentFilter, StepKind
from controlroom.incidents.tables import (
    IncidentCameraRow,
    IncidentEntryRow,
    IncidentRow,
    IncidentStepRow,
    ReaderRow,
    RestrictionRow,
)
from controlroom.log.tables import LogAddendumRow, LogEntryRow, LogTextRow

PREFIX = "INC"
_NAMED = (Grant("readers", (SELECT,)), Grant("supervisors", (INSERT, DELETE)))
_ENTRIES = Through(IncidentEntryRow, "entry_id", "incident_id")
_STEPS = Through(IncidentStepRow, "id", "incident_id")


def find(session: Session, typed: str, limit: int) -> Sequence[Found]:
    """The newest incidents with all these words, or of that reference."""
    part = list_incidents(session, IncidentFilter(words=typed), limit, None)
    return [
        Found(
            "incident",
            str(each.id),
            each.reference,
            each.title,
            f"{each.state.value} · {show_moment(each.occurred_at)}",
            "warning",
        )
        for each in part.records
    ]


RESTRICTION = RestrictionRule(
    RestrictionRow,
    ReaderRow,
    "incident_id",
    follows=(
        Follows(IncidentRow, "id"),
        Follows(IncidentCameraRow, "incident_id"),
        Follows(IncidentEntryRow, "incident_id"),
        Follows(IncidentStepRow, "incident_id"),
        Follows(LogEntryRow, "id", _ENTRIES),
        Follows(LogAddendumRow, "entry_id", _ENTRIES),
        Follows(LogTextRow, "entry_id", _ENTRIES),
        Follows(LogTextRow, "step_id", _STEPS),
    ),
    mentions=(
        Mention("incident", IncidentRow, "reference", "id"),
        Mention("log", IncidentEntryRow, "entry_id", "incident_id"),
    ),
    migrated="0008",
)

INCIDENT = Noun(
    kind="incident",
    words="incidents",
    tables=(
        # Once approved it changes only by being reopened; what names it never changes: `no_closed_update`.
        Table(
            IncidentRow,
            records(INSERT, UPDATE),
            refuses=(DELETE,),
            keys=("id", "reference"),
            triggers=("no_closed_update",),
        ),
        grows(IncidentCameraRow, records(INSERT), "incident_id, place_in_order"),
        grows(IncidentEntryRow, records(INSERT), "entry_id"),
        grows(IncidentStepRow, records(INSERT), "id"),
        Table(RestrictionRow, _NAMED),
        Table(ReaderRow, _NAMED),
    ),
    references=(Reference(PREFIX, IncidentRow),),
    changes=("incident", "restriction"),
    audit_group="Log and incidents",
    actions={
        **{f"incident.{kind}": f"Incident: {kind}" for kind in StepKind},
        "incident.exported": "Incidents exported",
        "incident.restricted": "Incident restricted to named people",
        "incident.unrestricted": "Restriction lifted",
    },
    texts=(PersonalText("log_texts", "texts of the log", LogTextRow, due_texts),),
    spares=(Spares("log", spared_entries),),
    under_way=under_way,
    restriction=RESTRICTION,
    search=NounSearch(Permission.READ_INCIDENTS, find),
    checks=(
        Check("words of incidents", check_words),
        Check("results and themes of incidents", check_endings),
    ),
)
