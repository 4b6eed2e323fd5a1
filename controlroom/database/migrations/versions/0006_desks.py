"""News between desks, keys of entries kept on a desk first, versions of records two may edit.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
VERSIONED = ("cameras", "rdc_units", "jag_meetings", "deployments", "users")
KEPT = ("entry_key", "accepted_at", "spooled")


def upgrade() -> None:
    """Add columns one by one: a table rebuilt by a batch would lose its triggers on SQLite."""
    op.add_column("log_entries", sa.Column("entry_key", sa.String(36), nullable=True))
    op.add_column("log_entries", sa.Column("accepted_at", MOMENT, nullable=True))
    op.add_column(
        "log_entries", sa.Column("spooled", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index("uq_log_entries_entry_key", "log_entries", ["entry_key"], unique=True)
    if op.get_bind().dialect.name == "sqlite":
        # REPLACE by this key would delete the old row without firing the trigger that refuses DELETE.
        op.execute(
            "CREATE TRIGGER log_entries_no_replace_key BEFORE INSERT ON log_entries "
            "WHEN EXISTS (SELECT 1 FROM log_entries WHERE entry_key = NEW.entry_key) "
            "BEGIN SELECT RAISE(ABORT, 'log_entries: REPLACE is refused'); END"
        )
    for table in VERSIONED:
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "changes",
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("desk", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_changes_at", "changes", ["at"])
    op.create_index("ix_changes_transaction_id", "changes", ["transaction_id"])


def downgrade() -> None:
    """Take all of it away again."""
    op.drop_table("changes")
    for table in VERSIONED:
        op.execute(f"ALTER TABLE {table} DROP COLUMN version")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER log_entries_no_replace_key")
    op.drop_index("uq_log_entries_entry_key", "log_entries")
    for column in reversed(KEPT):
        op.execute(f"ALTER TABLE log_entries DROP COLUMN {column}")
