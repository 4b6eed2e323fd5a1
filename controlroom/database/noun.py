"""Declares the database's own tables: news between desks, and the counters behind human references."""

from controlroom.database.tables import ChangeRow, ReferenceCounterRow
from controlroom.declaration import DELETE, INSERT, READ, SELECT, UPDATE, Noun, Table, allow

DATABASE = Noun(
    kind="database",
    words="the database itself",
    tables=(
        # A desk with nobody signed in reads news too; the recorder deletes what is old.
        Table(
            ChangeRow,
            (*allow("readers desk", SELECT, INSERT), *allow("recorder", DELETE)),
        ),
        # Counters only rise, and a person's by one at a time.
        Table(
            ReferenceCounterRow,
            (
                *READ,
                *allow("operators supervisors coordinators administrators", INSERT),
                *allow("operators supervisors coordinators administrators", UPDATE, columns=("last",)),
            ),
            triggers=("no_lowering",),
            server_triggers=("rises",),
        ),
    ),
    actions={"database.restored": "Backup restored"},
)
DESK = Noun(kind="desk", words="desks", actions={"clock.changed": "The desk's clock was set"})
