"""Care of accounts: one-time passwords, end dates, last sign-in, why switched off; wrong passwords by name and desk.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NEW = ("off_reason", "off_since", "last_desk", "last_sign_in_at", "expires_on", "one_time_until", "epoch")


def upgrade() -> None:
    """Accounts that exist keep their passwords and have no end date."""
    op.add_column("users", sa.Column("epoch", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("users", sa.Column("one_time_until", MOMENT))
    op.add_column("users", sa.Column("expires_on", sa.Date()))
    op.add_column("users", sa.Column("last_sign_in_at", MOMENT))
    op.add_column("users", sa.Column("last_desk", sa.String(64), nullable=False, server_default=""))
    op.add_column("users", sa.Column("off_since", MOMENT))
    op.add_column("users", sa.Column("off_reason", sa.String(500), nullable=False, server_default=""))
    op.create_table(
        "wrong_passwords",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_key", sa.String(16), nullable=False),
        sa.Column("desk", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wrong_passwords"),
    )
    op.create_index("ix_wrong_passwords_name_key_at", "wrong_passwords", ["name_key", "at"])


def downgrade() -> None:
    """Both engines drop plain columns in place: no table is rebuilt, no trigger is lost."""
    op.drop_table("wrong_passwords")
    for name in NEW:
        op.drop_column("users", name)
