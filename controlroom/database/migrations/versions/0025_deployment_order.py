"""The order of a deployment is kept from its first row to its last: what only UPDATE refused is refused whatever way.

A row begins as the services begin it and goes on along the road, with a decision about its own bid, checks that are
rows, days in order and a period. A chair's action says until when it stands, and nothing goes up or live after that
day. The days compared are those of the rows: the demonstration writes years of them in a minute.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

LONGEST = 180  # days a chair's action can stand at most, by the setting; those of before say no day

# From a state to those that may follow it.
ROAD = {
    "planned": ("surveyed", "aborted"),
    "surveyed": ("scheduled", "aborted"),
    "scheduled": ("installed", "aborted"),
    "installed": ("live", "ending", "aborted"),
    "live": ("review due", "ending", "suspended"),
    "review due": ("extended", "ending", "suspended"),
    "extended": ("live", "ending", "suspended"),
    "suspended": ("live", "review due", "extended", "ending"),
    "ending": ("removed",),
    "removed": ("evaluated",),
    "evaluated": ("closed",),
}
_PAIRS = ", ".join(f"'{here}>{there}'" for here, follow in ROAD.items() for there in follow)
_FIRST = """NEW.state = 'planned' AND NEW.dpia = 'not done' AND NEW.test_image = ''
    AND NEW.unit_id IS NULL AND NEW.decision_id IS NULL AND NEW.tabled_meeting_id IS NULL AND NEW.survey_on IS NULL
    AND NEW.dpia_on IS NULL AND NEW.install_on IS NULL AND NEW.installed_on IS NULL AND NEW.signs_up_on IS NULL
    AND NEW.live_on IS NULL AND NEW.stays_from IS NULL AND NEW.stays_to IS NULL AND NEW.remove_by IS NULL
    AND NEW.removal_decision_id IS NULL AND NEW.chair_ended_on IS NULL AND NEW.removed_on IS NULL
    AND NEW.evaluated_on IS NULL"""
_UP = "('installed', 'live', 'review due', 'extended', 'suspended', 'ending')"
_RUNNING = "('live', 'review due', 'extended', 'suspended')"
_FAILED = (
    "SELECT 1 FROM deployment_checks AS failed WHERE failed.deployment_id = NEW.id AND NOT failed.passed "
    "AND NOT EXISTS (SELECT 1 FROM deployment_checks AS later WHERE later.deployment_id = NEW.id "
    "AND later.kind = failed.kind AND later.id > failed.id)"
)
_GOING_ON = (
    "NEW.state <> OLD.state AND NEW.state IN ('installed', 'live', 'review due', 'extended') "
    f"AND EXISTS ({_FAILED})"
)
_PASSED = (
    "SELECT COUNT(DISTINCT done.kind) FROM deployment_checks AS done "
    "WHERE done.deployment_id = NEW.id AND done.passed"
)
_DECISION = "SELECT 1 FROM jag_decisions AS decision WHERE decision.id = NEW."
_PERIOD = (
    "NOT EXISTS (SELECT 1 FROM jag_decisions AS decision JOIN deployments ON deployments.id = NEW.deployment_id "
    "WHERE decision.id = NEW.decision_id AND decision.bid_id = deployments.bid_id AND ("
    "(NEW.number = 1 AND decision.subject = 'bid' AND decision.outcome = 'approved'{first}) OR "
    "(NEW.number > 1 AND decision.subject = 'deployment' AND decision.outcome = 'extended'{further} "
    "AND EXISTS (SELECT 1 FROM deployment_periods AS earlier WHERE earlier.deployment_id = NEW.deployment_id "
    "AND earlier.number = NEW.number - 1 AND earlier.starts_on <= decision.decided_on "
    "AND NEW.starts_on = {{next_day}}))))"
)
_REMOVAL = (
    "AND NOT EXISTS (SELECT 1 FROM jag_decisions AS decision WHERE decision.id = NEW.removal_decision_id "
    "AND decision.bid_id = NEW.bid_id AND decision.outcome IN ('ended', 'not ratified', 'lapsed'))"
)
Rule = tuple[str, str, str, str]  # table, verb, when it refuses, what it says

NEW_RULES: dict[str, Rule] = {
    "begins": (
        "deployments",
        "INSERT",
        f"NOT ({_FIRST})",
        "a deployment begins as a plan, and goes on step by step",
    ),
    "in_turn": (
        "deployments",
        "UPDATE OF state",
        f"NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ({_PAIRS})",
        "a step out of turn is refused",
    ),
    "decided": (
        "deployments",
        "UPDATE OF state, decision_id, bid_id",
        "(NEW.state = 'scheduled' OR NEW.decision_id IS NOT NULL) AND NOT EXISTS ("
        f"{_DECISION}decision_id AND decision.bid_id = NEW.bid_id AND decision.subject = 'bid' "
        "AND decision.outcome = 'approved')",
        "going on without a decision about its own bid is refused",
    ),
    "dated": (
        "deployments",
        "UPDATE OF state, installed_on, live_on, remove_by",
        "(NEW.state = 'installed' AND NEW.installed_on IS NULL) OR (NEW.state = 'ending' AND NEW.remove_by IS NULL) "
        f"OR (NEW.state IN {_RUNNING} AND (NEW.live_on IS NULL OR NOT EXISTS ("
        "SELECT 1 FROM deployment_periods AS period WHERE period.deployment_id = NEW.id)))",
        "a step without its day or its period is refused",
    ),
    "chair_days": (
        "deployments",
        "UPDATE OF state, installed_on, live_on",
        f"NEW.state IN ('installed', 'live') AND EXISTS ({_DECISION}decision_id "
        "AND decision.meeting_id IS NULL AND decision.about_id IS NULL AND {last_day} < "
        "CASE NEW.state WHEN 'live' THEN NEW.live_on ELSE NEW.installed_on END "
        "AND NOT EXISTS (SELECT 1 FROM jag_decisions AS answer "
        "WHERE answer.about_id = decision.id AND answer.outcome = 'ratified'))",
        "going up or live on a chair''s action past its days is refused",
    ),
    "stands_until": (
        "jag_decisions",
        "INSERT",
        "(NEW.meeting_id IS NULL AND NEW.about_id IS NULL) <> (NEW.stands_until IS NOT NULL) "
        "OR NEW.stands_until < NEW.decided_on OR NEW.stands_until > {latest}",
        "a chair''s action without its last day is refused",
    ),
    "recordable": (
        "deployment_checks",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM deployments AS place WHERE place.id = NEW.deployment_id AND ("
        f"place.state IN {_UP} "
        "OR (NEW.kind IN ('survey', 'dpia') AND place.state IN ('planned', 'surveyed', 'scheduled')) "
        "OR (NEW.kind = 'signs' AND place.state = 'scheduled')))",
        "a check out of turn is refused",
    ),
}
CHANGED: dict[str, Rule] = {
    "checked": (
        "deployments",
        "UPDATE OF state",
        f"({_GOING_ON}) OR (NEW.state = 'installed' AND OLD.state <> 'installed' "
        f"AND ({_PASSED} AND done.kind IN ('survey', 'dpia')) < 2) "
        f"OR (NEW.state = 'live' AND OLD.state = 'installed' AND ({_PASSED}) < 4)",
        "going on without its checks is refused",
    ),
    "in_order": (
        "deployments",
        "UPDATE OF installed_on, live_on, survey_on, dpia_on, signs_up_on",
        "NEW.installed_on < NEW.dpia_on OR NEW.installed_on < NEW.survey_on OR NEW.live_on < NEW.installed_on "
        "OR NEW.live_on < NEW.signs_up_on",
        "a step before the one it needs is refused",
    ),
    "removal_decided": (
        "deployments",
        "UPDATE OF remove_by, removal_decision_id",
        "NEW.remove_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM deployment_periods AS period "
        f"WHERE period.deployment_id = NEW.id AND period.ends_on >= NEW.remove_by) {_REMOVAL}",
        "a removal after the last day is refused without a decision",
    ),
    "one_decision": (
        "deployment_periods",
        "INSERT",
        _PERIOD.format(
            first=" AND deployments.state = 'installed'", further=f" AND deployments.state IN {_RUNNING}"
        ),
        "a period without a decision of its own is refused",
    ),
}
BEFORE: dict[str, Rule] = {
    "checked": ("deployments", "UPDATE OF state", _GOING_ON, "going on with a failed check is refused"),
    "in_order": (
        "deployments",
        "UPDATE OF installed_on",
        "NEW.installed_on < NEW.dpia_on OR NEW.installed_on < NEW.survey_on",
        "an installation before its survey or DPIA is refused",
    ),
    "removal_decided": (
        "deployments",
        "UPDATE OF remove_by, removal_decision_id",
        "NEW.remove_by > (SELECT MAX(ends_on) FROM deployment_periods WHERE deployment_id = NEW.id) "
        + _REMOVAL,
        "a removal after the last day is refused without a decision",
    ),
    "one_decision": (
        "deployment_periods",
        "INSERT",
        _PERIOD.format(first="", further=""),
        "a period without a decision of its own is refused",
    ),
}


def upgrade() -> None:
    """Give chair's actions their last day; make the triggers."""
    op.add_column("jag_decisions", sa.Column("stands_until", sa.Date(), nullable=True))
    _drop(CHANGED)
    _make(CHANGED | NEW_RULES)


