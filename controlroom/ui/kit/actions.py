"""The one registry of actions: everything the desk can do, named once, keyed once.

The palette, the list of keys (F1), tool tips and the desk's own shortcuts are made from it. Actions of the desk itself
are declared here; a page declares its own by `Page.action`. An action that cannot be done now says why.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from controlroom.accounts.permissions import Permission
from controlroom.ui.kit.action import EVERYWHERE, PAGES, Action
from controlroom.ui.kit.page import Page


class ActionId(StrEnum):
    """The actions of the desk itself."""

    PALETTE = "palette"
    SHORTCUTS = "shortcuts"
    LOG_LINE = "log line"
    NEXT_PLACE = "next place"
    ALARMS = "alarms"
    SWITCH_USER = "switch user"
    LOCK = "lock"
    OWN_PASSWORD = "own password"  # noqa: S105 - the name of an action
    CLOSE_MESSAGE = "close message"
    NOTIFICATIONS = "notifications"
    FAULT_REPORT = "fault report"
    FULL_SCREEN = "full screen"
    THEME = "theme"
    LARGER_TEXT = "larger text"
    SMALLER_TEXT = "smaller text"
    USUAL_TEXT = "usual text"
    SOUND = "sound"
    QUIT = "quit"


@dataclass(frozen=True)
class ActionSpec:
    """What an action is called, its key, and words it is also found by in the palette."""

    text: str
    keys: str
    also: str = ""
    permission: Permission | None = None


SPECS: dict[ActionId, ActionSpec] = {
    ActionId.PALETTE: ActionSpec("Find camera, incident or command", "Ctrl+K", "palette search"),
    ActionId.SHORTCUTS: ActionSpec("Show every key", "F1", "help shortcuts keyboard"),
    ActionId.LOG_LINE: ActionSpec("Write a log entry", "Ctrl+L", "log line note", Permission.WRITE_LOG),
    ActionId.NEXT_PLACE: ActionSpec("Go to the next part of the window", "F6", "focus"),
    ActionId.ALARMS: ActionSpec("Show the alarms", "F10", "alarm"),
    ActionId.SWITCH_USER: ActionSpec("Switch user", "Ctrl+U", "operator sign in out handover"),
    ActionId.LOCK: ActionSpec("Lock the desk", "Ctrl+Alt+L", "away break leave cover screen"),
    ActionId.OWN_PASSWORD: ActionSpec("Change my password", "Ctrl+Alt+P", "account passphrase"),
    ActionId.CLOSE_MESSAGE: ActionSpec("Close the message, acknowledge the alarm", "Ctrl+M", "dismiss"),
    ActionId.NOTIFICATIONS: ActionSpec(
        "Show the notifications of this session", "Ctrl+Shift+M", "messages history alarms warnings bell"
    ),
    ActionId.FAULT_REPORT: ActionSpec(
        "Show the report of a fault", "Ctrl+Shift+E", "error crash failed copy save"
    ),
    ActionId.FULL_SCREEN: ActionSpec("Fill the screen, and back", "F11", "maximise window"),
    ActionId.THEME: ActionSpec("Dark or light colours", "Ctrl+Alt+T", "theme contrast"),
    ActionId.LARGER_TEXT: ActionSpec("Larger text", "Ctrl+Alt++", "font size zoom bigger scale"),
    ActionId.SMALLER_TEXT: ActionSpec("Smaller text", "Ctrl+Alt+-", "font size zoom scale"),
    ActionId.USUAL_TEXT: ActionSpec("Text in its usual size", "Ctrl+Alt+0", "font size zoom reset scale"),
    ActionId.SOUND: ActionSpec("Sound with alarms, on or off", "Ctrl+Alt+A", "beep quiet mute"),
    ActionId.QUIT: ActionSpec("Close the control room", "Ctrl+Q", "exit quit"),
}
# Asked over whatever page is in front, so no page's plain letters can be their keys.
WHILE_CLOSING = (
    ("Alt+L", "Leave the recorder running"),
    ("Alt+E", "End the recorder too"),
)


def desk_action(action: ActionId) -> Action:
    """The registry's entry for an action of the desk itself."""
    spec = SPECS[action]
    return Action(
        spec.keys, spec.text, also=spec.also, permission=spec.permission, name=f"desk.{action.value}"
    )


def going_to(page: Page) -> Action:
    """The registry's entry for going to a page."""
    also = f"{page.word or page.title} {page.also}".strip()
    return Action(
        page.shortcut,
        f"Go to {page.title}",
        where=PAGES,
        also=also,
        permission=page.permission,
        name=f"go.{page.title.lower()}",
    )


def asked_everywhere() -> list[Action]:
    """The registry's entries for what the desk asks over any page; the buttons of the question carry them out."""
    return [
        Action(keys, text, part="While closing", name=f"asked.{keys.lower()}") for keys, text in WHILE_CLOSING
    ]


