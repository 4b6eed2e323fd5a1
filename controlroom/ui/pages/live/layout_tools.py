"""The Live page's tools in the top bar: the wall's size, and whether the list and the panel are open."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from controlroom.ui.kit.action import ActionButton
from controlroom.ui.pages.live.actions import LiveActions
from controlroom.ui.widgets.choices import Choices


class LayoutTools(QWidget):
    """Shows what it is told; what is chosen here runs its action."""

    def __init__(self, actions: LiveActions) -> None:
        super().__init__()
        self._sizes = list(actions.sizes)
        self._list_shown = self._panel_shown = True
        sizes = list(actions.sizes.values())
        self.choices = Choices([each.short for each in sizes])
        for action, button in zip(sizes, self.choices.findChildren(QAbstractButton), strict=True):
            button.setToolTip(f"{action.text} ({action.keys})")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list, self.panel = ActionButton(actions.list), ActionButton(actions.panel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.choices)
        for each in (self.list, self.panel):
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            each.action_shown.changed.connect(self._describe)
            row.addWidget(each)
        self.choices.chosen.connect(lambda place: sizes[place].run())

    def show_size(self, size: int) -> None:
        """Mark the wall's size, without choosing it."""
        if size in self._sizes:
            self.choices.blockSignals(True)
            self.choices.choose(self._sizes.index(size))
            self.choices.blockSignals(False)

    def show_panels(self, *, list_shown: bool, panel_shown: bool) -> None:
        """Say what is open."""
        self._list_shown, self._panel_shown = list_shown, panel_shown
        self._describe()

    def _describe(self) -> None:
        for button, shown in ((self.list, self._list_shown), (self.panel, self._panel_shown)):
            button.setAccessibleDescription("shown" if shown else "hidden")
