"""The certificate of a camera's encrypted streams, how its stream is asked for, and a changed certificate as a state.

A certificate that is known is changed by a person alone: with the version that every change of theirs raises.

Revision ID: 0041
Revises: 0040
"""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

CAMERAS = (
    "id/int number/text number/form name/text street/text area/text ward/text latitude/float longitude/float "
    "owner/text owner/owners make/text model/text migration/text migration/migrations transport/text "
    "transport/transports retention_days/int host/text port/int username/text password_sealed/text main_stream/text "
    "sub_stream/text has_ptz/flag abilities/text clock_drift_s/float active/flag version/int version/counter "
    "protocol/text protocol/protocols untried/flag certificate/text certificate/sha256"
)
ADDED = "stream_certificate/text stream_certificate/sha256 stream_transport/text stream_transport/stream_transports"
HEALTH = {
    "camera_health": "camera_id/int state/text state/{0} detail/text answer_ms/float clock_drift_s/float",
    "camera_health_changes": "id/int camera_id/int state/text state/{0} detail/text",
    "camera_health_samples": "camera_id/int state/text state/{0} answer_ms/float clock_drift_s/float",
}
_FIGURES = "ltrim({0}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')"
_STATES = "'not looked at', 'online', 'offline', 'does not answer', 'login refused', 'not ONVIF'"
# What a column may not hold, on both engines and on one of them.
WORDS = {
    "owners": "{0} NOT IN ('public realm', 'housing', 'rapid deployment', 'vehicle')",
    "migrations": "{0} NOT IN ('analogue', 'analogue through encoder', 'digital')",
    "transports": "{0} NOT IN ('fibre', 'copper', 'wireless', '4G')",
    "protocols": "{0} NOT IN ('ONVIF', 'ONVIF over HTTPS', 'RTSP only')",
    "stream_transports": "{0} NOT IN ('automatic', 'TCP', 'UDP')",
    "states_before": f"{{0}} NOT IN ({_STATES})",
    "states": f"{{0}} NOT IN ({_STATES}, 'another certificate')",
    "counter": "{0} NOT BETWEEN 0 AND 1000000",
}
SQLITE = WORDS | {
    "flag": "{0} NOT IN (0, 1)",
    "int": "typeof({0}) NOT IN ('integer', 'null')",
    "float": "(typeof({0}) NOT IN ('real', 'integer', 'null') OR abs({0}) > 1.7e308)",
    "text": "typeof({0}) NOT IN ('text', 'null')",
    "form": f"NOT (length({{0}}) - length({_FIGURES}) <= 4 AND substr({_FIGURES}, 1, 1) GLOB '[-0-9]' "
    f"AND substr({_FIGURES}, 2) NOT GLOB '*[^0-9]*' "
    f"AND length({_FIGURES}) - ({_FIGURES} GLOB '-*') BETWEEN 1 AND 4)",
    "sha256": "NOT ({0} = '' OR (length({0}) = 64 AND {0} NOT GLOB '*[^0-9a-f]*'))",
}
SERVER = WORDS | {
    "float": "{0} IN ('NaN', 'Infinity', '-Infinity')",
    "form": "{0} !~ '^[A-Z]{{0,4}}-?[0-9]{{1,4}}$'",
    "sha256": "{0} !~ '^([0-9a-f]{{64}})?$'",
}
SQLITE_RISES = (
    "((NEW.{0} - OLD.{0} NOT IN (0, 1) OR typeof(NEW.{0}) <> 'integer') "
    "AND NOT (NEW.{0} = 1 AND (typeof(OLD.{0}) <> 'integer' OR OLD.{0} >= 1000000000)))"
)
SERVER_RISES = (
    "(CAST(NEW.{0} AS bigint) - OLD.{0} NOT IN (0, 1) AND NOT (NEW.{0} = 1 AND OLD.{0} >= 1000000000))"
)
_REST = "substr({0}, instr({0}, '://') + 3)"
SQLITE_LOGIN = (
    f"(instr({{0}}, '://') > 0 AND instr({_REST}, '@') > 0 "
    f"AND instr({_REST}, '@') < instr(replace(replace({_REST}, '?', '/'), '#', '/') || '/', '/'))"
)
SERVER_LOGIN = "{0} ~ '^[^/?#]*://[^/?#]*@'"
NO_RTSP = "(lower(substr({0}, 1, 7)) <> 'rtsp://' AND lower(substr({0}, 1, 8)) <> 'rtsps://')"
BY_RTSP = (
    f"(NEW.protocol = 'RTSP only' AND (NEW.has_ptz OR {NO_RTSP.format('NEW.main_stream')} "
    f"OR (NEW.sub_stream <> '' AND {NO_RTSP.format('NEW.sub_stream')})))"
)
BY_UDP = (
    "(NEW.stream_transport = 'UDP' AND (lower(substr(NEW.main_stream, 1, 8)) = 'rtsps://' "
    "OR lower(substr(NEW.sub_stream, 1, 8)) = 'rtsps://'))"
)
PINNED = " OR ".join(
    f"(OLD.{name} <> '' AND NEW.{name} <> OLD.{name} AND NEW.version = OLD.version)"
    for name in ("certificate", "stream_certificate")
)
UNREADABLE = "a value that could not be read is refused"
REACHED_BEFORE = "a login in a stream address, or a camera by RTSP only without an RTSP stream, is refused"
REACHED = f"{REACHED_BEFORE.removesuffix(' is refused')} or an encrypted stream by UDP, is refused"
KNOWN = "a certificate that is known is changed by a person alone"


