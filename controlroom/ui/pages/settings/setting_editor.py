"""One setting at the page's side: what it means, where its value comes from, and changing it."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

from controlroom.configuration.records import SettingLine
from controlroom.settings import Scope, Setting
from controlroom.ui.widgets.card import SidePanel
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.lead_answer import LeadAnswer
from controlroom.ui.widgets.text import Facts, label
from controlroom.ui.widgets.value_box import ValueBox

_WHO = {
    Scope.ROOM: "an administrator, for every desk",
    Scope.PERSON: "each person, for themselves at this desk",
    Scope.COMPUTER: "this computer's settings.toml or environment",
}


class SettingEditor(SidePanel):
    """Emits `wanted(name, value)`, value None for the usual one."""

    wanted = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", 400, parent)
        self.line: SettingLine | None = None
        self.field: QWidget | None = None
        self._meaning = label("", 13.5, wrap=True)
        self._why = LeadAnswer()
        self._facts = Facts()
        self._form = Form()
        self._holder = self.add(self._form)
        self.add(self._meaning)
        self.add(self._why)
        self.add(self._facts)
        self.body.addStretch(1)
        self.save_button = KeyButton("Save", "Ctrl+S", "primary")
        self.reset_button = KeyButton("Back to the usual value", "Ctrl+R")
        self.add_button(self.save_button)
        self.add_button(self.reset_button)
        self.save_button.clicked.connect(lambda _checked: self.save())
        self.reset_button.clicked.connect(lambda _checked: self.reset())

    def show_line(self, line: SettingLine, *, may_change: bool) -> None:
        """Show a setting; what was typed for the same one is kept while nothing changed."""
        if (
            self.isVisible()
            and line == self.line
            and self.save_button.isVisible() == self._open(line, may_change)
        ):
            return
        self.line = line
        spec = line.spec
        self.set_title(spec.title)
        self._meaning.setText(f"{spec.meaning[:1].upper()}{spec.meaning[1:]}.")
        open_ = self._open(line, may_change)
        self._show_field(line, enabled=open_)
        self._why.setVisible(not open_)
        if not open_:
            self._why.say("idle", "It cannot be changed here.", _why_not(line))
        self._facts.set_facts(_facts(line))
        self.save_button.setVisible(open_)
        self.reset_button.setVisible(open_ and line.chosen != spec.default)
        self.show_trouble("")
        self.show()

    def typed(self) -> Any:
        """The value in the field."""
        field = self.field
        if isinstance(field, ValueBox):
            return field.value
        if isinstance(field, QSpinBox | QDoubleSpinBox):
            return field.value()
        assert isinstance(field, QLineEdit)
        return field.text().strip()

    def save(self) -> None:
        """Ask for the value in the field."""
        if self.line is not None and self.save_button.isVisible():
            self.show_trouble("")
            self.wanted.emit(self.line.name, self.typed())

    def reset(self) -> None:
        """Ask for the usual value."""
        if self.line is not None and self.reset_button.isVisible():
            self.wanted.emit(self.line.name, None)

    @staticmethod
    def _open(line: SettingLine, may_change: bool) -> bool:
        return not line.bound and (may_change or line.spec.scope is Scope.PERSON)

    def _show_field(self, line: SettingLine, *, enabled: bool) -> None:
        self._form.hide()
        self._form.deleteLater()
        self._form = Form()
        self.field = _make_field(line.spec, line.chosen)
        self._form.add(line.spec.title, self.field, line.spec.allowed)
        self.field.setEnabled(enabled)
        self.body.insertWidget(0, self._form)
        if isinstance(self.field, QLineEdit):
            self.field.returnPressed.connect(self.save)
        if enabled:
            self.setFocusProxy(self.field)

    def take_focus(self) -> None:
        """Put the keyboard into the field."""
        if self.field is not None:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)


def _make_field(spec: Setting, value: Any) -> QWidget:
    if spec.choices:
        return ValueBox([(each, each) for each in spec.choices], value)
    if spec.kind is bool:
        return ValueBox([("yes", True), ("no", False)], value)
    if spec.kind is str:
        return QLineEdit(value)
    spin: QSpinBox | QDoubleSpinBox
    if spec.kind is int:
        spin = QSpinBox()
        spin.setRange(int(spec.low or 0), int(spec.high if spec.high is not None else 1_000_000_000))
    else:
        spin = QDoubleSpinBox()
        spin.setRange(float(spec.low or 0), float(spec.high if spec.high is not None else 1e9))
        spin.setSingleStep(0.1 if (spec.high or 100) <= 10 else 1.0)
    spin.setGroupSeparatorShown(False)
    spin.setValue(value)
    if spec.unit:
        spin.setSuffix(f" {spec.unit}")
    return spin


def _why_not(line: SettingLine) -> str:
    if line.spec.scope is Scope.COMPUTER:
        return f"It belongs to this computer. In settings.toml of the data folder: {line.name} = …"
    if line.bound:
        return f"This computer's {line.source.value} sets it, which goes before this page. Change it there."
    return "Only an administrator changes settings of the room."


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
