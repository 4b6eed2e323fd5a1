"""The end of a deployment: removal orders, one period by one decision, and what a chair's action that ended lets stand.

Removal orders have a day (`remove_by`) and, where it lies after the last period, the decision that gave it. What the
services refuse is refused here too, on both engines.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ENDED = "('not ratified', 'lapsed')"
STANDS = "('scheduled', 'installed', 'live', 'review due', 'extended', 'suspended')"

# Trigger → table, verb, when it refuses, what it says. `{next_day}` is SQL for the day after a period's last.
RULES = {
    "one_decision": (
        "deployment_periods",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM jag_decisions AS decision JOIN deployments ON deployments.id = NEW.deployment_id "
        "WHERE decision.id = NEW.decision_id AND decision.bid_id = deployments.bid_id AND ("
        "(NEW.number = 1 AND decision.subject = 'bid' AND decision.outcome = 'approved') OR "
        "(NEW.number > 1 AND decision.subject = 'deployment' AND decision.outcome = 'extended' "
        "AND EXISTS (SELECT 1 FROM deployment_periods AS earlier WHERE earlier.deployment_id = NEW.deployment_id "
        "AND earlier.number = NEW.number - 1 AND earlier.starts_on <= decision.decided_on "
        "AND NEW.starts_on = {next_day}))))",
        "a period without a decision of its own is refused",
    ),
    "taken_back": (
        "deployment_periods",
        "DELETE",
        "NOT EXISTS (SELECT 1 FROM jag_decisions AS answer WHERE answer.about_id = OLD.decision_id "
        f"AND answer.outcome IN {ENDED})",
        "DELETE of a period that stands is refused",
    ),
    "removal_decided": (
        "deployments",
        "UPDATE OF remove_by, removal_decision_id",
        "NEW.remove_by > (SELECT MAX(ends_on) FROM deployment_periods WHERE deployment_id = NEW.id) "
        "AND NOT EXISTS (SELECT 1 FROM jag_decisions AS decision WHERE decision.id = NEW.removal_decision_id "
        "AND decision.bid_id = NEW.bid_id AND decision.outcome IN ('ended', 'not ratified', 'lapsed'))",
        "a removal after the last day is refused without a decision",
    ),
    "chair_ended": (
        "deployments",
        "UPDATE OF state, chair_ended_on",
        f"(OLD.chair_ended_on IS NOT NULL AND (NEW.chair_ended_on IS NULL OR NEW.state IN {STANDS})) "
        f"OR (NEW.state IN {STANDS} AND NEW.state <> OLD.state AND EXISTS (SELECT 1 FROM jag_decisions AS answer "
        f"WHERE answer.about_id = NEW.decision_id AND answer.outcome IN {ENDED}))",
        "a chair''s action that ended: going on is refused",
    ),
    "answered": (
        "jag_decisions",
        "INSERT",
        "NEW.about_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM jag_decisions AS chair "
        "WHERE chair.id = NEW.about_id AND chair.meeting_id IS NULL AND chair.about_id IS NULL "
        "AND chair.bid_id = NEW.bid_id AND ((NEW.meeting_id IS NULL AND NEW.outcome = 'lapsed') OR EXISTS ("
        "SELECT 1 FROM jag_meetings AS meeting WHERE meeting.id = NEW.meeting_id AND meeting.state = 'planned' "
        "AND meeting.day <= NEW.decided_on AND meeting.day >= chair.decided_on)))",
        "an answer to the chair by no meeting that met since is refused",
    ),
}
# On SQLite INSERT OR REPLACE would remove a row by these keys: trigger → table and the same key.
REPLACED = {
    "no_replace_1": ("deployment_periods", "deployment_id = NEW.deployment_id AND number = NEW.number"),
    "no_replace_2": ("deployment_periods", "decision_id = NEW.decision_id"),
    "no_replace_3": (
        "jag_decisions",
        "NEW.about_id IS NULL AND about_id IS NULL AND meeting_id = NEW.meeting_id AND bid_id = NEW.bid_id "
        "AND subject = NEW.subject",
    ),
}


def upgrade() -> None:
    """Add columns, unique keys and triggers; what is to be removed already keeps its day."""
    op.add_column("deployments", sa.Column("remove_by", sa.Date(), nullable=True))
    op.add_column("deployments", sa.Column("chair_ended_on", sa.Date(), nullable=True))
    # Written out: Alembic adds no column with a foreign key on SQLite.
    op.execute(
        "ALTER TABLE deployments ADD COLUMN removal_decision_id INTEGER "
        "CONSTRAINT fk_deployments_removal_decision_id_jag_decisions REFERENCES jag_decisions (id)"
    )
    op.execute("UPDATE deployments SET remove_by = stays_to WHERE state = 'ending'")
    by_meeting = sa.text("meeting_id IS NOT NULL AND about_id IS NULL")
    op.create_index(
        "uq_jag_decisions_one_a_meeting",
        "jag_decisions",
        ["meeting_id", "bid_id", "subject"],
        unique=True,
        sqlite_where=by_meeting,
        postgresql_where=by_meeting,
    )
    op.create_index("uq_deployment_periods_decision_id", "deployment_periods", ["decision_id"], unique=True)
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, rule in RULES.items():
        (_sqlite_rule if sqlite else _server_rule)(name, *rule)
    _forbid_update(sqlite=sqlite)


def downgrade() -> None:
    """Take them away, triggers first."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, (table, *_) in RULES.items():
        op.execute(f"DROP TRIGGER {table}_{name}" + ("" if sqlite else f" ON {table}"))
        if not sqlite:
            op.execute(f"DROP FUNCTION controlroom_{table}_{name}()")
    op.execute("DROP TRIGGER deployment_periods_no_update" + ("" if sqlite else " ON deployment_periods"))
    if sqlite:
        for name, (table, _) in REPLACED.items():
            op.execute(f"DROP TRIGGER {table}_{name}")
    op.drop_index("uq_deployment_periods_decision_id", "deployment_periods")
    op.drop_index("uq_jag_decisions_one_a_meeting", "jag_decisions")
    # In place, so that the table keeps its other triggers.
    for column in ("removal_decision_id", "chair_ended_on", "remove_by"):
        op.execute(f"ALTER TABLE deployments DROP COLUMN {column}")


def _sqlite_rule(name: str, table: str, verb: str, when: str, said: str) -> None:
    condition = when.format(next_day="date(earlier.ends_on, '+1 day')")
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: {said}'); END"
    )


def _server_rule(name: str, table: str, verb: str, when: str, said: str) -> None:
    condition, row = when.format(next_day="earlier.ends_on + 1"), "OLD" if verb == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION controlroom_{table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{table}: {said}' USING ERRCODE = 'check_violation'; END IF; "
        f"RETURN {row}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION controlroom_{table}_{name}()"
    )


def _forbid_update(*, sqlite: bool) -> None:
    table, name = "deployment_periods", "deployment_periods_no_update"
    if not sqlite:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION controlroom_refuse()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: UPDATE is refused'); END"
    )
    for rule, (replaced, same) in REPLACED.items():
        op.execute(
            f"CREATE TRIGGER {replaced}_{rule} BEFORE INSERT ON {replaced} "
            f"WHEN EXISTS (SELECT 1 FROM {replaced} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{replaced}: REPLACE is refused'); END"
        )
