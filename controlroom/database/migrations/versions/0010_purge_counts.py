"""What a purge removed, by the names its nouns count under, in one column instead of one a kind.

The columns `removed_log_texts` and `removed_pictures` stay for the purges before; `removed_audit_texts` is still
written, since verifying the audit chain adds it up.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; a purge of before has nothing in it."""
    op.add_column("purges", sa.Column("removed", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Take it away; SQLite does that in place too, so that the table keeps its triggers."""
    op.execute("ALTER TABLE purges DROP COLUMN removed")
