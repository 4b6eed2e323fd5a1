"""Writes the SQL that marks the rows of restricted records on a PostgreSQL server, so that row security is quick.

Each table whose rows are hidden with a record has one column more there, which no mapped class knows: the key of the
restricted record that a row belongs to, empty in all others. Triggers of the owner set it, whatever a statement puts
there: when a row is written, when it is linked to a record, and when a restriction comes or goes. No digest covers the
mark, nobody reads it but in a row they see, and no statistics are kept of it, since EXPLAIN would tell them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import sql
from sqlalchemy import Connection, text

from controlroom.database.roles import words
from controlroom.declaration import Mention, Noun, Nouns, RestrictionRule, Through

AUDIT_ENTRIES, AUDIT_TEXTS, CHANGES = "audit_entries", "audit_texts", "changes"
TRIGGERS = "marks_"
"""How the triggers made here begin; an upgrade makes them and no migration."""
_CLEAR = """
DO $$ DECLARE each record; BEGIN
    FOR each IN SELECT oid::regprocedure AS named FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND proname ~ '^controlroom_marks_' LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', each.named);
    END LOOP;
END $$
"""
_FOUND = """
SELECT relname, tgname, tgenabled IN ('O', 'A') AND tgqual IS NULL, prosrc FROM pg_trigger
JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace AND starts_with(tgname, 'marks_')
"""


@dataclass(frozen=True)
class _Way:
    """How rows of a table belong to a record.

    `of_row` gives the key of the restricted record that the row called NEW belongs to, if any; `rows` is true of the
    rows that belong to the records with these `{keys}`. `linked` is true of those that a row called NEW of the table
    `link` links.
    """

    table: str
    of_row: str
    rows: str
    link: Through | None = None
    linked: str = ""


@dataclass(frozen=True)
class _Trigger:
    table: str
    name: str
    event: str
    body: str

    @property
    def function(self) -> str:
        return f"controlroom_{self.name}_{self.table}"

    @property
    def source(self) -> str:
        return f" BEGIN {self.body} RETURN NEW; END "


def plain(kind: str) -> str:
    """The kind of a noun as a part of names."""
    return kind.replace(" ", "_").replace("-", "_")


def mark_of(noun: Noun) -> str:
    """The name of the column: `restricted_incident`."""
    return f"restricted_{plain(noun.kind)}"


def hidden_tables(restriction: RestrictionRule) -> list[str]:
    """The tables of which rows are hidden with a restricted record, the audit's texts and news among them."""
    tables = {each.row.__tablename__ for each in restriction.follows}
    audit, news = {AUDIT_TEXTS} if restriction.mentions else set(), {CHANGES} if restriction.news else set()
    return sorted(tables | audit | news)


def clear() -> Iterator[sql.Composable]:
    """Take the triggers away, with the functions they run: what a noun does not declare any more is gone."""
    yield words(_CLEAR)


def columns(nouns: Nouns) -> Iterator[sql.Composable]:
    """The marks, and the triggers that keep them true."""
    for noun, restriction in restricted(nouns):
        for table in hidden_tables(restriction):
            yield words(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {mark_of(noun)} bigint")
            yield words(f"ALTER TABLE {table} ALTER COLUMN {mark_of(noun)} SET STATISTICS 0")
        for each in _triggers(noun, restriction):
            yield words(
                f"CREATE FUNCTION {each.function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
                f"SET search_path = public, pg_temp AS $${each.source}$$"
            )
            yield words(
                f"CREATE TRIGGER {each.name} {each.event} ON {each.table} FOR EACH ROW "
                f"EXECUTE FUNCTION {each.function}()"
            )


def rows_there(nouns: Nouns) -> Iterator[sql.Composable]:
    """Mark the rows that are there, and no others: touching a row lets its trigger judge it."""
    for noun, restriction in restricted(nouns):
        mark, keys = mark_of(noun), f"SELECT {restriction.key} FROM {_name(restriction)}"
        for table in hidden_tables(restriction):
            yield words(f"{_touch(table, mark)} {mark} NOT IN ({keys})")
        for way in _ways(restriction):
            yield words(f"{_touch(way.table, mark)} {mark} IS NULL AND {way.rows.format(keys=keys)}")


def missing(connection: Connection, nouns: Nouns) -> list[str]:
    """Says which of these triggers are not as an upgrade makes them, one line each."""
    found = {(table, name): (on, source) for table, name, on, source in connection.execute(text(_FOUND))}
    if not found and not _settled(connection, nouns):
        return []  # an upgrade makes roles, policies and these in one
    wanted = {
        (each.table, each.name): (True, each.source)
        for noun, restriction in restricted(nouns)
        for each in _triggers(noun, restriction)
    }
    wrong = sorted(key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key))
    return [f"the trigger {name} on {table} does not hide what it should" for table, name in wrong]


