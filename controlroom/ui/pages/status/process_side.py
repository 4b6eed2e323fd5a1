"""The right side of the status page: the chosen process, and below it the installation."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from controlroom.ui import theme
from controlroom.ui.kit.action import Action
from controlroom.ui.kit.record_side import ActionBar
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.text import Facts, label

WIDTH = 340


class ProcessSide(QWidget):
    """Shows what a process does and what its absence means, its facts and actions. The installation is always shown."""

    def __init__(self, actions: Sequence[Action], facts: Facts) -> None:
        super().__init__()
        self.card = Card("Nothing chosen")
        self.does, self.when_down = label("", 13, wrap=True), label("", 13, wrap=True)
        self.facts, self.actions_bar, self.installation = facts, ActionBar(actions), Facts()
        for each in (self.does, self.when_down, facts, self.actions_bar):
            self.card.add(each)
        self.card.body.addStretch(1)
        self.card.add(self.installation)
        self.card.setFixedWidth(theme.px(WIDTH))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 16, 16)
        column.addWidget(self.card)
        self.show_nothing()

    def tell(self, does: str, when_down: str) -> None:
        """Say what a process does, and what happens while it does not run."""
        self.does.setText(does)
        self.when_down.setText(f"While it is down: {when_down}" if when_down else "")

    def show_record(self, title: str) -> None:
        self.card.set_title(title)
        self.facts.show()

    def show_new(self, title: str) -> None:
        """Nothing is made here."""

    def show_nothing(self) -> None:
        self.card.set_title("Nothing chosen")
        self.tell("Choose a process to see what it does.", "")
        self.facts.hide()

    def remember(self) -> None:
        """Nothing here can be arranged."""
