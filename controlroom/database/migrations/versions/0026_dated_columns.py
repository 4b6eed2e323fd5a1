"""Moments and days: the database itself refuses those before the year 2000 and from 2100 on; counters rise by one.

Triggers and not CHECK constraints: what stands in an old database already may stay, and its row may go on, as long as
nobody puts another such time in its place. A person's counter of references rises one by one on a server; whoever sets
up a room there, and the file of SQLite, write many references at once.

Revision ID: 0026
Revises: 0025
"""

from collections.abc import Iterator

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# The dated columns of each table; those of days say so.
DATED = {
    "audit_entries": "at",
    "audit_signatures": "signed_at",
    "bids": "created_at submitted_on/day",
    "camera_health": "since looked_at",
    "camera_health_changes": "at",
    "camera_health_samples": "at",
    "cameras": "created_at",
    "changes": "at",
    "deployment_alerts": "day/day raised_at",
    "deployment_checks": "done_on/day recorded_at",
    "deployment_periods": "starts_on/day ends_on/day",
    "deployments": "created_at survey_on/day dpia_on/day install_on/day installed_on/day signs_up_on/day test_image_at "
    "live_on/day stays_from/day stays_to/day remove_by/day chair_ended_on/day removed_on/day evaluated_on/day",
    "incident_entries": "linked_at",
    "incident_restrictions": "restricted_at",
    "incident_steps": "at recorded_at",
    "incidents": "opened_at occurred_at changed_at",
    "jag_decisions": "decided_on/day recorded_at stands_until/day",
    "jag_meetings": "day/day",
    "log_addenda": "written_at",
    "log_entries": "occurred_at recorded_at accepted_at",
    "purges": "cutoff proposed_at expires_at decided_at started_at finished_at",
    "rdc_units": "since",
    "recorder_jobs": "last_run last_done",
    "signed_steps": "at",
    "site_settings": "changed_at",
    "user_keys": "made_at",
    "users": "created_at one_time_until expires_on/day last_sign_in_at off_since",
    "wrong_passwords": "at",
}
ONLY_GROW = (
    *("audit_entries", "audit_signatures", "deployment_checks", "deployment_periods", "incident_entries"),
    *("incident_steps", "jag_decisions", "log_addenda", "log_entries", "signed_steps", "user_keys"),
)
RISES = """
CREATE FUNCTION controlroom_reference_counters_rises() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.last > 1 + coalesce(OLD.last, 0) AND NOT controlroom_writes_as('') THEN
        RAISE EXCEPTION 'reference_counters: a number drawn ahead is refused';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Make the triggers."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, verb, when in _rules("IS NOT" if sqlite else "IS DISTINCT FROM", sqlite=sqlite):
        name, told = (
            f"{table}_dated_{verb.lower()}",
            f"{table}: a time before 2000 or from 2100 on is refused",
        )
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
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION controlroom_{name}()"
        )
    if not sqlite:
        op.execute(RISES)
        op.execute(
            "CREATE TRIGGER reference_counters_rises BEFORE INSERT OR UPDATE ON reference_counters "
            "FOR EACH ROW EXECUTE FUNCTION controlroom_reference_counters_rises()"
        )


def downgrade() -> None:
    """Take them away."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, verb, _ in _rules("", sqlite=sqlite):
        name = f"{table}_dated_{verb.lower()}"
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP FUNCTION controlroom_{name}() CASCADE")
    if not sqlite:
        op.execute("DROP FUNCTION controlroom_reference_counters_rises() CASCADE")


def _rules(differs: str, *, sqlite: bool) -> Iterator[tuple[str, str, str]]:
    """Table, verb, and when it refuses."""
    for table, said in DATED.items():
        outside = {}
        for each in said.split():
            name, _, day = each.partition("/")
            outside[name] = (_of_text if sqlite else _of_time)(f"NEW.{name}", bool(day))
        yield table, "INSERT", " OR ".join(outside.values())
        if table not in ONLY_GROW:
            anew = [f"({when} AND NEW.{name} {differs} OLD.{name})" for name, when in outside.items()]
            yield table, "UPDATE", " OR ".join(anew)


def _of_time(value: str, day: bool) -> str:
    if day:
        return f"({value} < date '2000-01-01' OR {value} >= date '2100-01-01')"
    return f"({value} < timestamptz '2000-01-01 00:00+00' OR {value} >= timestamptz '2100-01-01 00:00+00')"


def _of_text(value: str, day: bool) -> str:
    form, length, more = ("%Y-%m-%d", 10, 10) if day else ("%Y-%m-%d %H:%M:%S", 19, 26)
    years = f"substr({value}, 1, 4) BETWEEN '2000' AND '2099'"
    whole = f"substr({value}, 1, {length})"
    fits = f"strftime('{form}', {whole}, '+0 days') IS {whole} AND length({value}) <= {more}"
    plain = f"substr({value}, {length + 1}) NOT GLOB '*[^.0-9]*'"
    return f"({value} IS NOT NULL AND NOT ({years} AND {fits} AND {plain}))"
