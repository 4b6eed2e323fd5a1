"""The register and the counted holds are proven like other records; no camera is deleted.

The upgrade that makes this step enters the digests of the cameras and holds that are there (`audit/earlier_rows.py`).

Revision ID: 0042
Revises: 0041
"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

SQLITE = {
    "cameras_no_delete": "BEFORE DELETE ON cameras BEGIN SELECT RAISE(ABORT, 'cameras: DELETE is refused'); END",
    "cameras_no_replace_1": (
        "BEFORE INSERT ON cameras WHEN EXISTS (SELECT 1 FROM cameras WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'cameras: REPLACE is refused'); END"
    ),
    "cameras_no_replace_2": (
        "BEFORE INSERT ON cameras WHEN EXISTS (SELECT 1 FROM cameras WHERE number = NEW.number) "
        "BEGIN SELECT RAISE(ABORT, 'cameras: REPLACE is refused'); END"
    ),
}
SERVER = {"cameras_no_delete": "DELETE", "cameras_no_truncate": "TRUNCATE"}


def upgrade() -> None:
    """Make the triggers."""
    if op.get_bind().dialect.name == "sqlite":
        for name, made in SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {made}")
        return
    for name, verb in SERVER.items():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON cameras FOR EACH STATEMENT EXECUTE FUNCTION controlroom_refuse()"
        )


def downgrade() -> None:
    """Take them away."""
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE:
            op.execute(f"DROP TRIGGER {name}")
        return
    for name in SERVER:
        op.execute(f"DROP TRIGGER {name} ON cameras")
