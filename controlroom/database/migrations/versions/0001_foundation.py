"""Counters, audit chain, accounts and the camera register.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, then lock what may only grow."""
    op.create_table(
        "reference_counters",
        sa.Column("prefix", sa.String(8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "year", name="pk_reference_counters"),
    )
    _audit()
    _accounts()
    _cameras()
    for table in ("audit_entries", "audit_texts"):
        _forbid(table, "UPDATE")
        _forbid_replacing(table)
    _forbid("audit_entries", "DELETE")


def downgrade() -> None:
    """Take the tables away; the triggers go with them."""
    for table in (
        "cameras",
        "user_roles",
        "users",
        "audit_texts",
        "audit_head",
        "audit_entries",
    ):
        op.drop_table(table)
    op.drop_table("reference_counters")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION controlroom_refuse()")


def _audit() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("sequence", BIG, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject_kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_entries"),
    )
    for column in ("at", "actor", "action"):
        op.create_index(f"ix_audit_entries_{column}", "audit_entries", [column])
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject_kind", "subject"])
    op.create_table(
        "audit_texts",
        sa.Column("sequence", BIG, autoincrement=False, nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_texts"),
        sa.ForeignKeyConstraint(
            ["sequence"],
            ["audit_entries.sequence"],
            name="fk_audit_texts_sequence_audit_entries",
        ),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.execute(f"INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, '{'0' * 64}')")


def _accounts() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("handle", sa.String(64), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("login", name="uq_users_login"),
        sa.UniqueConstraint("handle", name="uq_users_handle"),
    )
    op.create_table(
        "user_roles",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "role", name="pk_user_roles"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_user_roles_user_id_users"),
    )


def _cameras() -> None:
    text = {"street": 120, "area": 80, "ward": 80}
    op.create_table(
        "cameras",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        *(sa.Column(name, sa.String(size), nullable=False) for name, size in text.items()),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("owner", sa.String(24), nullable=False),
        sa.Column("make", sa.String(80), nullable=False),
        sa.Column("model", sa.String(80), nullable=False),
        sa.Column("migration", sa.String(32), nullable=False),
        sa.Column("transport", sa.String(16), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("password_sealed", sa.Text(), nullable=False),
        sa.Column("main_stream", sa.String(500), nullable=False),
        sa.Column("sub_stream", sa.String(500), nullable=False),
        sa.Column("has_ptz", sa.Boolean(), nullable=False),
        sa.Column("abilities", sa.String(255), nullable=False),
        sa.Column("clock_drift_s", sa.Float(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cameras"),
        sa.UniqueConstraint("number", name="uq_cameras_number"),
    )


def _forbid_replacing(table: str) -> None:
    """SQLite's INSERT OR REPLACE deletes a row without firing its DELETE trigger: refused by its key."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE sequence = NEW.sequence) "
            f"BEGIN SELECT RAISE(ABORT, '{table}: REPLACE is refused'); END"
        )


def _forbid(table: str, verb: str) -> None:
    """A trigger that refuses `verb` on `table` (and TRUNCATE where there is one)."""
    name = f"{table}_no_{verb.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table}: {verb} is refused'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION controlroom_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%: % is refused', TG_TABLE_NAME, TG_OP; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION controlroom_refuse()"
    )
    if verb == "DELETE":
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION controlroom_refuse()"
        )
