"""Columns that the program reads as words, JSON or counters: the database itself refuses what could not be read.

Triggers and not CHECK constraints: what stands in an old database may stay, and its row may go on.

Revision ID: 0031
Revises: 0030
"""

from collections.abc import Iterator

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

WORDS = {
    "bids.state": (
        *("draft", "submitted", "needs information", "assessed", "tabled", "approved", "waitlisted"),
        *("deferred", "refused", "deployed", "lapsed", "withdrawn"),
    ),
    "camera_health.state": (
        *("not looked at", "online", "offline", "does not answer", "login refused", "not ONVIF"),
    ),
    "cameras.owner": ("public realm", "housing", "rapid deployment", "vehicle"),
    "cameras.migration": ("analogue", "analogue through encoder", "digital"),
    "cameras.transport": ("fibre", "copper", "wireless", "4G"),
    "deployment_checks.kind": ("survey", "dpia", "signs", "picture"),
    "deployments.state": (
        *("planned", "surveyed", "scheduled", "installed", "live", "review due", "extended"),
        *("suspended", "ending", "removed", "evaluated", "closed", "aborted"),
    ),
    "deployments.dpia": ("not done", "passed", "failed"),
    "incident_steps.kind": ("opened", "moved", "informed", "amended", "addendum"),
    "incident_steps.from_state": (
        *("open", "monitoring", "police informed", "police on scene", "concluded", "submitted"),
        *("returned", "approved", ""),
    ),
    "incident_steps.result": (
        *("arrest", "dispersed", "located safe", "no trace", "passed to another agency", "no action"),
        "",
    ),
    "incidents.state": (
        *("open", "monitoring", "police informed", "police on scene", "concluded", "submitted"),
        *("returned", "approved"),
    ),
    "incidents.origin": ("proactive", "reactive"),
    "incidents.theme": ("victim", "offender", "location", ""),
    "jag_decisions.subject": ("bid", "deployment"),
    "jag_decisions.outcome": (
        *("approved", "waitlisted", "deferred", "refused", "extended", "ended", "ratified"),
        *("not ratified", "lapsed"),
    ),
    "jag_meetings.state": ("planned", "held", "cancelled"),
    "purges.state": ("proposed", "approved", "running", "done", "declined", "withdrawn", "expired"),
    "rdc_units.state": ("in store", "scheduled", "installed", "live", "faulty", "retired"),
    "recorder_jobs.outcome": ("not run yet", "running", "done", "failed"),
    "user_roles.role": ("operator", "supervisor", "coordinator", "administrator", "auditor"),
}
# Each table's columns: their kind, and what they hold beyond it.
COLUMNS = {
    "audit_entries": (
        "sequence/int actor/text action/text subject_kind/text subject/text detail/text text_hash/text "
        "previous_hash/text hash/text"
    ),
    "audit_head": "id/int sequence/int hash/text",
    "audit_rows": "id/int sequence/int table_name/text row_key/text digest/text marks/text",
    "audit_signatures": "id/int sequence/int hash/text public_key/text signature/text",
    "audit_texts": "sequence/int salt/text text/text",
    "bid_scores": (
        "bid_id/int part/text position/int title/text given/int weight/float points/float note/text"
    ),
    "bids": (
        "id/int reference/text state/text/bids.state version/int/counter created_by/text question/text "
        "reason/text meeting_id/int partner/text contact/text place/text ward/text latitude/float "
        "longitude/float objectives/text/json_texts reports_3_months/int reports_12_months/int "
        "evidence/text causes/text tried/text less_intrusive/text overlooked_homes/text "
        "times_of_concern/text success_measures/text plan/text agencies/text/json_texts "
        "beyond_one_agency/flag medium_term_plan/flag agencies_committed/flag score/float "
        "nearest_number/text nearest_name/text nearest_m/float nearest_usable_m/float"
    ),
    "camera_health": (
        "camera_id/int state/text/camera_health.state detail/text answer_ms/float clock_drift_s/float"
    ),
    "camera_health_changes": "id/int camera_id/int state/text/camera_health.state detail/text",
    "camera_health_samples": (
        "camera_id/int state/text/camera_health.state answer_ms/float clock_drift_s/float"
    ),
    "cameras": (
        "id/int number/text/number name/text street/text area/text ward/text latitude/float "
        "longitude/float owner/text/cameras.owner make/text model/text migration/text/cameras.migration "
        "transport/text/cameras.transport retention_days/int host/text port/int username/text "
        "password_sealed/text main_stream/text sub_stream/text has_ptz/flag abilities/text "
        "clock_drift_s/float active/flag version/int/counter"
    ),
    "changes": "sequence/int desk/text kind/text key/text actor/text transaction_id/int",
    "deployment_alerts": "id/int deployment_id/int days_past/int",
    "deployment_checks": (
        "id/int deployment_id/int kind/text/deployment_checks.kind passed/flag reference/text note/text "
        "picture_path/text picture_sha256/text recorded_by/text"
    ),
    "deployment_periods": "deployment_id/int number/int decision_id/int",
    "deployments": (
        "id/int reference/text state/text/deployments.state bid_id/int unit_id/int decision_id/int "
        "tabled_meeting_id/int lamp_column/text survey_note/text dpia/text/deployments.dpia "
        "dpia_reference/text test_image/text removal_decision_id/int evaluation/text reports_before/int "
        "reports_during/int reports_after/int paper/text reason/text version/int/counter"
    ),
    "incident_cameras": "incident_id/int place_in_order/int camera_id/int camera_number/text",
    "incident_entries": "entry_id/int incident_id/int linked_by/text",
    "incident_readers": "incident_id/int user_id/int",
    "incident_restrictions": "incident_id/int reason/text restricted_by/text",
    "incident_signatures": "step_id/int who/text public_key/text signature/text",
    "incident_steps": (
        "id/int incident_id/int kind/text/incident_steps.kind author/text action/text "
        "from_state/text/incident_steps.from_state to_state/text/incident_steps.from_state agency/text "
        "result/text/incident_steps.result outcome/text detail/text text_hash/text"
    ),
    "incidents": (
        "id/int reference/text state/text/incidents.state category/text source/text "
        "origin/text/incidents.origin place/text ward/text cad/text crime_reference/text "
        "result/text/incident_steps.result outcome/text theme/text/incidents.theme opened_by/text "
        "submitted_by/text version/int/counter"
    ),
    "jag_decisions": (
        "id/int subject/text/jag_decisions.subject bid_id/int meeting_id/int ratify_meeting_id/int "
        "about_id/int outcome/text/jag_decisions.outcome reason/text rank/int score/float departs/flag "
        "signed_off_by/text recorded_by/text"
    ),
    "jag_meetings": (
        "id/int time/text/time place/text state/text/jag_meetings.state minutes/text version/int/counter"
    ),
    "log_addenda": "id/int entry_id/int author/text text_hash/text brought_in_by/text",
    "log_entries": (
        "id/int late/flag author/text camera_id/int camera_number/text place/text ward/text source/text "
        "category/text cad/text snapshot_path/text snapshot_sha256/text text_hash/text entry_key/text "
        "spooled/flag brought_in_by/text"
    ),
    "log_texts": "id/int entry_id/int addendum_id/int step_id/int salt/text reason/text text/text words/text",
    "purged_texts": "purge_id/int text_table/text number/int text_key/int",
    "purges": (
        "id/int reference/text state/text/purges.state retention_months/int reason/text "
        "counted/text/json_counts proposed_by/text decided_by/text answer/text "
        "removed/text/json_counts_or_nothing removed_log_texts/int removed_audit_texts/int "
        "removed_pictures/int"
    ),
    "rdc_units": (
        "id/int asset/text make/text model/text sim/text address/text state/text/rdc_units.state note/text "
        "camera_id/int version/int/counter"
    ),
    "recorder_jobs": "name/text outcome/text/recorder_jobs.outcome words/text",
    "reference_counters": "prefix/text year/int last/int",
    "sealed_keys": "key_id/int sealed/text",
    "signed_steps": (
        "id/int kind/text subject/text step/text who/text digest/text public_key/text signature/text"
    ),
    "site_settings": "name/text value/text/json_value changed_by/text",
    "user_keys": (
        "id/int handle/text public_key/text one_time/flag approved_by/text approver_key/text approval/text"
    ),
    "user_roles": "user_id/int role/text/user_roles.role",
    "users": (
        "id/int login/text handle/text password_hash/text active/flag version/int/counter "
        "epoch/int/counter last_desk/text off_reason/text database_role/text"
    ),
    "wrong_passwords": "id/int name_key/text desk/text",
}
ONLY_GROW = (
    *("audit_entries", "audit_rows", "audit_signatures", "audit_texts", "deployment_checks"),
    *("deployment_periods", "incident_cameras", "incident_entries", "incident_signatures"),
    *("incident_steps", "jag_decisions", "log_addenda", "log_entries", "log_texts", "purged_texts"),
    *("sealed_keys", "signed_steps", "user_keys"),
)

