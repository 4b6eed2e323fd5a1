"""The certificate by which a camera over HTTPS is known, to every desk and to the recorder.

Revision ID: 0039
Revises: 0038
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

BEFORE = (
    "id/int number/text number/form name/text street/text area/text ward/text latitude/float longitude/float "
    "owner/text owner/owners make/text model/text migration/text migration/migrations transport/text "
    "transport/transports retention_days/int host/text port/int username/text password_sealed/text main_stream/text "
    "sub_stream/text has_ptz/flag abilities/text clock_drift_s/float active/flag version/int version/counter "
    "protocol/text protocol/protocols untried/flag"
)
ADDED = "certificate/text certificate/sha256"
_FIGURES = "ltrim({0}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')"
# What a column may not hold, on both engines and on one of them.
WORDS = {
    "owners": "{0} NOT IN ('public realm', 'housing', 'rapid deployment', 'vehicle')",
    "migrations": "{0} NOT IN ('analogue', 'analogue through encoder', 'digital')",
    "transports": "{0} NOT IN ('fibre', 'copper', 'wireless', '4G')",
    "protocols": "{0} NOT IN ('ONVIF', 'ONVIF over HTTPS', 'RTSP only')",
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
UNREADABLE = "a value that could not be read is refused"


def upgrade() -> None:
    """Add the column and what holds to it."""
    column = sa.Column("certificate", sa.String(64), nullable=False, server_default="")
    op.add_column("cameras", column)
    _drop("readable_insert", "readable_update")
    _make_readable(f"{BEFORE} {ADDED}")


def downgrade() -> None:
    """Take it away."""
    _drop("readable_insert", "readable_update")
    op.drop_column("cameras", "certificate")
    _make_readable(BEFORE)


def _make_readable(columns: str) -> None:
    _make("readable_insert", "INSERT", " OR ".join(_refused(columns, changed=False)), UNREADABLE)
    _make("readable_update", "UPDATE", " OR ".join(_refused(columns, changed=True)), UNREADABLE)


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


def _make(trigger: str, verb: str, when: str, said: str) -> None:
    name, told = f"cameras_{trigger}", f"cameras: {said}"
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON cameras WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{told}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION controlroom_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {when} THEN RAISE EXCEPTION '{told}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {verb} ON cameras FOR EACH ROW EXECUTE FUNCTION controlroom_{name}()"
    )


def _drop(*triggers: str) -> None:
    for trigger in triggers:
        op.execute(
            f"DROP TRIGGER cameras_{trigger}"
            if _sqlite()
            else f"DROP FUNCTION controlroom_cameras_{trigger}() CASCADE"
        )


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