def downgrade() -> None:
    """Put the earlier triggers back."""
    _drop(CHANGED | NEW_RULES)
    _make(BEFORE)
    # In place, so that the table keeps its other triggers.
    op.execute("ALTER TABLE jag_decisions DROP COLUMN stands_until")


def _drop(rules: dict[str, Rule]) -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, (table, *_) in rules.items():
        op.execute(f"DROP TRIGGER {table}_{name}" + ("" if sqlite else f" ON {table}"))
        if not sqlite:
            op.execute(f"DROP FUNCTION controlroom_{table}_{name}()")


def _make(rules: dict[str, Rule]) -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    later = "date({}, '+{} day')" if sqlite else "{} + {}"
    days = {
        "next_day": later.format("earlier.ends_on", 1),
        "last_day": f"COALESCE(decision.stands_until, {later.format('decision.decided_on', LONGEST)})",
        "latest": later.format("NEW.decided_on", LONGEST),
    }
    for name, (table, verb, when, said) in rules.items():
        condition = when.format(**days)
        if sqlite:
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{table}: {said}'); END"
            )
            continue
        op.execute(
            f"CREATE FUNCTION controlroom_{table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION '{table}: {said}' USING ERRCODE = 'check_violation'; END IF; "
            "RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION controlroom_{table}_{name}()"
        )
