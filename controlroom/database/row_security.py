"""Writes the SQL of row security on a PostgreSQL server, afresh at each upgrade, from what the nouns declare.

A person who is not named sees neither a restricted record nor what belongs to it, whatever tool they use. A function
of the owner answers whether the person connected may see one record of which they know the number; none lists what is
hidden. It is asked by the policies of the tables that hold restrictions and names. Policies on the noun's own tables,
and on those it shares with others (the log, the audit's texts), look at each row's mark (`row_marks.py`): a row that
has one is seen by whoever sees that restriction. On shared tables several nouns hide rows, so their policies are
restrictive: all must agree.
"""

from collections.abc import Iterator

from psycopg import sql

from controlroom.database.roles import RoleNames, do, words
from controlroom.database.row_marks import hidden_tables, mark_of, plain, restricted
from controlroom.declaration import Noun, Nouns, RestrictionRule, all_tables

ALL_ROWS = "USING (true) WITH CHECK (true)"
_CLEAR = """
DO $$ DECLARE each record; BEGIN
    FOR each IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP POLICY %I ON %I', each.policyname, each.tablename);
    END LOOP;
    FOR each IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity LOOP
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', each.relname);
        EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', each.relname);
    END LOOP;
    FOR each IN SELECT oid::regprocedure AS named FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND proname ~ '^controlroom_(hidden|hides|shows)_' LOOP
        EXECUTE format('DROP FUNCTION %s', each.named);
    END LOOP;
END $$
"""


def clear() -> Iterator[sql.Composable]:
    """Take every policy away, with the functions they asked: what a noun does not declare any more is gone."""
    yield words(_CLEAR)


def functions(nouns: Nouns) -> Iterator[sql.Composable]:
    """A function that says whether the role that signed in may see a record, for each noun that hides some."""
    for noun, restriction in restricted(nouns):
        table, readers, key = _name(restriction), restriction.readers.__tablename__, restriction.key
        yield words(
            f"CREATE OR REPLACE FUNCTION controlroom_shows_{plain(noun.kind)}(key bigint) RETURNS boolean "
            "LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$ BEGIN RETURN "
            f"NOT EXISTS (SELECT 1 FROM {table} AS restriction WHERE restriction.{key} = $1 AND NOT EXISTS ("
            f"SELECT 1 FROM {readers} AS reader JOIN users ON users.id = reader.user_id "
            f"WHERE reader.{key} = restriction.{key} AND users.active AND users.database_role = session_user)); END $$"
        )


def policies(names: RoleNames, nouns: Nouns) -> Iterator[sql.Composable]:
    """Every policy, after the tables have their owner."""
    own = {table.name for table in all_tables(nouns) if table.policies}
    for noun, restriction in restricted(nouns):
        for table, rule, forced in _named_people(noun, restriction):
            yield do("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", table)
            if table not in own:  # what is not hidden is everybody's to see
                yield from _policy("everybody", table, ALL_ROWS)
            yield from _policy(policy_of(noun), table, rule, names.of("readers"), restrictive=True)
            if forced:
                yield do("ALTER TABLE {} FORCE ROW LEVEL SECURITY", table)
    for table in all_tables(nouns):
        if table.policies:
            yield do("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", table.name)
        for each in table.policies:
            yield from _policy(
                each.name, table.name, each.rule, *([names.of(each.group)] if each.group else [])
            )


def name_tables(restriction: RestrictionRule) -> list[str]:
    """The tables that say who is named, which only they may see."""
    return [restriction.restrictions.__tablename__, restriction.readers.__tablename__]


def policy_of(noun: Noun) -> str:
    """The name of the policy that hides a noun's restricted records."""
    return f"named_people_{plain(noun.kind)}"


def _named_people(noun: Noun, restriction: RestrictionRule) -> Iterator[tuple[str, str, bool]]:
    """Table, rule, and whether it binds the table's owner too."""
    mark = mark_of(noun)
    # Of restrictions one sees those of the records one sees: the rule below, for tables of names.
    seen = f"{mark} IS NULL OR {mark} IN (SELECT {restriction.key} FROM {_name(restriction)})"
    for table in hidden_tables(restriction):
        yield table, f"USING ({seen}) WITH CHECK ({seen})", True
    own = f"controlroom_shows_{plain(noun.kind)}({restriction.key})"
    for table in name_tables(restriction):
        # Not forced: the function above reads them as their owner. Nobody names themselves.
        yield table, f"USING ({own}) WITH CHECK ({own})", False


def _name(restriction: RestrictionRule) -> str:
    return restriction.restrictions.__tablename__


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
