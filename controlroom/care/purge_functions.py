"""Writes the functions by which a purge counts and takes what a person may not see, on a PostgreSQL server.

Row security hides restricted text from whoever proposes, approves or runs a purge, and yet it goes like any other
when its time is over. So the owner's functions count it, delete it and name its pictures: they tell numbers, and paths
only of a purge that two people agreed on and that is running. Their queries are those the nouns declare.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, inspect, literal_column
from sqlalchemy.dialects import postgresql

from controlroom.care import purge_rows
from controlroom.database.tables import UtcDateTime
from controlroom.database.triggers import PROVEN
from controlroom.declaration import Nouns

COUNTS, BATCH, FILES = "controlroom_purge_counts", "controlroom_purge_batch", "controlroom_purge_files"
_CUTOFF: Any = literal_column("the_cutoff", UtcDateTime())
_HEAD = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $body$"
_RUNNING = f"""
    SELECT purge.cutoff INTO the_cutoff FROM purges AS purge WHERE purge.id = the_purge AND {PROVEN};
    IF NOT FOUND THEN
        RAISE EXCEPTION 'purge % is not running', the_purge USING ERRCODE = '42501';
    END IF;"""


def functions(nouns: Nouns) -> Iterator[str]:
    """The three of them, to be made at each upgrade."""
    counted = [(text.name, due) for text, due in purge_rows.texts(nouns, _CUTOFF)]
    counted += list(purge_rows.due_files(nouns, _CUTOFF))
    counts = " UNION ALL ".join(
        f"SELECT '{name}', count(*) FROM ({_sql(due)}) AS due" for name, due in counted
    )
    yield (
        f"CREATE OR REPLACE FUNCTION {COUNTS}(the_cutoff timestamptz) RETURNS TABLE (name text, number bigint) "
        f"{_HEAD} BEGIN RETURN QUERY {counts}; END $body$"
    )
    deletes = "".join(_delete(text.name, text.row, due) for text, due in purge_rows.texts(nouns, _CUTOFF))
    yield (
        f"CREATE OR REPLACE FUNCTION {BATCH}(the_purge bigint, most integer) "
        f"RETURNS TABLE (name text, number bigint) {_HEAD} "
        "DECLARE the_cutoff timestamptz; room_left bigint := most; may bigint; gone bigint; "
        f"BEGIN {_RUNNING}{deletes}\nEND $body$"
    )
    paths = " UNION ALL ".join(
        f"SELECT '{name}', due.path::text FROM ({_sql(due)}) AS due (path)"
        for name, due in purge_rows.due_files(nouns, _CUTOFF)
    )
    yield (
        f"CREATE OR REPLACE FUNCTION {FILES}(the_purge bigint) RETURNS TABLE (name text, path text) {_HEAD} "
        f"DECLARE the_cutoff timestamptz; BEGIN {_RUNNING} RETURN QUERY {paths}; END $body$"
    )


def _delete(name: str, row: Any, due: Select) -> str:
    """Deletes what is due, no more than is left of what was shown."""
    (primary,) = inspect(row).primary_key
    return f"""
    SELECT least(room_left, coalesce((purge.counted::jsonb ->> '{name}')::bigint, 0) - coalesce((
            SELECT max(earlier.number) FROM purged_texts AS earlier
            WHERE earlier.purge_id = the_purge AND earlier.text_table = '{row.__tablename__}'), 0))
        INTO may FROM purges AS purge WHERE purge.id = the_purge;
    IF may > 0 THEN
        DELETE FROM {row.__tablename__} AS purged WHERE purged.{primary.name} IN (
            SELECT due.key FROM ({_sql(due)}) AS due (key) LIMIT may);
        GET DIAGNOSTICS gone = ROW_COUNT;
        room_left := room_left - gone;
        name := '{name}';
        number := gone;
        RETURN NEXT;
    END IF;"""


def _sql(query: Select) -> str:
    """The query as text, for the cutoff that the function knows as `the_cutoff`."""
    server = postgresql.dialect(paramstyle="named")
    return str(query.compile(dialect=server, compile_kwargs={"literal_binds": True}))