def upgrade() -> None:
    """Add the columns and the word, and what holds to them."""
    op.add_column(
        "cameras", sa.Column("stream_certificate", sa.String(64), nullable=False, server_default="")
    )
    transport = sa.Column("stream_transport", sa.String(16), nullable=False, server_default="automatic")
    op.add_column("cameras", transport)
    _remake(
        {"cameras": f"{CAMERAS} {ADDED}"} | {table: each.format("states") for table, each in HEALTH.items()}
    )
    _drop("cameras", "reached_insert", "reached_update")
    _make_reached(REACHED, BY_UDP, ", stream_transport")
    _make("cameras", "pinned_update", "UPDATE", PINNED, KNOWN)


def downgrade() -> None:
    """Take them away."""
    _drop(
        "cameras", "readable_insert", "readable_update", "reached_insert", "reached_update", "pinned_update"
    )
    op.drop_column("cameras", "stream_certificate")
    op.drop_column("cameras", "stream_transport")
    for table, columns in HEALTH.items():
        _drop(table, "readable_insert", "readable_update")
        op.execute(f"UPDATE {table} SET state = 'login refused' WHERE state = 'another certificate'")
        _make_readable(table, columns.format("states_before"))
    _make_readable("cameras", CAMERAS)
    _make_reached(REACHED_BEFORE)


def _remake(tables: Mapping[str, str]) -> None:
    for table, columns in tables.items():
        _drop(table, "readable_insert", "readable_update")
        _make_readable(table, columns)


def _make_readable(table: str, columns: str) -> None:
    for trigger, changed in (("readable_insert", False), ("readable_update", True)):
        when = " OR ".join(_refused(columns, changed=changed))
        _make(table, trigger, "UPDATE" if changed else "INSERT", when, UNREADABLE)


def _make_reached(said: str, more: str = "", column: str = "") -> None:
    login = SQLITE_LOGIN if _sqlite() else SERVER_LOGIN
    parts = (login.format("NEW.main_stream"), login.format("NEW.sub_stream"), BY_RTSP, more)
    when = " OR ".join(filter(None, parts))
    _make("cameras", "reached_insert", "INSERT", when, said)
    verb = f"UPDATE OF main_stream, sub_stream, protocol, has_ptz{column}"
    _make("cameras", "reached_update", verb, when, said)


def _refused(columns: str, *, changed: bool) -> Iterator[str]:
    """When a row is refused, for each column; one that is changed may keep what stands there."""
    rules, rises = (SQLITE, SQLITE_RISES) if _sqlite() else (SERVER, SERVER_RISES)
    differs = "IS NOT" if _sqlite() else "IS DISTINCT FROM"
    for each in columns.split():
        name, kind = each.split("/")
        if kind not in rules:
            continue
        refused = rules[kind].format(f"NEW.{name}")
        if not changed:
            yield refused
        elif kind == "counter":
            yield rises.format(name)
        else:
            yield f"(NEW.{name} {differs} OLD.{name} AND {refused})"


def _make(table: str, trigger: str, verb: str, when: str, said: str) -> None:
    name, told = f"{table}_{trigger}", f"{table}: {said}"
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{told}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION controlroom_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {when} THEN RAISE EXCEPTION '{told}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION controlroom_{name}()"
    )


def _drop(table: str, *triggers: str) -> None:
    for trigger in triggers:
        op.execute(
            f"DROP TRIGGER {table}_{trigger}"
            if _sqlite()
            else f"DROP FUNCTION controlroom_{table}_{trigger}() CASCADE"
        )


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