BORN = "{0} NOT BETWEEN 0 AND 1000000"
_FIGURES = "ltrim({0}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')"
_NO_SQLITE_JSON = "(length({0}) > %s OR CASE WHEN json_valid({0}) THEN CASE json_type({0}) %s END ELSE 1 END)"
_NO_SQLITE_COUNTS = _NO_SQLITE_JSON % (
    2000,
    "WHEN 'object' THEN EXISTS (SELECT 1 FROM json_each({0}) "
    "WHERE type <> 'integer' OR value NOT BETWEEN 0 AND 999999999999999) ELSE 1",
)
_NO_JSON = "(length({0}) > %s OR CASE jsonb_typeof(CAST({0} AS jsonb)) %s END)"
_NO_COUNTS = _NO_JSON % (
    2000,
    "WHEN 'object' THEN EXISTS (SELECT 1 FROM jsonb_each(CAST({0} AS jsonb)) AS one(name, item) "
    "WHERE CAST(item AS text) !~ '^[0-9]{{1,15}}$') ELSE true",
)
# What a column of each kind, and of each rule, may not hold.
SQLITE = {
    "flag": "{0} NOT IN (0, 1)",
    "int": "typeof({0}) NOT IN ('integer', 'null')",
    "float": "(typeof({0}) NOT IN ('real', 'integer', 'null') OR abs({0}) > 1.7e308)",
    "text": "typeof({0}) NOT IN ('text', 'null')",
    "number": f"NOT (length({{0}}) - length({_FIGURES}) <= 4 AND substr({_FIGURES}, 1, 1) GLOB '[-0-9]' "
    f"AND substr({_FIGURES}, 2) NOT GLOB '*[^0-9]*' "
    f"AND length({_FIGURES}) - ({_FIGURES} GLOB '-*') BETWEEN 1 AND 4)",
    "time": "NOT ({0} GLOB '[01][0-9]:[0-5][0-9]' OR {0} GLOB '2[0-3]:[0-5][0-9]')",
    "counter": BORN,
    "json_texts": _NO_SQLITE_JSON
    % (10000, "WHEN 'array' THEN EXISTS (SELECT 1 FROM json_each({0}) WHERE type <> 'text') ELSE 1"),
    "json_counts": _NO_SQLITE_COUNTS,
    "json_counts_or_nothing": f"({{0}} <> '' AND {_NO_SQLITE_COUNTS})",
    "json_value": _NO_SQLITE_JSON
    % (
        2000,
        "WHEN 'array' THEN EXISTS (SELECT 1 FROM json_each({0}) WHERE type IN ('null', 'array', 'object')) "
        "WHEN 'object' THEN 1 WHEN 'null' THEN 1 ELSE 0",
    ),
}
SERVER = {
    "float": "{0} IN ('NaN', 'Infinity', '-Infinity')",
    "number": "{0} !~ '^[A-Z]{{0,4}}-?[0-9]{{1,4}}$'",
    "time": "{0} !~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'",
    "counter": BORN,
    "json_texts": _NO_JSON
    % (
        10000,
        "WHEN 'array' THEN EXISTS (SELECT 1 FROM jsonb_array_elements(CAST({0} AS jsonb)) AS one(item) "
        "WHERE jsonb_typeof(item) <> 'string') ELSE true",
    ),
    "json_counts": _NO_COUNTS,
    "json_counts_or_nothing": f"({{0}} <> '' AND {_NO_COUNTS})",
    "json_value": _NO_JSON
    % (
        2000,
        "WHEN 'array' THEN EXISTS (SELECT 1 FROM jsonb_array_elements(CAST({0} AS jsonb)) AS one(item) "
        "WHERE jsonb_typeof(item) IN ('null', 'array', 'object')) WHEN 'object' THEN true "
        "WHEN 'null' THEN true ELSE false",
    ),
}
SQLITE_RISES = (
    "((NEW.{0} - OLD.{0} NOT IN (0, 1) OR typeof(NEW.{0}) <> 'integer') "
    "AND NOT (NEW.{0} = 1 AND (typeof(OLD.{0}) <> 'integer' OR OLD.{0} >= 1000000000)))"
)
SERVER_RISES = (
    "(CAST(NEW.{0} AS bigint) - OLD.{0} NOT IN (0, 1) AND NOT (NEW.{0} = 1 AND OLD.{0} >= 1000000000))"
)


