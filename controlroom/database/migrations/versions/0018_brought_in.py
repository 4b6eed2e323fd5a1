"""Who brought in a log entry or addendum that its writer's desk kept while the database was away.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = ("log_entries", "log_addenda")


def upgrade() -> None:
    """Add the column; on PostgreSQL nobody writes another's name into it."""
    for table in TABLES:
        op.add_column(table, sa.Column("brought_in_by", sa.String(64), nullable=False, server_default=""))
        _trigger(table, "'author', 'brought_in_by'")


def downgrade() -> None:
    """Take the column away."""
    for table in TABLES:
        op.drop_column(table, "brought_in_by")
        _trigger(table, "'author'")


def _trigger(table: str, columns: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {table}_by_whom ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_by_whom BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION controlroom_by_whom({columns})"
        )
