"""One text for each log entry: a second one is refused, so that it can never stand in place of the first.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INDEX = "uq_log_texts_own_of_entry"
OWN = sa.text("addendum_id IS NULL")
SECOND = (
    "SELECT 1 FROM log_texts WHERE addendum_id IS NULL AND entry_id IS NOT NULL "
    "GROUP BY entry_id HAVING count(*) > 1"
)


def upgrade() -> None:
    """Make the index, but for a database in which somebody put a second text already: its check names that."""
    made = op.get_context().as_sql or op.get_bind().execute(sa.text(SECOND)).first() is None
    if made:
        op.create_index(INDEX, "log_texts", ["entry_id"], unique=True, sqlite_where=OWN, postgresql_where=OWN)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER log_texts_one_text BEFORE INSERT ON log_texts WHEN NEW.addendum_id IS NULL AND EXISTS "
            "(SELECT 1 FROM log_texts WHERE entry_id = NEW.entry_id AND addendum_id IS NULL) "
            "BEGIN SELECT RAISE(ABORT, 'log_texts: REPLACE is refused'); END"
        )


def downgrade() -> None:
    """Allow a second one."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER IF EXISTS log_texts_one_text")
    op.execute(f"DROP INDEX IF EXISTS {INDEX}")