def declared(pages: Iterable[Page]) -> list[Action]:
    """Everything that is declared: the desk's actions, going to pages, and what pages can do."""
    shown = list(pages)
    found = [desk_action(each) for each in SPECS]
    found += asked_everywhere()
    found += [going_to(page) for page in shown if page.shortcut]
    return found + [each for page in shown if isinstance(page, Page) for each in page.declared_actions()]


@dataclass(frozen=True)
class _Held:
    action: Action
    run: Callable[[], object] | None
    why_not: Callable[[], str]


class Actions(QObject):
    """The registry of one window. `may` asks for the person signed in."""

    def __init__(self, window: QWidget, may: Callable[[Permission], bool] = lambda _: True) -> None:
        super().__init__(window)
        self._window, self._may = window, may
        self._held: dict[str, _Held] = {}

    # -- entering --------------------------------------------------------------------------------------------

    def make(self, action: ActionId, handler: Callable[[], object]) -> QAction:
        """Enter an action of the desk, hang its key on the window, and let both call `handler`."""
        return self._hang(desk_action(action), handler)

    def make_for_page(self, page: Page, handler: Callable[[], object]) -> QAction:
        """Enter the action that goes to a page."""
        return self._hang(going_to(page), handler)

    def enter(
        self,
        action: Action,
        run: Callable[[], object] | None = None,
        why_not: Callable[[], str] = str,
    ) -> None:
        """Enter an action something else has the key of. `run` None: only a person can do it (holding a key)."""
        if action.id in self._held:
            action.id = f"{action.id}.{action.keys.lower()}"
        self._held[action.id] = _Held(action, run, why_not)

    def enter_page(self, page: Page, why_closed: Callable[[], str], go: Callable[[], None]) -> None:
        """Enter a page's actions. `why_closed` says why the page cannot be opened; `go` brings it to the front."""

        def run(action: Action) -> None:
            go()
            page.bring_forward(action)
            QTimer.singleShot(0, page, action.run)

        for action in page.declared_actions():
            self.enter(
                action,
                partial(run, action) if action.can_run else None,
                lambda action=action: why_closed() or action.why_not(),
            )

    # -- reading ---------------------------------------------------------------------------------------------

    def all(self) -> list[Action]:
        """Every action, in the order of entering."""
        return [held.action for held in self._held.values()]

    def can_run(self, action: Action) -> bool:
        """True when it can be done from the palette at all."""
        return self._held[action.id].run is not None

    def why_not(self, action: Action) -> str:
        """Why it cannot be done now; empty when it can."""
        if action.permission is not None and not self._may(action.permission):
            return f"Your role does not allow it: {action.permission.value}."
        return self._held[action.id].why_not()

    def run(self, action: Action) -> bool:
        """Do it; False when it cannot be done now."""
        held = self._held[action.id]
        if held.run is None or self.why_not(action):
            return False
        held.run()
        return True

    def groups(self) -> list[tuple[str, list[Action]]]:
        """Every action by where it works: the one list of keys."""
        return grouped(self.all())

    def _hang(self, action: Action, handler: Callable[[], object]) -> QAction:
        made = QAction(action.text, self._window)
        made.setShortcut(QKeySequence(action.keys))
        made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        made.triggered.connect(lambda _checked: handler())
        self._window.addAction(made)
        self.enter(action, made.trigger)
        return made


def grouped(actions: Iterable[Action]) -> list[tuple[str, list[Action]]]:
    """Actions by where they work, in the order they come."""
    found: dict[str, list[Action]] = {EVERYWHERE: [], PAGES: []}
    for action in actions:
        found.setdefault(action.where, []).append(action)
    return [(where, held) for where, held in found.items() if held]


def clashes(pages: Sequence[Page]) -> list[str]:
    """Keys that would do two things at once: in one part of a page, or on a page and everywhere."""
    everything = list(dict.fromkeys(declared(pages)))  # of a page inside another once
    general = [each for each in everything if each.where in (EVERYWHERE, PAGES)]
    found: set[str] = set()
    for where, held in [("", []), *grouped(each for each in everything if each not in general)]:
        of_page = [each for each in held if not each.part]
        for part in {each.part for each in held} | {""}:
            seen: dict[str, Action] = {}
            for each in [*general, *of_page, *(one for one in held if part and one.part == part)]:
                name = QKeySequence(each.keys).toString() if each.one_key else each.keys
                if name in seen and not (each.either and each.either == seen[name].either):
                    found.add(f"{name}: {_named(seen[name])} and {_named(each)}")
                seen[name] = each
        del where
    return sorted(found)


def _named(action: Action) -> str:
    return f"{action.place} ({action.text})"
