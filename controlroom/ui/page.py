"""What every page of the desk is: a widget with a title, an icon, a key, and hooks for coming and going."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from controlroom.accounts.permissions import Permission


@dataclass(frozen=True)
class Key:
    """One key that works on a page: shown in the list of shortcuts (F1)."""

    keys: str
    does: str


class Page(QWidget):
    """Base of all pages. Subclasses set the class attributes and take what they need in their constructor."""

    title: str = ""  # top bar
    word: str = ""  # under the icon in the rail; the title when empty
    icon_name: str = "squares-four"
    shortcut: str = ""  # goes to the page from anywhere
    permission: Permission | None = None  # without it the page is not offered
    keys: Sequence[Key] = ()

    badge_changed = Signal(int)  # how many things need someone; 0 hides the badge
    subtitle_changed = Signal(str)  # beside the title in the top bar
    shown_requested = Signal()  # the page asks to be brought to the front

    def entered(self) -> None:
        """Called when the page comes to the front: refresh, start timers, take the focus."""

    def left(self) -> None:
        """Called when another page comes to the front or the window closes: stop what must not run unseen."""

    def top_bar_widgets(self) -> list[QWidget]:
        """Small widgets shown in the top bar while the page is in front; asked once."""
        return []
