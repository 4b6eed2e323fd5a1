"""Closed records: a meeting that is over, a bid that is decided, an incident that moves only where its step leads.

Revision ID: 0020
Revises: 0019
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OVER = "OLD.state IN ('held', 'cancelled')"
DECIDED = "('approved', 'deployed', 'refused', 'lapsed', 'withdrawn')"
GOES_ON = "(OLD.state = 'approved' AND NEW.state IN ('deployed', 'lapsed', 'withdrawn'))"
# What a bid states, and how it scored.
STATED = (
    *("reference", "created_at", "created_by", "submitted_on", "partner", "contact", "place", "ward"),
    *("latitude", "longitude", "objectives", "reports_3_months", "reports_12_months", "evidence", "causes"),
    *("tried", "less_intrusive", "overlooked_homes", "times_of_concern", "success_measures", "plan"),
    *("agencies", "beyond_one_agency", "medium_term_plan", "agencies_committed", "score"),
    *("nearest_number", "nearest_name", "nearest_m", "nearest_usable_m"),
)
# True when the newest step of an incident does not lead from its state to the next, or is its submitter's approval.
NO_STEP = """NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM incident_steps AS step
    WHERE step.incident_id = NEW.id AND step.from_state = OLD.state AND step.to_state = NEW.state
    AND (NEW.state <> 'approved' OR step.author <> OLD.submitted_by)
    AND step.id = (SELECT MAX(id) FROM incident_steps WHERE incident_id = NEW.id AND kind = 'moved'))"""
SCORED = f"EXISTS (SELECT 1 FROM bids WHERE bids.id = OLD.bid_id AND bids.state IN {DECIDED})"


def upgrade() -> None:
    """Make the triggers."""
    for name, (table, verb, when) in _rules().items():
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, '{table}: {verb} is refused'); END"
            )
            continue
        row = "OLD" if verb == "DELETE" else "NEW"
        op.execute(
            f"CREATE FUNCTION controlroom_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN "
            f"RAISE EXCEPTION '{table}: {verb} is refused'; END IF; RETURN {row}; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION controlroom_{name}()"
        )


def downgrade() -> None:
    """Take the triggers away."""
    for name in _rules():
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP FUNCTION controlroom_{name}() CASCADE")


def _rules() -> dict[str, tuple[str, str, str]]:
    """Trigger → table, verb, when it refuses."""
    differs = "IS NOT" if op.get_bind().dialect.name == "sqlite" else "IS DISTINCT FROM"
    changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in STATED)
    decided = f"OLD.state IN {DECIDED} AND ((NEW.state <> OLD.state AND NOT {GOES_ON}) OR {changed})"
    return {
        "jag_meetings_no_closed_update": ("jag_meetings", "UPDATE", OVER),
        "jag_meetings_no_closed_delete": ("jag_meetings", "DELETE", OVER),
        "bids_no_closed_update": ("bids", "UPDATE", decided),
        "bid_scores_no_closed_update": ("bid_scores", "UPDATE", SCORED),
        "bid_scores_no_closed_delete": ("bid_scores", "DELETE", SCORED),
        "incidents_needs_step": ("incidents", "UPDATE", NO_STEP),
    }
