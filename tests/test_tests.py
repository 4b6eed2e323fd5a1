"""What every test has to keep to: it can fail, it waits for something, and it asserts on no stretch of time."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.structure
TESTS = Path(__file__).parent

ASSERTING = {"raises", "warns", "fail", "assertNotEmitted"}  # what else fails a test, beside `assert`
WAITING = {"wait_until", "waitUntil", "waitSignal", "until", "until_live", "must_have_stopped"}
CLOCKS = {"monotonic", "perf_counter", "time"}

SLEEPERS = {
    "waiting.py": "the one loop that waits",
    "postgresql.py": "waits for a server that says nothing when it is ready",
    "processes/echo_child.py": "a child that hangs on purpose",
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(TESTS.rglob("*.py")):
        yield path.relative_to(TESTS).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def called(call: ast.Call) -> str:
    """The last part of the called name: `waitUntil` of `desk.qtbot.waitUntil(…)`."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def can_fail(function: ast.AST, helpers: set[str]) -> bool:
    """Whether something in it asserts, waits for a condition, or calls a helper that does."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call) and (
            called(node) in ASSERTING | WAITING | helpers or _for_a_condition(node)
        ):
            return True
    return False


def _for_a_condition(call: ast.Call) -> bool:
    """`shown.wait(lambda: …)`"""
    return called(call) == "wait" and bool(call.args) and isinstance(call.args[0], ast.Lambda)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def of_a_test(tree: ast.Module) -> set[str]:
    """The names of a module's own plain functions that can fail a test calling them."""
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef) and can_fail(each, set())}


def without_assertion(name: str, tree: ast.Module) -> list[str]:
    helpers = of_a_test(tree)
    return [
        f"{name}: {each.name}"
        for each in functions(tree)
        if each.name.startswith("test_") and not can_fail(each, helpers - {each.name})
    ]


def asleep(name: str, tree: ast.Module) -> list[str]:
    """Calls that only let time go by."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [f"{name}:{call.lineno}" for call in calls if _only_waits(call)]


def _only_waits(call: ast.Call) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute):
        return called(call) == "sleep"
    owner = ast.unparse(function.value)
    if function.attr == "sleep":
        return not (owner == "asyncio" and ast.unparse(call.args[0]) == "0")
    return function.attr == "qWait" or (function.attr == "wait" and owner.endswith("qtbot"))


def timed(name: str, tree: ast.Module) -> list[str]:
    """Assertions that something took less than so long: `assert time.monotonic() - began < 3`."""
    return [
        f"{name}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
        for each in ast.walk(node.test)
        if isinstance(each, ast.Compare) and _at_most_so_long(each)
    ]


def _at_most_so_long(compare: ast.Compare) -> bool:
    sides = [compare.left, *compare.comparators]
    return any(
        isinstance(operator, ast.Lt | ast.LtE) and _stretch(side)
        for side, operator in zip(sides, compare.ops, strict=False)
    )


def _stretch(side: ast.expr) -> bool:
    clock = side.left if isinstance(side, ast.BinOp) and isinstance(side.op, ast.Sub) else None
    return isinstance(clock, ast.Call) and called(clock) in CLOCKS


def test_every_test_can_fail() -> None:
    found = [each for name, tree in sources() for each in without_assertion(name, tree)]
    assert not found, "\n".join(found)


def test_no_test_lets_time_go_by_instead_of_waiting_for_something() -> None:
    found = [each for name, tree in sources() if name not in SLEEPERS for each in asleep(name, tree)]
    assert not found, "\n".join(found)


def test_no_test_asserts_how_long_something_took() -> None:
    found = [each for name, tree in sources() for each in timed(name, tree)]
    assert not found, "\n".join(found)


BAD = """
def helper(room):
    return room.open()

def test_that_cannot_fail(room):
    helper(room)
    qtbot.wait(50)
    time.sleep(1)

def test_of_speed():
    assert time.monotonic() - began < 3
    assert 1 < time.perf_counter() - began <= 3
"""
GOOD = """
def refused(act):
    with pytest.raises(ValueError):
        act()

def test_by_a_helper():
    refused(print)

def test_by_waiting(qtbot):
    qtbot.waitUntil(lambda: True)
    shown.wait(lambda: True)

def test_not_too_early():
    assert time.monotonic() - began >= 2
    assert picture.at <= time.monotonic()
"""


def test_these_rules_bite() -> None:
    bad, good = ast.parse(BAD), ast.parse(GOOD)
    assert without_assertion("x", bad) == ["x: test_that_cannot_fail"]
    assert asleep("x", bad) == ["x:7", "x:8"]
    assert timed("x", bad) == ["x:11", "x:12"]
    assert without_assertion("x", good) == asleep("x", good) == timed("x", good) == []
