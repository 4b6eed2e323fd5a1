"""Writes the SQL by which entries are appended to the audit chain on a PostgreSQL server: one function of the owner.

Nobody else may write to the chain. The function numbers each entry behind the head, makes its hash as
`audit/chain.py` does, and refuses an actor who is not the person connected.
`nobody` is who tried to sign in: in that name a refusal or a lock is noted, and nothing else. What an entry may say,
how long it may be, and which actions not everybody enters stands in `audit_bounds.py`; its moment is bounded like any
other (`dated_columns.py`).
The digests of the rows an entry vouches for (`audit/row_lists.py`) stand in a table of their own; they are taken for
rows of the same transaction alone (`vouching.py`), and the entry has to bear the one digest over them.
What waited on a desk, or happened there before somebody else sat down, is written in its writer's name; the function
adds to its detail who brought it in.
"""

from collections.abc import Iterator
from typing import Literal, get_args

from psycopg import sql

from controlroom.database import audit_bounds
from controlroom.database.roles import RoleNames, words
from controlroom.declaration import Nouns

APPEND = "controlroom_append(jsonb)"
BROUGHT_IN_ACTIONS = (
    "log.written",
    "log.addendum",
    "log.refused-entry-closed",
    "sign-in.remembered",
    "sign-out",
)
ROWS_WRITTEN = "rows_written"  # in a detail: the digest over the list of rows
Why = Literal["wrong", "locked", "off", "ended", "one-time password too old"]
"""Why a sign-in was refused: a desk nobody sits at can write nothing else of it."""
_ACTED = """
CREATE OR REPLACE FUNCTION controlroom_acted(actor text, action text, detail text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
DECLARE own text := controlroom_handle();
BEGIN
    IF controlroom_writes_as(actor) AND (own IS NULL OR detail::jsonb -> 'brought_in_by' IS NULL) THEN
        RETURN detail;
    ELSIF own <> actor AND action IN ({actions}) AND EXISTS (SELECT 1 FROM users WHERE handle = actor) THEN
        RETURN (detail::jsonb || jsonb_build_object('brought_in_by', own))::text;
    END IF;
    RAISE EXCEPTION 'audit_entries: INSERT in the name of % is refused', actor USING ERRCODE = '42501';
END $body$
"""
# Of somebody who could not sign in, exactly as `accounts/sign_in.py` writes it: no word of one's own.
_REFUSED_SIGN_IN = """
CREATE OR REPLACE FUNCTION controlroom_refused_sign_in(action text, kind text, subject text, detail text)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
    SELECT coalesce(kind = 'user' AND (subject = 'unknown' OR EXISTS (SELECT 1 FROM users WHERE handle = subject))
        AND jsonb_typeof(said -> 'desk') = 'string' AND length(said ->> 'desk') <= 64 AND CASE action
            WHEN 'sign-in.refused' THEN said ->> 'why' IN ({why})
                AND detail = format('{{"desk": %s, "why": %s}}', said -> 'desk', said -> 'why')
            WHEN 'sign-in.locked' THEN said ->> 'until' ~ '^[0-9]{{2}}:[0-9]{{2}}( [A-Z]{{3}})?$'
                AND detail = format('{{"desk": %s, "until": %s}}', said -> 'desk', said -> 'until')
        END, false)
    FROM (SELECT detail::jsonb AS said) AS entry
$body$
"""
_APPEND = """
CREATE OR REPLACE FUNCTION controlroom_append(entries jsonb) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $body$
DECLARE
    head audit_head%ROWTYPE;
    entry record;
    said text;
    text_hash text;
    link text;
    foreign_row text;
    trouble text;
    bounded boolean := NOT controlroom_is_owner();
    of_nobody integer := 0;
BEGIN
    IF bounded AND (octet_length(entries::text) > {bytes} OR jsonb_array_length(entries) > {entries}) THEN
        RAISE EXCEPTION 'audit_entries: so much at once is refused';
    END IF;
    INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM audit_head WHERE id = 1 FOR UPDATE;
    FOR entry IN
        SELECT each.* FROM jsonb_array_elements(entries) WITH ORDINALITY AS given (value, place),
            jsonb_to_record(given.value) AS each (at timestamptz, actor text, action text, subject_kind text,
                subject text, detail text, salt text, words text, rows jsonb)
        ORDER BY given.place
    LOOP
        trouble := controlroom_entry_trouble(entry.action, entry.subject_kind, entry.subject, entry.detail,
            entry.words, entry.rows);
        IF trouble <> '' THEN
            RAISE EXCEPTION 'audit_entries: % is refused', trouble;
        ELSIF NOT controlroom_may_enter(entry.action) THEN
            RAISE EXCEPTION 'audit_entries: entering % is refused', entry.action USING ERRCODE = '42501';
        END IF;
        of_nobody := of_nobody + (entry.actor = 'nobody')::integer;
        IF bounded AND of_nobody > {of_nobody} THEN
            RAISE EXCEPTION 'audit_entries: so many of nobody at once are refused';
        END IF;
        IF entry.actor <> 'nobody' OR entry.words <> '' OR jsonb_array_length(coalesce(entry.rows, '[]')) > 0
            OR NOT controlroom_refused_sign_in(entry.action, entry.subject_kind, entry.subject, entry.detail)
        THEN
            entry.detail := controlroom_acted(entry.actor, entry.action, entry.detail);
        END IF;
        text_hash := CASE WHEN entry.words = '' THEN ''
            ELSE encode(sha256(convert_to(entry.salt || E'\\n' || entry.words, 'UTF8')), 'hex') END;
        head.sequence := head.sequence + 1;
        said := to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00';
        link := '[' || concat_ws(', ', head.sequence::text, to_json(said)::text, to_json(entry.actor)::text,
            to_json(entry.action)::text, to_json(entry.subject_kind)::text, to_json(entry.subject)::text,
            to_json(entry.detail)::text, to_json(text_hash)::text, to_json(head.hash)::text) || ']';
        link := encode(sha256(convert_to(link, 'UTF8')), 'hex');
        INSERT INTO audit_entries (sequence, at, actor, action, subject_kind, subject, detail, text_hash,
                previous_hash, hash)
            VALUES (head.sequence, entry.at, entry.actor, entry.action, entry.subject_kind, entry.subject,
                entry.detail, text_hash, head.hash, link);
        IF entry.words <> '' THEN
            INSERT INTO audit_texts (sequence, salt, text) VALUES (head.sequence, entry.salt, entry.words);
        END IF;
        SELECT each.table_name || ' ' || each.row_key INTO foreign_row
            FROM jsonb_to_recordset(coalesce(entry.rows, '[]')) AS each (table_name text, row_key text, digest text)
            WHERE NOT controlroom_wrote(each.table_name, each.row_key, each.digest = '') LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'audit_rows: vouching for % is refused', foreign_row USING ERRCODE = '42501';
        END IF;
        IF (entry.detail::jsonb -> {rows_written}) IS DISTINCT FROM
            to_jsonb(controlroom_list_digest(coalesce(entry.rows, '[]')))
        THEN
            RAISE EXCEPTION 'audit_rows: a digest that is not that of the rows is refused';
        END IF;
        INSERT INTO audit_rows (sequence, table_name, row_key, digest, marks)
            SELECT head.sequence, each.table_name, each.row_key, each.digest, each.marks
            FROM jsonb_array_elements(coalesce(entry.rows, '[]')) WITH ORDINALITY AS given (value, place),
                jsonb_to_record(given.value) AS each (table_name text, row_key text, digest text, marks text)
            ORDER BY given.place;
        head.hash := link;
    END LOOP;
    UPDATE audit_head SET sequence = head.sequence, hash = head.hash WHERE id = 1;
    RETURN head.sequence;
END $body$
"""
# Whether what waited on a desk was entered before, by the key it was given there: nothing else is answered.
_NOTED = """
CREATE OR REPLACE FUNCTION controlroom_noted(what text, about text, key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
    SELECT what IN ({actions}) AND length(key) >= {shortest} AND EXISTS (SELECT 1 FROM audit_entries AS entry
        WHERE entry.action = what AND entry.subject = about AND CASE
            WHEN position(to_json(key)::text IN entry.detail) > 0 THEN entry.detail::jsonb ->> 'key' = key END)
$body$
"""
SHORTEST_KEY = 32  # characters: nobody guesses one


def functions(names: RoleNames, nouns: Nouns) -> Iterator[sql.Composable]:
    """The functions of the chain."""
    yield from audit_bounds.functions(names, nouns)
    actions = sql.SQL(", ").join(map(sql.Literal, BROUGHT_IN_ACTIONS))
    yield words(_ACTED).format(actions=actions)
    yield words(_REFUSED_SIGN_IN).format(why=sql.SQL(", ").join(map(sql.Literal, get_args(Why))))
    yield words(_APPEND).format(
        bytes=sql.Literal(audit_bounds.MOST_BYTES),
        entries=sql.Literal(audit_bounds.MOST_ENTRIES),
        of_nobody=sql.Literal(audit_bounds.MOST_OF_NOBODY),
        rows_written=sql.Literal(ROWS_WRITTEN),
    )
    yield words(_NOTED).format(actions=actions, shortest=sql.Literal(SHORTEST_KEY))
