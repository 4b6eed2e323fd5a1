"""Declares the actions of the hand on the selected camera: stop, aim, home, focus, iris, extras, presets."""

from collections.abc import Callable

from PySide6.QtCore import Qt

from controlroom.ui.kit.page import Page
from controlroom.ui.pages.live.hands import Hands
from controlroom.ui.pages.live.presets import Presets


class HandActions:
    """The actions; `focus_extras` gives the keyboard to the buttons of the camera's extras.

    Home means something else in fields and lists, so the wall's own keys handle it.
    """

    def __init__(
        self, page: Page, hands: Hands, presets: Presets, focus_extras: Callable[[], object]
    ) -> None:
        self.stop = page.action(
            "S",
            "Stop the selected camera, whatever moves it",
            hands.stop,
            short="Stop",
            also="halt preset drive aim patrol tour",
            why_not=hands.why_not_stop,
        )
        self.aim = page.action(
            "B",
            "Show the camera a place in its picture: click, or drag a box",
            hands.toggle_frame,
            short="Box zoom",
            also="centre click drag frame aim",
            why_not=hands.why_not_aim,
        )
        self.home = page.action(
            "Home",
            "Drive to the home position",
            hands.go_home,
            short="Home",
            why_not=hands.why_not_home,
            bound=False,
        )
        self.autofocus = page.action(
            "A",
            "Focus by itself, or by hand",
            hands.toggle_autofocus,
            short="Auto",
            also="autofocus",
            why_not=hands.why_not_autofocus,
        )
        self.close_iris = page.action(
            "<",
            "Close the iris a little",
            lambda: hands.turn_iris(-1),
            short="−",
            why_not=hands.why_not_iris,
        )
        self.open_iris = page.action(
            ">",
            "Open the iris a little",
            lambda: hands.turn_iris(1),
            short="+",
            why_not=hands.why_not_iris,
        )
        self.auto_iris = page.action(
            "Shift+A",
            "Let the camera set its iris by itself",
            hands.set_auto_iris,
            short="Auto",
            also="exposure",
            why_not=hands.why_not_auto_iris,
        )
        self.extras = page.action(
            "X",
            "Go to the camera's extras: wiper, washer, lights",
            focus_extras,
            also="auxiliary infrared",
            why_not=hands.why_not_extras,
        )
        self.save_preset = page.action(
            "Shift+P",
            "Keep the present view as a preset, or as home",
            presets.begin,
            short="New",
            also="save store",
            why_not=presets.why_not,
        )
        self.edit_preset = page.action(
            "E",
            "Rename or remove a preset: then its figure, or a click",
            presets.toggle_editing,
            short="Edit",
            also="delete",
            why_not=presets.why_not_edit,
        )
        page.action(", / .", "Focus nearer or farther while held")
        page.action("Mouse wheel", "Zoom, over the selected picture")
        page.action("Ctrl+click, Ctrl+drag", "Centre a place of the selected picture, or zoom into a box")
        self._page = page

    def press(self, key: Qt.Key) -> bool:
        """Drive home if that is the key, or say why it cannot be done. False: another key."""
        if key != Qt.Key.Key_Home:
            return False
        if not self.home.run():
            self._page.refused.emit(self.home.why_not())
        return True
