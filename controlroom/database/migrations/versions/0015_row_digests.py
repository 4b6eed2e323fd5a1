"""Digests of the rows that audited work writes, beside the chain.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, which only grows."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    by_bytes = sa.String(160, collation=None if sqlite else "C")
    op.create_table(
        "audit_rows",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("table_name", by_bytes, nullable=False),
        sa.Column("row_key", by_bytes, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("marks", sa.String(400), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_rows"),
    )
    op.create_index("ix_audit_rows_sequence", "audit_rows", ["sequence"])
    op.create_index("ix_audit_rows_row", "audit_rows", ["table_name", "row_key", "id"])
    if sqlite:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_rows_no_{verb.lower()} BEFORE {verb} ON audit_rows "
                f"BEGIN SELECT RAISE(ABORT, 'audit_rows: {verb} is refused'); END"
            )
        op.execute(
            "CREATE TRIGGER audit_rows_no_replace_1 BEFORE INSERT ON audit_rows "
            "WHEN EXISTS (SELECT 1 FROM audit_rows WHERE id = NEW.id) "
            "BEGIN SELECT RAISE(ABORT, 'audit_rows: REPLACE is refused'); END"
        )
        return
    for verb in ("UPDATE", "DELETE", "TRUNCATE"):
        op.execute(
            f"CREATE TRIGGER audit_rows_no_{verb.lower()} BEFORE {verb} ON audit_rows "
            "FOR EACH STATEMENT EXECUTE FUNCTION controlroom_refuse()"
        )


def downgrade() -> None:
    """Take the table away; its triggers go with it."""
    op.drop_table("audit_rows")
