"""Finds the tests that a document names, as `tests/folder/test_file.py`: `test_name`, and says which do not exist."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def named_tests(text: str) -> Iterator[tuple[str, str]]:
    """Each test function that `text` names, with the file named last before it."""
    file = ""
    for word in re.findall(r"`([^`\s]+)`", text):
        if word.startswith("tests/"):
            file = word
        elif word.startswith("test_"):
            yield file, word


def missing_tests(text: str) -> list[str]:
    """What `text` names and the tests do not have."""
    return [f"{file}: {name}" for file, name in named_tests(text) if name not in _tests_of(file)]


@cache
def _tests_of(file: str) -> frozenset[str]:
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
