"""The registry of actions: every key is in it, no key does two things, and what cannot be done says why."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import controlroom.ui
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Role
from controlroom.ui.kit.action import EVERYWHERE, Action, ActionButton
from controlroom.ui.kit.actions import (
    Actions,
    DeskAction,
    asked_everywhere,
    desk_action,
    grouped,
)
from controlroom.ui.kit.page import Page
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.shell.main_window import MainWindow
from tests.ui.helpers import PlainPage, actor, show
from tests.ui.kit.key_clashes import clashes, declared

UI = Path(controlroom.ui.__file__).parent
# Forms, questions and panels work alike everywhere, and say their keys on their buttons.
IN_ANY_FORM = {"Enter", "Esc", "Ctrl+Enter"}
# Ways of moving that every list, tab and field of the system has; listed where a page gives them a meaning of its own.
MOVING = {"Up", "Down", "Left", "Right", "Tab", "Backtab", "Space", "Backspace", "PageUp", "PageDown"}
BINDERS = {"KeyButton", "QKeySequence", "SearchField", "_button"}


def every_page() -> list[type[Page]]:
    """Every page there is, wherever it was declared."""
    for path in UI.rglob("page.py"):
        __import__(".".join(("controlroom.ui", *path.relative_to(UI).with_suffix("").parts)))
    found: list[type[Page]] = []
    waiting = [Page]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("controlroom."):
                found.append(kind)
    return found


def folder_of(kind: type[Page]) -> str:
    return folder_within(kind.__module__.split(".")[2:])


def folder_within(parts: Sequence[str]) -> str:
    """The page's folder of a path below `ui`; the first part for what belongs to no page."""
    return parts[1] if parts[0] == "pages" else parts[0]


def literal_keys(path: Path) -> Iterator[str]:
    """Keys a source file binds or shows, as far as they are written out: in calls, and in tables called KEYS."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in BINDERS:
                for given in [
                    *node.args,
                    *(word.value for word in node.keywords if word.arg in ("key", "search_key")),
                ]:
                    if isinstance(given, ast.Constant) and isinstance(given.value, str):
                        yield from _as_key(given.value, whole=name == "KeyButton" and given is node.args[0])
        elif isinstance(node, ast.Dict):
            for value in node.values:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield from _as_key(value.value, whole=len(value.value) > 1)
            for key in node.keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str) and path.name == "page.py":
                    yield from _as_key(key.value, whole=False)


def declared_keys(folder: Path) -> Iterator[str]:
    """Keys of the actions a page's folder declares: in `action(…)`, `about(…)`, `declare(…)`, and in tables KEYS."""
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "KEYS":
                assert isinstance(node.value, ast.Dict)
                yield from (str(each.value) for each in node.value.values if isinstance(each, ast.Constant))
            elif isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                first = next(iter(node.args), None)
                if name.removeprefix("_") in ("action", "about", "declare") and isinstance(
                    first, ast.Constant
                ):
                    yield str(first.value)


def _as_key(text: str, *, whole: bool) -> Iterator[str]:
    if not whole and Action(text, "x").one_key:
        yield text


