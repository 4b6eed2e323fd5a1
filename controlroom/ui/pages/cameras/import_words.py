"""Says how a row of a register file is shown before it is imported: its state, its mark, and the list's columns."""

from dataclasses import dataclass

from controlroom.cameras.register_file.records import ComparedRow, RowState
from controlroom.cameras.register_file.words import detail
from controlroom.ui import theme
from controlroom.ui.kit.record_list import Chip
from controlroom.ui.kit.table_model import Column

_MARKS = {
    RowState.FAULTY: "alarm",
    RowState.DIFFERS: "warn",
    RowState.NEW: "live",
    RowState.SAME: "idle",
}
_ORDER = {state: number for number, state in enumerate(_MARKS)}
_LEFT_OUT = len(_ORDER)
LEFT_OUT = "left out"


@dataclass(frozen=True)
class RowLine:
    """A compared row, and whether the person leaves it out of the import."""

    row: ComparedRow
    left_out: bool = False

    @property
    def faulty(self) -> bool:
        return self.row.state is RowState.FAULTY

    @property
    def mark(self) -> str:
        """The theme's state for its mark."""
        return "idle" if self.left_out else _MARKS[self.row.state]

    @property
    def word(self) -> str:
        return LEFT_OUT if self.left_out else self.row.state.value

    @property
    def order(self) -> tuple[int, int]:
        """Faults first, then what changes the register; within them as in the file."""
        return (_LEFT_OUT if self.left_out and not self.faulty else _ORDER[self.row.state], self.row.line)

    @property
    def cells(self) -> str:
        """The cells at fault."""
        return ", ".join(dict.fromkeys(fault.where for fault in self.row.faults))


def columns() -> list[Column[RowLine]]:
    """The columns of the list of rows."""
    return [
        Column(
            "State",
            lambda line: line.word,
            sort_key=lambda line: line.order,
            state=lambda line: line.mark,
            role=lambda line: "text" if line.mark != "idle" else "text_dim",
            width=104,
        ),
        Column(
            "Row",
            lambda line: str(line.row.line),
            sort_key=lambda line: line.row.line,
            align="right",
            width=64,
        ),
        Column("Cell", lambda line: line.cells, width=84, weight=theme.NUMBER),
        Column("Number", lambda line: line.row.number, width=92, weight=theme.NUMBER),
        Column("Name", lambda line: line.row.name, width=200, weight=theme.MEDIUM),
        Column(
            "What it says",
            lambda line: "  ".join(each.told for each in line.row.faults) or detail(line.row),
            width=260,
            stretch=True,
            role=lambda line: "text" if line.row.faults or line.row.changes else "text_dim",
            tip=lambda line: detail(line.row),
        ),
    ]


def _in(state: RowState) -> Chip:
    words = {
        RowState.FAULTY: "With faults",
        RowState.NEW: "New",
        RowState.DIFFERS: "Differ",
        RowState.SAME: "The same",
    }
    return words[state], lambda line: line.row.state is state


CHIPS: tuple[Chip, ...] = (
    ("All", None),
    _in(RowState.FAULTY),
    _in(RowState.NEW),
    _in(RowState.DIFFERS),
    _in(RowState.SAME),
)
