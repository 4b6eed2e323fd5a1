"""A hold that is over has no movements below zero, and does not end before it began.

Revision ID: 0043
Revises: 0042
"""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

TABLE = "camera_holds"
WHEN = "NEW.moves < 0 OR NEW.ended_at < NEW.began_at"
SAID = "movements below zero, or an end before its beginning, are refused"


def upgrade() -> None:
    """Refuse such rows; what stands there already may stay."""
    for verb in ("INSERT", "UPDATE"):
        name = f"sensible_{verb.lower()}"
        when = WHEN if verb == "INSERT" else f"({WHEN}) AND ({_differs()})"
        if _sqlite():
            op.execute(
                f"CREATE TRIGGER {TABLE}_{name} BEFORE {verb} ON {TABLE} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, '{TABLE}: {SAID}'); END"
            )
            continue
        op.execute(
            f"CREATE FUNCTION controlroom_{TABLE}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {when} THEN RAISE EXCEPTION '{TABLE}: {SAID}'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {TABLE}_{name} BEFORE {verb} ON {TABLE} FOR EACH ROW "
            f"EXECUTE FUNCTION controlroom_{TABLE}_{name}()"
        )


def downgrade() -> None:
    """Take the triggers away."""
    for verb in ("insert", "update"):
        if _sqlite():
            op.execute(f"DROP TRIGGER {TABLE}_sensible_{verb}")
        else:
            op.execute(f"DROP TRIGGER {TABLE}_sensible_{verb} ON {TABLE}")
            op.execute(f"DROP FUNCTION controlroom_{TABLE}_sensible_{verb}()")


def _differs() -> str:
    differs = "IS NOT" if _sqlite() else "IS DISTINCT FROM"
    return " OR ".join(f"NEW.{each} {differs} OLD.{each}" for each in ("moves", "began_at", "ended_at"))


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