def pressed_keys(path: Path) -> Iterator[str]:
    """Keys an event handler asks for."""
    names = {"Return": "Enter", "Escape": "Esc"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr.startswith("Key_"):
            name = node.attr.removeprefix("Key_")
            yield names.get(name, name)


def test_every_action_has_a_text_and_a_key_qt_understands():
    for each in DeskAction:
        assert each.text
        assert QKeySequence(each.keys).count() == 1, each
        assert desk_action(each).one_key, each


def test_no_key_does_two_things_on_any_page():
    """Pages are taken as declared: only what they say of themselves is asked for."""
    assert clashes(every_page()) == []  # type: ignore[arg-type]
    assert len(every_page()) >= 7


def test_ids_are_unique():
    ids = [action.id for action in declared(every_page())]  # type: ignore[arg-type]
    assert sorted({each for each in ids if ids.count(each) > 1}) == []


def test_every_key_in_the_code_is_in_the_registry():
    listed: dict[str, set[str]] = {}
    pages = every_page()
    for kind in pages:
        own = declared_keys(UI / "pages" / folder_of(kind))
        listed.setdefault(folder_of(kind), set()).update(own)
    general = {each.keys for each in DeskAction} | {kind.shortcut for kind in pages} | IN_ANY_FORM
    # The first start is a window before any desk: its keys stand on its buttons, which is all there is to press.
    listed["first_start"] = {"Ctrl+D", "Ctrl+T", "Alt+Left", "Alt+N"}
    general |= {each.keys for each in asked_everywhere()}
    general |= {"Alt+Z"}  # the log line's own, on its button while an entry waits to be put back
    missing: list[str] = []
    for path in sorted(UI.rglob("*.py")):
        folder = folder_within(path.relative_to(UI).parts)
        own = listed.get(folder, set())
        if folder in ("widgets", "kit", "shell") and path.name not in ("log_line.py", "top_bar.py"):
            own = own | {"Ctrl+F", "Ctrl+Shift+F", "Ctrl K"}
        missing += [f"{path.name}: {key}" for key in literal_keys(path) if key not in general | own]
    assert sorted(set(missing)) == []


def test_keys_asked_for_in_handlers_are_listed_or_move_as_everywhere():
    known = {
        "Plus",
        "Equal",
        "Minus",
        "Underscore",
        "BracketLeft",
        "BracketRight",
        "Delete",
        "Comma",
        "Period",
        "Less",
        "Greater",
        "Home",
        "1",
        "9",
    }  # listed on Live
    held = {"Control", "Shift", "Alt", "AltGr", "Meta"}  # pressed alone they do nothing
    for path in sorted(UI.rglob("*.py")):
        for key in pressed_keys(path):
            assert key in IN_ANY_FORM | MOVING | {"S"} | held | known, f"{path.name} asks for {key}"
    words = " ".join(declared_keys(UI / "pages" / "live"))
    for sign in ("+", "−", "[", "]", "Del", "Arrow keys", "PgUp", "Tab"):
        assert sign in words


def test_a_page_that_takes_a_key_of_the_desk_is_named(qtbot: QtBot):
    page = PlainPage("Log", "Alt+4")
    for keys, text in (("Ctrl+K", "Keep"), ("N", "New entry"), ("N", "Next")):
        page.action(keys, text)
    qtbot.addWidget(page)
    found = clashes([page])
    assert len(found) == 2
    assert any("Ctrl+K" in each and "Log" in each for each in found)
    assert any(each.startswith("N:") for each in found)


def test_a_part_may_not_take_its_pages_key_but_another_parts(qtbot: QtBot):
    page = PlainPage("RDC", "Alt+8")
    page.action("D", "Decide", part="Meetings")
    page.action("D", "DPIA", part="Deployment")
    qtbot.addWidget(page)
    assert clashes([page]) == []
    page.action("D", "Delete all")
    assert len(clashes([page])) == 2


def test_two_pages_may_use_the_same_key_since_only_one_is_in_front(qtbot: QtBot):
    pages = [PlainPage("Log", "Alt+4"), PlainPage("Incidents", "Alt+5")]
    for page in pages:
        page.action("N", "New")
        qtbot.addWidget(page)
    assert clashes(pages) == []


def test_the_list_holds_the_desks_actions_the_pages_and_each_pages_own(qtbot: QtBot):
    page = PlainPage("Log", "Alt+4")
    page.action("N", "New entry")
    qtbot.addWidget(page)
    groups = {where: [(each.keys, each.text) for each in held] for where, held in grouped(declared([page]))}
    assert ("F1", "Show every key") in groups[EVERYWHERE]
    assert groups["Pages"] == [("Alt+4", "Go to Log")]
    assert groups["Log"] == [("N", "New entry")]


def test_an_action_made_by_the_factory_carries_its_text_and_key(qtbot: QtBot):
    window = QWidget()
    qtbot.addWidget(window)
    done: list[str] = []
    registry = Actions(window)
    action = registry.make(DeskAction.PALETTE, lambda: done.append("opened"))
    assert action.shortcut() == QKeySequence("Ctrl+K")
    assert registry.run(registry.all()[0])
    assert done == ["opened"]


class LogLike(PlainPage):
    """A page with an action of each sort, and what was done."""

    def __init__(self) -> None:
        super().__init__("Log", "Alt+4", Permission.READ_LOG)
        self.done: list[str] = []
        self.shown, self.closed = False, ""
        self.action("N", "New entry", lambda: self.done.append("N"), also="write")
        self.addendum = self.action(
            "U",
            "Add an addendum",
            lambda: self.done.append("U"),
            short="Addendum",
            when=lambda: self.shown,
            why_not=lambda: self.closed,
            needs="an entry is shown",
        )
        self.action("V", "Verify", lambda: self.done.append("V"), permission=Permission.READ_AUDIT)
        self.action("Arrow keys", "Move about")


@pytest.fixture
def page() -> LogLike:
    return LogLike()


@pytest.fixture
def window(qtbot: QtBot, page: LogLike) -> MainWindow:
    session = DeskSession(actor(Role.OPERATOR))
    made = MainWindow(session, Messages(), [PlainPage("Live", "Alt+1"), page])
    qtbot.addWidget(made)
    show(qtbot, made)
    return made


def find(window: MainWindow, text: str):
    return next(each for each in window.actions_made.all() if each.text == text)


def test_an_action_of_another_page_goes_there_and_is_done(window: MainWindow, page: LogLike, qtbot: QtBot):
    assert window.actions_made.run(find(window, "New entry"))
    qtbot.waitUntil(lambda: page.done == ["N"])
    assert window.current is page


def test_what_cannot_be_done_says_why(window: MainWindow, page: LogLike):
    actions = window.actions_made
    assert actions.why_not(find(window, "Add an addendum")) == "Only when an entry is shown."
    assert actions.why_not(find(window, "Verify")) == "Your role does not allow it: read the audit trail."
    assert not actions.can_run(find(window, "Move about"))
    button = ActionButton(page.addendum, parent=page)
    page.shown = True
    assert actions.why_not(find(window, "Add an addendum")) == ""
    page.closed = "The entry belongs to a closed incident."
    page.refresh_actions()
    assert actions.why_not(find(window, "Add an addendum")) == "The entry belongs to a closed incident."
    assert button.toolTip() == "Add an addendum (U)\nThe entry belongs to a closed incident."
    assert not actions.run(find(window, "Add an addendum"))
    page.closed = ""
    page.refresh_actions()
    assert button.toolTip() == "Add an addendum (U)"


def test_the_list_of_keys_is_searched_and_shows_why_something_cannot_be_done(
    window: MainWindow, qtbot: QtBot
):
    window.shortcuts.toggle()
    lines = window.shortcuts.texts()
    assert "Arrow keys: Move about" in lines
    assert "U: Add an addendum. Not now: Only when an entry is shown." in lines
    window.shortcuts.search.setText("verify")
    window.shortcuts.search.search_now()
    assert [line.split(".")[0] for line in window.shortcuts.texts()] == ["V: Verify"]
