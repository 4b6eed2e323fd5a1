"""Writes the SQL that says of an entry handed to `controlroom_append` what the program would never write.

An entry that Python cannot read back would stand in the chain for good: a number of thousands of digits, brackets
nested without end, a digest that is none of its own rows. So a detail is one flat object: its values are texts,
numbers of a usual size, true, false, null, and lists or objects of these. Texts, rows and calls have an end. The
actions that change who is believed are taken from those alone whom the nouns name (`declaration.Noun.entered_by`).
"""

from collections.abc import Iterator

from psycopg import sql

from controlroom.database.roles import RoleNames, words
from controlroom.declaration import Nouns

MOST_CHARACTERS = (
    200_000  # of a detail; of the words beside it: a whole bid, or the minutes of a meeting (texts.py)
)
MOST_ENTRIES, MOST_ROWS = 5_000, 25_000  # of one call, of one entry
MOST_OF_NOBODY = 2  # a refused sign-in, and the lock that follows it
MOST_BYTES = 32_000_000  # of one call
_ONE = r'(""|-?[0-9]{1,18}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,2})?|true|false|null)'
_LIST_OF, _OBJECT_OF = rf"\[({_ONE}(,{_ONE})*)?\]", rf'\{{("":{_ONE}(,"":{_ONE})*)?\}}'
_VALUE = f'"":({_ONE}|{_LIST_OF}|{_OBJECT_OF})'
FLAT = rf"^\{{({_VALUE}(,{_VALUE})*)?\}}$"  # without blanks, and every text empty
_TROUBLE = """
CREATE OR REPLACE FUNCTION controlroom_entry_trouble(action text, subject_kind text, subject text, detail text,
    words text, rows jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $body$
BEGIN
    IF coalesce(length(detail), 0) > {characters} OR coalesce(length(words), 0) > {characters} THEN
        RETURN 'a detail or words of more than {characters} characters';
    ELSIF jsonb_typeof(coalesce(rows, '[]')) <> 'array' OR jsonb_array_length(coalesce(rows, '[]')) > {rows} THEN
        RETURN 'more than {rows} rows';
    ELSIF EXISTS (SELECT 1 FROM jsonb_to_recordset(coalesce(rows, '[]')) AS each (row_key text, digest text, marks text)
        WHERE (each.row_key ~ '^[ -~]+$' AND each.digest ~ '^([0-9a-f]{{64}})?$' AND each.marks ~ '^[0-9a-f]*$')
        IS NOT TRUE)
    THEN
        RETURN 'a digest that is none';
    ELSIF concat(action, subject_kind, subject) ~ '[[:cntrl:]]' THEN
        RETURN 'a control character';
    ELSIF regexp_replace(regexp_replace(detail, '"([^"\\\\]|\\\\.)*"', '""', 'g'), '\\s', '', 'g') !~ {flat} THEN
        RETURN 'a detail that is no flat object, or a number without end';
    ELSIF jsonb_typeof(detail::jsonb) IS DISTINCT FROM 'object' THEN
        RETURN 'a detail that is no JSON object';
    END IF;
    RETURN '';
END $body$
"""
_LIST = """
CREATE OR REPLACE FUNCTION controlroom_list_digest(rows jsonb) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $body$
    SELECT encode(sha256(convert_to(string_agg(format('[%s, %s, %s, %s]', to_json(each.table_name),
        to_json(each.row_key), to_json(each.digest), to_json(each.marks)) || E'\\n', '' ORDER BY given.place),
        'UTF8')), 'hex')
    FROM jsonb_array_elements(rows) WITH ORDINALITY AS given (value, place),
        jsonb_to_record(given.value) AS each (table_name text, row_key text, digest text, marks text)
$body$
"""
_MAY_ENTER = """
CREATE OR REPLACE FUNCTION controlroom_may_enter(action text) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $body$
    SELECT controlroom_is_owner() OR CASE action {cases} ELSE true END
$body$
"""


def functions(names: RoleNames, nouns: Nouns) -> Iterator[sql.Composable]:
    """What `controlroom_append` asks of each entry."""
    bounds = {"characters": sql.Literal(MOST_CHARACTERS), "rows": sql.Literal(MOST_ROWS)}
    in_words = _TROUBLE.replace("than {characters}", f"than {MOST_CHARACTERS}").replace(
        "than {rows}", f"than {MOST_ROWS}"
    )
    yield words(in_words).format(flat=sql.Literal(FLAT), **bounds)
    yield words(_LIST)
    cases = [
        words("WHEN {} THEN {}").format(sql.Literal(action), _any_of(names, groups))
        for noun in nouns
        for action, groups in noun.entered_by.items()
    ]
    yield words(_MAY_ENTER).format(cases=sql.SQL(" ").join(cases or [words("WHEN '' THEN false")]))


def _any_of(names: RoleNames, groups: tuple[str, ...]) -> sql.Composable:
    held = [
        words("pg_has_role(session_user, {}, 'MEMBER')").format(sql.Literal(names.of(each)))
        for each in groups
    ]
    return sql.SQL(" OR ").join(held or [words("false")])
