"""Declares the database's own tables: news between desks, and the counters behind human references."""

from controlroom.database.tables import ChangeRow, ReferenceCounterRow
from controlroom.declaration import DELETE, INSERT, SELECT, WORKED_ON, Grant, Noun, Table

DATABASE = Noun(
    kind="database",
    words="the database itself",
    tables=(
        # A desk with nobody signed in reads news too; whoever is signed in deletes what is old.
        Table(ChangeRow, (Grant("readers", (SELECT, INSERT, DELETE)), Grant("desk", (SELECT, INSERT)))),
        Table(ReferenceCounterRow, WORKED_ON),
    ),
    actions={"database.restored": "Backup restored"},
)
DESK = Noun(kind="desk", words="desks", actions={"clock.changed": "The desk's clock was set"})
