"""The page of lost items: a name for each, and the one that was asked for."""

from PySide6.QtWidgets import QLabel, QVBoxLayout

from controlroom.accounts.permissions import Permission
from controlroom.ui.kit.page import Page
from tests.lost_items.noun import KIND


class LostItemsPage(Page):
    """Shows one item by its id."""

    title, icon_name = "Lost items", "package"
    permission = Permission.READ_LOG

    def __init__(self, context, items):
        super().__init__()
        self._items, self._session = items, context.session
        self.shown = QLabel()
        QVBoxLayout(self).addWidget(self.shown)

    def shows(self):
        return {KIND: self.show_item}

    def show_item(self, key):
        """Read the item and show what it is."""
        found = {str(each): what for each, what, _text in self._items.items(self._session.actor)}
        self.shown.setText(found[key])
