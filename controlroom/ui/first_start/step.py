"""What every step of the first start is: a page with a heading, what it does, and what comes after."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from controlroom.ui import theme
from controlroom.ui.first_start.records import Draft
from controlroom.ui.widgets.text import label


class StepPage(QWidget):
    """Subclasses set the texts, add to `body`, and answer `begin` and `commit`."""

    title = ""
    short = ""  # in the list of steps
    does = ""
    after = ""

    entered = Signal()  # Enter in a field: go on

    def __init__(self) -> None:
        super().__init__()
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(16)
        self._heading = label(self.title, 24, theme.NUMBER, wrap=True)
        self._does = label(self.does, theme.BODY, role="text_dim", wrap=True)
        self.body.addWidget(self._heading)
        self.body.addWidget(self._does)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def begin(self, draft: Draft) -> None:
        """Show what was answered before, and take the focus."""

    def commit(self, draft: Draft) -> bool:
        """Check what was answered and put it into the draft; False when something is missing (and shown)."""
        return True

    def leave(self) -> None:
        """The step is no longer in front: end what it started."""
