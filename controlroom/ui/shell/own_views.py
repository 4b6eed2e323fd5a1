"""Keeps each person's view of the desk their own: the page in front, tabs and chips, what is searched and filtered for.

When somebody else takes the desk, what the person before looked for goes, and is back when they are. It stays in
memory only: searches name people.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from controlroom.ui.kit.filter_box import OwnFilter
from controlroom.ui.kit.page import Page
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.search_field import SearchField

View = dict[QWidget, Any]
# Each kind of widget in which a person says what they want to see: how it is read, and how it is put back.
_KINDS: tuple[tuple[type[QWidget], Callable[[Any], Any], Callable[[Any, Any], object]], ...] = (
    (SearchField, SearchField.text, SearchField.search_for),
    (Choices, lambda choices: choices.index, Choices.choose),
    (OwnFilter, lambda box: box.chosen(), lambda box, chosen: box.choose(chosen)),
)


class OwnViews:
    """The views of the people at one desk. What the widgets in `ground` hold now is what a person begins with."""

    def __init__(self, ground: QWidget) -> None:
        self._ground = ground
        self._usual = self._read()
        self._views: dict[int, View] = {}
        self._pages: dict[int, Page | None] = {}

    def change(self, before: int | None, now: int | None, front: Page | None) -> Page | None:
        """Put away what the person before looked at, and show what the one now there did.

        `front` is the page in front; returned is the one the person had there, None when they had none.
        """
        if before is not None:
            self._views[before], self._pages[before] = self._read(), front
        own = self._views.get(now, {}) if now is not None else {}
        for widget, usual in self._usual.items():
            if isValid(widget):
                put = next(put for kind, _, put in _KINDS if isinstance(widget, kind))
                put(widget, own.get(widget, usual))
        return self._pages.get(now) if now is not None else None

    def _read(self) -> View:
        return {
            widget: read(widget) for kind, read, _ in _KINDS for widget in self._ground.findChildren(kind)
        }
