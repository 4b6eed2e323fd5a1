"""Checks that what `docs/rules.md` names exists, and that every rule a docstring cites stands there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.named_tests import ROOT, missing_tests, named_tests

RULES = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
NUMBERS = {int(number) for number in re.findall(r"^## Rule (\d+):", RULES, re.MULTILINE)}
QUOTED = re.findall(r"`([^`\s]+)`", RULES)
FROZEN = ROOT / "controlroom" / "database" / "migrations" / "versions"
CITED = re.compile(r"\brule (\d+)")

pytestmark = pytest.mark.structure


def docstrings() -> Iterator[tuple[Path, str]]:
    """Every docstring of the program, with its file."""
    for path in sorted((ROOT / "controlroom").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                text = ast.get_docstring(node)
                if text:
                    yield path, text


def test_the_thirteen_rules_are_there() -> None:
    assert sorted(NUMBERS) == list(range(1, 14))


def test_every_rule_names_its_code_and_its_test_or_says_that_it_is_not_built() -> None:
    for part in RULES.split("\n## ")[1:]:
        proven = "`controlroom/" in part and "`test_" in part
        assert proven or "Not built yet" in part, part.splitlines()[0]


@pytest.mark.parametrize("path", sorted({each for each in QUOTED if "/" in each}))
def test_every_path_in_the_rules_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_test_in_the_rules_exists() -> None:
    assert list(named_tests(RULES))
    assert missing_tests(RULES) == []


def test_docstrings_cite_rules_that_exist_and_say_where_they_stand() -> None:
    wrong = []
    for path, text in docstrings():
        cited = {int(number) for number in CITED.findall(text)}
        if not cited <= NUMBERS or (cited and "docs/rules.md" not in text and FROZEN not in path.parents):
            wrong.append(f"{path.relative_to(ROOT)}: {text.splitlines()[0]}")
    assert wrong == []
