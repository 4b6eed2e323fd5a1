"""Defines the triggers that protect written rows from change, and checks that all are there and switched on.

Which there should be follows from the nouns' declarations, how each is made from the migrations. They bind every role,
the owner's too. Whoever may change the schema can take them away, or make them refuse nothing: `missing` says so.
Alembic's batch mode rebuilds an SQLite table and drops its triggers without a word, so a test tries UPDATE, DELETE and
TRUNCATE on every protected table after every migration.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from controlroom.database import dated_columns, long_texts, readable_columns, roads, row_marks
from controlroom.database.column_rules import SERVER, SQLITE
from controlroom.declaration import DELETE, UPDATE, Nouns, Table, all_tables

_ENABLED = {"O", "A"}  # pg_trigger.tgenabled: fires in an ordinary session
# What a trigger that refuses says in its source.
_REFUSALS = {
    SQLITE: "RAISE(ABORT",
    SERVER: "RAISE EXCEPTION",
}

# Of a purge: under way, signed by two people, and in the audit chain: proposed, approved and begun.
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


@dataclass(frozen=True, order=True)
class Trigger:
    """One trigger by its table and name."""

    table: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} on {self.table}"


def expected(dialect: str, nouns: Nouns) -> set[Trigger]:
    """The triggers a database of this engine ("sqlite", "postgresql") has at the newest revision."""
    purged = purged_tables(nouns)
    return {
        Trigger(table.name, f"{table.name}_{name}")
        for table in all_tables(nouns)
        for name in names_of(table, dialect, purged=table.name in purged)
    }


def names_of(table: Table, dialect: str, *, purged: bool) -> Iterator[str]:
    """The triggers of a table on this engine, without the table's name before theirs."""
    deleting = purged or DELETE in table.refuses
    yield from table.triggers
    yield from long_texts.names_of(table)
    yield from dated_columns.names_of(table)
    yield from readable_columns.names_of(table, dialect)
    yield from roads.names_of(table)
    if UPDATE in table.refuses:
        yield "no_update"
    if deleting:
        yield "no_delete"
    if purged:
        yield "counted"
    if dialect == SQLITE:
        yield from (*_replace_names(table), *table.sqlite_triggers)
        return
    yield from table.server_triggers
    if table.by:
        yield "by_whom"
    if deleting:
        yield "no_truncate"
    if purged:
        yield "only_purged"


def purged_tables(nouns: Nouns) -> dict[str, str]:
    """Tables only an approved purge deletes from → what it covers there, in SQL (empty: a migration says it)."""
    return {text.row.__tablename__: text.covered for noun in nouns for text in noun.texts}


def statements(table: Table, dialect: str, *, purged: bool = False, covered: str = "") -> Iterator[str]:
    """SQL that makes the triggers of a new table: for a migration to take over, and for a noun that only tests have."""
    name = table.name
    yield from long_texts.statements(table, dialect)
    yield from dated_columns.statements(table, dialect)
    yield from readable_columns.statements(table, dialect)
    yield from roads.statements(table, dialect)
    for verb in table.refuses:
        yield _refuse(name, verb, dialect, table.row.__table__.columns.keys())
    if dialect == SERVER and table.by:
        columns = ", ".join(f"'{column}'" for column in table.by)
        yield (
            f"CREATE TRIGGER {name}_by_whom BEFORE INSERT OR UPDATE ON {name} FOR EACH ROW "
            f"EXECUTE FUNCTION controlroom_by_whom({columns})"
        )
    if dialect == SERVER and (purged or DELETE in table.refuses):
        yield _refuse(name, "TRUNCATE", dialect)
    if dialect == SQLITE:
        for trigger, key in zip(_replace_names(table), table.keys, strict=True):
            same = " AND ".join(f"{column} = NEW.{column}" for column in key.split(", "))
            when = f"WHEN EXISTS (SELECT 1 FROM {name} WHERE {same})"
            yield _sqlite_trigger(f"{name}_{trigger}", "INSERT", name, when, "REPLACE")
    if purged:
        (key,) = table.row.__table__.primary_key.columns.keys()
        yield from _only_purged(name, key, covered, dialect)


