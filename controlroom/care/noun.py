"""Declares the purges of personal text, and the nightly care of the data."""

from controlroom.audit.tables import PurgeRow
from controlroom.care.purge_functions import functions
from controlroom.declaration import DELETE, INSERT, UPDATE, Noun, Reference, Table, allow, records

PREFIX = "PUR"
# What a step changes; what was proposed stays.
_STEPS = (
    "state",
    "decided_by",
    "decided_at",
    "answer",
    "started_at",
    "finished_at",
    "removed",
    "removed_log_texts",
    "removed_audit_texts",
    "removed_pictures",
)

PURGE = Noun(
    kind="purge",
    words="purges",
    tables=(
        Table(
            PurgeRow,
            (
                *records("supervisors administrators", INSERT),
                *allow("supervisors administrators", UPDATE, columns=_STEPS),
            ),
            refuses=(DELETE,),
            keys=("id", "reference"),
            replace_names=("no_replace_id", "no_replace_reference"),
            triggers=("begin", "road"),
            by=("proposed_by", "decided_by"),
            digested=True,
            called="purge {reference}",
        ),
    ),
    references=(Reference(PREFIX, PurgeRow),),
    functions=functions,
    changes=("purge",),
    actions={
        "purge.proposed": "Purge proposed",
        "purge.approved": "Purge approved",
        "purge.declined": "Purge declined",
        "purge.withdrawn": "Purge withdrawn",
        "purge.expired": "Purge lapsed",
        "purge.started": "Purge started",
        "purge.continued": "Purge continued",
        "purge.batch": "Text purged",
        "purge.done": "Purge done",
    },
)
CARE = Noun(
    kind="care",
    words="nightly care",
    changes=("care",),
    actions={"care.night": "Nightly care done"},
)
