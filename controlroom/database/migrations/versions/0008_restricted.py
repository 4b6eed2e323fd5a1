"""Restricted records; on PostgreSQL the row security that keeps them, whoever asks and in whatever way.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
INCIDENTS = "(SELECT controlroom_hidden_incidents())::bigint[]"
ENTRIES = "(SELECT controlroom_hidden_entries())::bigint[]"
STEPS = "(SELECT controlroom_hidden_steps())::bigint[]"
AUDIT = "(SELECT controlroom_hidden_audit())::bigint[]"
# Table → what a row must be for the person asking to see it. Each array is made once a query, not once a row.
SEEN = {
    "incidents": f"id <> ALL ({INCIDENTS})",
    "incident_cameras": f"incident_id <> ALL ({INCIDENTS})",
    "incident_entries": f"incident_id <> ALL ({INCIDENTS})",
    "incident_steps": f"incident_id <> ALL ({INCIDENTS})",
    "log_entries": f"id <> ALL ({ENTRIES})",
    "log_addenda": f"entry_id <> ALL ({ENTRIES})",
    "log_texts": f"(entry_id IS NULL OR entry_id <> ALL ({ENTRIES}))"
    f" AND (step_id IS NULL OR step_id <> ALL ({STEPS}))",
    "audit_texts": f"sequence <> ALL ({AUDIT})",
}
# Who is named is nobody else's business. The functions below read these two as their owner, so they are not forced.
NAMES = {
    "incident_restrictions": f"incident_id <> ALL ({INCIDENTS})",
    "incident_readers": f"incident_id <> ALL ({INCIDENTS})",
}
HIDDEN = {
    "incidents": "SELECT restriction.incident_id FROM incident_restrictions AS restriction WHERE NOT EXISTS ("
    "SELECT 1 FROM incident_readers AS reader JOIN users ON users.id = reader.user_id "
    "WHERE reader.incident_id = restriction.incident_id AND users.active AND users.database_role = session_user)",
    "entries": "SELECT entry_id FROM incident_entries WHERE incident_id = ANY (controlroom_hidden_incidents())",
    "steps": "SELECT id FROM incident_steps WHERE incident_id = ANY (controlroom_hidden_incidents())",
    "audit": "SELECT entry.sequence FROM audit_entries AS entry WHERE entry.subject_kind = 'incident' AND "
    "entry.subject IN (SELECT reference FROM incidents WHERE id = ANY (controlroom_hidden_incidents())) "
    "UNION ALL SELECT entry.sequence FROM audit_entries AS entry WHERE entry.subject_kind = 'log' AND "
    "entry.subject IN (SELECT hidden::text FROM unnest(controlroom_hidden_entries()) AS hidden)",
}


def upgrade() -> None:
    """Make the tables; on PostgreSQL, close what they restrict."""
    op.add_column("users", sa.Column("database_role", sa.String(64), nullable=False, server_default=""))
    op.create_table(
        "incident_restrictions",
        sa.Column("incident_id", BIG, autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("restricted_by", sa.String(64), nullable=False),
        sa.Column("restricted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("incident_id", name="pk_incident_restrictions"),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name="fk_incident_restrictions_incident_id_incidents"
        ),
    )
    op.create_table(
        "incident_readers",
        sa.Column("incident_id", BIG, autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "user_id", name="pk_incident_readers"),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name="fk_incident_readers_incident_id_incidents"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_incident_readers_user_id_users"),
    )
    op.create_index("ix_incident_readers_user_id", "incident_readers", ["user_id"])
    if op.get_bind().dialect.name == "postgresql":
        _functions()
        _policies()


def downgrade() -> None:
    """Open everything again, and take the tables away."""
    if op.get_bind().dialect.name == "postgresql":
        for table in SEEN:
            op.execute(f"DROP POLICY named_people ON {table}")
            op.execute(f"DROP POLICY the_owner ON {table}")
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.drop_table("incident_readers")
    op.drop_table("incident_restrictions")
    if op.get_bind().dialect.name == "postgresql":
        for name in reversed(HIDDEN):
            op.execute(f"DROP FUNCTION controlroom_hidden_{name}()")
    op.drop_column("users", "database_role")


def _functions() -> None:
    """What is hidden from the role that signed in: `session_user`, which nobody but a superuser can change."""
    for name, query in HIDDEN.items():
        op.execute(
            f"CREATE FUNCTION controlroom_hidden_{name}() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER "
            f"SET search_path FROM CURRENT AS $$ SELECT ARRAY({query}) $$"
        )


def _policies() -> None:
    for table, seen in {**SEEN, **NAMES}.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        # Nobody names themselves: a row about what one does not see cannot be written there either.
        check = seen if table in NAMES else "true"
        op.execute(f"CREATE POLICY named_people ON {table} USING ({seen}) WITH CHECK ({check})")
    for table in SEEN:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        # Forced, so that owning a table is no way round by itself; the functions above run as the owner.
        op.execute(f"CREATE POLICY the_owner ON {table} TO CURRENT_USER USING (true)")
