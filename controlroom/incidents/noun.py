"""Declares incidents: their history is in steps, which only grow; some are for named people only."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from controlroom.accounts.permissions import Permission
from controlroom.clock import show_moment
from controlroom.declaration import (
    DELETE,
    INSERT,
    READ,
    UPDATE,
    Check,
    Follows,
    Found,
    Mention,
    Noun,
    NounSearch,
    PersonalText,
    Proof,
    Reference,
    RestrictionRule,
    Road,
    Spares,
    Table,
    Through,
    all_but,
    allow,
    grows,
    records,
)
from controlroom.incidents import signatures
from controlroom.incidents.care import (
    check_restrictions,
    check_words,
    due_texts,
    spared_entries,
    under_way,
)
from controlroom.incidents.queries import list_incidents
from controlroom.incidents.records import IncidentFilter, IncidentState, StepKind
from controlroom.incidents.rules import ARROWS
from controlroom.incidents.tables import (
    IncidentCameraRow,
    IncidentEntryRow,
    IncidentRow,
    IncidentSignatureRow,
    IncidentStepRow,
    ReaderRow,
    RestrictionRow,
)
from controlroom.log.tables import LogAddendumRow, LogEntryRow, LogTextRow

PREFIX = "INC"
_NAMED = (*READ, *allow("supervisors", INSERT, DELETE))
_WORKED_ON = records("operators supervisors", INSERT)
_CHANGES = all_but(IncidentRow, "id", "reference", "opened_by", "opened_at", "occurred_at")
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
        Follows(IncidentSignatureRow, "step_id", _STEPS),
        Follows(LogEntryRow, "id", _ENTRIES),
        Follows(LogAddendumRow, "entry_id", _ENTRIES),
        Follows(LogTextRow, "entry_id", _ENTRIES),
        Follows(LogTextRow, "step_id", _STEPS),
    ),
    mentions=(
        Mention("incident", IncidentRow, "reference", "id"),
        Mention("log", IncidentEntryRow, "entry_id", "incident_id"),
    ),
    news=(
        Mention("incident", IncidentRow, "id", "id"),
        Mention("restriction", IncidentRow, "id", "id"),
        Mention("log", IncidentEntryRow, "entry_id", "incident_id"),
    ),
)

INCIDENT = Noun(
    kind="incident",
    words="incidents",
    tables=(
        # Once approved it changes only by being reopened; what names it never changes: `no_closed_update`.
        Table(
            IncidentRow,
            (
                *_WORKED_ON,
                *allow("operators supervisors", UPDATE, columns=_CHANGES),
                # Whoever adds to an incident locks its row, which a server lets only those do who may change it.
                *allow("coordinators", UPDATE, columns=("version",)),
            ),
            refuses=(DELETE,),
            keys=("id", "reference"),
            triggers=("needs_step", "no_closed_update"),
            by=("opened_by", "submitted_by"),
            digested=True,
            called="incident {reference}",
            road=Road(IncidentState.OPEN, ARROWS, told_whole=True),
        ),
        grows(
            IncidentCameraRow,
            _WORKED_ON,
            "incident_id, place_in_order",
            called="camera {place_in_order} of incident {incident_id}",
        ),
        grows(
            IncidentEntryRow,
            _WORKED_ON,
            "entry_id",
            by=("linked_by",),
            called="the link of log entry {entry_id} to its incident",
            written="linked_at",
        ),
        grows(
            IncidentStepRow,
            records("operators supervisors coordinators", INSERT),
            "id",
            by=("author",),
            called="step {id} of an incident",
            written="recorded_at",
        ),
        grows(
            IncidentSignatureRow,
            _WORKED_ON,
            "step_id",
            by=("who",),
            called="signature of step {step_id} of an incident",
        ),
        Table(
            RestrictionRow,
            _NAMED,
            triggers=("set_by_a_reader_insert", "set_by_a_reader_update"),
            by=("restricted_by",),
            digested=True,
            called="the restriction of incident {incident_id}",
        ),
        Table(
            ReaderRow,
            _NAMED,
            triggers=("keeps_its_setter_update", "keeps_its_setter_delete"),
            digested=True,
            called="account {user_id} as a reader of incident {incident_id}",
        ),
    ),
    references=(Reference(PREFIX, IncidentRow),),
    changes=("incident", "restriction"),
    audit_group="Log and incidents",
    entered_by={signatures.BEGUN: ()},
    actions={
        **{f"incident.{kind}": f"Incident: {kind}" for kind in StepKind},
        "incident.exported": "Incidents exported",
        signatures.BEGUN: "Submitting and approving incidents signed from now on",
        "incident.restricted": "Incident restricted to named people",
        "incident.unrestricted": "Restriction lifted",
    },
    texts=(PersonalText("log_texts", "texts of the log", LogTextRow, due_texts),),
    spares=(Spares("log", spared_entries),),
    under_way=under_way,
    restriction=RESTRICTION,
    search=NounSearch(Permission.READ_INCIDENTS, find),
    upgraded=signatures.begin,
    proofs=(Proof("incidents submitted and approved", signatures.proofs),),
    checks=(
        Check("words of incidents", check_words),
        Check("restricted incidents", check_restrictions),
    ),
)
