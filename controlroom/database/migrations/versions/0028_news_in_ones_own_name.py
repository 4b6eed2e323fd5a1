"""News of changes says who really told it: on a server the connected person's name, and the transaction it came by.

What is brought in for somebody else says who was connected. The program's own names stay the recorder's.

Revision ID: 0028
Revises: 0027
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the trigger, on PostgreSQL: SQLite does not know who writes."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(
        "CREATE FUNCTION controlroom_changes_own_name() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        "SET search_path FROM CURRENT AS $$ BEGIN "
        "IF NEW.actor <> '' AND NOT controlroom_writes_as(NEW.actor) THEN "
        "IF controlroom_handle() IS NULL THEN "
        "RAISE EXCEPTION 'changes: INSERT in the name of % is refused', NEW.actor USING ERRCODE = '42501'; END IF; "
        "NEW.actor := controlroom_handle(); END IF; "
        "NEW.transaction_id := pg_current_xact_id()::text::bigint; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER changes_own_name BEFORE INSERT ON changes FOR EACH ROW "
        "EXECUTE FUNCTION controlroom_changes_own_name()"
    )


def downgrade() -> None:
    """Take it away."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION controlroom_changes_own_name() CASCADE")
