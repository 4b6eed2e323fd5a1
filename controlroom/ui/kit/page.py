"""Defines what every page of the desk is: a widget with a title, an icon, a key, and hooks for coming and going."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from controlroom.accounts.permissions import Permission
from controlroom.ui.kit.action import Action, PageKeys


class Page(QWidget):
    """Base of all pages. Subclasses set the class attributes and take what they need in their constructor."""

    title: str = ""  # top bar
    word: str = ""  # under the icon in the rail; the title when empty
    icon_name: str = "squares-four"
    shortcut: str = ""  # goes to the page from anywhere
    permission: Permission | None = None  # without it the page is not offered
    also: str = ""  # further words the page is found by
    part: str = ""  # what a page inside another (a tab) is called
    parts: Sequence["Page"] = ()  # the pages inside this one

    badge_changed = Signal(int)  # how many things need someone; 0 hides the badge
    subtitle_changed = Signal(str)  # beside the title in the top bar
    shown_requested = Signal()  # the page asks to be brought to the front
    record_wanted = Signal(str, object)  # kind and key of a record: show it, on whichever page does
    new_record_wanted = Signal(str, object)  # kind, and what it begins with, for whichever page makes one
    refused = Signal(str)  # why the key just pressed cannot do its action now

    _actions: tuple[Action, ...] = ()
    _page_keys: PageKeys | None = None

    def action(self, keys: str, text: str, run: Callable[[], object] | None = None, **more: Any) -> Action:
        """Declare an action of this page (`more` as for `Action`) and let its key run it while the page is in front."""
        made = Action(keys, text, run, where=self.title, parent=self, **{"part": self.part, **more})
        if self._page_keys is None:
            self._page_keys = PageKeys(self)
            self._page_keys.refused.connect(self.refused)
        self._page_keys.add(made)
        self._actions = (*self._actions, made)
        return made

    def declared_actions(self) -> Sequence[Action]:
        """Everything this page and the pages inside it declared, in that order."""
        return (*self._actions, *(each for part in self.parts for each in part.declared_actions()))

    def refresh_actions(self) -> None:
        """Let buttons and shortcuts look again at what can be done now."""
        for each in self.declared_actions():
            each.changed.emit()

    def hold(self, *parts: "Page") -> None:
        """Take pages in as parts of this one: their actions are its actions."""
        self.parts = parts
        for each in parts:
            each.refused.connect(self.refused)

    def bring_forward(self, action: Action) -> None:
        """Called before an action is run from elsewhere: show the part it belongs to."""
        part = next((each for each in self.parts if action in each.declared_actions()), None)
        if part is not None:
            self.show_part(part)

    def show_part(self, part: "Page") -> None:
        """Bring one of the parts to the front."""

    def entered(self) -> None:
        """Called when the page comes to the front: refresh, start timers, take the focus."""

    def left(self) -> None:
        """Called when another page comes to the front or the window closes: stop what must not run unseen."""

    def shows(self) -> Mapping[str, Callable[[str], None]]:
        """The kinds of record that can be shown here, each with what shows one by its key (its id, as text)."""
        return {}

    def begins(self) -> Mapping[str, Callable[[Any], None]]:
        """The kinds of record that can be made here, each with what opens the form, filled in from what it is given."""
        return {}

    def tools_of_bar(self) -> list[QWidget]:
        """The same widgets each time (for the window)."""
        if not hasattr(self, "_tools_made"):
            self._tools_made = self.top_bar_widgets()
        return self._tools_made

    def home(self) -> QWidget:
        """What gets the keyboard when somebody comes back to the page: where its letters are keys."""
        return self

    def hands_off(self) -> None:
        """Called when the desk is locked: let go of whatever is held."""

    def beside_pictures(self) -> QWidget | None:
        """The part over which messages may lie, where they must not cover the others; None: the foot of the page."""
        return None

    def stays_visible(self) -> QWidget | None:
        """What may be seen while the desk is locked: live pictures, never words about people."""
        return None

    def top_bar_widgets(self) -> list[QWidget]:
        """Small widgets shown in the top bar while the page is in front; asked once."""
        return []
