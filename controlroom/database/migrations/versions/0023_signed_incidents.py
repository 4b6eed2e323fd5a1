"""Submitting and approving an incident is signed, and the incident moves there only with that signature.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "incident_signatures"
SIGNED = """AND (NEW.state NOT IN ('submitted', 'approved')
    OR EXISTS (SELECT 1 FROM incident_signatures AS signed WHERE signed.step_id = step.id AND signed.who = step.author))
    """
# True when the newest step of an incident does not lead from its state to the next, or is its submitter's approval.
NO_STEP = """NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM incident_steps AS step
    WHERE step.incident_id = NEW.id AND step.from_state = OLD.state AND step.to_state = NEW.state
    AND (NEW.state <> 'approved' OR step.author <> OLD.submitted_by)
    {signed}AND step.id = (SELECT MAX(id) FROM incident_steps WHERE incident_id = NEW.id AND kind = 'moved'))"""


def upgrade() -> None:
    """Make the table, which only grows, and let nothing be submitted or approved without a signature."""
    op.create_table(
        TABLE,
        sa.Column("step_id", BIG, autoincrement=False, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("step_id", name="pk_incident_signatures"),
        sa.ForeignKeyConstraint(
            ["step_id"], ["incident_steps.id"], name="fk_incident_signatures_step_id_incident_steps"
        ),
    )
    if _sqlite():
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{TABLE}: {verb} is refused'); END"
            )
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_replace_1 BEFORE INSERT ON {TABLE} "
            f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE step_id = NEW.step_id) "
            f"BEGIN SELECT RAISE(ABORT, '{TABLE}: REPLACE is refused'); END"
        )
    else:
        # Row security puts a mark beside the columns named here.
        for verb in ("UPDATE OF step_id, who, public_key, signature", "DELETE", "TRUNCATE"):
            op.execute(
                f"CREATE TRIGGER {TABLE}_no_{verb.split()[0].lower()} BEFORE {verb} ON {TABLE} "
                "FOR EACH STATEMENT EXECUTE FUNCTION controlroom_refuse()"
            )
        op.execute(
            f"CREATE TRIGGER {TABLE}_by_whom BEFORE INSERT OR UPDATE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION controlroom_by_whom('who')"
        )
    _needs_step(SIGNED)


def downgrade() -> None:
    """Ask for no signature again, and take the table away."""
    _needs_step("")
    op.drop_table(TABLE)


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _needs_step(signed: str) -> None:
    when = NO_STEP.format(signed=signed)
    if _sqlite():
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
