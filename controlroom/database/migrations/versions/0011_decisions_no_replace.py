"""SQLite: a decision cannot be overwritten by INSERT OR REPLACE, which removes a row without firing its DELETE trigger.

Revision ID: 0011
Revises: 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEYS = ("id", "about_id")


def upgrade() -> None:
    """Refuse it by each unique key."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for number, key in enumerate(KEYS, start=1):
        op.execute(
            f"CREATE TRIGGER jag_decisions_no_replace_{number} BEFORE INSERT ON jag_decisions "
            f"WHEN EXISTS (SELECT 1 FROM jag_decisions WHERE {key} = NEW.{key}) "
            "BEGIN SELECT RAISE(ABORT, 'jag_decisions: REPLACE is refused'); END"
        )


def downgrade() -> None:
    """Allow it again."""
    if op.get_bind().dialect.name == "sqlite":
        for number in range(1, len(KEYS) + 1):
            op.execute(f"DROP TRIGGER jag_decisions_no_replace_{number}")
