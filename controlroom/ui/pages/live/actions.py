"""Declares each action of the Live page once, and builds the tools in the top bar that show some of them.

The panel, the menu, keys and palette show the same actions.
"""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QAbstractButton, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.page import Page
from controlroom.ui.pages.live import hold_words
from controlroom.ui.pages.live.holding import Holding
from controlroom.ui.pages.live.wall import SIZES, Wall
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.layout import row
from controlroom.video.records import StreamFault

Run = Callable[[], object]
_SIZE_WORDS = ("one picture", "four", "nine", "sixteen")


class LiveActions:
    """The page's actions: their words and reasons follow the wall's selected tile. `runs` does each, by its name."""

    def __init__(
        self,
        page: Page,
        wall: Wall,
        may: Callable[[Permission], bool],
        set_size: Callable[[int], object],
        runs: Mapping[str, Run],
    ) -> None:
        self._wall, self._may = wall, may
        self.is_narrow = False  # the panel: its words are shorter then
        self._declare_camera(page, runs)
        self._declare_wall(page, runs)
        self.sizes: dict[int, Action] = {}
        for place, (size, words) in enumerate(zip(SIZES, _SIZE_WORDS, strict=True), 1):
            side = round(size**0.5)
            self.sizes[size] = page.action(
                f"Ctrl+{place}",
                f"A wall of {words}",
                lambda size=size: set_size(size),
                short=f"{side} × {side}",
                also=f"layout {side}x{side}",
            )
        _list_what_hands_do(page)

    def declare_holds(self, page: Page, holding: Holding) -> None:
        """Who has control of the selected camera, and what can be done about it."""
        self.take = page.action(
            hold_words.TAKE_KEY,
            "Take control of the selected camera, or ask whoever has it",
            holding.take,
            short=lambda: holding.take_words,
            when=lambda: not holding.why_not_take(),
            needs="somebody else has control of the selected camera, or the recorder does not answer",
            also="take over, request control, steer anyway",
        )
        self.give = page.action(
            hold_words.GIVE_KEY,
            "Give control of a camera to who asks for it, or let it go",
            holding.give,
            short="Give control",
            when=lambda: not holding.why_not_give(),
            needs="you have control of a camera",
            also="release camera",
        )

    @property
    def about_camera(self) -> Sequence[Action]:
        """What can be done with the selected tile's camera, the first one first."""
        return self.incident, self.snapshot, self.entry, self.enlarge, self.retry, self.remove

    def _declare_camera(self, page: Page, runs: Mapping[str, Run]) -> None:
        self.incident = page.action(
            "F2",
            "Open an incident from the selected tile",
            runs["incident"],
            short=lambda: "Incident" if self.is_narrow else "Open incident",
            why_not=lambda: self._no_camera() or self._no_right(Permission.OPEN_INCIDENTS, "open incidents"),
            kind="primary",
        )
        self.snapshot = page.action(
            "F3",
            "Save a snapshot with a log entry",
            runs["snapshot"],
            short="Snapshot",
            why_not=lambda: self._no_address() or self._no_right(Permission.WRITE_LOG, "write in the log"),
        )
        self.entry = page.action(
            "L",
            "Write a log entry about the selected camera",
            runs["entry"],
            short="Log entry",
            why_not=lambda: self._no_camera() or self._no_right(Permission.WRITE_LOG, "write in the log"),
        )
        self.enlarge = page.action(
            "Enter",
            "Enlarge the selected tile, and back",
            runs["enlarge"],
            short=lambda: "Enlarge" if self._wall.enlarged is None else "Back to wall",
            why_not=self._no_camera,
            bound=False,  # finishes a number that is being typed
        )
        self.retry = page.action(
            "T",
            "Try the selected camera's stream again",
            runs["retry"],
            short="Try again",
            why_not=self._no_address,
        )
        self.trust = page.action(
            "Shift+T",
            "Look at the new certificate of the selected camera",
            runs["trust"],
            short="New certificate",
            when=lambda: (
                self._wall.status_of(self._wall.selected.index).fault is StreamFault.CERTIFICATE_CHANGED
            ),
            needs="the selected camera shows another certificate than before",
            why_not=lambda: self._no_right(Permission.MANAGE_CAMERAS, "add and change cameras"),
        )
        self.remove = page.action(
            "Del",
            "Take the camera off the selected tile",
            runs["remove"],
            short="Take off",
            why_not=self._no_camera,
            bound=False,  # only while no field has the keyboard
        )

    def _declare_wall(self, page: Page, runs: Mapping[str, Run]) -> None:
        self.back = page.action(
            "Esc",
            "Back to the wall",
            runs["back"],
            when=lambda: self._wall.enlarged is not None,
            needs="a picture is enlarged",
            bound=False,
        )
        page.action("Ctrl+Z", "Put back what stood on the wall before", runs["undo"], also="undo placement")
        page.action("Ctrl+F", "Search the camera list", runs["search"], bound=False)
        self.list = page.action(
            "F7", "Hide or show the camera list", runs["list"], short="List", kind="quiet"
        )
        self.panel = page.action(
            "F9", "Hide or show the camera's panel", runs["panel"], short="Panel", kind="quiet"
        )

    def _no_camera(self) -> str:
        return "" if self._wall.selected.camera is not None else "No camera is on the selected tile."

    def _no_address(self) -> str:
        camera = self._wall.selected.camera
        return self._no_camera() or (camera.why_no_picture if camera else "")

    def _no_right(self, permission: Permission, doing: str) -> str:
        return "" if self._may(permission) else f"Your role does not {doing}."


def _list_what_hands_do(page: Page) -> None:
    """What a person does by holding keys or typing, for the list of keys."""
    page.action("0–9, Enter", "Put the camera of that number on the selected tile")
    page.action("Arrow keys", "Steer the selected camera while held")
    page.action("+ / −, PgUp / PgDn", "Zoom while held")
    page.action("[ / ]", "Steer slower or faster")
    page.action("P, then 1–9", "Drive to a preset")
    page.action("Ctrl+Arrow keys", "Select the tile beside this one")
    page.action("Tab, Shift+Tab", "Select the next or previous tile of the wall")


class LayoutTools(QWidget):
    """The wall's size, and whether the list and the panel are open. What is chosen here runs its action."""

    def __init__(self, actions: LiveActions, wall: Wall, camera_list: QWidget, panel: QWidget) -> None:
        super().__init__()
        self._wall = wall
        sizes = list(actions.sizes.values())
        self.choices = Choices([each.short for each in sizes])
        for action, button in zip(sizes, self.choices.findChildren(QAbstractButton), strict=True):
            button.setToolTip(f"{action.text} ({action.keys})")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._parts = {ActionButton(actions.list): camera_list, ActionButton(actions.panel): panel}
        for each in self._parts:
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            each.action_shown.changed.connect(self._describe)
        row(self.choices, *self._parts, on=self, spacing=6)
        self.choices.chosen.connect(lambda place: sizes[place].run())
        wall.placed.connect(self._show_size)

    def _show_size(self) -> None:
        """Mark the wall's size, without choosing it."""
        with QSignalBlocker(self.choices):
            self.choices.choose(SIZES.index(self._wall.size_in_tiles))

    def _describe(self) -> None:
        for button, part in self._parts.items():
            button.setAccessibleDescription("hidden" if part.isHidden() else "shown")
