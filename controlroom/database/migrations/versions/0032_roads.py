"""A record begins in its first state and goes on by the arrows that the services take, whatever way somebody writes.

Incidents of a demonstration are written whole by whoever sets it up: as the owner on a server, by taking the trigger
away meanwhile in a file.

Revision ID: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# The first state of a record, and the arrows from each state to those that may follow it.
ROADS: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "bids": (
        "draft",
        {
            "draft": ("submitted", "withdrawn"),
            "submitted": ("assessed", "needs information", "withdrawn"),
            "needs information": ("submitted", "withdrawn"),
            "assessed": ("tabled", "withdrawn"),
            "tabled": ("approved", "deferred", "refused", "waitlisted", "withdrawn"),
            "approved": ("deployed", "lapsed", "withdrawn"),
            "waitlisted": ("lapsed", "tabled", "withdrawn"),
            "deferred": ("lapsed", "tabled", "withdrawn"),
        },
    ),
    "incidents": (
        "open",
        {
            "open": ("monitoring",),
            "monitoring": ("concluded", "police informed"),
            "police informed": ("concluded", "police on scene"),
            "police on scene": ("concluded",),
            "concluded": ("open", "submitted"),
            "submitted": ("approved", "returned"),
            "returned": ("open", "submitted"),
            "approved": ("open",),
        },
    ),
    "jag_meetings": ("planned", {"planned": ("cancelled", "held")}),
    "rdc_units": (
        "in store",
        {
            "in store": ("faulty", "retired", "scheduled"),
            "scheduled": ("faulty", "in store", "installed"),
            "installed": ("in store", "live", "scheduled"),
            "live": ("faulty", "in store", "installed", "scheduled"),
            "faulty": ("in store", "live", "retired", "scheduled"),
        },
    ),
}
TOLD_WHOLE = ("incidents",)


def upgrade() -> None:
    """Make the triggers."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, (first, arrows) in ROADS.items():
        by_owner = " AND NOT controlroom_writes_as('')" if table in TOLD_WHOLE and not sqlite else ""
        pairs = ", ".join(f"'{here}>{there}'" for here, follow in arrows.items() for there in follow)
        moved = f"NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ({pairs})"
        begins = f"NEW.state <> '{first}'{by_owner}"
        _make(f"{table}_first_state", "INSERT", table, begins, "beginning in a later state is refused")
        _make(f"{table}_next_state", "UPDATE OF state", table, moved, "a state out of turn is refused")


def downgrade() -> None:
    """Take them away."""
    for table in ROADS:
        for name in (f"{table}_first_state", f"{table}_next_state"):
            if op.get_bind().dialect.name == "sqlite":
                op.execute(f"DROP TRIGGER {name}")
            else:
                op.execute(f"DROP FUNCTION controlroom_{name}() CASCADE")


def _make(name: str, verb: str, table: str, when: str, said: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{table}: {said}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION controlroom_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {when} THEN RAISE EXCEPTION '{table}: {said}' USING ERRCODE = 'check_violation'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION controlroom_{name}()"
    )
