"""A meeting decides once its day has come, about a scored bid on its agenda; what it decided and what hangs stay.

The meeting keeps its day afterwards, a bid follows its newest decision, a chair's action stands no longer than the
room's setting says, and the stay of a unit that hangs is not shortened. The days compared are those of the rows: the
demonstration writes years of them in a minute. A decision is not dated after it was recorded (London is at most an
hour ahead of UTC).

Revision ID: 0033
Revises: 0032
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

SETTING, DEFAULT, LONGEST = (
    "chair_action_days",
    35,
    180,
)  # days a chair's action stands, and may by the setting
UP = "('installed', 'live', 'review due', 'extended', 'suspended', 'ending')"
RUNNING = "('live', 'review due', 'extended', 'suspended')"
DECIDED = "('approved', 'waitlisted', 'deferred', 'refused')"
ABOUT_BID = "decision.bid_id = NEW.id AND decision.subject = 'bid' AND decision.about_id IS NULL"
NEWEST = f"(SELECT MAX(decision.id) FROM jag_decisions AS decision WHERE {ABOUT_BID})"
CHAIRS = (
    "(NEW.meeting_id IS NULL AND NEW.about_id IS NULL) <> (NEW.stands_until IS NOT NULL) "
    "OR NEW.stands_until < NEW.decided_on OR NEW.stands_until > {latest}"
)
Rule = tuple[str, str, str, str]  # table, verb, when it refuses, what it says

NEW_RULES: dict[str, Rule] = {
    "on_its_day": (
        "jag_decisions",
        "INSERT",
        "NEW.decided_on > {recorded} OR NEW.meeting_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM jag_meetings "
        "AS meeting WHERE meeting.id = NEW.meeting_id AND meeting.state = 'planned' AND meeting.day <= NEW.decided_on)",
        "a decision before its meeting''s day is refused",
    ),
    "on_agenda": (
        "jag_decisions",
        "INSERT",
        "NEW.subject = 'bid' AND NEW.about_id IS NULL AND NOT EXISTS (SELECT 1 FROM bids WHERE bids.id = NEW.bid_id "
        "AND bids.state = 'tabled' AND bids.score IS NOT NULL "
        "AND (NEW.meeting_id IS NULL OR bids.meeting_id = NEW.meeting_id))",
        "a decision about a bid that is not on the agenda is refused",
    ),
    "as_decided": (
        "bids",
        "UPDATE OF state",
        "NEW.state <> OLD.state AND ((NEW.state IN ('assessed', 'tabled') AND NEW.score IS NULL) "
        "OR (NEW.state = 'tabled' AND NOT EXISTS (SELECT 1 FROM bid_scores WHERE bid_scores.bid_id = NEW.id)) "
        f"OR (NEW.state IN {DECIDED} AND NOT EXISTS (SELECT 1 FROM jag_decisions AS decision WHERE {ABOUT_BID} "
        f"AND decision.outcome = NEW.state AND decision.id = {NEWEST})))",
        "going on without a score or a decision is refused",
    ),
    "keeps_its_day": (
        "jag_meetings",
        "UPDATE OF day, state",
        "(NEW.day <> OLD.day OR NEW.state = 'cancelled') AND EXISTS ("
        "SELECT 1 FROM jag_decisions AS decision WHERE decision.meeting_id = OLD.id)",
        "moving or cancelling what has taken decisions is refused",
    ),
    "stays": (
        "deployments",
        "UPDATE OF state, unit_id, stays_from, stays_to, remove_by",
        f"OLD.state IN {UP} AND NEW.state IN {UP} AND (NEW.unit_id {{differs}} OLD.unit_id "
        "OR NEW.stays_from > OLD.stays_from OR (NEW.stays_from IS NULL AND OLD.stays_from IS NOT NULL) "
        "OR (NEW.stays_to IS NULL AND OLD.stays_to IS NOT NULL) OR (NEW.stays_to < OLD.stays_to "
        "AND (NEW.state = 'installed' OR (NEW.state = 'ending' AND NEW.stays_to < NEW.remove_by) "
        f"OR (NEW.state IN {RUNNING} AND EXISTS (SELECT 1 FROM deployment_periods AS period "
        "WHERE period.deployment_id = NEW.id AND period.ends_on > NEW.stays_to)))))",
        "shortening the stay of a unit that hangs is refused",
    ),
}
CHANGED: dict[str, Rule] = {
    "stands_until": ("jag_decisions", "INSERT", CHAIRS, "a chair''s action without its last day is refused")
}


def upgrade() -> None:
    """Make the triggers; a chair's action is bounded by the setting."""
    _drop(CHANGED)
    _make(CHANGED | NEW_RULES, _latest())


def downgrade() -> None:
    """Take them away; a chair's action is bounded by the longest that the setting can say."""
    _drop(CHANGED | NEW_RULES)
    _make(CHANGED, str(LONGEST))


def _latest() -> str:
    """How many days a chair's action stands, in SQL: what the room has chosen, else the default."""
    value = (
        "CAST(value AS INTEGER)"
        if _sqlite()
        else "CASE WHEN translate(value, '0123456789', '') = '' AND length(value) BETWEEN 1 AND 3 "
        "THEN CAST(value AS INTEGER) END"
    )
    chosen = f"SELECT {value} FROM site_settings WHERE name = '{SETTING}'"
    return f"COALESCE(({chosen}), {DEFAULT})"


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _drop(rules: dict[str, Rule]) -> None:
    for name, (table, *_) in rules.items():
        op.execute(f"DROP TRIGGER {table}_{name}" + ("" if _sqlite() else f" ON {table}"))
        if not _sqlite():
            op.execute(f"DROP FUNCTION controlroom_{table}_{name}()")


def _make(rules: dict[str, Rule], days: str) -> None:
    said_in_sql = {
        "differs": "IS NOT" if _sqlite() else "IS DISTINCT FROM",
        "latest": f"date(NEW.decided_on, '+' || {days} || ' day')"
        if _sqlite()
        else f"NEW.decided_on + {days}",
        "recorded": "date(NEW.recorded_at, '+1 hour')"
        if _sqlite()
        else "CAST(NEW.recorded_at AT TIME ZONE 'UTC' + interval '1 hour' AS date)",
    }
    for name, (table, verb, when, said) in rules.items():
        condition = when.format(**said_in_sql)
        if _sqlite():
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
