"""Shows the page that fills the window while nobody is signed in."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.sign_in.form import Choose, SignIn, SignInForm
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.emblem import Emblem
from controlroom.ui.widgets.layout import CENTRE, Cell, at, column, fill, gap
from controlroom.ui.widgets.text import label, note


class SignInPage(QWidget):
    """A quiet page with one card. Emits `signed_in(actor)`."""

    signed_in = Signal(object)  # Actor

    def __init__(
        self, sign_in: SignIn, background: Background, site: str = "", *, choose: Choose | None = None
    ) -> None:
        super().__init__()
        self.form = SignInForm(sign_in, background, choose=choose)
        self.form.signed_in.connect(self.signed_in)
        self._why = ""
        card = Card()
        card.setFixedWidth(theme.px(400))
        card.body.setContentsMargins(32, 28, 32, 20)
        card.body.setSpacing(14)
        title = label("Control Room", 22, theme.NUMBER)
        where = label(site, 13, role="text_dim", wrap=True) if site else None
        foot = note("Every sign-in, and every refusal, is entered in the audit trail.")
        for each in (title, where, foot):
            if each is not None:
                each.setAlignment(CENTRE)
        fill(card.body, at(CENTRE, Emblem(48)), title, where, gap(6), self.form)
        column(Cell(None, 2), at(CENTRE, card), gap(14), foot, Cell(None, 3), on=self, spacing=-1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.begin()
        self.form.say(self._why)
        self._why = ""

    def say_why(self, why: str) -> None:
        """Why somebody was signed out: said until somebody signs in."""
        self._why = why
        if self.isVisible():
            self.form.say(why)
