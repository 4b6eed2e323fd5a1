"""The triggers that keep what was written from being changed, and whether they are all there and switched on.

They hold against every role, the owner's too. Whoever may change the schema can take them away: `missing` says so.
Alembic's batch mode rebuilds an SQLite table and drops its triggers without a word, so a test tries UPDATE, DELETE
and TRUNCATE on every protected table after every migration.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

GROWS = "no_update no_delete"  # rows are added, and never again touched

# Revision → table → its triggers (`table_name_` is put before each), as that revision brings them.
_BOTH = {
    "0001": {"audit_entries": GROWS, "audit_texts": "no_update"},
    "0002": {
        "log_entries": GROWS,
        "log_addenda": GROWS,
        "log_texts": GROWS,
        "incident_cameras": GROWS,
        "incident_entries": GROWS,
        "incident_steps": GROWS,
        "incidents": "no_delete no_closed_update",
    },
    "0003": {"jag_decisions": GROWS},
    "0004": {"audit_texts": "no_delete", "audit_signatures": GROWS, "purges": "no_delete begin road"},
}
# INSERT OR REPLACE deletes a row without firing its DELETE trigger.
_SQLITE = {
    "0001": {"audit_entries": "no_replace", "audit_texts": "no_replace"},
    "0002": {
        "log_entries": "no_replace_1",
        "log_addenda": "no_replace_1",
        "log_texts": "no_replace_1 no_replace_2 no_replace_3",
        "incident_cameras": "no_replace_1",
        "incident_entries": "no_replace_1",
        "incident_steps": "no_replace_1",
        "incidents": "no_replace_1 no_replace_2",
    },
    "0003": {"deployments": "one_place_insert one_place_update"},
    "0004": {"audit_signatures": "no_replace_id", "purges": "no_replace_id no_replace_reference"},
    "0006": {"log_entries": "no_replace_key"},
}
_SERVER = {
    "0001": {"audit_entries": "no_truncate"},
    "0002": {
        "log_entries": "no_truncate",
        "log_addenda": "no_truncate",
        "log_texts": "no_truncate",
        "incident_cameras": "no_truncate",
        "incident_entries": "no_truncate",
        "incident_steps": "no_truncate",
        "incidents": "no_truncate",
    },
    "0003": {"jag_decisions": "no_truncate", "deployments": "one_place"},
    "0004": {
        "audit_texts": "no_truncate only_purged",
        "log_texts": "only_purged",
        "audit_signatures": "no_truncate",
        "purges": "no_truncate",
    },
}
_ENABLED = {"O", "A"}  # pg_trigger.tgenabled: fires in an ordinary session


@dataclass(frozen=True, order=True)
class Trigger:
    """One trigger by its table and name."""

    table: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} on {self.table}"


def expected(dialect: str, revision: str | None) -> set[Trigger]:
    """The triggers a database of this engine ("sqlite", "postgresql") has at `revision`; none before the first."""
    own = _SQLITE if dialect == "sqlite" else _SERVER
    return {
        Trigger(table, f"{table}_{name}")
        for brought in (_BOTH, own)
        for since, tables in brought.items()
        if revision is not None and since <= revision
        for table, names in tables.items()
        for name in names.split()
    }


def missing(connection: Connection) -> list[str]:
    """What does not protect as it should, in plain words, one line each; empty when everything is as expected.

    Compares with the database's own revision, so that it can be asked after each step of an upgrade.
    """
    dialect = connection.dialect.name
    revision = MigrationContext.configure(connection).get_current_revision()
    found = _found(connection)
    wanted = sorted(expected(dialect, revision))
    return [fault for trigger in wanted for fault in _faults(trigger, found.get(trigger))]


def present(connection: Connection) -> set[Trigger]:
    """Every trigger of the program's tables, whether expected or not."""
    return set(_found(connection))


def _faults(trigger: Trigger, state: "_State | None") -> Iterator[str]:
    if state is None:
        yield f"the trigger {trigger} is missing"
    elif not state.enabled:
        yield f"the trigger {trigger} is switched off"
    elif not state.refuses:
        yield f"the trigger {trigger} refuses nothing any more"


@dataclass(frozen=True)
class _State:
    enabled: bool
    refuses: bool


def _found(connection: Connection) -> dict[Trigger, _State]:
    if connection.dialect.name == "sqlite":
        query = text("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {
            Trigger(table, name): _State(enabled=True, refuses="RAISE(ABORT" in sql)
            for table, name, sql in connection.execute(query)
        }
    query = text(
        "SELECT relname, tgname, tgenabled, prosrc FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
    )
    return {
        Trigger(table, name): _State(_text(enabled) in _ENABLED, "RAISE EXCEPTION" in source)
        for table, name, enabled, source in connection.execute(query)
    }


def _text(value: str | bytes) -> str:
    """PostgreSQL's one-byte "char" comes as text or bytes, by the driver's version."""
    return value.decode() if isinstance(value, bytes) else value
