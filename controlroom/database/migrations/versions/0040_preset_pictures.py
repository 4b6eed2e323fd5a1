"""Small pictures of presets move from each desk into the room's database.

The table begins empty: a picture is taken anew when a camera reaches its preset.

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TABLE = "preset_pictures"
KINDS = {
    "id": "integer",
    "camera_id": "integer",
    "preset": "text",
    "device": "text",
    "taken_by": "text",
    "sha256": "text",
    "picture": "blob",
}
DIGESTS = ("preset", "device", "sha256")
SQLITE_UNDATED = (
    "(NEW.taken_at IS NOT NULL AND NOT (substr(NEW.taken_at, 1, 4) BETWEEN '2000' AND '2099' AND "
    "strftime('%Y-%m-%d %H:%M:%S', substr(NEW.taken_at, 1, 19), '+0 days') IS substr(NEW.taken_at, 1, 19) "
    "AND length(NEW.taken_at) <= 26 AND substr(NEW.taken_at, 20) NOT GLOB '*[^.0-9]*'))"
)
SERVER_UNDATED = (
    "(NEW.taken_at < timestamptz '2000-01-01 00:00+00' OR NEW.taken_at >= timestamptz '2100-01-01 00:00+00')"
)
DATED, READABLE = "a time before 2000 or from 2100 on is refused", "a value that could not be read is refused"


def upgrade() -> None:
    """Make the table and the triggers that hold its columns to what can be read."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("preset", sa.String(64), nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(120), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_preset_pictures"),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_preset_pictures_camera_id_cameras"),
        sa.UniqueConstraint("camera_id", "preset", name="uq_preset_pictures_camera_id_preset"),
        sa.CheckConstraint("length(picture) BETWEEN 4 AND 20000", name="ck_preset_pictures_small"),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("INSERT", "UPDATE"):
        undated = SQLITE_UNDATED if sqlite else SERVER_UNDATED
        if verb == "UPDATE":
            differs = "IS NOT" if sqlite else "IS DISTINCT FROM"
            undated = f"({undated} AND NEW.taken_at {differs} OLD.taken_at)"
        _trigger(f"dated_{verb.lower()}", verb, undated, DATED, sqlite=sqlite)
        unreadable = " OR ".join(_unreadable(verb, sqlite=sqlite))
        _trigger(f"readable_{verb.lower()}", verb, unreadable, READABLE, sqlite=sqlite)
    if not sqlite:
        op.execute(
            f"CREATE TRIGGER {TABLE}_by_whom BEFORE INSERT OR UPDATE ON {TABLE} FOR EACH ROW "
            "EXECUTE FUNCTION controlroom_by_whom('taken_by')"
        )


def downgrade() -> None:
    """Take the table and its triggers away."""
    op.drop_table(TABLE)
    if op.get_bind().dialect.name != "sqlite":
        for kind in ("dated", "readable"):
            for verb in ("insert", "update"):
                op.execute(f"DROP FUNCTION controlroom_{TABLE}_{kind}_{verb}()")


def _unreadable(verb: str, *, sqlite: bool) -> list[str]:
    found = []
    for name, kind in KINDS.items():
        wrong = [f"typeof(NEW.{name}) NOT IN ('{kind}', 'null')"] if sqlite else []
        if name in DIGESTS and sqlite:
            wrong.append(
                f"NOT (NEW.{name} = '' OR (length(NEW.{name}) = 64 AND NEW.{name} NOT GLOB '*[^0-9a-f]*'))"
            )
        elif name in DIGESTS:
            wrong.append(f"NEW.{name} !~ '^([0-9a-f]{{64}})?$'")
        differs = f"NEW.{name} {'IS NOT' if sqlite else 'IS DISTINCT FROM'} OLD.{name}"
        found += [f"({differs} AND {each})" if verb == "UPDATE" else each for each in wrong]
    return found


def _trigger(name: str, verb: str, refused: str, said: str, *, sqlite: bool) -> None:
    if sqlite:
        op.execute(
            f"CREATE TRIGGER {TABLE}_{name} BEFORE {verb} ON {TABLE} WHEN {refused} "
            f"BEGIN SELECT RAISE(ABORT, '{TABLE}: {said}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION controlroom_{TABLE}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {refused} THEN RAISE EXCEPTION '{TABLE}: {said}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_{name} BEFORE {verb} ON {TABLE} FOR EACH ROW "
        f"EXECUTE FUNCTION controlroom_{TABLE}_{name}()"
    )
