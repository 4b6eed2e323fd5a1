"""The step that opens a room made by a first start that was left before its end, with the administrator's password."""

from PySide6.QtCore import Qt

from controlroom.ui.first_start.records import Draft
from controlroom.ui.first_start.step import StepPage, secret_field
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.layout import SPRING, fill


class ResumeStep(StepPage):
    """Only the password: everything else was kept."""

    title = "Where you left off"
    short = "Sign in"
    does = "The room is made: account, storage and names are in place. Only the first camera is missing."
    after = "Next: the first camera."

    def __init__(self) -> None:
        super().__init__()
        self.password = secret_field()
        self.form = Form()
        self.form.add("&Password of the administrator", self.password)
        fill(self.body, self.form, SPRING)
        self.password.returnPressed.connect(self.entered)

    def begin(self, draft: Draft) -> None:
        """Says whose password."""
        self.form.set_error(self.password, "")
        self.password.setAccessibleName(f"Password of {draft.login}")
        self.password.setPlaceholderText(f"of {draft.login}")
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def commit(self, draft: Draft) -> bool:
        """Anything typed is tried."""
        if not self.password.text():
            self.form.set_error(self.password, "Type the password.")
            return False
        return True
