"""Signed heads, purges, and what may be deleted under an approved purge.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

# An incident that is open, or was touched after the day up to which a purge takes, keeps every word about it.
LIVELY = "(incident.state <> 'approved' OR incident.changed_at >= purge.cutoff)"
# True when a purge that two people agreed on is under way and this row (OLD) is older than its day.
COVERS_LOG_TEXT = f"""EXISTS (SELECT 1 FROM purges AS purge WHERE purge.state = 'running' AND (
    (OLD.addendum_id IS NULL AND EXISTS (SELECT 1 FROM log_entries AS entry
        WHERE entry.id = OLD.entry_id AND entry.recorded_at < purge.cutoff))
    OR EXISTS (SELECT 1 FROM log_addenda AS addendum
        WHERE addendum.id = OLD.addendum_id AND addendum.written_at < purge.cutoff)
    OR EXISTS (SELECT 1 FROM incident_steps AS step
        WHERE step.id = OLD.step_id AND step.recorded_at < purge.cutoff))
  AND NOT EXISTS (SELECT 1 FROM incident_entries AS link JOIN incidents AS incident ON incident.id = link.incident_id
    WHERE link.entry_id = OLD.entry_id AND {LIVELY})
  AND NOT EXISTS (SELECT 1 FROM incident_steps AS step JOIN incidents AS incident ON incident.id = step.incident_id
    WHERE step.id = OLD.step_id AND {LIVELY}))"""
COVERS_AUDIT_TEXT = f"""EXISTS (SELECT 1 FROM purges AS purge
  JOIN audit_entries AS entry ON entry.sequence = OLD.sequence
  WHERE purge.state = 'running' AND entry.at < purge.cutoff
  AND NOT EXISTS (SELECT 1 FROM incidents AS incident
    WHERE entry.subject_kind = 'incident' AND incident.reference = entry.subject AND {LIVELY}))"""
COVERED = {"log_texts": COVERS_LOG_TEXT, "audit_texts": COVERS_AUDIT_TEXT}
# What was proposed stays as it was shown to the person who approved it.
FROZEN = ("id", "reference", "cutoff", "retention_months", "reason", "counted", "proposed_by", "proposed_at")
ROADS = (
    "(OLD.state = 'proposed' AND NEW.state IN ('approved', 'declined', 'withdrawn', 'expired'))"
    " OR (OLD.state = 'approved' AND NEW.state IN ('running', 'withdrawn', 'expired'))"
    " OR (OLD.state = 'running' AND NEW.state IN ('running', 'done'))"
)


def upgrade() -> None:
    """Make the tables, lock them, and let an approved purge through where nothing was let through before."""
    _signatures()
    _purges()
    _only_under_a_purge()


def downgrade() -> None:
    """Nothing is deleted again, and the tables go."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in COVERED:
        op.execute(f"DROP TRIGGER {table}_no_delete" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            op.execute(f"DROP TRIGGER {table}_only_purged ON {table}")
            op.execute(f"DROP FUNCTION controlroom_{table}_only_purged()")
    if postgresql:
        op.execute("DROP TRIGGER audit_texts_no_truncate ON audit_texts")
    _refuse("log_texts", "DELETE", truncate=False)
    op.drop_table("purges")
    op.drop_table("audit_signatures")
    if postgresql:
        for name in ("purges_road", "purges_begin", "needs_a_purge"):
            op.execute(f"DROP FUNCTION controlroom_{name}()")


def _signatures() -> None:
    op.create_table(
        "audit_signatures",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_signatures"),
    )
    op.create_index("ix_audit_signatures_sequence", "audit_signatures", ["sequence"])
    _refuse("audit_signatures", "UPDATE")
    _refuse("audit_signatures", "DELETE")
    _refuse_replacing("audit_signatures", "id")


def _purges() -> None:
    op.create_table(
        "purges",
        sa.Column("id", BIG, nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("cutoff", MOMENT, nullable=False),
        sa.Column("retention_months", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("removed_log_texts", sa.Integer(), nullable=False),
        sa.Column("removed_audit_texts", sa.Integer(), nullable=False),
        sa.Column("removed_pictures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_purges"),
        sa.UniqueConstraint("reference", name="uq_purges_reference"),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'running', 'done') OR (decided_by <> '' AND decided_by <> proposed_by)",
            name="ck_purges_two_people",
        ),
    )
    op.create_index("ix_purges_state", "purges", ["state"])
    _refuse("purges", "DELETE")
    _refuse_replacing("purges", "id")
    _refuse_replacing("purges", "reference")
    _keep_to_the_road()


def _keep_to_the_road() -> None:
    """A purge begins as a proposal, moves only forward, and what was proposed never changes."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    differs = "IS NOT" if sqlite else "IS DISTINCT FROM"
    changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in FROZEN)
    for name, verb, when in (
        ("purges_begin", "INSERT", "NEW.state <> 'proposed'"),
        ("purges_road", "UPDATE", f"NOT ({ROADS}) OR {changed}"),
    ):
        if sqlite:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON purges WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, 'purges: {verb} is refused'); END"
            )
            continue
        op.execute(
            f"CREATE FUNCTION controlroom_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {when} THEN RAISE EXCEPTION 'purges: {verb} is refused'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON purges FOR EACH ROW EXECUTE FUNCTION controlroom_{name}()"
        )


def _only_under_a_purge() -> None:
    """Personal text goes only while an approved purge is under way, and only the rows that purge covers."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER log_texts_no_delete")
        for table, covered in COVERED.items():
            op.execute(
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT ({covered}) "
                f"BEGIN SELECT RAISE(ABORT, '{table}: DELETE is refused'); END"
            )
        return
    op.execute("DROP TRIGGER log_texts_no_delete ON log_texts")
    # The functions run as their owner: somebody who may not see a restricted incident must not purge past it.
    definer = "RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS"
    refuse = "RAISE EXCEPTION '%: % is refused', TG_TABLE_NAME, TG_OP"
    op.execute(
        f"CREATE FUNCTION controlroom_needs_a_purge() {definer} $$ BEGIN "
        f"IF NOT EXISTS (SELECT 1 FROM purges WHERE state = 'running') THEN {refuse}; END IF; RETURN NULL; END $$"
    )
    for table, covered in COVERED.items():
        op.execute(
            f"CREATE FUNCTION controlroom_{table}_only_purged() {definer} $$ BEGIN "
            f"IF NOT ({covered}) THEN {refuse}; END IF; RETURN OLD; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_only_purged BEFORE DELETE ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION controlroom_{table}_only_purged()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH STATEMENT "
            "EXECUTE FUNCTION controlroom_needs_a_purge()"
        )
    _refuse_truncate("audit_texts")


def _refuse(table: str, verb: str, *, truncate: bool = True) -> None:
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
    if verb == "DELETE" and truncate:
        _refuse_truncate(table)


def _refuse_truncate(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION controlroom_refuse()"
    )


def _refuse_replacing(table: str, key: str) -> None:
    """SQLite's INSERT OR REPLACE deletes the old row without firing the DELETE trigger: refused by its key."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_no_replace_{key} BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "
            f"BEGIN SELECT RAISE(ABORT, '{table}: REPLACE is refused'); END"
        )
