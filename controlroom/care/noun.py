"""Declares the purges of personal text, and the nightly care of the data."""

from controlroom.audit.tables import PurgeRow
from controlroom.declaration import DELETE, INSERT, UPDATE, Noun, Reference, Table, records

PREFIX = "PUR"

PURGE = Noun(
    kind="purge",
    words="purges",
    tables=(
        Table(
            PurgeRow,
            records(INSERT, UPDATE),
            refuses=(DELETE,),
            keys=("id", "reference"),
            replace_names=("no_replace_id", "no_replace_reference"),
            triggers=("begin", "road"),
        ),
    ),
    references=(Reference(PREFIX, PurgeRow),),
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
