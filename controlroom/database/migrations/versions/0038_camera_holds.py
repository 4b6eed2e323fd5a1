"""Holds that are over are counted: who steered which camera, from when to when, with how many movements.

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLE = "camera_holds"
ENDINGS = "('released', 'taken over', 'given', 'idle', 'lapsed')"
NO_MOMENT = (
    "NEW.{0} IS NOT NULL AND NOT (substr(NEW.{0}, 1, 4) BETWEEN '2000' AND '2099' AND "
    "strftime('%Y-%m-%d %H:%M:%S', substr(NEW.{0}, 1, 19), '+0 days') IS substr(NEW.{0}, 1, 19) "
    "AND length(NEW.{0}) <= 26 AND substr(NEW.{0}, 20) NOT GLOB '*[^.0-9]*')"
)
NO_MOMENT_SERVER = (
    "NEW.{0} < timestamptz '2000-01-01 00:00+00' OR NEW.{0} >= timestamptz '2100-01-01 00:00+00'"
)
MOMENTS = ("began_at", "ended_at")
KINDS = {
    "id": "integer",
    "camera_id": "integer",
    "user_id": "integer",
    "handle": "text",
    "desk": "text",
    "moves": "integer",
    "ending": "text",
}
DATED, READABLE = "a time before 2000 or from 2100 on is refused", "a value that could not be read is refused"


def upgrade() -> None:
    """Make the table and the triggers that hold its columns to what can be read."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("handle", sa.String(120), nullable=False),
        sa.Column("desk", sa.String(120), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("ending", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_camera_holds"),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_camera_holds_camera_id_cameras"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_camera_holds_user_id_users"),
    )
    op.create_index("ix_camera_holds_camera_id_ended_at", TABLE, ["camera_id", "ended_at"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("INSERT", "UPDATE"):
        _trigger(f"dated_{verb.lower()}", verb, _undated(verb, sqlite=sqlite), DATED, sqlite=sqlite)
        _trigger(f"readable_{verb.lower()}", verb, _unreadable(verb, sqlite=sqlite), READABLE, sqlite=sqlite)


def downgrade() -> None:
    """Take the table and its triggers away."""
    op.drop_table(TABLE)
    if op.get_bind().dialect.name != "sqlite":
        for kind in ("dated", "readable"):
            for verb in ("insert", "update"):
                op.execute(f"DROP FUNCTION controlroom_{TABLE}_{kind}_{verb}()")


def _undated(verb: str, *, sqlite: bool) -> list[str]:
    no_moment = NO_MOMENT if sqlite else NO_MOMENT_SERVER
    return [_changed(each, f"({no_moment.format(each)})", verb, sqlite=sqlite) for each in MOMENTS]


def _unreadable(verb: str, *, sqlite: bool) -> list[str]:
    wrong = {name: f"typeof(NEW.{name}) NOT IN ('{kind}', 'null')" for name, kind in KINDS.items()}
    found = [_changed(name, each, verb, sqlite=sqlite) for name, each in wrong.items()] if sqlite else []
    return [*found, _changed("ending", f"NEW.ending NOT IN {ENDINGS}", verb, sqlite=sqlite)]


def _changed(column: str, refused: str, verb: str, *, sqlite: bool) -> str:
    """What stands there already may stay."""
    if verb == "INSERT":
        return refused
    differs = f"NEW.{column} {'IS NOT' if sqlite else 'IS DISTINCT FROM'} OLD.{column}"
    return f"({refused} AND {differs})" if column in MOMENTS else f"({differs} AND {refused})"


def _trigger(name: str, verb: str, refused: list[str], said: str, *, sqlite: bool) -> None:
    when = " OR ".join(refused)
    if sqlite:
        op.execute(
            f"CREATE TRIGGER {TABLE}_{name} BEFORE {verb} ON {TABLE} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{TABLE}: {said}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION controlroom_{TABLE}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {when} THEN RAISE EXCEPTION '{TABLE}: {said}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_{name} BEFORE {verb} ON {TABLE} FOR EACH ROW "
        f"EXECUTE FUNCTION controlroom_{TABLE}_{name}()"
    )
