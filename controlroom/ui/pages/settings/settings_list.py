"""The settings as a list: grouped, searched, each with its value, where that comes from, and when it takes hold."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.configuration.records import SettingLine
from controlroom.configuration.service import CHANGED, SettingsService
from controlroom.settings import SETTINGS, Scope, Source
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit.record_table import RecordTable
from controlroom.ui.kit.table_model import Column
from controlroom.ui.messages import Messages
from controlroom.ui.pages.settings.setting_editor import SettingEditor
from controlroom.ui.session import DeskSession
from controlroom.ui.widgets.card import Card, EmptyState
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.window_state import WindowState

GROUPS = tuple(dict.fromkeys(spec.group for spec in SETTINGS.values()))


class SettingsList(QWidget):
    """Emits `own_changed` when someone changed what is theirs (looks)."""

    own_changed = Signal()

    def __init__(
        self,
        service: SettingsService,
        session: DeskSession,
        background: Background,
        messages: Messages,
        changes: ChangeBridge,
        *,
        state: WindowState | None = None,
    ) -> None:
        super().__init__()
        self._service, self._session = service, session
        self._wanted = ""  # a setting to select once it has been read
        self._background, self._messages = background, messages
        self._chips = Choices(["All", *GROUPS], chips=True)
        self.table = RecordTable(
            "settings",
            _columns(),
            lambda line: line.name,
            empty=EmptyState(
                "No setting fits", "Search for another word, or choose All.", "sliders-horizontal"
            ),
            state=state,
            background=background,
            search_hint="Name, meaning or value",
            may_export=lambda: session.may(Permission.EXPORT),
            sort_by="Group",
        )
        self.editor = SettingEditor()
        self._lay_out()
        self._chips.chosen.connect(self._filter)
        self.table.selected.connect(self._show)
        self.table.activated.connect(lambda _line: self.editor.take_focus())
        self.editor.wanted.connect(self._change)
        self.editor.closed.connect(self.table.take_focus)
        changes.changed.connect(lambda kind, _key: self.refresh() if kind == CHANGED else None)

    def show_setting(self, name: str) -> None:
        """Select a setting; while they are still being read, as soon as they are there."""
        self._chips.choose(0)
        self.table.search.clear()
        self.table.search.search_now()
        if not self.table.select(name):
            self._wanted = name

    def refresh(self) -> None:
        """Read every value again."""
        if self._session.signed_in and self.isVisible():
            actor = self._session.actor
            self._background.run(lambda: self._service.lines(actor), self._take, owner=self)

    def _take(self, lines: list[SettingLine]) -> None:
        self.table.set_records(lines)
        if self._wanted and self.table.select(self._wanted):
            self._wanted = ""
        chosen = self.table.selected_record()
        if chosen is not None and self.editor.isVisible():
            self._show(chosen)

    def _show(self, line: SettingLine | None) -> None:
        if line is None:
            self.editor.hide()
        else:
            self.editor.show_line(line, may_change=self._session.may(Permission.CHANGE_SETTINGS))

    def _change(self, name: str, value: object) -> None:
        actor, service = self._session.actor, self._service

        def work() -> None:
            if value is None:
                service.reset(actor, name)
            else:
                service.change(actor, name, value)

        self.editor.save_button.setEnabled(False)
        self._background.run(work, lambda _: self._taken(name), self._refused, owner=self)

    def _taken(self, name: str) -> None:
        self.editor.save_button.setEnabled(True)
        spec = SETTINGS[name]
        if spec.scope is Scope.PERSON:
            self.own_changed.emit()
        self._messages.show(f"{spec.title}: saved; it takes hold {spec.when.value}.", "done")
        self.refresh()

    def _refused(self, error: Exception) -> None:
        self.editor.save_button.setEnabled(True)
        self.editor.show_trouble(str(error))

    def _filter(self, chip: int) -> None:
        group = GROUPS[chip - 1] if chip else ""
        self.table.set_predicate((lambda line: line.spec.group == group) if group else None)

    def _lay_out(self) -> None:
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(16, 8, 16, 16)
        card = Card(flush=True)
        card.body.setContentsMargins(0, 0, 0, 6)
        card.add(self.table)
        left.addWidget(card)
        self.table.add_tool(self._chips, left=True)
        across.addLayout(left, 1)
        across.addWidget(self.editor)
        self.editor.hide()


def _value(line: SettingLine) -> str:
    shown = line.spec.words(line.value)
    return shown if line.waiting is None else f"{shown}; {line.spec.words(line.waiting)} after the next start"


def _columns() -> list[Column[SettingLine]]:
    return [
        Column("Setting", lambda line: line.spec.title, width=180, weight=theme.STRONG),
        Column(
            "Value",
            _value,
            state=lambda line: "warn" if line.waiting is not None else "",
            role=lambda line: "text_dim" if line.source is Source.DEFAULT else "text",
            width=190,
        ),
        Column("Comes from", lambda line: line.source.value, width=120, role="text_dim"),
        Column("Means", lambda line: line.spec.meaning, width=220, role="text_dim", stretch=True),
        Column("Takes hold", lambda line: line.spec.when.value, width=168, role="text_dim"),
        Column(
            "Group",
            lambda line: line.spec.group,
            sort_key=lambda line: (GROUPS.index(line.spec.group), list(SETTINGS).index(line.name)),
            width=130,
            role="text_dim",
            hidden=True,  # the chips say it
        ),
    ]