def missing(connection: Connection, nouns: Nouns) -> list[str]:
    """Says in plain words which triggers do not protect, one line each; empty when everything is as declared."""
    found, wanted = _found(connection), expected(connection.dialect.name, nouns)
    troubles = {
        **dict.fromkeys(found.keys() - wanted, "belongs to no version of the program"),
        **dict.fromkeys(_made_otherwise(connection, nouns) & wanted, "is not made as this version makes it"),
        **{trigger: trouble for trigger in wanted if (trouble := found.get(trigger, "is missing"))},
    }
    found_wrong = [f"the trigger {trigger} {trouble}" for trigger, trouble in sorted(troubles.items())]
    return found_wrong + (row_marks.missing(connection, nouns) if connection.dialect.name == SERVER else [])


def _made_otherwise(connection: Connection, nouns: Nouns) -> set[Trigger]:
    """The triggers that neither a migration nor, for a noun that has none, its declaration makes as they are."""
    # Loading Alembic takes a tenth of a second, which only a check has to pay.
    from controlroom.database import trigger_definitions

    dialect, purged = connection.dialect.name, purged_tables(nouns)
    migrated = {table for table, _name in trigger_definitions.wanted(dialect)}
    declared = (
        statement
        for table in all_tables(nouns)
        if table.name not in migrated
        for statement in statements(
            table, dialect, purged=table.name in purged, covered=purged.get(table.name, "")
        )
    )
    wanted = trigger_definitions.wanted(dialect, tuple(declared))
    made = trigger_definitions.found(connection)
    return {Trigger(*key) for key, definition in made.items() if definition != wanted.get(key)}


def present(connection: Connection) -> set[Trigger]:
    """Every trigger of the program's tables, whether expected or not."""
    return set(_found(connection))


def _replace_names(table: Table) -> tuple[str, ...]:
    return table.replace_names or tuple(f"no_replace_{number + 1}" for number in range(len(table.keys)))


def _refuse(table: str, verb: str, dialect: str, columns: Sequence[str] = ()) -> str:
    name = f"{table}_no_{verb.lower()}"
    if dialect == SQLITE:
        return _sqlite_trigger(name, verb, table, "", verb)
    # Every column a row is written with; the mark of row security beside them comes and goes (`row_marks.py`).
    event = f"UPDATE OF {', '.join(columns)}" if verb == UPDATE else verb
    return f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION controlroom_refuse()"


def _sqlite_trigger(name: str, verb: str, table: str, when: str, said: str) -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: {said} is refused'); END"
    )


def _only_purged(table: str, key: str, covered: str, dialect: str) -> Iterator[str]:
    """DELETE is refused but for rows that an approved, running purge of two people covers, as many as were shown."""
    condition = f"EXISTS (SELECT 1 FROM purges AS purge WHERE {PROVEN} AND ({covered}))"
    if dialect == SQLITE:
        yield _sqlite_trigger(f"{table}_no_delete", "DELETE", table, f"WHEN NOT ({condition})", "DELETE")
        yield (
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
    yield (
        f"CREATE FUNCTION controlroom_{table}_only_purged() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path FROM CURRENT AS $$ BEGIN IF NOT ({condition}) THEN "
        "RAISE EXCEPTION '%: % is refused', TG_TABLE_NAME, TG_OP; END IF; RETURN OLD; END $$"
    )
    yield (
        f"CREATE TRIGGER {table}_only_purged BEFORE DELETE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION controlroom_{table}_only_purged()"
    )
    yield (
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH STATEMENT "
        "EXECUTE FUNCTION controlroom_needs_a_purge()"
    )
    yield (
        f"CREATE TRIGGER {table}_counted AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone "
        f"FOR EACH STATEMENT EXECUTE FUNCTION controlroom_count_purged('{key}')"
    )


def _found(connection: Connection) -> dict[Trigger, str]:
    """Every trigger of the program's tables → what is wrong with it, empty for one that refuses as it should."""
    if connection.dialect.name == SQLITE:
        query = text("SELECT tbl_name, name, 'O', sql FROM sqlite_master WHERE type = 'trigger'")
    else:
        query = text(
            "SELECT relname, tgname, tgenabled::text, prosrc FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "JOIN pg_proc ON pg_proc.oid = tgfoid "
            "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace "
            f"AND NOT starts_with(tgname, '{row_marks.TRIGGERS}')"
        )
    refusal = _REFUSALS[connection.dialect.name]
    found: dict[Trigger, str] = {}
    for table, name, enabled, source in connection.execute(query):
        trouble = "" if refusal in source else "refuses nothing any more"
        found[Trigger(table, name)] = trouble if enabled in _ENABLED else "is switched off"
    return found
