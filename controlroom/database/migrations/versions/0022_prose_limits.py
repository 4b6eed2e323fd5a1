"""Long texts: the database itself refuses a reason, a note or minutes longer than they may be; pictures are found fast.

Triggers and not CHECK constraints: a text that stands in an old database already, longer than that, may stay, and its
row may go on, as long as nobody puts another such text in its place.

Revision ID: 0022
Revises: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

PROSE, MINUTES = 10_000, 60_000
STATED = (
    *("question", "reason", "evidence", "causes", "tried", "less_intrusive", "overlooked_homes"),
    *("times_of_concern", "success_measures", "plan", "agencies"),
)
LIMITS: dict[str, dict[str, int]] = {
    "log_texts": {"reason": PROSE, "text": PROSE},
    "incident_restrictions": {"reason": PROSE},
    "purges": {"reason": PROSE, "answer": PROSE},
    "bids": dict.fromkeys(STATED, PROSE),
    "bid_scores": {"note": PROSE},
    "jag_meetings": {"minutes": MINUTES},
    "jag_decisions": {"reason": PROSE},
    "deployments": dict.fromkeys(("survey_note", "evaluation", "paper", "reason"), PROSE),
    "deployment_checks": {"note": PROSE},
}
PICTURES = "ix_log_entries_snapshot_path"


def upgrade() -> None:
    """Create the triggers that limit long texts, and the index over the log's pictures."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    differs = "IS NOT" if sqlite else "IS DISTINCT FROM"
    for table, limits in LIMITS.items():
        long = [(name, f"length(NEW.{name}) > {longest}") for name, longest in limits.items()]
        anew = [f"({said} AND NEW.{name} {differs} OLD.{name})" for name, said in long]
        for verb, whens in (("INSERT", [said for _, said in long]), ("UPDATE", anew)):
            name, when = f"{table}_fits_{verb.lower()}", " OR ".join(whens)
            told = f"{table}: a text longer than it takes is refused"
            if sqlite:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when} "
                    f"BEGIN SELECT RAISE(ABORT, '{told}'); END"
                )
                continue
            op.execute(
                f"CREATE FUNCTION controlroom_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {when} THEN RAISE EXCEPTION '{told}'; END IF; RETURN NEW; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW "
                f"EXECUTE FUNCTION controlroom_{name}()"
            )
    op.create_index(PICTURES, "log_entries", ["snapshot_path"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index(PICTURES, "log_entries")
    for table in LIMITS:
        for verb in ("insert", "update"):
            if op.get_bind().dialect.name == "sqlite":
                op.execute(f"DROP TRIGGER {table}_fits_{verb}")
            else:
                op.execute(f"DROP FUNCTION controlroom_{table}_fits_{verb}() CASCADE")
