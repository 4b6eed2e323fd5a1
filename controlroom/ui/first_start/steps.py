"""Provides what the steps of the first start share, and two short ones: names, and going on after a break."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from controlroom.errors import InvalidInput
from controlroom.settings import SETTINGS
from controlroom.texts import is_blank
from controlroom.ui import theme
from controlroom.ui.first_start.records import Draft, Setup
from controlroom.ui.kit.fields import SecretEdit
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.layout import SPRING, column, fill
from controlroom.ui.widgets.text import label, note


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


class SiteStep(StepPage):
    """Two names and one choice; all of it can be changed on the settings page."""

    title = "What this room is called"
    short = "Names and lists"
    does = "These names stand in the window's title, on letters and in reports. They can be changed under Settings."
    after = "Next: the room is made, which takes a few seconds, and then the first camera."

    def __init__(self, setup: Setup) -> None:
        super().__init__()
        self._setup = setup
        self.site, self.jag = QLineEdit(), QLineEdit()
        self.lists = QCheckBox("Put the lists into the data folder, for this site to edit")
        self.lists.setFont(theme.font(theme.BODY, theme.MEDIUM))
        self.form = Form()
        self.form.add("&Name of the room", self.site)
        self.form.add("&JAG stands for", self.jag, "Joint Agency Group here, Joint Action Group elsewhere.")
        what = (
            "Incident categories, sources, outcomes, agencies, bidding partners, objectives and score weights, as "
            f"text files in {setup.folder / 'lists'}. Without this the lists that ship are used as they are. Either "
            "way an administrator edits the words on screen later: Settings, Lists."
        )
        fill(self.body, self.form, self.lists, note(what), SPRING)
        for field in (self.site, self.jag):
            field.returnPressed.connect(self.entered)

    def begin(self, draft: Draft) -> None:
        """Filled in with the usual names."""
        self.site.setText(draft.site_name)
        self.jag.setText(draft.jag_name)
        self.lists.setChecked(draft.own_lists)
        self.site.setFocus(Qt.FocusReason.OtherFocusReason)
        self.site.selectAll()

    def commit(self, draft: Draft) -> bool:
        """Names as the settings take them."""
        self.form.clear_errors()
        for field, name in ((self.site, "site_name"), (self.jag, "jag_name")):
            if is_blank(field.text()):
                self.form.set_error(field, "Type a name that can be read.")
                return False
            try:
                setattr(draft, name, SETTINGS[name].check(field.text().strip()))
            except InvalidInput as error:
                self.form.set_error(field, str(error))
                return False
        draft.own_lists = self.lists.isChecked()
        return True


class ResumeStep(StepPage):
    """Only the password: everything else was stored."""

    title = "Where you left off"
    short = "Sign in"
    does = "The room is made: account, storage and names are in place. Only the first camera is missing."
    after = "Next: the first camera."

    def __init__(self) -> None:
        super().__init__()
        self.password = SecretEdit()
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
        return self.form.require((self.password, "Type the password."))
