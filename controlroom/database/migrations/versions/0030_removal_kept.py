"""A trigger that keeps the day of removal which a meeting gave: only a later decision puts it off past the end.

Revision ID: 0030
Revises: 0029
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# A decision that was taken is not taken back for an earlier one or for none, which would let the same one count anew.
TAKEN_BACK = (
    "OLD.removal_decision_id IS NOT NULL AND (NEW.removal_decision_id IS NULL "
    "OR NEW.removal_decision_id < OLD.removal_decision_id)"
)
PUT_OFF = (
    "NEW.remove_by > OLD.remove_by AND NEW.removal_decision_id = OLD.removal_decision_id "
    "AND NOT EXISTS (SELECT 1 FROM deployment_periods AS period "
    "WHERE period.deployment_id = NEW.id AND period.ends_on >= NEW.remove_by)"
)
WHEN = f"({TAKEN_BACK}) OR ({PUT_OFF})"
SAID = "deployments: putting the removal off needs another decision"
VERB = "BEFORE UPDATE OF remove_by, removal_decision_id ON deployments"


def upgrade() -> None:
    """Make it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER deployments_removal_kept {VERB} WHEN {WHEN} BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION controlroom_deployments_removal_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {WHEN} THEN RAISE EXCEPTION '{SAID}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER deployments_removal_kept {VERB} FOR EACH ROW "
        "EXECUTE FUNCTION controlroom_deployments_removal_kept()"
    )


def downgrade() -> None:
    """Take it away."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER deployments_removal_kept" + ("" if sqlite else " ON deployments"))
    if not sqlite:
        op.execute("DROP FUNCTION controlroom_deployments_removal_kept()")
