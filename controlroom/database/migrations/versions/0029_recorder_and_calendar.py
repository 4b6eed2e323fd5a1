"""The recorder decides nothing: it writes what the calendar does, in the program's own name, and no other step.

It answers a chair's action that no meeting answered, lets that bid lapse and its deployments end, and moves a running
deployment to the state of its day. Only a PostgreSQL server knows who is connected.

Revision ID: 0029
Revises: 0028
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ENDED = (
    "EXISTS (SELECT 1 FROM jag_decisions AS answer WHERE answer.bid_id = {bid} AND answer.about_id IS NOT NULL "
    "AND answer.outcome IN ('lapsed', 'not ratified'))"
)
TABLES = {
    "jag_decisions": (
        "INSERT",
        "NEW.outcome = 'lapsed' AND NEW.about_id IS NOT NULL AND NEW.recorded_by = 'Control Room'",
    ),
    "bids": (
        "UPDATE",
        f"NEW.state = OLD.state OR OLD.state = 'approved' AND NEW.state = 'lapsed' AND {ENDED.format(bid='NEW.id')}",
    ),
    "deployments": (
        "UPDATE",
        "NEW.state = OLD.state OR (OLD.state, NEW.state) IN (('extended', 'live'), ('live', 'review due')) "
        f"OR NEW.state IN ('ending', 'aborted') AND {ENDED.format(bid='NEW.bid_id')}",
    ),
}


def upgrade() -> None:
    """Make the triggers; an upgrade of the roles says who the recorder is."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION controlroom_is_recorder() RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT false $$"
    )
    for table, (verb, may) in TABLES.items():
        op.execute(
            f"CREATE FUNCTION controlroom_{table}_within_calendar() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
            f"SET search_path FROM CURRENT AS $$ BEGIN IF controlroom_is_recorder() AND NOT ({may}) THEN "
            f"RAISE EXCEPTION '{table}: what the calendar does not do is refused' USING ERRCODE = '42501'; END IF; "
            "RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_within_calendar BEFORE {verb} ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION controlroom_{table}_within_calendar()"
        )


def downgrade() -> None:
    """Take them away."""
    if op.get_bind().dialect.name != "sqlite":
        for table in TABLES:
            op.execute(f"DROP FUNCTION controlroom_{table}_within_calendar() CASCADE")
        op.execute("DROP FUNCTION controlroom_is_recorder()")
