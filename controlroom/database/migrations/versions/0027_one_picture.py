"""A picture belongs to the record it was stored for: no further entry and no check bears its path.

Whoever may open an entry of their own opens its picture. Triggers and no unique index: where an old room has two
entries of one picture, both stay as they are.

Revision ID: 0027
Revises: 0026
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# An entry that comes in twice from a desk is refused by its key, in the words for that.
ENTRIES = "EXISTS (SELECT 1 FROM log_entries AS other WHERE other.snapshot_path = NEW.{path}{but})"
CHECKS = "EXISTS (SELECT 1 FROM deployment_checks AS other WHERE other.picture_path = NEW.{path})"
TWICE = " AND (other.entry_key IS NULL OR NEW.entry_key IS NULL OR other.entry_key <> NEW.entry_key)"
TABLES = {"log_entries": ("snapshot_path", TWICE), "deployment_checks": ("picture_path", "")}


def upgrade() -> None:
    """Make the triggers."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, (path, but) in TABLES.items():
        taken = f"{ENTRIES.format(path=path, but=but)} OR {CHECKS.format(path=path)}"
        when, told = f"NEW.{path} <> '' AND ({taken})", f"{table}: a picture of another record is refused"
        if sqlite:
            op.execute(
                f"CREATE TRIGGER {table}_one_picture BEFORE INSERT ON {table} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, '{told}'); END"
            )
            continue
        # The owner sees the entries that are hidden from who writes.
        op.execute(
            f"CREATE FUNCTION controlroom_{table}_one_picture() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
            f"SET search_path FROM CURRENT AS $$ BEGIN IF {when} THEN RAISE EXCEPTION '{told}'; END IF; "
            "RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_one_picture BEFORE INSERT ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION controlroom_{table}_one_picture()"
        )


def downgrade() -> None:
    """Take them away."""
    for table in TABLES:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {table}_one_picture")
        else:
            op.execute(f"DROP FUNCTION controlroom_{table}_one_picture() CASCADE")
