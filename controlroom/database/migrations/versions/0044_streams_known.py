"""What is known of a camera's streams, make and abilities is changed by a person alone: with a new version.

The recorder, which raises no version, writes them of a camera of which no stream is known, and no stream but one at
the camera's own address: its login would be sent to any other.

Revision ID: 0044
Revises: 0043
"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

NAME = "cameras_learned_update"
SAID = "cameras: what is known of a camera is changed by a person alone, and a stream elsewhere too"
COLUMNS = ("main_stream", "sub_stream", "make", "model", "has_ptz", "abilities", "clock_drift_s")


def upgrade() -> None:
    """Make the trigger."""
    differs = "IS NOT" if _sqlite() else "IS DISTINCT FROM"
    changes = " OR ".join(f"NEW.{each} {differs} OLD.{each}" for each in COLUMNS)
    known = "OLD.main_stream <> '' OR OLD.sub_stream <> ''"
    elsewhere = f"{_elsewhere('NEW.main_stream')} OR {_elsewhere('NEW.sub_stream')}"
    when = f"NEW.version = OLD.version AND ({changes}) AND ({known} OR {elsewhere})"
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON cameras WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION controlroom_{NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {when} THEN RAISE EXCEPTION '{SAID}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {NAME} BEFORE UPDATE ON cameras FOR EACH ROW EXECUTE FUNCTION controlroom_{NAME}()"
    )


def downgrade() -> None:
    """Take the trigger away."""
    op.execute(f"DROP TRIGGER {NAME}" if _sqlite() else f"DROP FUNCTION controlroom_{NAME}() CASCADE")


def _elsewhere(stream: str) -> str:
    """True for a stream whose address is not the camera's: its host, as a URL has it (`hosts.in_url`), and its end."""
    find = "instr" if _sqlite() else "strpos"
    rest = f"substr({stream}, {find}({stream}, '://') + 3)"
    at = " OR ".join(
        f"(lower(substr({rest}, 1, length({host}))) = lower({host}) "
        f"AND substr({rest}, length({host}) + 1, 1) IN ('', ':', '/', '?', '#'))"
        for host in ("NEW.host", "('[' || replace(NEW.host, '%', '%25') || ']')")
    )
    return f"({stream} <> '' AND NOT ({at}))"


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