def _settled(connection: Connection, nouns: Nouns) -> bool:
    marks = [mark_of(noun) for noun, _restriction in restricted(nouns)]
    query = "SELECT count(*) FROM pg_attribute WHERE attname = ANY (:marks) AND NOT attisdropped"
    return bool(connection.scalar(text(query), {"marks": marks}))


def restricted(nouns: Nouns) -> Iterator[tuple[Noun, RestrictionRule]]:
    """The nouns that hide some of their records, and how."""
    for noun in nouns:
        if noun.restriction is not None:
            yield noun, noun.restriction


def _triggers(noun: Noun, restriction: RestrictionRule) -> Iterator[_Trigger]:
    mark, ways, begin = mark_of(noun), list(_ways(restriction)), f"{TRIGGERS}{plain(noun.kind)}"
    for table in hidden_tables(restriction):
        found = ", ".join(each.of_row for each in ways if each.table == table)
        event = "BEFORE INSERT OR UPDATE"
        yield _Trigger(table, f"{begin}_own", event, f"NEW.{mark} := coalesce({found});")
    for link in sorted({each.link for each in ways if each.link}, key=lambda each: each.row.__tablename__):
        touched = " ".join(f"{_touch(each.table, mark)} {each.linked};" for each in ways if each.link == link)
        there = f"SELECT 1 FROM {_name(restriction)} WHERE {restriction.key} = NEW.{link.record}"
        body = f"IF EXISTS ({there}) THEN {touched} END IF;"
        yield _Trigger(link.row.__tablename__, f"{begin}_linked", "AFTER INSERT", body)
    keys = f"coalesce(NEW.{restriction.key}, OLD.{restriction.key})"
    touched = " ".join(f"{_touch(each.table, mark)} {each.rows.format(keys=keys)};" for each in ways)
    yield _Trigger(_name(restriction), f"{begin}_all", "AFTER INSERT OR UPDATE OR DELETE", touched)


def _ways(restriction: RestrictionRule) -> Iterator[_Way]:
    key = f"restriction.{restriction.key}"
    found = f"SELECT {key} FROM {_name(restriction)} AS restriction"
    links = {each.through.row: each.through for each in restriction.follows if each.through is not None}
    for each in restriction.follows:
        table, column, link = each.row.__tablename__, each.column, each.through
        if link is None:
            yield _Way(table, f"({found} WHERE {key} = NEW.{column})", f"{column} IN ({{keys}})")
            continue
        name = link.row.__tablename__
        yield _Way(
            table,
            f"({found} JOIN {name} AS link ON link.{link.record} = {key} WHERE link.{link.other} = NEW.{column})",
            f"{column} IN (SELECT {link.other} FROM {name} WHERE {link.record} IN ({{keys}}))",
            link,
            f"{column} = NEW.{link.other}",
        )
    for each in restriction.mentions:
        yield _mentioned(each, found, key, links.get(each.row))
    for each in restriction.news:
        yield _told(each, found, key, links.get(each.row))


def _mentioned(each: Mention, found: str, key: str, link: Through | None) -> _Way:
    entries = f"SELECT entry.sequence FROM {AUDIT_ENTRIES} AS entry"
    about, record = f"entry.subject_kind = '{each.kind}'", each.row.__tablename__
    joined = f"JOIN {record} AS record ON record.{each.subject}::text = entry.subject"
    return _Way(
        AUDIT_TEXTS,
        f"({found} JOIN {record} AS record ON record.{each.record} = {key} JOIN {AUDIT_ENTRIES} AS entry "
        f"ON entry.subject = record.{each.subject}::text WHERE entry.sequence = NEW.sequence AND {about})",
        f"sequence IN ({entries} {joined} WHERE {about} AND record.{each.record} IN ({{keys}}))",
        link,
        f"sequence IN ({entries} WHERE {about} AND entry.subject = NEW.{each.subject}::text)" if link else "",
    )


def _told(each: Mention, found: str, key: str, link: Through | None) -> _Way:
    record, about = each.row.__tablename__, f"kind = '{each.kind}'"
    # As a number, so that the index of the record's table is used; news of all records has no key.
    told = f"CASE WHEN NEW.kind = '{each.kind}' AND NEW.key ~ '^[0-9]{{1,18}}$' THEN NEW.key::bigint END"
    return _Way(
        CHANGES,
        f"({found} JOIN {record} AS record ON record.{each.record} = {key} WHERE record.{each.subject} = {told})",
        f"{about} AND key IN (SELECT record.{each.subject}::text FROM {record} AS record "
        f"WHERE record.{each.record} IN ({{keys}}))",
        link,
        f"{about} AND key = NEW.{each.subject}::text" if link else "",
    )


def _name(restriction: RestrictionRule) -> str:
    return restriction.restrictions.__tablename__


def _touch(table: str, mark: str) -> str:
    return f"UPDATE {table} SET {mark} = {mark} WHERE"
