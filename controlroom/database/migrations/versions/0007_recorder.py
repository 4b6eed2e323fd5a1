"""Camera health and the jobs of the recorder process. Leases live in the recorder itself.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "camera_health",
        sa.Column("camera_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("looked_at", MOMENT, nullable=False),
        sa.Column("detail", sa.String(300), nullable=False),
        sa.Column("answer_ms", sa.Float()),
        sa.Column("clock_drift_s", sa.Float()),
        sa.PrimaryKeyConstraint("camera_id", name="pk_camera_health"),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_camera_health_camera_id_cameras"),
    )
    op.create_table(
        "camera_health_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("detail", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_camera_health_changes"),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["cameras.id"], name="fk_camera_health_changes_camera_id_cameras"
        ),
    )
    op.create_index("ix_camera_health_changes_camera_id_at", "camera_health_changes", ["camera_id", "at"])
    op.create_table(
        "camera_health_samples",
        sa.Column("camera_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("answer_ms", sa.Float()),
        sa.Column("clock_drift_s", sa.Float()),
        sa.PrimaryKeyConstraint("camera_id", "at", name="pk_camera_health_samples"),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["cameras.id"], name="fk_camera_health_samples_camera_id_cameras"
        ),
    )
    op.create_table(
        "recorder_jobs",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("last_run", MOMENT, nullable=False),
        sa.Column("last_done", MOMENT),
        sa.PrimaryKeyConstraint("name", name="pk_recorder_jobs"),
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in ("recorder_jobs", "camera_health_samples", "camera_health_changes", "camera_health"):
        op.drop_table(table)
