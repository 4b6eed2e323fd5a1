"""Names the unique keys that a database lacks, or has too many: some of them keep a rule, as one place for each unit.

Which there should be is read from the migrations, run on an SQLite database in memory. Whoever may change the schema
can take one away, put rows in, and leave it away: no trigger says so.
"""

from functools import cache

from sqlalchemy import Connection, create_engine, text

from controlroom.declaration import Nouns, all_tables

UniqueKey = tuple[str, tuple[str, ...], str]  # table, columns, and the rows it holds for (empty: all)
_ON_SERVER = """
SELECT relname, ARRAY(SELECT attname::text FROM unnest(indkey) WITH ORDINALITY AS part (number, place)
    JOIN pg_attribute ON attrelid = indrelid AND attnum = part.number ORDER BY part.place),
    coalesce(pg_get_expr(indpred, indrelid), '')
FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
WHERE indisunique AND indisvalid AND NOT indisprimary AND relnamespace = current_schema()::regnamespace
"""
_IN_FILE = """
SELECT tables.name, listed.name, coalesce(made.sql, '') FROM sqlite_master AS tables
JOIN pragma_index_list(tables.name) AS listed LEFT JOIN sqlite_master AS made ON made.name = listed.name
WHERE tables.type = 'table' AND listed."unique" AND listed.origin <> 'pk'
"""


def missing(connection: Connection, nouns: Nouns) -> list[str]:
    """Says in plain words which unique keys are not as the migrations make them, one line each."""
    declared = {table.name for table in all_tables(nouns)}
    there, wanted = _found(connection), _wanted()
    migrated = {table for table, _columns, _rows in wanted} & declared
    troubles = {key: "is missing" for key in wanted - there if key[0] in migrated}
    troubles |= {key: "belongs to no version of the program" for key in there - wanted if key[0] in migrated}
    return [
        f"the unique key of {table} over {' and '.join(columns)} {trouble}"
        for (table, columns, _rows), trouble in sorted(troubles.items())
    ]


def _found(connection: Connection) -> set[UniqueKey]:
    # Loading Alembic, which this module loads, takes a tenth of a second, which only a check has to pay.
    from controlroom.database.trigger_definitions import condition

    if connection.dialect.name == "sqlite":
        return {
            (table, _columns_in_file(connection, index), condition(made.partition(" WHERE ")[2]))
            for table, index, made in connection.execute(text(_IN_FILE)).all()
        }
    return {
        (table, tuple(columns), condition(rows))
        for table, columns, rows in connection.execute(text(_ON_SERVER))
    }


def _columns_in_file(connection: Connection, index: str) -> tuple[str, ...]:
    query = text("SELECT name FROM pragma_index_info(:index) ORDER BY seqno")
    return tuple(connection.scalars(query, {"index": index}))


@cache
def _wanted() -> set[UniqueKey]:
    from controlroom.database import migrations

    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        migrations.upgrade(connection)
        made = _found(connection)
    engine.dispose()
    return made
