"""On PostgreSQL, triggers refuse a change of every column a row was written with, and leave the mark of row security.

An upgrade puts a mark beside rows of restricted records (`database/row_marks.py`), in columns of its own. SQLite is
left as it is.

Revision ID: 0021
Revises: 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# Table → its columns, of which none is ever changed.
NO_UPDATE = {
    "audit_texts": "sequence, salt, text",
    "incident_cameras": "incident_id, place_in_order, camera_id, camera_number",
    "incident_entries": "entry_id, incident_id, linked_at, linked_by",
    "incident_steps": "id, incident_id, kind, at, recorded_at, author, action, from_state, to_state, agency, result, "
    "outcome, detail, text_hash",
    "log_addenda": "id, entry_id, written_at, author, text_hash, brought_in_by",
    "log_entries": "id, occurred_at, recorded_at, late, author, camera_id, camera_number, place, ward, source, "
    "category, cad, snapshot_path, snapshot_sha256, text_hash, entry_key, accepted_at, spooled, brought_in_by",
    "log_texts": "id, entry_id, addendum_id, step_id, salt, reason, text, words",
}
INCIDENT = (
    "id, reference, state, category, source, origin, place, ward, cad, crime_reference, result, outcome, theme, "
    "opened_by, opened_at, occurred_at, changed_at, submitted_by, version"
)
FROZEN = ("id", "reference", "opened_by", "opened_at")


def upgrade() -> None:
    """Let the triggers name their columns."""
    _make({table: f"UPDATE OF {columns}" for table, columns in NO_UPDATE.items()}, f"UPDATE OF {INCIDENT}")


def downgrade() -> None:
    """Let them refuse a change of any column."""
    _make(dict.fromkeys(NO_UPDATE, "UPDATE"), "UPDATE")


def _make(events: dict[str, str], incident: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, event in events.items():
        op.execute(f"DROP TRIGGER {table}_no_update ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE {event} ON {table} FOR EACH STATEMENT "
            "EXECUTE FUNCTION controlroom_refuse()"
        )
    kept = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in FROZEN)
    when = f"(OLD.state = 'approved' AND NEW.state <> 'open') OR {kept}"
    op.execute("DROP TRIGGER incidents_no_closed_update ON incidents")
    op.execute(
        f"CREATE TRIGGER incidents_no_closed_update BEFORE {incident} ON incidents FOR EACH ROW WHEN ({when}) "
        "EXECUTE FUNCTION controlroom_refuse()"
    )
