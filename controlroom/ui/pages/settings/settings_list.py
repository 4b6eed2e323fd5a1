"""Lists the settings: grouped, searched, each with its value, where that comes from, and when it takes effect.

The chosen one stands at the side with its meaning, or why it cannot be changed here.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.configuration.records import SettingLine
from controlroom.configuration.service import CHANGED, SettingsService
from controlroom.settings import SETTINGS, Scope, Setting, SettingSource
from controlroom.ui import theme
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormSpec, Values
from controlroom.ui.kit.record_list import Chip, LocalList
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.kit.table_model import Column
from controlroom.ui.widgets.card import EmptyState
from controlroom.ui.widgets.layout import column
from controlroom.ui.widgets.marks import LeadAnswer
from controlroom.ui.widgets.text import Facts, label

GROUPS = tuple(dict.fromkeys(spec.group for spec in SETTINGS.values()))
TYPED = 1_000_000_000  # what may be typed into a field for a number
_WHO = {
    Scope.ROOM: "an administrator, for every desk",
    Scope.PERSON: "each person, for themselves at this desk",
    Scope.COMPUTER: "this computer's settings.toml or environment",
}


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
                f"Change: {spec.title}",
                "Save",
                run,
                (_value_field(line),),
                seen=line,
                said=_saved_words(spec),
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


class SettingView(QWidget):
    """Shows a setting, and why it cannot be changed here where that is so."""

    def __init__(self) -> None:
        super().__init__()
        self._meaning = label("", 13.5, wrap=True)
        self.why_not, self.facts = LeadAnswer(), Facts()
        column(self._meaning, self.why_not, self.facts, on=self, spacing=12)

    def show_line(self, line: SettingLine, why_not: str) -> None:
        meaning = line.spec.meaning
        self._meaning.setText(f"{meaning[:1].upper()}{meaning[1:]}.")
        self.why_not.hide()
        if why_not:
            self.why_not.say("idle", "It cannot be changed here.", why_not)
        self.facts.set_facts(_facts(line))


def _value_field(line: SettingLine) -> Field:
    """The field for a setting's value, as its declaration wants it."""
    spec = line.spec
    options = [(each, each) for each in spec.choices]
    if spec.kind is bool:
        options = [("yes", True), ("no", False)]
    if options:
        return Field("value", spec.title, "choice", spec.allowed, line.chosen, options)
    make = None if spec.kind is str else lambda: _number(spec)
    return Field("value", spec.title, "line", spec.allowed, line.chosen, make=make)


def _number(spec: Setting) -> QWidget:
    """A field that takes any number: the service says which it may be, where the field would cut it unseen."""
    spin: QSpinBox | QDoubleSpinBox
    if spec.kind is int:
        spin = QSpinBox()
        spin.setRange(0, TYPED)
    else:
        spin = QDoubleSpinBox()
        spin.setRange(0, TYPED)
        spin.setSingleStep(0.1 if (spec.high or 100) <= 10 else 1.0)
    spin.setGroupSeparatorShown(False)
    if spec.unit:
        spin.setSuffix(f" {spec.unit}")
    return spin


def _facts(line: SettingLine) -> list[tuple[str, str]]:
    spec = line.spec
    facts = [
        ("In force", spec.words(line.value)),
        ("Comes from", line.source.value),
        ("Default", spec.words(spec.default)),
        ("Takes hold", spec.when.value),
        ("Changed by", _WHO[spec.scope]),
        ("In a file", spec.name),
        ("Environment", spec.variable),
    ]
    if line.waiting is not None:
        facts.insert(1, ("After the next start", spec.words(line.waiting)))
    return facts


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
            role=lambda line: "text_dim" if line.source is SettingSource.DEFAULT else "text",
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
