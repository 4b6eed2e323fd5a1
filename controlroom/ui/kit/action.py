"""Defines an action: one thing that can be done, with its words, its key, what it needs and what it does.

It is declared once. Buttons (`ActionButton`), shortcuts (`PageKeys`), the palette and the list of keys (F1) are views
on it: they show what it says, run what it runs, and tell why it cannot be done now.
"""

import re
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from controlroom.accounts.permissions import Permission
from controlroom.ui.widgets.key_button import ButtonKind, KeyButton

EVERYWHERE, PAGES = "Everywhere", "Pages"
_NAMED = "Enter|Esc|Del|Delete|Backspace|Up|Down|Left|Right|Home"
_PART = rf"(?:(?:Ctrl|Alt|Shift|Meta)\+)*(?:F\d{{1,2}}|[A-Z0-9]|{_NAMED}|[\[\]+\-<>])"
_ONE_KEY = re.compile(_PART)


def is_letter(keys: str) -> bool:
    """True for a key that types something, and so is text in a text field: "N", "Shift+T"."""
    return len(keys.removeprefix("Shift+")) == 1


def always() -> bool:
    """The condition of an action that is always possible."""
    return True


class Action(QObject):
    """One thing that can be done. `changed` tells its views to look again.

    `when` says whether it fits what is shown (a button that does not fit is hidden); `needs` says that in words ("an
    entry is shown"). `why_not` gives the reason why it fits and yet cannot be done (the button is shown, and off).
    A key has one meaning on a page: no two of its actions share one, not even if they are never offered together.
    Without `run` it is only listed: something a person does by holding a key or with the mouse. `bound=False` means
    that something else handles the key: a search field, a form.
    """

    changed = Signal()

    def __init__(
        self,
        keys: str,
        text: str,
        run: Callable[[], object] | None = None,
        *,
        short: str | Callable[[], str] = "",
        where: str = EVERYWHERE,
        part: str = "",
        also: str = "",
        needs: str = "",
        permission: Permission | None = None,
        may: Callable[[Permission], bool] = lambda _permission: True,
        when: Callable[[], bool] = always,
        why_not: Callable[[], str] = str,
        kind: ButtonKind = "secondary",
        icon_name: str = "",
        bound: bool = True,
        name: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.keys, self.text, self.where, self.part = keys, text, where, part
        self.also, self.needs, self.permission = also, needs, permission
        self.kind: ButtonKind = kind
        self.icon_name, self.bound = icon_name, bound
        self.id = name or f"{where}.{_slug(f'{part} {text}')}".lower()
        self._run, self._short = run, short
        self._may, self._when, self._why_not = may, when, why_not

    @property
    def short(self) -> str:
        """The words on its buttons."""
        said = self._short() if callable(self._short) else self._short
        return said or self.text

    @property
    def one_key(self) -> bool:
        """True when a single combination does it; False for "Arrow keys" and other ways of working."""
        return bool(_ONE_KEY.fullmatch(self.keys))

    @property
    def place(self) -> str:
        """Where it works, for people: "Rapid deployment, Bids"."""
        return f"{self.where}, {self.part}" if self.part else self.where

    @property
    def can_run(self) -> bool:
        """True when the program can do it; False when only a person can."""
        return self._run is not None

    def offered(self) -> bool:
        """True when the person may do it and it fits what is shown."""
        return (self.permission is None or self._may(self.permission)) and self._when()

    def why_not(self) -> str:
        """Why it cannot be done now, empty when it can."""
        if self.permission is not None and not self._may(self.permission):
            return f"Your role does not allow it: {self.permission.value}."
        if not self._when():
            return f"Only when {self.needs}." if self.needs else "Not now."
        return self._why_not()

    def run(self) -> bool:
        """Do it; False when it cannot be done now."""
        if self._run is None or self.why_not():
            return False
        self._run()
        return True


class ActionButton(KeyButton):
    """The button of an action: hidden while the action is not offered, off while it cannot be done."""

    def __init__(
        self,
        action: Action,
        kind: ButtonKind | None = None,
        parent: QWidget | None = None,
    ) -> None:
        kind = kind or action.kind
        super().__init__(
            action.short, action.keys, kind, action.icon_name, parent, bind=False, press=action.run
        )
        self.action_shown = action
        action.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Show the action as it stands now."""
        action = self.action_shown
        if self.text() != action.short:
            self.set_text(action.short)
        self.describe(action.text)
        offered = action.offered()
        self.allow(not action.why_not(), action.why_not())
        if not offered or self.parent() is not None:  # shown without a parent it would be a window of its own
            self.setVisible(offered)


class PageKeys(QObject):
    """The shortcuts of a page's actions, active while the page is in front; a key does what is offered just then.

    A key whose action cannot be done tells the reason by `refused`, and a letter does so also while its action is not
    offered: it has no second meaning. Other keys (Esc, Ctrl+Enter) of which nothing is offered go on to whatever has
    the keyboard.
    """

    refused = Signal(str)

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._actions: dict[str, list[Action]] = {}
        self._shortcuts: dict[str, QShortcut] = {}

    def add(self, action: Action) -> None:
        """Let a key run an action. Raises ValueError when it does something else already.

        The same thing may be declared in two places (what is shown, what is overdue) that never offer it together.
        """
        if not (action.bound and action.one_key and action.can_run):
            return
        key = action.keys
        known = self._actions.setdefault(key, [])
        if any(each.text != action.text for each in known):
            raise ValueError(f"{key} is {known[0].text!r} already, and cannot be {action.text!r}")
        if not known:
            self._shortcuts[key] = shortcut = QShortcut(self._page)
            # "Enter" is the one of the number pad to Qt, and "Return" the large one.
            both = dict.fromkeys((key, key.replace("Enter", "Return")))
            shortcut.setKeys([QKeySequence(each) for each in both])
            shortcut.setAutoRepeat(False)  # a held key counts once
            shortcut.activated.connect(lambda: self._press(key))
        known.append(action)
        action.changed.connect(lambda: self._follow(key))
        self._follow(key)

    def _follow(self, key: str) -> None:
        wanted = is_letter(key) or any(each.offered() for each in self._actions[key])
        self._shortcuts[key].setEnabled(wanted)

    def _press(self, key: str) -> None:
        meant = next((each for each in self._actions[key] if each.offered()), self._actions[key][0])
        if not meant.run():
            self.refused.emit(meant.why_not())


def _slug(text: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))
