"""The settings as a list: grouped, searched, each with its value, where that comes from, and when it takes hold."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.configuration.records import SettingLine
from controlroom.configuration.service import CHANGED, SettingsService
from controlroom.settings import SETTINGS, Scope, Setting, Source
from controlroom.ui import theme
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.form import FormSpec, Values
from controlroom.ui.kit.record_list import Chip, LocalList
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.kit.table_model import Column
from controlroom.ui.pages.settings.setting_view import SettingView, value_field
from controlroom.ui.widgets.card import EmptyState

GROUPS = tuple(dict.fromkeys(spec.group for spec in SETTINGS.values()))


class SettingsList(RecordPage[SettingLine]):
    """Emits `own_changed` when someone changed what is theirs (looks)."""

    title, part = "Settings", "List"
    noun, kinds = "setting", frozenset({CHANGED})
    own_changed = Signal()

    def __init__(self, context: PageContext, service: SettingsService) -> None:
        records = LocalList(
            context,
            "settings",
            _columns(),
            lambda line: line.name,
            service.lines,
            chips=_chips(),
            empty=EmptyState(
                "No setting fits", "Search for another word, or choose All.", "sliders-horizontal"
            ),
            search_hint="Name, meaning or value",
            sort_by="Group",
        )
        super().__init__(context, records)
        self._service, self.table, self.chips = service, records.table, records.chips
        self._wanted = ""  # a setting to select once it has been read
        self.view = SettingView()
        self.change = self.about(
            "E", "Change the setting", self._change, why_not=self._why_not, kind="primary"
        )
        self.reset = self.about(
            "Ctrl+R",
            "Back to the usual value",
            self._reset,
            when=lambda line: not self._why_not(line) and line.chosen != line.spec.default,
            needs="a setting is chosen that may be changed here and differs from its default",
        )
        self.list_actions()
        self.panel = self.lay_out([self.change, self.reset], self.view)

    def show_setting(self, name: str) -> None:
        """Select a setting; while they are still being read, as soon as they are there."""
        self.chips.choose(0)
        self.table.search.clear()
        self.table.search.search_now()
        self._wanted = "" if self.table.select(name) else name

    def name_of(self, record: SettingLine) -> str:
        return record.spec.title

    def update_view(self, record: SettingLine) -> None:
        self.view.show_line(record, self._why_not(record))

    def is_newer(self, seen: SettingLine, record: SettingLine) -> bool:
        return seen.chosen != record.chosen

    def took(self, records: Sequence[SettingLine]) -> None:
        if self._wanted and self.table.select(self._wanted):
            self._wanted = ""

    def activate(self, record: SettingLine) -> None:
        super().activate(record)
        self.change.run()

    def finished(self, result: object) -> None:
        if isinstance(result, Setting) and result.scope is Scope.PERSON:
            self.own_changed.emit()
        super().finished(result)

    def _change(self, line: SettingLine) -> None:
        actor, spec = self.session.actor, line.spec

        def run(values: Values) -> Setting:
            self._service.change(actor, spec.name, values["value"])
            return spec

        self.ask(
            FormSpec(
                f"Change: {spec.title}", "Save", run, (value_field(line),), seen=line, said=_saved_words(spec)
            ),
            line,
        )

    def _reset(self, line: SettingLine) -> None:
        def reset(actor: Actor) -> Setting:
            self._service.reset(actor, line.name)
            return line.spec

        self.forms.close_form()
        self.do(reset, _saved_words(line.spec))

    def _why_not(self, line: SettingLine) -> str:
        """Why a setting cannot be changed here by whoever is at the desk."""
        if line.spec.scope is Scope.COMPUTER:
            return f"It belongs to this computer. In settings.toml of the data folder: {line.name} = …"
        if line.bound:
            return (
                f"This computer's {line.source.value} sets it, which goes before this page. Change it there."
            )
        if line.spec.scope is Scope.PERSON or self.session.may(Permission.CHANGE_SETTINGS):
            return ""
        return "Only an administrator changes settings of the room."


def _saved_words(spec: Setting) -> str:
    return f"{spec.title}: saved; it takes hold {spec.when.value}."


def _chips() -> list[Chip]:
    def belongs_to(group: str) -> Callable[[SettingLine], bool]:
        return lambda line: line.spec.group == group

    return [("All", None), *((group, belongs_to(group)) for group in GROUPS)]


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
