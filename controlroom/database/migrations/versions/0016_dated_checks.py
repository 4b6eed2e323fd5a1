"""Checks of a deployment, dated and each a row of its own: survey, DPIA, signs and test picture can fail later.

What stood in the columns of `deployments` becomes the first rows; those columns go on saying how it stood when the
camera went up and live. A test picture of before was a name that nobody looked at, and stays one.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = "deployment_checks"
FAILED = (
    f"SELECT 1 FROM {TABLE} AS failed WHERE failed.deployment_id = NEW.id AND NOT failed.passed AND NOT EXISTS ("
    f"SELECT 1 FROM {TABLE} AS later WHERE later.deployment_id = NEW.id AND later.kind = failed.kind "
    "AND later.id > failed.id)"
)
# Trigger → verb, when it refuses, what it says.
RULES = {
    "checked": (
        "UPDATE OF state",
        "NEW.state <> OLD.state AND NEW.state IN ('installed', 'live', 'review due', 'extended') "
        f"AND EXISTS ({FAILED})",
        "going on with a failed check is refused",
    ),
    "in_order": (
        "UPDATE OF installed_on",
        "NEW.installed_on < NEW.dpia_on OR NEW.installed_on < NEW.survey_on",
        "an installation before its survey or DPIA is refused",
    ),
}
# Kind → the columns that held its day, reference and note, and when it counts as recorded.
BEFORE = {
    "survey": ("survey_on IS NOT NULL", "survey_on", "lamp_column", "survey_note"),
    "dpia": ("dpia_on IS NOT NULL", "dpia_on", "dpia_reference", "''"),
    "signs": ("signs_up_on IS NOT NULL", "signs_up_on", "''", "''"),
    "picture": ("test_image <> ''", "COALESCE(installed_on, install_on)", "test_image", "''"),
}


def upgrade() -> None:
    """Make the table with what the columns said, and the triggers."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(255), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("picture_path", sa.String(255), nullable=False),
        sa.Column("picture_sha256", sa.String(64), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deployment_checks"),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployments.id"], name="fk_deployment_checks_deployment_id_deployments"
        ),
    )
    op.create_index("ix_deployment_checks_deployment_id", TABLE, ["deployment_id"])
    for kind, (known, day, reference, note) in BEFORE.items():
        passed = "dpia = 'passed'" if kind == "dpia" else "true"
        op.execute(
            f"INSERT INTO {TABLE} (deployment_id, kind, passed, done_on, reference, note, picture_path, "
            f"picture_sha256, recorded_by, recorded_at) SELECT id, '{kind}', {passed}, {day}, {reference}, {note}, "
            f"'', '', '', created_at FROM deployments WHERE {known} AND {day} IS NOT NULL ORDER BY id"
        )
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _server_triggers()


def downgrade() -> None:
    """Take the table away; its triggers go with it."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in RULES:
        op.execute(f"DROP TRIGGER deployments_{name}" + ("" if sqlite else " ON deployments"))
        if not sqlite:
            op.execute(f"DROP FUNCTION controlroom_deployments_{name}()")
    op.drop_table(TABLE)


def _sqlite_triggers() -> None:
    for name, (verb, when, said) in RULES.items():
        op.execute(
            f"CREATE TRIGGER deployments_{name} BEFORE {verb} ON deployments WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, 'deployments: {said}'); END"
        )
    for name, verb, when in (
        ("no_update", "UPDATE", ""),
        ("no_delete", "DELETE", ""),
        ("no_replace_1", "INSERT", f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)"),
    ):
        said = "REPLACE" if verb == "INSERT" else verb
        op.execute(
            f"CREATE TRIGGER {TABLE}_{name} BEFORE {verb} ON {TABLE} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{TABLE}: {said} is refused'); END"
        )


def _server_triggers() -> None:
    for name, (verb, when, said) in RULES.items():
        op.execute(
            f"CREATE FUNCTION controlroom_deployments_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {when} THEN RAISE EXCEPTION 'deployments: {said}' USING ERRCODE = 'check_violation'; END IF; "
            "RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER deployments_{name} BEFORE {verb} ON deployments FOR EACH ROW "
            f"EXECUTE FUNCTION controlroom_deployments_{name}()"
        )
    for verb in ("UPDATE", "DELETE", "TRUNCATE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION controlroom_refuse()"
        )
    op.execute(
        f"CREATE TRIGGER {TABLE}_by_whom BEFORE INSERT OR UPDATE ON {TABLE} FOR EACH ROW "
        "EXECUTE FUNCTION controlroom_by_whom('recorded_by')"
    )