def upgrade() -> None:
    """Make the triggers."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, verb, when in _rules(sqlite=sqlite):
        name, told = f"{table}_readable_{verb.lower()}", f"{table}: a value that could not be read is refused"
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


def downgrade() -> None:
    """Take them away."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, verb, _ in _rules(sqlite=sqlite):
        name = f"{table}_readable_{verb.lower()}"
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP FUNCTION controlroom_{name}() CASCADE")


def _rules(*, sqlite: bool) -> Iterator[tuple[str, str, str]]:
    """Table, verb, and when it refuses."""
    differs = "IS NOT" if sqlite else "IS DISTINCT FROM"
    for table, columns in COLUMNS.items():
        written, changed = [], []
        for name, held in _held(columns, sqlite=sqlite):
            if held:
                written.append(held.format(f"NEW.{name}"))
                changed.append(f"(NEW.{name} {differs} OLD.{name} AND {held.format(f'NEW.{name}')})")
                if held == BORN:
                    changed[-1] = (SQLITE_RISES if sqlite else SERVER_RISES).format(name)
        if written:
            yield table, "INSERT", " OR ".join(written)
            if table not in ONLY_GROW:
                yield table, "UPDATE", " OR ".join(changed)


def _held(columns: str, *, sqlite: bool) -> Iterator[tuple[str, str]]:
    """Each column with what its kind, and then what its rule, does not let it hold."""
    rules = SQLITE if sqlite else SERVER
    for each in columns.split():
        name, kind, *rule = each.split("/")
        yield name, rules.get(kind, "")
        for said in rule:
            words = ", ".join(f"'{word}'" for word in WORDS.get(said, ()))
            yield name, f"{{0}} NOT IN ({words})" if words else rules[said]
