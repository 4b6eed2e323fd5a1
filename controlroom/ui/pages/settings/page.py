"""Shows the Settings page: what is set and why, the room's lists, the doctor's word on this installation, the key."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.keys.service import SiteKeyService
from controlroom.configuration.list_service import ListService
from controlroom.configuration.service import SettingsService
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.page import Page
from controlroom.ui.pages.settings.doctor_tab import DoctorTab, Examine
from controlroom.ui.pages.settings.keys_tab import KeysTab
from controlroom.ui.pages.settings.lists_tab import ListsTab
from controlroom.ui.pages.settings.settings_list import SettingsList
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.layout import column, grow, row

LIST, LISTS, DOCTOR, KEYS = range(4)


class SettingsPage(Page):
    """Everybody sees it and chooses what is theirs; the room's settings need the permission."""

    title, icon_name, shortcut = "Settings", "gear-six", "Alt+G"
    also = "preferences options theme lists categories partners doctor site key installation"

    own_changed = Signal()

    def __init__(
        self,
        context: PageContext,
        service: SettingsService,
        lists: ListService,
        keys: SiteKeyService,
        prober: ControlClient,
        examine: Examine,
    ) -> None:
        super().__init__()
        self._session = context.session
        self.tabs = Choices(["Settings", "Lists", "This installation", "Site key"])
        self.list = SettingsList(context, service)
        self.lists = ListsTab(context, lists)
        self.doctor = DoctorTab(context, examine)
        self.site_key = KeysTab(context, keys, prober)
        self.hold(self.list, self.lists, self.doctor, self.site_key)
        self.doctor.add_head(
            self.action(
                "Ctrl+Shift+D",
                "Check this installation",
                self._examine,
                when=self._cares,
                needs="you look after cameras or settings",
                why_not=lambda: "It is being looked at." if self.doctor.examining else "",
                also="doctor",
                kind="primary",
            )
        )
        self._in_front = False
        self._current: Page = self.list
        self._lay_out()
        self.tabs.chosen.connect(self._show_tab)
        self.list.own_changed.connect(self.own_changed)
        context.session.actor_changed.connect(self._offer)

    def entered(self) -> None:
        self._in_front = True
        self._offer()
        self._show_tab(self.tabs.index)

    def left(self) -> None:
        self._in_front = False
        self._current.left()

    def home(self) -> QWidget:
        return self._current.home()

    def show_part(self, part: Page) -> None:
        self.tabs.choose(self.parts.index(part))

    def shows(self) -> dict[str, Callable[[str], None]]:
        return {"setting": self.show_setting}

    def show_setting(self, name: str) -> None:
        """Bring one setting to the front, by its name in the code."""
        self.shown_requested.emit()
        self.tabs.choose(LIST)
        self.list.show_setting(name)

    def show_lists(self) -> None:
        """Bring the room's lists to the front."""
        self.shown_requested.emit()
        self.tabs.choose(LISTS)

    def show_site_key(self) -> None:
        self.shown_requested.emit()
        self.tabs.choose(KEYS)

    def _examine(self) -> None:
        self.tabs.choose(DOCTOR)
        self.doctor.examine()

    def _cares(self) -> bool:
        """The doctor and the key are for those who look after the room."""
        return self._session.may(Permission.MANAGE_CAMERAS) or self._session.may(Permission.CHANGE_SETTINGS)

    def _offer(self) -> None:
        self.tabs.setVisible(self._cares())
        self.refresh_actions()
        if not self._cares() and self.tabs.index != LIST:
            self.tabs.choose(LIST)

    def _show_tab(self, index: int) -> None:
        self._current.left()
        self._current = self.parts[index]
        self._stack.setCurrentWidget(self._current)
        if self._in_front:
            self._current.entered()

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        for tab in self.parts:
            self._stack.addWidget(tab)
        head = row(self.tabs, margins=(16, 0, 16, 0))
        column(head, grow(self._stack), on=self, spacing=4, margins=(0, 12, 0, 0))
