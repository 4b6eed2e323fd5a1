"""Every action that works anywhere in the desk: named once, keyed once, made by one factory, listed under F1."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from controlroom.ui.page import Key, Page


class ActionId(StrEnum):
    """The actions of the desk itself; pages declare theirs as `Page.keys`."""

    PALETTE = "palette"
    SHORTCUTS = "shortcuts"
    LOG_LINE = "log line"
    NEXT_PLACE = "next place"
    ALARMS = "alarms"
    SWITCH_USER = "switch user"
    CLOSE_MESSAGE = "close message"
    NOTIFICATIONS = "notifications"
    FAULT_REPORT = "fault report"
    FULL_SCREEN = "full screen"
    THEME = "theme"
    QUIT = "quit"


@dataclass(frozen=True)
class ActionSpec:
    """What an action is called, its key, and words it is also found by in the palette."""

    text: str
    keys: str
    also: str = ""


SPECS: dict[ActionId, ActionSpec] = {
    ActionId.PALETTE: ActionSpec("Find camera, incident or command", "Ctrl+K", "palette search"),
    ActionId.SHORTCUTS: ActionSpec("Show every key", "F1", "help shortcuts keyboard"),
    ActionId.LOG_LINE: ActionSpec("Write a log entry", "Ctrl+L", "log line note"),
    ActionId.NEXT_PLACE: ActionSpec("Go to the next part of the window", "F6", "focus"),
    ActionId.ALARMS: ActionSpec("Show the alarms", "F10", "alarm"),
    ActionId.SWITCH_USER: ActionSpec("Switch user", "Ctrl+U", "operator sign in out handover"),
    ActionId.CLOSE_MESSAGE: ActionSpec("Close the message, acknowledge the alarm", "Ctrl+M", "dismiss"),
    ActionId.NOTIFICATIONS: ActionSpec(
        "Show the notifications of this session", "Ctrl+Shift+M", "messages history alarms warnings bell"
    ),
    ActionId.FAULT_REPORT: ActionSpec(
        "Show the report of a fault", "Ctrl+Shift+E", "error crash failed copy save"
    ),
    ActionId.FULL_SCREEN: ActionSpec("Fill the screen, and back", "F11", "maximise window"),
    ActionId.THEME: ActionSpec("Dark or light colours", "Ctrl+Alt+T", "theme"),
    ActionId.QUIT: ActionSpec("Close the control room", "Ctrl+Q", "exit quit"),
}
EVERYWHERE = "Everywhere"


class Actions(QObject):
    """The factory and registry of one window's actions."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._made: dict[ActionId, QAction] = {}

    def make(self, action: ActionId, handler: Callable[[], object]) -> QAction:
        """Make an action with its text and key, hang it on the window, and let it call `handler`."""
        spec = SPECS[action]
        made = QAction(spec.text, self._window)
        made.setShortcut(QKeySequence(spec.keys))
        made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        made.triggered.connect(lambda _checked: handler())
        self._window.addAction(made)
        self._made[action] = made
        return made

    def make_for_page(self, page: Page, handler: Callable[[], object]) -> QAction:
        """The action that goes to a page."""
        made = QAction(f"Go to {page.title}", self._window)
        made.setShortcut(QKeySequence(page.shortcut))
        made.triggered.connect(lambda _checked: handler())
        self._window.addAction(made)
        return made

    def items(self) -> list[tuple[ActionSpec, QAction]]:
        """Every action made so far with its spec."""
        return [(SPECS[each], action) for each, action in self._made.items()]


def listing(pages: Iterable[Page]) -> list[tuple[str, list[Key]]]:
    """Every key there is, by where it works: the one list of shortcuts."""
    shown = list(pages)
    everywhere = [Key(spec.keys, spec.text) for spec in SPECS.values()]
    going = [Key(page.shortcut, f"Go to {page.title}") for page in shown if page.shortcut]
    groups = [(EVERYWHERE, everywhere), ("Pages", going)]
    return groups + [(page.title, list(page.keys)) for page in shown if page.keys]


def clashes(pages: Sequence[Page]) -> list[str]:
    """Keys that would do two things at once: within a page, or on a page and everywhere."""
    groups = listing(pages)
    general = [(key, where) for where, keys in groups[:2] for key in keys]
    found: list[str] = []
    for where, keys in [("", []), *groups[2:]]:
        seen: dict[str, str] = {}
        for key, place in [*general, *((each, where) for each in keys)]:
            name = QKeySequence(key.keys).toString() or key.keys
            if name in seen:
                found.append(f"{name}: {seen[name]} and {place} ({key.does})")
            seen[name] = f"{place} ({key.does})"
    return sorted(set(found))
