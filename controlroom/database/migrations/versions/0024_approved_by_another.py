"""An incident that one person submitted is approved by another who reviews, whatever its row says of who submitted it.

Revision ID: 0024
Revises: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

NEWEST = "step.id = (SELECT MAX(id) FROM incident_steps WHERE incident_id = NEW.id AND kind = 'moved')"
LEADS = "step.incident_id = NEW.id AND step.from_state = OLD.state AND step.to_state = NEW.state"
# True of a step by somebody who does not review, where only who reviews takes it.
NO_REVIEW = """NEW.state IN ('approved', 'returned', 'open') AND NOT EXISTS (
    SELECT 1 FROM users JOIN user_roles ON user_roles.user_id = users.id
    WHERE users.handle = step.author AND user_roles.role = 'supervisor')"""
# True of an approval of what nobody else submitted.
OWN = """NEW.state = 'approved' AND (OLD.state <> 'submitted' OR step.author = OLD.submitted_by OR NOT EXISTS (
    SELECT 1 FROM incident_steps AS given WHERE given.author <> step.author
    AND given.id = (SELECT MAX(id) FROM incident_steps WHERE incident_id = NEW.id AND to_state = 'submitted')))"""
SIGNED = """(NEW.state NOT IN ('submitted', 'approved') OR EXISTS (
    SELECT 1 FROM incident_signatures AS signed WHERE signed.step_id = step.id AND signed.who = step.author))"""
NO_STEP = f"""NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM incident_steps AS step
    WHERE {LEADS} AND {NEWEST} AND {SIGNED} AND NOT ({NO_REVIEW}) AND NOT ({OWN}))"""
BEFORE = f"""NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM incident_steps AS step
    WHERE {LEADS} AND (NEW.state <> 'approved' OR step.author <> OLD.submitted_by) AND {SIGNED} AND {NEWEST})"""


def upgrade() -> None:
    """Let the trigger ask who took the steps."""
    _make(NO_STEP)


def downgrade() -> None:
    """Let it believe what the row says."""
    _make(BEFORE)


def _make(when: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER incidents_needs_step")
        op.execute(
            f"CREATE TRIGGER incidents_needs_step BEFORE UPDATE ON incidents WHEN {when} "
            "BEGIN SELECT RAISE(ABORT, 'incidents: UPDATE is refused'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION controlroom_incidents_needs_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {when} THEN RAISE EXCEPTION 'incidents: UPDATE is refused'; END IF; RETURN NEW; END $$"
    )
