"""Steps that need two people are signed; personal text goes only under a purge whose two signatures stand there.

A purge that was open is closed: nobody signed it. One that was under way is done with what it took.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TABLES = {
    "user_keys": ("id", "public_key"),
    "sealed_keys": ("key_id",),
    "signed_steps": ("id", "kind, subject, step"),
    "purged_texts": ("purge_id, text_table, number",),
}

LIVELY = "(incident.state <> 'approved' OR incident.changed_at >= purge.cutoff)"
COVERS_LOG_TEXT = f"""((OLD.addendum_id IS NULL AND EXISTS (SELECT 1 FROM log_entries AS entry
        WHERE entry.id = OLD.entry_id AND entry.recorded_at < purge.cutoff))
    OR EXISTS (SELECT 1 FROM log_addenda AS addendum
        WHERE addendum.id = OLD.addendum_id AND addendum.written_at < purge.cutoff)
    OR EXISTS (SELECT 1 FROM incident_steps AS step
        WHERE step.id = OLD.step_id AND step.recorded_at < purge.cutoff))
  AND NOT EXISTS (SELECT 1 FROM incident_entries AS link JOIN incidents AS incident ON incident.id = link.incident_id
    WHERE link.entry_id = OLD.entry_id AND {LIVELY})
  AND NOT EXISTS (SELECT 1 FROM incident_steps AS step JOIN incidents AS incident ON incident.id = step.incident_id
    WHERE step.id = OLD.step_id AND {LIVELY})"""
COVERS_AUDIT_TEXT = f"""EXISTS (SELECT 1 FROM audit_entries AS entry
  WHERE entry.sequence = OLD.sequence AND entry.at < purge.cutoff
  AND NOT EXISTS (SELECT 1 FROM incidents AS incident
    WHERE entry.subject_kind = 'incident' AND incident.reference = entry.subject AND {LIVELY}))"""
KEYS = {"log_texts": "id", "audit_texts": "sequence"}
COVERED = {"log_texts": COVERS_LOG_TEXT, "audit_texts": COVERS_AUDIT_TEXT}
# Under way, signed by two people, and in the audit chain: proposed, approved and begun.
PROVEN = """purge.state = 'running'
  AND EXISTS (SELECT 1 FROM signed_steps AS one JOIN signed_steps AS other
    ON other.kind = one.kind AND other.subject = one.subject AND other.step = 'approved'
    WHERE one.kind = 'purge' AND one.subject = purge.reference AND one.step = 'proposed'
    AND one.who = purge.proposed_by AND other.who = purge.decided_by
    AND one.who <> other.who AND one.public_key <> other.public_key)
  AND 3 = (SELECT count(DISTINCT noted.action) FROM audit_entries AS noted
    WHERE noted.subject_kind = 'purge' AND noted.subject = purge.reference
    AND ((noted.action = 'purge.proposed' AND noted.actor = purge.proposed_by)
      OR (noted.action = 'purge.approved' AND noted.actor = purge.decided_by) OR noted.action = 'purge.started'))"""
RUNNING = "purge.state = 'running'"


def upgrade() -> None:
    """Make the tables, and let nothing through without two signatures."""
    _tables()
    op.execute("UPDATE purges SET state = 'expired' WHERE state IN ('proposed', 'approved')")
    op.execute("UPDATE purges SET state = 'done', finished_at = started_at WHERE state = 'running'")
    for table, covered in COVERED.items():
        _only_purged(table, f"{PROVEN} AND {covered}")
    _counted()


def downgrade() -> None:
    """Ask for no signatures again, and take them away."""
    postgresql = _postgresql()
    for table, covered in COVERED.items():
        op.execute(f"DROP TRIGGER {table}_counted" + (f" ON {table}" if postgresql else ""))
        _only_purged(table, f"{RUNNING} AND {covered}")
    if postgresql:
        op.execute("DROP FUNCTION controlroom_count_purged()")
    for table in reversed(TABLES):
        op.drop_table(table)


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _tables() -> None:
    op.create_table(
        "user_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(64), nullable=False),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("one_time", sa.Boolean(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("approved_by", sa.String(64), nullable=False),
        sa.Column("approver_key", sa.String(64), nullable=False),
        sa.Column("approval", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user_keys"),
        sa.UniqueConstraint("public_key", name="uq_user_keys_public_key"),
    )
    op.create_index("ix_user_keys_handle", "user_keys", ["handle"])
    op.create_table(
        "sealed_keys",
        sa.Column("key_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="pk_sealed_keys"),
        sa.ForeignKeyConstraint(["key_id"], ["user_keys.id"], name="fk_sealed_keys_key_id_user_keys"),
    )
    op.create_table(
        "signed_steps",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signed_steps"),
        sa.UniqueConstraint("kind", "subject", "step", name="uq_signed_steps_kind_subject_step"),
    )
    op.create_table(
        "purged_texts",
        sa.Column("purge_id", BIG, autoincrement=False, nullable=False),
        sa.Column("text_table", sa.String(64), nullable=False),
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        sa.Column("text_key", BIG, nullable=False),
        sa.PrimaryKeyConstraint("purge_id", "text_table", "number", name="pk_purged_texts"),
        sa.ForeignKeyConstraint(["purge_id"], ["purges.id"], name="fk_purged_texts_purge_id_purges"),
    )
    for table, keys in TABLES.items():
        _only_grows(table, keys)
    if _postgresql():
        op.execute(
            "CREATE TRIGGER signed_steps_by_whom BEFORE INSERT OR UPDATE ON signed_steps "
            "FOR EACH ROW EXECUTE FUNCTION controlroom_by_whom('who')"
        )


def _only_grows(table: str, keys: tuple[str, ...]) -> None:
    if _postgresql():
        for verb in ("UPDATE", "DELETE", "TRUNCATE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION controlroom_refuse()"
            )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table}: {verb} is refused'); END"
        )
    for number, key in enumerate(keys, start=1):
        same = " AND ".join(f"{column} = NEW.{column}" for column in key.split(", "))
        op.execute(
            f"CREATE TRIGGER {table}_no_replace_{number} BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{table}: REPLACE is refused'); END"
        )


def _only_purged(table: str, condition: str) -> None:
    condition = f"EXISTS (SELECT 1 FROM purges AS purge WHERE {condition})"
    if _postgresql():
        op.execute(
            f"CREATE OR REPLACE FUNCTION controlroom_{table}_only_purged() RETURNS trigger LANGUAGE plpgsql "
            f"SECURITY DEFINER SET search_path FROM CURRENT AS $$ BEGIN IF NOT ({condition}) THEN "
            "RAISE EXCEPTION '%: % is refused', TG_TABLE_NAME, TG_OP; END IF; RETURN OLD; END $$"
        )
        return
    op.execute(f"DROP TRIGGER {table}_no_delete")
    op.execute(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT ({condition}) "
        f"BEGIN SELECT RAISE(ABORT, '{table}: DELETE is refused'); END"
    )


def _counted() -> None:
    """Each text that goes is written down, and none goes beyond those that both people were shown."""
    if not _postgresql():
        for table, key in KEYS.items():
            op.execute(
                f"CREATE TRIGGER {table}_counted AFTER DELETE ON {table} BEGIN "
                f"INSERT INTO purged_texts (purge_id, text_table, number, text_key) SELECT purge.id, '{table}', "
                "1 + coalesce((SELECT max(gone.number) FROM purged_texts AS gone "
                f"WHERE gone.purge_id = purge.id AND gone.text_table = '{table}'), 0), OLD.{key} "
                "FROM purges AS purge WHERE purge.state = 'running'; "
                f"SELECT RAISE(ABORT, '{table}: DELETE is refused') WHERE EXISTS (SELECT 1 FROM purges AS purge "
                f"JOIN purged_texts AS gone ON gone.purge_id = purge.id AND gone.text_table = '{table}' "
                f"WHERE purge.state = 'running' AND gone.number > coalesce(json_extract(purge.counted, '$.{table}'), 0)"
                "); END"
            )
        return
    op.execute(
        "CREATE FUNCTION controlroom_count_purged() RETURNS trigger LANGUAGE plpgsql "
        "SECURITY DEFINER SET search_path FROM CURRENT AS $$ BEGIN "
        "INSERT INTO purged_texts (purge_id, text_table, number, text_key) SELECT purge.id, TG_TABLE_NAME, "
        "coalesce((SELECT max(earlier.number) FROM purged_texts AS earlier WHERE earlier.purge_id = purge.id "
        "AND earlier.text_table = TG_TABLE_NAME), 0) + row_number() OVER (PARTITION BY purge.id), "
        "(to_jsonb(gone) ->> TG_ARGV[0])::bigint FROM gone, purges AS purge WHERE purge.state = 'running'; "
        "IF EXISTS (SELECT 1 FROM purges AS purge WHERE purge.state = 'running' AND "
        "coalesce((purge.counted::jsonb ->> TG_TABLE_NAME)::bigint, 0) < (SELECT max(earlier.number) "
        "FROM purged_texts AS earlier WHERE earlier.purge_id = purge.id AND earlier.text_table = TG_TABLE_NAME)) "
        "THEN RAISE EXCEPTION '%: % is refused', TG_TABLE_NAME, TG_OP; END IF; RETURN NULL; END $$"
    )
    for table, key in KEYS.items():
        op.execute(
            f"CREATE TRIGGER {table}_counted AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone "
            f"FOR EACH STATEMENT EXECUTE FUNCTION controlroom_count_purged('{key}')"
        )
