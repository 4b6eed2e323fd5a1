"""The Settings page: what is set and why, what the doctor says of this installation, and the site key."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.cameras.keys.service import SiteKeyService
from controlroom.configuration.service import SettingsService
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.page import Key, Page
from controlroom.ui.pages.settings.doctor_tab import DoctorTab, Examine
from controlroom.ui.pages.settings.keys_tab import KeysTab, Prober
from controlroom.ui.pages.settings.settings_list import SettingsList
from controlroom.ui.widgets.choices import Choices

LIST, DOCTOR, KEYS = range(3)


class SettingsPage(Page):
    """Everybody sees it and chooses what is theirs; the room's settings need the permission."""

    title, icon_name, shortcut = "Settings", "gear-six", "Alt+G"
    also = "preferences options theme doctor site key installation"
    keys = (
        Key("Ctrl+F", "Filter the list"),
        Key("Ctrl+S", "Save the setting", needs="a setting is chosen that may be changed here"),
        Key("Ctrl+R", "Back to the usual value", needs="a setting is chosen that differs from its default"),
        Key("Ctrl+Shift+D", "Check this installation", also="doctor"),
        Key("Ctrl+B", "Bring the site key back", "Site key", "the site key is missing or another"),
        Key("Ctrl+Shift+K", "Make a new site key", "Site key", "the site key is missing or another"),
    )

    own_changed = Signal()

    def __init__(
        self,
        context: PageContext,
        service: SettingsService,
        keys: SiteKeyService,
        prober: Prober,
        examine: Examine,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        session, background, messages = context.session, context.background, context.messages
        self._session = session
        self.tabs = Choices(["Settings", "This installation", "Site key"])
        self.list = SettingsList(service, session, background, messages, context.changes, state=context.state)
        self.doctor = DoctorTab(examine, session, background, messages, state=context.state)
        self.site_key = KeysTab(keys, prober, session, background, messages)
        self._stack = QStackedWidget()
        for tab in (self.list, self.doctor, self.site_key):
            self._stack.addWidget(tab)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(4)
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 16, 0)
        head.addWidget(self.tabs)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)
        self.tabs.chosen.connect(self._show_tab)
        self.list.own_changed.connect(self.own_changed)
        session.actor_changed.connect(self._offer)

    def entered(self) -> None:
        self._offer()
        self._show_tab(self.tabs.index)

    def show_setting(self, name: str) -> None:
        """Bring one setting to the front, by its name in the code."""
        self.shown_requested.emit()
        self.tabs.choose(LIST)
        self.list.show_setting(name)

    def show_site_key(self) -> None:
        """Bring the site key to the front."""
        self.shown_requested.emit()
        self.tabs.choose(KEYS)

    def _offer(self) -> None:
        """The doctor and the key are for those who look after the room."""
        self._cares = self._session.may(Permission.MANAGE_CAMERAS) or self._session.may(
            Permission.CHANGE_SETTINGS
        )
        self.tabs.setVisible(self._cares)
        self.doctor.setEnabled(self._cares)
        if not self._cares and self.tabs.index != LIST:
            self.tabs.choose(LIST)

    def _show_tab(self, index: int) -> None:
        self._stack.setCurrentIndex(index)
        if index == LIST:
            self.list.refresh()
            self.list.table.take_focus()
        elif index == KEYS:
            self.site_key.refresh()
            self.site_key.setFocus()
        else:
            self.doctor.button.setFocus()
