"""Writes the SQL of row security on a PostgreSQL server, afresh at each upgrade, from what the nouns declare.

A person who is not named sees neither a restricted record nor what belongs to it, whatever tool they use. Functions
of the owner answer whether the person connected may see one record of which they know the number; none lists what is
hidden. Policies on the noun's own tables, and on those it shares with others (the log, the audit's texts), ask them
row by row, but only where anything at all is hidden from that person. On shared tables several nouns hide rows, so
their policies are restrictive: all must agree.
"""

from collections.abc import Iterator

from psycopg import sql

from controlroom.database.roles import RoleNames, do, words
from controlroom.declaration import Follows, Mention, Noun, Nouns, RestrictionRule, Through, all_tables

AUDIT_ENTRIES, AUDIT_TEXTS = "audit_entries", "audit_texts"
ALL_ROWS = "USING (true) WITH CHECK (true)"
FUNCTIONS = ("controlroom_hides_", "controlroom_shows_")
"""How the functions made here begin; those who read records may call them."""
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
    """Functions that say whether the role that signed in may see a record, for each noun that hides some."""
    for noun, restriction in _restricted(nouns):
        name, table = _plain(noun.kind), restriction.restrictions.__tablename__
        unnamed = _unnamed(restriction)
        yield _function(
            f"controlroom_hides_{name}()", f"EXISTS (SELECT 1 FROM {table} AS restriction WHERE {unnamed})"
        )
        yield _shows(
            name, f"SELECT 1 FROM {table} AS restriction WHERE restriction.{restriction.key} = $1", unnamed
        )
        for link in {each.through for each in restriction.follows if each.through is not None}:
            yield _shows(f"{name}_{link.row.__tablename__}", _linked(restriction, link), unnamed)
        if restriction.mentions:
            said = " UNION ALL ".join(
                _mentioned(restriction, each) + f" AND {unnamed}" for each in restriction.mentions
            )
            yield _shows(f"{name}_audit", f"SELECT 1 FROM ({said}) AS mentioned WHERE true", "true")


def policies(names: RoleNames, nouns: Nouns) -> Iterator[sql.Composable]:
    """Every policy, after the tables have their owner."""
    own = {table.name for table in all_tables(nouns) if table.policies}
    for noun, restriction in _restricted(nouns):
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


def hidden_tables(restriction: RestrictionRule) -> list[str]:
    """The tables of which rows are hidden with a restricted record, the audit's texts among them."""
    tables = {each.row.__tablename__ for each in restriction.follows}
    return sorted(tables | ({AUDIT_TEXTS} if restriction.mentions else set()))


def name_tables(restriction: RestrictionRule) -> list[str]:
    """The tables that say who is named, which only they may see."""
    return [restriction.restrictions.__tablename__, restriction.readers.__tablename__]


def policy_of(noun: Noun) -> str:
    """The name of the policy that hides a noun's restricted records."""
    return f"named_people_{_plain(noun.kind)}"


def _restricted(nouns: Nouns) -> Iterator[tuple[Noun, RestrictionRule]]:
    for noun in nouns:
        if noun.restriction is not None:
            yield noun, noun.restriction


def _unnamed(restriction: RestrictionRule) -> str:
    """True of a `restriction` whose readers the person connected does not belong to."""
    key, readers = restriction.key, restriction.readers.__tablename__
    return (
        f"NOT EXISTS (SELECT 1 FROM {readers} AS reader JOIN users ON users.id = reader.user_id "
        f"WHERE reader.{key} = restriction.{key} AND users.active AND users.database_role = session_user)"
    )


def _linked(restriction: RestrictionRule, link: Through) -> str:
    return (
        f"SELECT 1 FROM {link.row.__tablename__} AS link JOIN {restriction.restrictions.__tablename__} AS restriction "
        f"ON restriction.{restriction.key} = link.{link.record} WHERE link.{link.other} = $1"
    )


def _mentioned(restriction: RestrictionRule, each: Mention) -> str:
    return (
        f"SELECT 1 FROM {AUDIT_ENTRIES} AS entry JOIN {each.row.__tablename__} AS record "
        f"ON record.{each.subject}::text = entry.subject JOIN {restriction.restrictions.__tablename__} AS restriction "
        f"ON restriction.{restriction.key} = record.{each.record} "
        f"WHERE entry.sequence = $1 AND entry.subject_kind = '{each.kind}'"
    )


def _named_people(noun: Noun, restriction: RestrictionRule) -> Iterator[tuple[str, str, bool]]:
    """Table, rule, and whether it binds the table's owner too."""
    seen: dict[str, list[str]] = {}
    for each in restriction.follows:
        seen.setdefault(each.row.__tablename__, []).append(_shown(noun, each))
    if restriction.mentions:
        seen[AUDIT_TEXTS] = [f"controlroom_shows_{_plain(noun.kind)}_audit(sequence)"]
    nothing_hidden = f"(SELECT NOT controlroom_hides_{_plain(noun.kind)}())"
    for table, conditions in seen.items():
        yield table, f"USING ({nothing_hidden} OR ({' AND '.join(conditions)})) WITH CHECK (true)", True
    own = f"{nothing_hidden} OR controlroom_shows_{_plain(noun.kind)}({restriction.key})"
    for table in name_tables(restriction):
        # Not forced: the functions above read them as their owner. Nobody names themselves.
        yield table, f"USING ({own}) WITH CHECK ({own})", False


def _shown(noun: Noun, each: Follows) -> str:
    link = f"_{each.through.row.__tablename__}" if each.through else ""
    return f"controlroom_shows_{_plain(noun.kind)}{link}({each.column})"


def _plain(kind: str) -> str:
    return kind.replace(" ", "_").replace("-", "_")


def _shows(name: str, query: str, unnamed: str) -> sql.Composable:
    return _function(f"controlroom_shows_{name}(key bigint)", f"NOT EXISTS ({query} AND {unnamed})")


def _function(signature: str, answer: str) -> sql.Composable:
    return words(
        f"CREATE OR REPLACE FUNCTION {signature} RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER "
        f"SET search_path = public, pg_temp AS $$ BEGIN RETURN {answer}; END $$"
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
