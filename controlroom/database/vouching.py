"""Writes the SQL by which an audit entry on a PostgreSQL server vouches for no rows but those its transaction wrote.

The digests beside an entry come from whoever is connected. `controlroom_append` asks the function made here about each
of them: the row has to be of this very transaction (`xmin`), or gone from a table in which that person may delete. So
nobody's entry covers what somebody else changed past the program. Whoever may act as the owner (a superuser, when a
room is set up or restored) vouches for every row.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from psycopg import sql

from controlroom.database.digests import DigestedTable, digested_tables
from controlroom.database.roles import RoleNames, words
from controlroom.declaration import DELETE, Nouns

_WROTE = """
CREATE OR REPLACE FUNCTION controlroom_wrote(what text, key text, gone boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $body$
DECLARE key_parts text[] := string_to_array(key, '/'); this_transaction xid := pg_current_xact_id()::xid;
BEGIN
    IF pg_has_role(session_user, {owner}, 'MEMBER') THEN
        RETURN true;
    END IF;
    CASE what
        {tables}
        ELSE RETURN false;
    END CASE;
END $body$
"""


def functions(names: RoleNames, nouns: Nouns) -> Iterator[sql.Composable]:
    """The one function."""
    tables = "\n        ".join(_answer(each) for each in digested_tables(nouns).values())
    yield words(_WROTE).format(owner=sql.Literal(names.of("owner")), tables=words(tables))


def _answer(table: DigestedTable) -> str:
    row = f"SELECT 1 FROM {table.name} AS stored WHERE {' AND '.join(_key(table))}"
    removed = f"has_table_privilege(session_user, '{table.name}', 'DELETE') AND NOT EXISTS ({row})"
    if DELETE in table.declared.refuses:
        removed = "false"
    return (
        f"WHEN '{table.name}' THEN IF gone THEN RETURN {removed}; END IF; "
        f"RETURN EXISTS ({row} AND stored.xmin = this_transaction);"
    )


def _key(table: DigestedTable) -> Iterator[str]:
    """The primary key as a row's digest has it (`DigestedTable.key`): text may hold a `/` in the last part alone."""
    columns = table.key_columns
    for place, column in enumerate(columns, start=1):
        if isinstance(column.type, sa.Integer):
            yield f"stored.{column.name} = key_parts[{place}]::bigint"
        elif place == len(columns):
            yield f"stored.{column.name} = array_to_string(key_parts[{place}:], '/')"
        else:
            yield f"stored.{column.name} = key_parts[{place}]"
