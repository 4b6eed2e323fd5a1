"""The page of lost items: a name for each, and the one that was asked for."""

from PySide6.QtWidgets import QLabel, QVBoxLayout

from controlroom.accounts.permissions import Permission
from controlroom.ui.kit.page import Page


class LostItemsPage(Page):
    """Shows one item by its id."""

    title, icon_name = "Lost items", "package"
    permission = Permission.READ_LOG
    shows = ("lost item",)

    def __init__(self, items, session, parent=None):
        super().__init__(parent)
        self._items, self._session = items, session
        self.shown = QLabel()
        QVBoxLayout(self).addWidget(self.shown)

    def show_record(self, kind, key):
        """Read the item and show what it is."""
        found = {str(each): what for each, what, _text in self._items.items(self._session.actor)}
        self.shown.setText(found[key])
