"""Writes the SQL of row security on a PostgreSQL server, afresh at each upgrade, from what the nouns declare.

A person who is not named sees neither a restricted record nor what belongs to it, whatever tool they use. For
incidents migration 0008 made that; for any later noun it is made here: functions of the owner that say what is hidden
from the person connected, and policies on the noun's own tables and on those it shares with others (the log, the
audit's texts). On shared tables several nouns hide rows, so their policies are restrictive: all must agree.
"""

from collections.abc import Iterator

from psycopg import sql

from controlroom.database.roles import RoleNames, do, words
from controlroom.declaration import Follows, Noun, Nouns, RestrictionRule, all_tables

AUDIT_ENTRIES, AUDIT_TEXTS = "audit_entries", "audit_texts"
ALL_ROWS = "USING (true) WITH CHECK (true)"


def functions(nouns: Nouns) -> Iterator[sql.Composable]:
    """Functions that say what is hidden from the role that signed in, for each noun no migration made them for."""
    for noun, restriction in _to_make(nouns):
        name, key = _function(noun), restriction.key
        yield _hidden(
            name,
            f"SELECT restriction.{key} FROM {restriction.restrictions.__tablename__} AS restriction WHERE NOT EXISTS "
            f"(SELECT 1 FROM {restriction.readers.__tablename__} AS reader JOIN users ON users.id = reader.user_id "
            f"WHERE reader.{key} = restriction.{key} AND users.active AND users.database_role = session_user)",
        )
        for link in {each.through for each in restriction.follows if each.through is not None}:
            table = link.row.__tablename__
            yield _hidden(
                f"{name}_{table}", f"SELECT {link.other} FROM {table} WHERE {link.record} = ANY ({name}())"
            )
        mentioned = " UNION ALL ".join(
            f"SELECT entry.sequence FROM {AUDIT_ENTRIES} AS entry WHERE entry.subject_kind = '{each.kind}' AND "
            f"entry.subject IN (SELECT {each.subject}::text FROM {each.row.__tablename__} "
            f"WHERE {each.record} = ANY ({name}()))"
            for each in restriction.mentions
        )
        if mentioned:
            yield _hidden(f"{name}_audit", mentioned)


def policies(names: RoleNames, nouns: Nouns) -> Iterator[sql.Composable]:
    """Every policy that is made afresh at an upgrade, after the tables have their owner."""
    restrictions = [noun.restriction for noun in nouns if noun.restriction is not None]
    forced = {name for each in restrictions for name in hidden_tables(each)}
    migrated = {name for each in restrictions if each.migrated for name in hidden_tables(each)}
    for noun, restriction in _to_make(nouns):
        yield from _named_people(names, noun, restriction, migrated)
    for table in sorted(forced | {name for each in restrictions for name in name_tables(each)}):
        yield from _policy("the_recorder", table, ALL_ROWS, names.of("recorder"))
        if table in forced:
            yield from _policy("the_owner", table, ALL_ROWS, names.of("owner"))
    for table in all_tables(nouns):
        if table.policies:
            yield do("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", table.name)
        for each in table.policies:
            yield from _policy(
                each.name, table.name, each.rule, *([names.of(each.group)] if each.group else [])
            )


def hidden_tables(restriction: RestrictionRule) -> list[str]:
    """The tables of which rows are hidden with a restricted record, the audit's texts among them."""
    tables = {each.row.__tablename__ for each in restriction.follows}
    return sorted(tables | ({AUDIT_TEXTS} if restriction.mentions else set()))


def name_tables(restriction: RestrictionRule) -> list[str]:
    """The tables that say who is named, which only they may see."""
    return [restriction.restrictions.__tablename__, restriction.readers.__tablename__]


def _to_make(nouns: Nouns) -> Iterator[tuple[Noun, RestrictionRule]]:
    for noun in nouns:
        if noun.restriction is not None and not noun.restriction.migrated:
            yield noun, noun.restriction


def _named_people(
    names: RoleNames, noun: Noun, restriction: RestrictionRule, migrated: set[str]
) -> Iterator[sql.Composable]:
    policy, readers = f"named_people_{_plain(noun.kind)}", names.of("readers")
    seen: dict[str, list[str]] = {}
    for each in restriction.follows:
        seen.setdefault(each.row.__tablename__, []).append(_seen(noun, each))
    if restriction.mentions:
        seen[AUDIT_TEXTS] = [f"sequence <> ALL ((SELECT {_function(noun)}_audit())::bigint[])"]
    for table, conditions in seen.items():
        if table not in migrated:
            yield from _policy("everybody", table, ALL_ROWS)
        yield do("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", table)
        yield do("ALTER TABLE {} FORCE ROW LEVEL SECURITY", table)
        rule = f"USING ({' AND '.join(conditions)}) WITH CHECK (true)"
        yield from _policy(policy, table, rule, readers, restrictive=True)
    own = f"{restriction.key} <> ALL ((SELECT {_function(noun)}())::bigint[])"
    for table in name_tables(restriction):
        # Not forced: the functions above read them as their owner. Nobody names themselves.
        yield from _policy("everybody", table, ALL_ROWS)
        yield do("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", table)
        yield from _policy(policy, table, f"USING ({own}) WITH CHECK ({own})", readers, restrictive=True)


def _seen(noun: Noun, each: Follows) -> str:
    link = f"_{each.through.row.__tablename__}" if each.through else ""
    shown = f"{each.column} <> ALL ((SELECT {_function(noun)}{link}())::bigint[])"
    return f"({each.column} IS NULL OR {shown})"


def _function(noun: Noun) -> str:
    return f"controlroom_hidden_{_plain(noun.kind)}"


def _plain(kind: str) -> str:
    return kind.replace(" ", "_").replace("-", "_")


def _hidden(name: str, query: str) -> sql.Composable:
    return words(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER "
        f"SET search_path = public, pg_temp AS $$ SELECT ARRAY({query})::bigint[] $$"
    )


def _policy(
    name: str, table: str, rule: str, *roles: str, restrictive: bool = False
) -> Iterator[sql.Composable]:
    yield do("DROP POLICY IF EXISTS {} ON {}", name, table)
    verb, condition = _split(rule)
    to = sql.SQL(", ").join(map(sql.Identifier, roles)) if roles else sql.SQL("PUBLIC")
    kind = "AS RESTRICTIVE" if restrictive else ""
    yield sql.SQL("CREATE POLICY {} ON {} {} {} TO {} {}").format(
        sql.Identifier(name), sql.Identifier(table), words(kind), words(verb), to, words(condition)
    )


def _split(rule: str) -> tuple[str, str]:
    """`FOR SELECT USING (…)` as its verb and its conditions: the roles stand between them."""
    if rule.startswith("FOR "):
        _for, verb, condition = rule.split(" ", 2)
        return f"FOR {verb}", condition
    return "", rule
