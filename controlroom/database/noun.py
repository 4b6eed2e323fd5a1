"""Declares the database's own tables: news between desks, and the counters behind human references."""

from controlroom.database.tables import ChangeRow, ReferenceCounterRow
from controlroom.declaration import DELETE, INSERT, READ, SELECT, UPDATE, Noun, RowPolicy, Table, allow

DATABASE = Noun(
    kind="database",
    words="the database itself",
    tables=(
        # A desk with nobody signed in hears of settings alone; the recorder deletes what is old. What belongs to a
        # hidden record is hidden with it, by a mark that triggers of the owner set.
        Table(
            ChangeRow,
            (*allow("readers", SELECT, INSERT), *allow("desk", SELECT), *allow("recorder", DELETE)),
            policies=(
                RowPolicy("told", "USING (true) WITH CHECK (true)", "readers"),
                RowPolicy("marked", "USING (true) WITH CHECK (true)", "owner"),
                RowPolicy("nobody_signed_in", "FOR SELECT USING (kind = 'setting')", "desk"),
            ),
            server_triggers=("own_name",),
            uncovered="they only say what to read again, and are deleted after a few days",
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
            uncovered="`db check` compares them with the references that records bear",
        ),
    ),
    actions={"database.restored": "Backup restored"},
)
DESK = Noun(kind="desk", words="desks", actions={"clock.changed": "The desk's clock was set"})
