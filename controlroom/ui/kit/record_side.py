"""Shows a record page's chosen record in a panel that opens at the side, or in the wide right part of a split."""

from collections.abc import Sequence
from typing import Protocol

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QSplitter, QStackedWidget, QWidget

from controlroom.ui import theme
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.flow import Flow
from controlroom.ui.kit.form_place import FormPlace
from controlroom.ui.kit.form_scroll import FormScroll
from controlroom.ui.widgets.card import EmptyState, SidePanel
from controlroom.ui.widgets.layout import Cell, box, column, grow, row, scrolling
from controlroom.ui.window_state import WindowState


class Side(Protocol):
    """The place beside the list where a record page shows the chosen record, or the form for a new one.

    `show_record` shows the record, and its form while one is open; `show_new` shows the form alone. `remember` is
    called when another page comes to the front, and stores how the person arranged this place.
    """

    def show_record(self, title: str) -> None: ...

    def show_new(self, title: str) -> None: ...

    def show_nothing(self) -> None: ...

    def remember(self) -> None: ...


class ActionBar(Flow):
    """The buttons of what may be done with a record now; gone while there is nothing.

    `first_filled` fills the first one offered, whichever that is.
    """

    def __init__(self, actions: Sequence[Action], *, first_filled: bool = False) -> None:
        super().__init__()
        self.buttons = {each: ActionButton(each, parent=self) for each in actions}
        for each, button in self.buttons.items():
            self.add(button)
            each.changed.connect(self._follow)
        self._first_filled, self._wanted = first_filled, True
        self._follow()

    def show_buttons(self, wanted: bool) -> None:
        """Show those buttons that are offered, or none."""
        self._wanted = wanted
        self._follow()

    def offered(self) -> list[str]:
        """The words of the buttons shown."""
        return [each.text() for each in self.buttons.values() if not self.isHidden() and not each.isHidden()]

    def _follow(self) -> None:
        offered = [button for each, button in self.buttons.items() if each.offered()]
        if self._first_filled:
            for button in offered:
                button.set_kind("primary" if button is offered[0] else "secondary")
        shown = self._wanted and bool(offered)
        if not shown or self.parent() is not None:  # shown without a parent it would be a window of its own
            self.setVisible(shown)


class PanelSide(SidePanel):
    """A panel of fixed width: the actions, the form, then the views of the record."""

    def __init__(
        self, actions: Sequence[Action], forms: FormPlace, views: Sequence[QWidget], width: int = 400
    ) -> None:
        super().__init__("", width)
        self.actions_bar = ActionBar(actions)
        self._views = list(views)
        for each in (self.actions_bar, forms, *views):
            self.add(each)
        self.body.addStretch(1)
        self.hide()

    def show_record(self, title: str) -> None:
        self._show(title, record=True)

    def show_new(self, title: str) -> None:
        self._show(title, record=False)

    def show_nothing(self) -> None:
        self.hide()

    def remember(self) -> None:
        pass

    def _show(self, title: str, *, record: bool) -> None:
        self.set_title(title)
        self.actions_bar.show_buttons(record)
        for each in self._views:
            each.setVisible(record)
        self.show()


class SplitSide(QSplitter):
    """The list at the left; at the right the record: its head, its actions, the form, and the rest of it, scrolled.

    The place of the split is stored in the window's state as `name`.
    """

    shares = (1, 2)  # of list and record, until somebody moves the split

    def __init__(
        self,
        records: QWidget,
        record: tuple[QWidget, ActionBar, FormPlace, QWidget],
        nothing: EmptyState,
        state: WindowState,
        name: str,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        head, self.actions_bar, forms, body = record
        self._nothing, self._state, self._name = nothing, state, f"{name}.split"
        self._title = ""
        self._scroll = scrolling(body)
        self._record = (head, self._scroll)
        # The form has the room it needs before the record below it has any.
        self._scroll.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        form = row(FormScroll(forms), margins=(0, 0, 24, 0))
        parts = (head, self.actions_bar, form, grow(self._scroll), Cell(None))
        self._view, self._right = box(column(*parts, spacing=12, margins=(24, 16, 0, 0))), QStackedWidget()
        self._right.addWidget(nothing)
        self._right.addWidget(self._view)
        self.setChildrenCollapsible(False)
        self.addWidget(records)
        self.addWidget(self._right)
        for place, share in enumerate(self.shares):
            self.setStretchFactor(place, share)
        records.setMinimumWidth(theme.px(340))
        self._restore()
        state.follow(self._restore)

    def show_record(self, title: str) -> None:
        self._show(record=True)
        if title != self._title:
            self._title = title
            self._scroll.verticalScrollBar().setValue(0)

    def show_new(self, title: str) -> None:
        self._show(record=False)

    def show_nothing(self) -> None:
        self._nothing.follow_person()
        self._right.setCurrentWidget(self._nothing)

    def remember(self) -> None:
        self._state.set(self._name, self.sizes())

    def _show(self, *, record: bool) -> None:
        self.actions_bar.show_buttons(record)
        for each in self._record:
            each.setVisible(record)
        self._right.setCurrentWidget(self._view)

    def _restore(self) -> None:
        """As the person at the desk had it."""
        if shiboken6.isValid(self):
            self.setSizes(self._state.numbers(self._name, [600 * share for share in self.shares]))
