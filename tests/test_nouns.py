"""Every table, change and audit action has its declaration; both engines' databases are what they say."""

import ast
import importlib
import pkgutil
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import UniqueConstraint, create_engine, inspect, text

import controlroom
from controlroom.care.declarations import as_markdown
from controlroom.database.roles import GROUPS, LOGINS, REVISION
from controlroom.database.row_marks import hidden_tables
from controlroom.database.row_security import name_tables
from controlroom.database.server import settle_roles
from controlroom.database.tables import Base
from controlroom.database.triggers import purged_tables
from controlroom.declaration import DELETE, INSERT, SELECT, UPDATE, action_words, all_tables, change_kinds
from controlroom.nouns import NOUNS
from tests import engines, postgresql
from tests.builders import make_room

ROOT = Path(controlroom.__file__).parent
VERBS = {SELECT, INSERT, UPDATE, DELETE}


def modules(name):
    for module in pkgutil.walk_packages(controlroom.__path__, "controlroom."):
        if module.name.rpartition(".")[2] == name:
            yield importlib.import_module(module.name)


def source():
    for path in sorted(ROOT.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_every_package_with_tables_has_its_nouns_in_the_list():
    declared = {table.row for table in all_tables(NOUNS)}
    for module in modules("tables"):
        rows = {
            each
            for each in vars(module).values()
            if isinstance(each, type) and issubclass(each, Base) and each.__module__ == module.__name__
        }
        assert rows - {Base} <= declared, f"declare these tables of {module.__name__} in a noun.py"


def test_every_declaration_of_a_noun_file_is_in_the_list():
    for module in modules("noun"):
        nouns = [each for each in vars(module).values() if type(each).__name__ == "Noun"]
        assert nouns, module.__name__
        assert all(each in NOUNS for each in nouns), f"put the noun of {module.__name__} into nouns.py"


def test_nothing_is_declared_twice():
    for names in (
        [noun.kind for noun in NOUNS],
        [table.name for table in all_tables(NOUNS)],
        [each.prefix for noun in NOUNS for each in noun.references],
        [action for noun in NOUNS for action in noun.actions],
    ):
        assert [name for name, count in Counter(names).items() if count > 1] == []


def test_grants_are_of_groups_and_verbs_there_are_and_ask_for_nothing_a_trigger_refuses():
    for table in all_tables(NOUNS):
        for grant in table.grants:
            assert grant.group in {*GROUPS, *LOGINS}
            assert set(grant.verbs) <= VERBS
            assert not set(grant.verbs) & set(table.refuses), table.name


def test_every_table_has_digests_or_says_why_not():
    for table in all_tables(NOUNS):
        assert table.digested != bool(table.uncovered), (
            f"{table.name}: `digested`, or `uncovered` with the reason"
        )
        assert not table.undigested or table.digested, table.name


def test_on_a_server_texts_are_deleted_by_the_functions_of_a_purge_alone():
    purged = purged_tables(NOUNS)
    tables = [table for table in all_tables(NOUNS) if table.name in purged]
    assert len(tables) == len(purged) > 1
    assert [table.name for table in tables for each in table.grants if DELETE in each.verbs] == []


def test_every_unique_key_of_a_table_whose_rows_stay_is_declared():
    """By any of them SQLite's INSERT OR REPLACE would remove a row."""
    for table in all_tables(NOUNS):
        if DELETE in table.refuses:
            keys = [
                key.columns for key in table.row.__table__.constraints if isinstance(key, UniqueConstraint)
            ]
            keys += [index.columns for index in table.row.__table__.indexes if index.unique]
            keys.append(table.row.__table__.primary_key.columns)
            assert {", ".join(column.name for column in key) for key in keys} == set(table.keys), table.name


def test_every_change_that_is_announced_is_declared():
    announced = {
        node.args[0].value
        for _path, tree in source()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "announce"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert "incident" in announced
    assert announced <= set(change_kinds(NOUNS))


def test_every_audit_action_written_out_in_the_code_has_its_words():
    words = action_words(NOUNS)
    beginnings = {action.split(".")[0] for action in words if "." in action}
    files = {"database.url", "database.sqlite", "database.pgdump", "care.json", "incidents.id"}
    literal = {
        node.value
        for path, tree in source()
        if path.name != "noun.py" and not {"ui", "bench", "tour"} & set(path.parts)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.islower()  # `log.LogService` is a service
        and node.value.count(".") == 1
        and node.value.split(".")[0] in beginnings
        and node.value.replace("-", "").replace(".", "").isalpha()
        and not node.value.endswith(".")
    }
    assert "camera.added" in literal
    assert literal - files <= set(words)


def test_the_page_in_the_documentation_is_what_the_nouns_declare():
    written = (ROOT.parent / "docs" / "declarations.md").read_text(encoding="utf-8")
    assert written == as_markdown(NOUNS), "run `controlroom db declarations > docs/declarations.md`"


@pytest.mark.both_engines
def test_the_database_has_the_declared_tables_and_no_others(tmp_path):
    tables = set(inspect(make_room(tmp_path).database.engine).get_table_names())
    assert tables == {table.name for table in all_tables(NOUNS)} | {REVISION}


def privileges(connection):
    """(role, table, verb, column; empty for the whole table) of everybody but the owner."""
    query = (
        "SELECT grantee, table_name, privilege_type, '' FROM information_schema.role_table_grants "
        "WHERE table_schema = 'public' UNION SELECT grantee, table_name, privilege_type, column_name "
        "FROM information_schema.role_column_grants AS columns WHERE table_schema = 'public' AND NOT EXISTS ("
        "SELECT 1 FROM information_schema.role_table_grants AS whole WHERE whole.grantee = columns.grantee "
        "AND whole.table_name = columns.table_name AND whole.privilege_type = columns.privilege_type)"
    )
    owner, superuser = engines.ROOM.of("owner"), postgresql.ADMINISTRATOR
    return {tuple(row) for row in connection.execute(query) if row[0] not in (owner, superuser)}


@pytest.mark.postgresql
def test_on_a_server_every_role_may_do_what_is_declared_and_nothing_else(tmp_path):
    room = make_room(tmp_path)
    with closing(postgresql.server().connect(engines._Now.databases[tmp_path])) as connection:
        found = privileges(connection)
    wanted = {(engines.ROOM.of(group), REVISION, SELECT, "") for group in ("readers", "desk", "recorder")}
    for table in all_tables(room.database.nouns):
        wanted.add((engines.ROOM.of("recorder"), table.name, SELECT, ""))
        for grant in table.grants:
            role = engines.ROOM.of(grant.group)
            wanted |= {
                (role, table.name, verb, column) for verb in grant.verbs for column in grant.columns or ("",)
            }
    assert found == wanted


@pytest.mark.postgresql
def test_on_a_server_a_table_that_nobody_declares_belongs_to_nobody(tmp_path):
    make_room(tmp_path)
    engine = create_engine(engines.administrators_url(tmp_path))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE nobodys (id integer)"))
        connection.execute(text(f'GRANT SELECT ON nobodys TO "{engines.ROOM.of("readers")}"'))
        settle_roles(connection, engines.ROOM, NOUNS)
    engine.dispose()
    with closing(postgresql.server().connect(engines._Now.databases[tmp_path])) as connection:
        assert [each for each in privileges(connection) if each[1] == "nobodys"] == []


@pytest.mark.postgresql
def test_on_a_server_row_security_stands_where_it_is_declared_and_nowhere_else(tmp_path):
    make_room(tmp_path)
    rows = "SELECT relname, relforcerowsecurity FROM pg_class WHERE relrowsecurity AND relkind = 'r'"
    policies = "SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'"
    with closing(postgresql.server().connect(engines._Now.databases[tmp_path])) as connection:
        secured = dict(connection.execute(rows).fetchall())
        made = set(connection.execute(policies).fetchall())
    restrictions = [noun.restriction for noun in NOUNS if noun.restriction is not None]
    hidden = {name for each in restrictions for name in hidden_tables(each)}
    named = {name for each in restrictions for name in name_tables(each)}
    own = {table.name for table in all_tables(NOUNS) if table.policies}
    assert {name for name, forced in secured.items() if forced} == hidden
    assert set(secured) == hidden | named | own
    assert made == {
        *((name, "named_people_incident") for name in hidden | named),
        *((name, "everybody") for name in (hidden | named) - own),
        *((table.name, each.name) for table in all_tables(NOUNS) for each in table.policies),
    }


def test_a_purge_counts_texts_under_the_name_of_their_table():
    """The triggers hold a purge to what was counted: they know texts by their table."""
    for noun in NOUNS:
        for each in noun.texts:
            assert each.name == each.row.__tablename__
