"""Writes the SQL of a trigger that refuses a row, on either engine: one way of saying it for every rule of columns."""

from collections.abc import Iterator

from controlroom.database.column_rules import SQLITE


def refusing_trigger(
    table: str, name: str, verb: str, when: str, said: str, dialect: str, *, errcode: str = ""
) -> Iterator[str]:
    """Yield the statements that make a trigger which refuses `verb` on `table` when `when` is true of the row.

    `verb` may name columns ("UPDATE OF state"); the message is the table's name and `said`. On PostgreSQL, `errcode`
    is the condition it is raised with (its manual, appendix A), that of any trigger when empty.
    """
    made, told = f"{table}_{name}", f"{table}: {said}"
    if dialect == SQLITE:
        yield (
            f"CREATE TRIGGER {made} BEFORE {verb} ON {table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{told}'); END"
        )
        return
    using = f" USING ERRCODE = '{errcode}'" if errcode else ""
    yield (
        f"CREATE FUNCTION controlroom_{made}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {when} THEN RAISE EXCEPTION '{told}'{using}; END IF; RETURN NEW; END $$"
    )
    yield (
        f"CREATE TRIGGER {made} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION controlroom_{made}()"
    )
