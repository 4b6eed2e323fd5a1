"""The page that every step of the first start is: a heading, what the step does, and what comes after it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from controlroom.ui import theme
from controlroom.ui.first_start.records import Draft
from controlroom.ui.widgets.layout import column
from controlroom.ui.widgets.text import label


def secret_field() -> QLineEdit:
    """A field that shows dots for what is typed."""
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


class StepPage(QWidget):
    """Subclasses set the texts, add to `body`, and answer `begin` and `commit`."""

    title = ""
    short = ""  # in the list of steps
    does = ""
    after = ""

    entered = Signal()  # Enter in a field: go on

    def __init__(self) -> None:
        super().__init__()
        title = label(self.title, 24, theme.NUMBER, wrap=True)
        self.body = column(title, label(self.does, role="text_dim", wrap=True), on=self, spacing=16)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def begin(self, draft: Draft) -> None:
        """Show what was answered before, and take the focus."""

    def commit(self, draft: Draft) -> bool:
        """Check what was answered and put it into the draft; False when something is missing (and shown)."""
        return True

    def leave(self) -> None:
        """The step is no longer in front: end what it started."""
