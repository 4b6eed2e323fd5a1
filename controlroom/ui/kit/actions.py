"""Holds the one registry of actions: everything the desk can do, each named once and with one key.

The palette, the list of keys (F1), tool tips and the desk's own shortcuts are made from it. Actions of the desk itself
are declared here; a page declares its own by `Page.action`. An action that cannot be done now says why.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from controlroom.accounts.permissions import Permission
from controlroom.ui.kit.action import EVERYWHERE, PAGES, Action
from controlroom.ui.kit.page import Page


class DeskAction(Enum):
    """The actions of the desk itself: what each is called, its key, and words it is also found by in the palette."""

    PALETTE = ("Find camera, incident or command", "Ctrl+K", "palette search")
    SHORTCUTS = ("Show every key", "F1", "help shortcuts keyboard")
    LOG_LINE = ("Write a log entry", "Ctrl+L", "log line note", Permission.WRITE_LOG)
    NEXT_PLACE = ("Go to the next part of the window", "F6", "focus")
    ALARMS = ("Show the alarms", "F10", "alarm")
    SWITCH_USER = ("Switch user", "Ctrl+U", "operator sign in out handover")
    LOCK = ("Lock the desk", "Ctrl+Alt+L", "away break leave cover screen")
    OWN_PASSWORD = ("Change my password", "Ctrl+Alt+P", "account passphrase")
    CLOSE_MESSAGE = ("Close the message, acknowledge the alarm", "Ctrl+M", "dismiss")
    NOTIFICATIONS = (
        "Show the notifications of this session",
        "Ctrl+Shift+M",
        "messages history alarms warnings bell",
    )
    FAULT_REPORT = ("Show the report of a fault", "Ctrl+Shift+E", "error crash failed copy save")
    FULL_SCREEN = ("Fill the screen, and back", "F11", "maximise window")
    THEME = ("Dark or light colours", "Ctrl+Alt+T", "theme contrast")
    LARGER_TEXT = ("Larger text", "Ctrl++", "font size zoom bigger scale")
    SMALLER_TEXT = ("Smaller text", "Ctrl+-", "font size zoom scale")
    USUAL_TEXT = ("Text in its usual size", "Ctrl+0", "font size zoom reset scale")
    SOUND = ("Sound with alarms, on or off", "Ctrl+Alt+A", "beep quiet mute")
    QUIT = ("Close the control room", "Ctrl+Q", "exit quit")

    def __init__(self, text: str, keys: str, also: str, permission: Permission | None = None) -> None:
        self.text, self.keys, self.also, self.permission = text, keys, also, permission

    @property
    def id(self) -> str:
        """What the palette remembers it by."""
        return f"desk.{self.name.lower().replace('_', ' ')}"


_SAME_KEY = {"Ctrl++": "Ctrl+="}  # the plus without Shift, where it stands above the equals sign

# Asked over whatever page is in front, so no page's plain letters can be their keys.
WHILE_CLOSING = (
    ("Alt+L", "Leave the recorder running"),
    ("Alt+E", "End the recorder too"),
)


def desk_action(spec: DeskAction) -> Action:
    """The registry's entry for an action of the desk itself."""
    return Action(spec.keys, spec.text, also=spec.also, permission=spec.permission, name=spec.id)


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
    """The registry's entries for questions the desk asks over any page; the question's buttons carry them out."""
    return [
        Action(keys, text, part="While closing", name=f"asked.{keys.lower()}") for keys, text in WHILE_CLOSING
    ]


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

    def make(self, action: DeskAction, handler: Callable[[], object]) -> QAction:
        """Enter an action of the desk, bind its key in the window, and let both call `handler`."""
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
        """Enter an action whose key is bound elsewhere. `run` None: only a person can do it (holding a key)."""
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
        keys = (action.keys, _SAME_KEY.get(action.keys, ""))
        made.setShortcuts([QKeySequence(each) for each in keys if each])
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
