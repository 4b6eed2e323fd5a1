"""The log, incidents, and the personal text kept beside them.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
# Tables that only grow, each with what must be new in a row added to it.
GROW_ONLY = {
    "log_entries": ("id",),
    "log_addenda": ("id",),
    "log_texts": ("id", "addendum_id", "step_id"),
    "incident_cameras": ("incident_id, place_in_order",),
    "incident_entries": ("entry_id",),
    "incident_steps": ("id",),
}
FROZEN = ("id", "reference", "opened_by", "opened_at")


def upgrade() -> None:
    """Make the tables, then lock what may only grow."""
    _log()
    _incidents()
    _texts()
    for table in GROW_ONLY:
        _forbid(table, "UPDATE")
        _forbid(table, "DELETE")
    _forbid("incidents", "DELETE")
    _keep_closed_incidents()
    for table, keys in {**GROW_ONLY, "incidents": ("id", "reference")}.items():
        _forbid_replacing(table, keys)


def downgrade() -> None:
    """Take the tables away; the triggers go with them."""
    for table in (
        "log_texts",
        "incident_steps",
        "incident_entries",
        "incident_cameras",
        "incidents",
        "log_addenda",
        "log_entries",
    ):
        op.drop_table(table)


def _text(name: str, size: int) -> sa.Column:
    return sa.Column(name, sa.String(size), nullable=False)


def _moment(name: str) -> sa.Column:
    return sa.Column(name, MOMENT, nullable=False)


def _foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _log() -> None:
    op.create_table(
        "log_entries",
        sa.Column("id", BIG, nullable=False),
        _moment("occurred_at"),
        _moment("recorded_at"),
        sa.Column("late", sa.Boolean(), nullable=False),
        _text("author", 64),
        sa.Column("camera_id", sa.Integer(), nullable=True),
        _text("camera_number", 16),
        _text("place", 120),
        _text("ward", 80),
        _text("source", 64),
        _text("category", 64),
        _text("cad", 16),
        _text("snapshot_path", 255),
        _text("snapshot_sha256", 64),
        _text("text_hash", 64),
        sa.PrimaryKeyConstraint("id", name="pk_log_entries"),
        _foreign("log_entries", "camera_id", "cameras"),
    )
    op.create_index("ix_log_entries_occurred_at_id", "log_entries", ["occurred_at", "id"])
    for column in ("camera_number", "category", "author"):
        op.create_index(f"ix_log_entries_{column}_occurred_at", "log_entries", [column, "occurred_at"])
    op.create_index("ix_log_entries_cad", "log_entries", ["cad"])
    op.create_table(
        "log_addenda",
        sa.Column("id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        _moment("written_at"),
        _text("author", 64),
        _text("text_hash", 64),
        sa.PrimaryKeyConstraint("id", name="pk_log_addenda"),
        _foreign("log_addenda", "entry_id", "log_entries"),
    )
    op.create_index("ix_log_addenda_entry_id", "log_addenda", ["entry_id"])


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", BIG, nullable=False),
        _text("reference", 16),
        _text("state", 24),
        _text("category", 64),
        _text("source", 64),
        _text("origin", 16),
        _text("place", 120),
        _text("ward", 80),
        _text("cad", 16),
        _text("crime_reference", 32),
        _text("result", 32),
        _text("outcome", 64),
        _text("opened_by", 64),
        _moment("opened_at"),
        _moment("occurred_at"),
        _moment("changed_at"),
        _text("submitted_by", 64),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
        sa.UniqueConstraint("reference", name="uq_incidents_reference"),
    )
    op.create_index("ix_incidents_occurred_at_id", "incidents", ["occurred_at", "id"])
    for column in ("state", "category", "opened_by", "ward"):
        op.create_index(f"ix_incidents_{column}_occurred_at", "incidents", [column, "occurred_at"])
    for column in ("cad", "crime_reference"):
        op.create_index(f"ix_incidents_{column}", "incidents", [column])
    op.create_table(
        "incident_cameras",
        sa.Column("incident_id", BIG, nullable=False),
        sa.Column("place_in_order", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        _text("camera_number", 16),
        sa.PrimaryKeyConstraint("incident_id", "place_in_order", name="pk_incident_cameras"),
        _foreign("incident_cameras", "incident_id", "incidents"),
        _foreign("incident_cameras", "camera_id", "cameras"),
    )
    op.create_index("ix_incident_cameras_camera_number", "incident_cameras", ["camera_number", "incident_id"])
    op.create_table(
        "incident_entries",
        sa.Column("entry_id", BIG, autoincrement=False, nullable=False),
        sa.Column("incident_id", BIG, nullable=False),
        _moment("linked_at"),
        _text("linked_by", 64),
        sa.PrimaryKeyConstraint("entry_id", name="pk_incident_entries"),
        _foreign("incident_entries", "entry_id", "log_entries"),
        _foreign("incident_entries", "incident_id", "incidents"),
    )
    op.create_index("ix_incident_entries_incident_id", "incident_entries", ["incident_id"])
    _steps()


def _steps() -> None:
    op.create_table(
        "incident_steps",
        sa.Column("id", BIG, nullable=False),
        sa.Column("incident_id", BIG, nullable=False),
        _text("kind", 16),
        _moment("at"),
        _moment("recorded_at"),
        _text("author", 64),
        _text("action", 32),
        _text("from_state", 24),
        _text("to_state", 24),
        _text("agency", 64),
        _text("result", 32),
        _text("outcome", 64),
        sa.Column("detail", sa.Text(), nullable=False),
        _text("text_hash", 64),
        sa.PrimaryKeyConstraint("id", name="pk_incident_steps"),
        _foreign("incident_steps", "incident_id", "incidents"),
    )
    op.create_index("ix_incident_steps_incident_id", "incident_steps", ["incident_id"])


def _texts() -> None:
    op.create_table(
        "log_texts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=True),
        sa.Column("addendum_id", BIG, nullable=True),
        sa.Column("step_id", BIG, nullable=True),
        _text("salt", 32),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_log_texts"),
        sa.UniqueConstraint("addendum_id", name="uq_log_texts_addendum_id"),
        sa.UniqueConstraint("step_id", name="uq_log_texts_step_id"),
        _foreign("log_texts", "entry_id", "log_entries"),
        _foreign("log_texts", "addendum_id", "log_addenda"),
        _foreign("log_texts", "step_id", "incident_steps"),
    )
    op.create_index("ix_log_texts_entry_id", "log_texts", ["entry_id"])


def _forbid(table: str, verb: str) -> None:
    """A trigger that refuses `verb` on `table` (and TRUNCATE where there is one).

    DELETE on log_texts too: the dual-controlled purge brings a trigger of its own that knows an approved purge.
    """
    name = f"{table}_no_{verb.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table}: {verb} is refused'); END"
        )
        return
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION controlroom_refuse()"
    )
    if verb == "DELETE":
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION controlroom_refuse()"
        )


def _forbid_replacing(table: str, keys: tuple[str, ...]) -> None:
    """SQLite's INSERT OR REPLACE deletes the old row without firing the DELETE trigger: refused by its keys."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for number, key in enumerate(keys, start=1):
        same = " AND ".join(f"{column} = NEW.{column}" for column in key.split(", "))
        op.execute(
            f"CREATE TRIGGER {table}_no_replace_{number} BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{table}: REPLACE is refused'); END"
        )


def _keep_closed_incidents() -> None:
    """An approved incident changes only by being reopened, and what names an incident never changes."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    differs = "IS NOT" if sqlite else "IS DISTINCT FROM"
    kept = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in FROZEN)
    when = f"(OLD.state = 'approved' AND NEW.state <> 'open') OR {kept}"
    if sqlite:
        op.execute(
            f"CREATE TRIGGER incidents_no_closed_update BEFORE UPDATE ON incidents WHEN {when} "
            "BEGIN SELECT RAISE(ABORT, 'incidents: UPDATE is refused'); END"
        )
        return
    op.execute(
        f"CREATE TRIGGER incidents_no_closed_update BEFORE UPDATE ON incidents FOR EACH ROW WHEN ({when}) "
        "EXECUTE FUNCTION controlroom_refuse()"
    )
