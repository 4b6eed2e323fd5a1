"""Nobody restricts an incident without being one of those who see it, and without a reason that says something.

Readers are written before the restriction, and taken away after it.

Revision ID: 0034
Revises: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

SAYS_NOTHING = "length({trim}(NEW.reason, ' .,;:-_/!?')) < 3"
NOT_NAMED = (
    "NOT EXISTS (SELECT 1 FROM incident_readers AS reader JOIN users ON users.id = reader.user_id "
    "WHERE reader.incident_id = NEW.incident_id AND users.handle = NEW.restricted_by)"
)
SETTER = (
    "EXISTS (SELECT 1 FROM incident_restrictions AS restriction JOIN users ON users.handle = restriction.restricted_by "
    "WHERE restriction.incident_id = OLD.incident_id AND users.id = OLD.user_id)"
)
# Trigger → table, verb, when it refuses, what it says.
RULES = {
    f"{name}_{verb.lower()}": (table, verb, when, said)
    for name, table, verbs, when, said in (
        (
            "set_by_a_reader",
            "incident_restrictions",
            ("INSERT", "UPDATE"),
            f"{SAYS_NOTHING} OR {NOT_NAMED}",
            "a restriction without a reason, or by none of its readers, is refused",
        ),
        (
            "keeps_its_setter",
            "incident_readers",
            ("UPDATE", "DELETE"),
            SETTER,
            "taking away who set the restriction is refused",
        ),
    )
    for verb in verbs
}


def upgrade() -> None:
    """Make the triggers."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger, (table, verb, when, said) in RULES.items():
        name, condition = f"{table}_{trigger}", when.format(trim="trim" if sqlite else "btrim")
        if sqlite:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{table}: {said}'); END"
            )
            continue
        row = "OLD" if verb == "DELETE" else "NEW"
        op.execute(
            f"CREATE FUNCTION controlroom_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION '{table}: {said}' USING ERRCODE = 'check_violation'; END IF; "
            f"RETURN {row}; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION controlroom_{name}()"
        )


def downgrade() -> None:
    """Take them away."""
    for trigger, (table, *_) in RULES.items():
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {table}_{trigger}")
        else:
            op.execute(f"DROP FUNCTION controlroom_{table}_{trigger}() CASCADE")
