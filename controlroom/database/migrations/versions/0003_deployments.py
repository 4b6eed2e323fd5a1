"""Rapid deployment: units, meetings, bids, decisions, deployments, their periods and alerts.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
UP = "state IN ('installed', 'live', 'review due', 'extended', 'suspended', 'ending')"


def upgrade() -> None:
    """Make the tables, then hold in the database what rule 2 holds in the program."""
    _units()
    _meetings()
    _bids()
    _decisions()
    _deployments()
    _forbid("jag_decisions", "UPDATE")
    _forbid("jag_decisions", "DELETE")
    _one_place_at_a_time()


def downgrade() -> None:
    """Take the tables away; the triggers go with them."""
    for table in (
        "deployment_alerts",
        "deployment_periods",
        "deployments",
        "jag_decisions",
        "bid_scores",
        "bids",
        "jag_meetings",
        "rdc_units",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION controlroom_one_place()")


def _text(name: str, size: int) -> sa.Column:
    return sa.Column(name, sa.String(size), nullable=False)


def _prose(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False)


def _day(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _measure(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.Float(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, MOMENT, nullable=nullable)


def _points_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _units() -> None:
    op.create_table(
        "rdc_units",
        _number("id"),
        _text("asset", 16),
        _text("make", 80),
        _text("model", 80),
        _text("sim", 32),
        _text("address", 255),
        _text("state", 16),
        _text("note", 255),
        _moment("since"),
        _number("camera_id", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_rdc_units"),
        sa.UniqueConstraint("asset", name="uq_rdc_units_asset"),
        _points_to("rdc_units", "camera_id", "cameras"),
    )


def _meetings() -> None:
    op.create_table(
        "jag_meetings",
        _number("id"),
        _day("day", nullable=False),
        _text("time", 5),
        _text("place", 120),
        _text("state", 16),
        _prose("minutes"),
        sa.PrimaryKeyConstraint("id", name="pk_jag_meetings"),
    )
    _indexes("jag_meetings", "day")
    not_cancelled = sa.text("state <> 'cancelled'")
    op.create_index(
        "uq_jag_meetings_one_a_day",
        "jag_meetings",
        ["day"],
        unique=True,
        sqlite_where=not_cancelled,
        postgresql_where=not_cancelled,
    )


def _bids() -> None:
    op.create_table(
        "bids",
        _number("id"),
        _text("reference", 16),
        _text("state", 24),
        _number("version"),
        _moment("created_at"),
        _text("created_by", 64),
        _day("submitted_on"),
        _prose("question"),
        _prose("reason"),
        _number("meeting_id", nullable=True),
        _text("partner", 80),
        _text("contact", 80),
        _text("place", 120),
        _text("ward", 80),
        _measure("latitude"),
        _measure("longitude"),
        _text("objectives", 255),
        _number("reports_3_months", nullable=True),
        _number("reports_12_months", nullable=True),
        _prose("evidence"),
        _prose("causes"),
        _prose("tried"),
        _prose("less_intrusive"),
        _prose("overlooked_homes"),
        _prose("times_of_concern"),
        _prose("success_measures"),
        _prose("plan"),
        _prose("agencies"),
        _flag("beyond_one_agency"),
        _flag("medium_term_plan"),
        _flag("agencies_committed"),
        _measure("score"),
        _text("nearest_number", 16),
        _text("nearest_name", 120),
        _measure("nearest_m"),
        _measure("nearest_usable_m"),
        sa.PrimaryKeyConstraint("id", name="pk_bids"),
        sa.UniqueConstraint("reference", name="uq_bids_reference"),
        _points_to("bids", "meeting_id", "jag_meetings"),
    )
    _indexes("bids", "state", "meeting_id")
    op.create_table(
        "bid_scores",
        _number("bid_id"),
        _text("part", 24),
        _number("position"),
        _text("title", 60),
        _number("given"),
        _measure("weight", nullable=False),
        _measure("points", nullable=False),
        _prose("note"),
        sa.PrimaryKeyConstraint("bid_id", "part", name="pk_bid_scores"),
        _points_to("bid_scores", "bid_id", "bids"),
    )


def _decisions() -> None:
    op.create_table(
        "jag_decisions",
        _number("id"),
        _text("subject", 16),
        _number("bid_id"),
        _number("meeting_id", nullable=True),
        _number("ratify_meeting_id", nullable=True),
        _number("about_id", nullable=True),
        _text("outcome", 16),
        _day("decided_on", nullable=False),
        _prose("reason"),
        _number("rank", nullable=True),
        _measure("score"),
        _flag("departs"),
        _text("signed_off_by", 64),
        _text("recorded_by", 64),
        _moment("recorded_at"),
        sa.PrimaryKeyConstraint("id", name="pk_jag_decisions"),
        sa.UniqueConstraint("about_id", name="uq_jag_decisions_about_id"),
        _points_to("jag_decisions", "bid_id", "bids"),
        _points_to("jag_decisions", "meeting_id", "jag_meetings"),
        _points_to("jag_decisions", "ratify_meeting_id", "jag_meetings"),
        _points_to("jag_decisions", "about_id", "jag_decisions"),
    )
    _indexes("jag_decisions", "bid_id", "meeting_id", "ratify_meeting_id")


def _deployments() -> None:
    op.create_table(
        "deployments",
        _number("id"),
        _text("reference", 16),
        _text("state", 16),
        _number("bid_id"),
        _number("unit_id", nullable=True),
        _number("decision_id", nullable=True),
        _number("tabled_meeting_id", nullable=True),
        _moment("created_at"),
        _text("lamp_column", 40),
        _day("survey_on"),
        _prose("survey_note"),
        _text("dpia", 16),
        _day("dpia_on"),
        _text("dpia_reference", 40),
        _day("install_on"),
        _day("installed_on"),
        _day("signs_up_on"),
        _text("test_image", 255),
        _moment("test_image_at", nullable=True),
        _day("live_on"),
        _day("stays_from"),
        _day("stays_to"),
        _day("removed_on"),
        _day("evaluated_on"),
        _prose("evaluation"),
        _number("reports_before", nullable=True),
        _number("reports_during", nullable=True),
        _number("reports_after", nullable=True),
        _prose("paper"),
        _prose("reason"),
        sa.PrimaryKeyConstraint("id", name="pk_deployments"),
        sa.UniqueConstraint("reference", name="uq_deployments_reference"),
        _points_to("deployments", "bid_id", "bids"),
        _points_to("deployments", "unit_id", "rdc_units"),
        _points_to("deployments", "decision_id", "jag_decisions"),
        _points_to("deployments", "tabled_meeting_id", "jag_meetings"),
        sa.CheckConstraint(
            "installed_on IS NULL OR (decision_id IS NOT NULL AND dpia = 'passed' AND unit_id IS NOT NULL)",
            name="ck_deployments_installed_with_decision_and_dpia",
        ),
        sa.CheckConstraint(
            "live_on IS NULL OR (installed_on IS NOT NULL AND signs_up_on IS NOT NULL AND test_image <> '')",
            name="ck_deployments_live_with_signs_and_image",
        ),
    )
    _indexes("deployments", "state", "bid_id", "unit_id")
    op.create_index(
        "uq_deployments_unit_up",
        "deployments",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text(UP),
        postgresql_where=sa.text(UP),
    )
    op.create_table(
        "deployment_periods",
        _number("deployment_id"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        _day("starts_on", nullable=False),
        _day("ends_on", nullable=False),
        _number("decision_id"),
        sa.PrimaryKeyConstraint("deployment_id", "number", name="pk_deployment_periods"),
        _points_to("deployment_periods", "deployment_id", "deployments"),
        _points_to("deployment_periods", "decision_id", "jag_decisions"),
    )
    op.create_table(
        "deployment_alerts",
        _number("id"),
        _number("deployment_id"),
        _day("day", nullable=False),
        _number("days_past"),
        _moment("raised_at"),
        sa.PrimaryKeyConstraint("id", name="pk_deployment_alerts"),
        sa.UniqueConstraint("deployment_id", "day", name="uq_deployment_alerts_deployment_id_day"),
        _points_to("deployment_alerts", "deployment_id", "deployments"),
    )
    _indexes("deployment_alerts", "day")


def _one_place_at_a_time() -> None:
    """Triggers that refuse a unit's stay sharing a day with another one (both days inclusive, no end = open)."""
    clash = (
        "SELECT 1 FROM deployments AS other WHERE other.unit_id = NEW.unit_id AND other.id <> NEW.id "
        "AND other.stays_from IS NOT NULL "
        "AND other.stays_from <= COALESCE(NEW.stays_to, '9999-12-31') "
        "AND NEW.stays_from <= COALESCE(other.stays_to, '9999-12-31')"
    )
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("INSERT", "UPDATE OF unit_id, stays_from, stays_to"):
            op.execute(
                f"CREATE TRIGGER deployments_one_place_{verb[:6].lower()} AFTER {verb} ON deployments "
                f"WHEN NEW.unit_id IS NOT NULL AND NEW.stays_from IS NOT NULL AND EXISTS ({clash}) "
                "BEGIN SELECT RAISE(ABORT, 'deployments: a unit cannot be in two places'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION controlroom_one_place() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NEW.unit_id IS NOT NULL AND NEW.stays_from IS NOT NULL AND EXISTS ({clash}) THEN "
        "RAISE EXCEPTION 'deployments: a unit cannot be in two places' USING ERRCODE = 'exclusion_violation'; "
        "END IF; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER deployments_one_place AFTER INSERT OR UPDATE OF unit_id, stays_from, stays_to "
        "ON deployments FOR EACH ROW EXECUTE FUNCTION controlroom_one_place()"
    )


def _forbid(table: str, verb: str) -> None:
    """A trigger that refuses `verb` on `table` (and TRUNCATE where there is one)."""
    name = f"{table}_no_{verb.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table}: {verb} is refused'); END"
        )
        return
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION controlroom_refuse()"
    )
    if verb == "DELETE":
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION controlroom_refuse()"
        )
