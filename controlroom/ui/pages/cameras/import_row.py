"""Shows one row of a register file: its faults, what it would change, and how it stands in the file."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from controlroom.cameras.register_file.columns import BY_FIELD
from controlroom.cameras.register_file.records import Fault
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormCard, FormSpec
from controlroom.ui.pages.cameras.import_words import RowLine
from controlroom.ui.widgets.layout import SPRING, TOP, at, box, column, empty, grow, row, scrolling
from controlroom.ui.widgets.marks import Mark, Pill
from controlroom.ui.widgets.text import Facts, caption, label, note, show_text


class ImportRow(QWidget):
    """The row that is selected in the list."""

    def __init__(self) -> None:
        super().__init__()
        self._title = label("", theme.TITLE, theme.STRONG, wrap=True)
        self.state = Pill("", "idle")
        self.form: FormCard | None = None
        self._asked, self.source = column(), caption("")
        self._faults = QVBoxLayout()
        self._faults.setSpacing(12)
        self._changes, self._texts, self._notes = Facts(), Facts(), note("")
        self._changes_box = box(column(caption("What it would change"), self._changes, spacing=8))
        self._texts_box = box(column(self.source, self._texts, spacing=8))
        parts = (
            self._title,
            self.state,
            self._asked,
            self._faults,
            self._notes,
            self._changes_box,
            self._texts_box,
            SPRING,
        )
        column(grow(scrolling(column(*parts, spacing=14, margins=(20, 16, 20, 16)))), on=self)
        self.setFixedWidth(theme.px(380))
        self.hide()

    @property
    def words(self) -> str:
        """Everything it says of faults, for tests and screen readers."""
        return self.accessibleDescription()

    def ask_for_name(
        self, line: RowLine, background: Background, rename: Callable[[int, str, str], object]
    ) -> None:
        """Ask for the number and the name of a device that was found; `rename(line, number, name)` gets them."""
        self._end_asking()
        spec = FormSpec(
            "Number and name",
            "Take them",
            lambda values: values,
            (
                Field("number", "Number", value=line.row.number, needed=True),
                Field("name", "Name", value=line.row.name, needed=True),
            ),
        )
        form = self.form = FormCard(spec, background)
        form.closed.connect(self._end_asking)
        form.done.connect(lambda values: rename(line.row.line, values["number"], values["name"]))
        self._asked.addWidget(form)
        form.take_focus()

    def _end_asking(self) -> None:
        self.form = None
        empty(self._asked)

    def show_row(self, line: RowLine | None) -> None:
        """Show a row; none hides it."""
        self._end_asking()
        self.setVisible(line is not None)
        if line is None:
            return
        compared = line.row
        called = f", camera {compared.number}" if compared.number else ""
        self._title.setText(f"Row {compared.line}{called}")
        self.state.set(line.word, line.mark)
        empty(self._faults)
        for fault in compared.faults:
            self._faults.addWidget(_fault(fault))
        show_text(self._notes, "\n".join(compared.notes))
        self._changes.set_facts(
            [(each.heading, f"{each.before or '—'} → {each.after or '—'}") for each in compared.changes]
        )
        self._changes_box.setVisible(bool(compared.changes))
        self._texts.set_facts([(BY_FIELD[field].heading, text) for field, text in compared.texts.items()])
        self.setAccessibleDescription("\n".join(fault.words for fault in compared.faults))


def _fault(fault: Fault) -> QWidget:
    mark = Mark("alarm", 9)
    where = label(f"{fault.where}  {fault.heading}", theme.BODY, theme.STRONG)
    value = label(f"“{fault.value}”" if fault.value else "(empty)", theme.BODY, wrap=True)
    what = label(f"{fault.what[:1].upper()}{fault.what[1:]}", theme.BODY, wrap=True)
    remedy = note(fault.remedy)
    return box(row(at(TOP, mark), grow(column(where, value, what, remedy, spacing=3)), spacing=10))
