"""Declares the purges of personal text, and the nightly care of the data."""

from controlroom.audit.tables import PurgedTextRow, PurgeRow
from controlroom.care import purge_steps
from controlroom.care.purge_functions import functions
from controlroom.care.purge_upgrade import CLOSED, vouch_for_closed
from controlroom.declaration import (
    DELETE,
    INSERT,
    READ,
    UPDATE,
    Noun,
    Proof,
    Reference,
    Table,
    allow,
    grows,
    records,
)

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
        grows(
            PurgedTextRow,
            READ,
            "purge_id, text_table, number",
            uncovered="triggers write them while a purge runs; how many went, its digested row and its entries say",
        ),
    ),
    references=(Reference(PREFIX, PurgeRow),),
    functions=functions,
    changes=("purge",),
    upgraded=vouch_for_closed,
    proofs=(Proof("purges of two people", purge_steps.proofs),),
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
        CLOSED: "Purge closed by an upgrade, since nobody had signed it",
    },
)
CARE = Noun(
    kind="care",
    words="nightly care",
    changes=("care",),
    actions={"care.night": "Nightly care done"},
)
