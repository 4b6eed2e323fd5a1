"""The words of the room's lists, edited on screen: a row for each change of a word, which is never changed or removed.

The table begins empty: a list is as its file says until somebody changes it.

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLE = "list_words"
COLUMNS = "id, list_name, word, others, marked, retired, place, what, changed_at, changed_by"
_MOMENT = "substr(NEW.changed_at, 1, 19)"
SQLITE_UNDATED = (
    "NEW.changed_at IS NOT NULL AND NOT (substr(NEW.changed_at, 1, 4) BETWEEN '2000' AND '2099' "
    f"AND strftime('%Y-%m-%d %H:%M:%S', {_MOMENT}, '+0 days') IS {_MOMENT} "
    "AND length(NEW.changed_at) <= 26 AND substr(NEW.changed_at, 20) NOT GLOB '*[^.0-9]*')"
)
SERVER_UNDATED = (
    "NEW.changed_at < timestamptz '2000-01-01 00:00+00' "
    "OR NEW.changed_at >= timestamptz '2100-01-01 00:00+00'"
)
UNDATED = f"{TABLE}: a time before 2000 or from 2100 on is refused"


def upgrade() -> None:
    """Make the table and what protects it."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_name", sa.String(40), nullable=False),
        sa.Column("word", sa.String(64), nullable=False),
        sa.Column("others", sa.String(255), nullable=False),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_list_words"),
    )
    op.create_index("ix_list_words_list_name", TABLE, ["list_name", "id"])
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _server_triggers()


def downgrade() -> None:
    """Take the table away; its triggers go with it."""
    op.drop_table(TABLE)
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP FUNCTION controlroom_{TABLE}_dated_insert()")


def _sqlite_triggers() -> None:
    unreadable = [
        "typeof(NEW.id) NOT IN ('integer', 'null')",
        *(f"typeof(NEW.{name}) NOT IN ('text', 'null')" for name in ("list_name", "word", "others")),
        *(f"NEW.{name} NOT IN (0, 1)" for name in ("marked", "retired")),
        "typeof(NEW.place) NOT IN ('integer', 'null')",
        *(f"typeof(NEW.{name}) NOT IN ('text', 'null')" for name in ("what", "changed_by")),
    ]
    for name, verb, when, said in (
        ("dated_insert", "INSERT", f" WHEN ({SQLITE_UNDATED})", UNDATED),
        (
            "readable_insert",
            "INSERT",
            f" WHEN {' OR '.join(unreadable)}",
            f"{TABLE}: a value that could not be read is refused",
        ),
        ("no_update", "UPDATE", " ", f"{TABLE}: UPDATE is refused"),
        ("no_delete", "DELETE", " ", f"{TABLE}: DELETE is refused"),
        (
            "no_replace_1",
            "INSERT",
            f" WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)",
            f"{TABLE}: REPLACE is refused",
        ),
    ):
        op.execute(
            f"CREATE TRIGGER {TABLE}_{name} BEFORE {verb} ON {TABLE}{when} BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )


def _server_triggers() -> None:
    op.execute(
        f"CREATE FUNCTION controlroom_{TABLE}_dated_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF ({SERVER_UNDATED}) THEN RAISE EXCEPTION '{UNDATED}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_dated_insert BEFORE INSERT ON {TABLE} FOR EACH ROW "
        f"EXECUTE FUNCTION controlroom_{TABLE}_dated_insert()"
    )
    for name, verb in (
        ("no_update", f"UPDATE OF {COLUMNS}"),
        ("no_delete", "DELETE"),
        ("no_truncate", "TRUNCATE"),
    ):
        op.execute(
            f"CREATE TRIGGER {TABLE}_{name} BEFORE {verb} ON {TABLE} FOR EACH STATEMENT "
            "EXECUTE FUNCTION controlroom_refuse()"
        )
    op.execute(
        f"CREATE TRIGGER {TABLE}_by_whom BEFORE INSERT OR UPDATE ON {TABLE} FOR EACH ROW "
        "EXECUTE FUNCTION controlroom_by_whom('changed_by')"
    )
