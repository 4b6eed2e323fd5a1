"""Writes the SQL by which a desk on a PostgreSQL server saves what somebody else wrote there while it was away.

One function of the owner, which writes log entries and addenda in their writer's name and nothing else, and says in
each who was connected. What the audit holds of them is marked by `controlroom_append` in the same way. What would
belong to a restricted record that the person connected may not see is refused: it waits on its desk for who may.
"""

from collections.abc import Iterator

from psycopg import sql

from controlroom.database.roles import words
from controlroom.database.row_marks import hidden_tables, mark_of, plain, restricted
from controlroom.declaration import Nouns

TABLES = ("log_entries", "log_addenda")
_BRING_IN = """
CREATE OR REPLACE FUNCTION controlroom_bring_in(kind text, item jsonb) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $body$
DECLARE own text := controlroom_handle(); named text; made bigint;
BEGIN
    IF own IS NULL OR kind NOT IN ({tables}) OR NOT EXISTS (SELECT 1 FROM users WHERE handle = item ->> 'author') THEN
        RAISE EXCEPTION '%: bringing in what % wrote is refused', kind, item ->> 'author' USING ERRCODE = '42501';
    END IF;
    SELECT string_agg(quote_ident(attname), ', ') INTO named FROM pg_attribute
        WHERE attrelid = kind::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'id';
    EXECUTE format('INSERT INTO %I (%s) SELECT %s FROM jsonb_populate_record(NULL::%I, $1) RETURNING id',
        kind, named, named, kind) INTO made USING item || jsonb_build_object('brought_in_by', own);
    IF {hidden} THEN
        RAISE EXCEPTION '%: bringing in what is hidden from % is refused', kind, own USING ERRCODE = '42501';
    END IF;
    RETURN made;
END $body$
"""

_IS_HIDDEN = (
    "EXISTS (SELECT 1 FROM {table} AS brought WHERE brought.id = made AND brought.{mark} IS NOT NULL "
    "AND NOT controlroom_shows_{noun}(brought.{mark}))"
)


def functions(nouns: Nouns) -> Iterator[sql.Composable]:
    """The one function."""
    hidden = [
        f"kind = '{table}' AND {_IS_HIDDEN.format(table=table, mark=mark_of(noun), noun=plain(noun.kind))}"
        for noun, restriction in restricted(nouns)
        for table in hidden_tables(restriction)
        if table in TABLES
    ]
    yield words(_BRING_IN).format(
        tables=sql.SQL(", ").join(map(sql.Literal, TABLES)), hidden=words(" OR ".join(hidden) or "false")
    )
