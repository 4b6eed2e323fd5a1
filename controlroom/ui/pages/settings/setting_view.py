"""One setting at the page's side: what it means, where its value comes from; and the field that changes it."""

from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox, QVBoxLayout, QWidget

from controlroom.configuration.records import SettingLine
from controlroom.settings import Scope, Setting
from controlroom.ui.kit.fields import Field
from controlroom.ui.widgets.lead_answer import LeadAnswer
from controlroom.ui.widgets.text import Facts, label

_WHO = {
    Scope.ROOM: "an administrator, for every desk",
    Scope.PERSON: "each person, for themselves at this desk",
    Scope.COMPUTER: "this computer's settings.toml or environment",
}


class SettingView(QWidget):
    """Shows a setting, and why it cannot be changed here where that is so."""

    def __init__(self) -> None:
        super().__init__()
        self._meaning = label("", 13.5, wrap=True)
        self.why_not, self.facts = LeadAnswer(), Facts()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for each in (self._meaning, self.why_not, self.facts):
            column.addWidget(each)

    def show_line(self, line: SettingLine, why_not: str) -> None:
        """Show a setting, or bring what is shown of it up to date."""
        meaning = line.spec.meaning
        self._meaning.setText(f"{meaning[:1].upper()}{meaning[1:]}.")
        self.why_not.hide()
        if why_not:
            self.why_not.say("idle", "It cannot be changed here.", why_not)
        self.facts.set_facts(_facts(line))


def value_field(line: SettingLine) -> Field:
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
    spin: QSpinBox | QDoubleSpinBox
    if spec.kind is int:
        spin = QSpinBox()
        spin.setRange(int(spec.low or 0), int(spec.high if spec.high is not None else 1_000_000_000))
    else:
        spin = QDoubleSpinBox()
        spin.setRange(float(spec.low or 0), float(spec.high if spec.high is not None else 1e9))
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
