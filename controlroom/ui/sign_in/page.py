"""What the desk shows while nobody is signed in."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from controlroom.accounts.records import Actor
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.sign_in.form import Choose, SignIn, SignInForm
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.emblem import Emblem
from controlroom.ui.widgets.text import label, note


class SignInPage(QWidget):
    """A quiet page with one card. Emits `signed_in(actor)`."""

    signed_in = Signal(object)  # Actor

    def __init__(
        self,
        sign_in: SignIn,
        background: Background,
        site: str = "",
        parent: QWidget | None = None,
        *,
        choose: Choose | None = None,
    ) -> None:
        super().__init__(parent)
        self.form = SignInForm(sign_in, background, choose=choose)
        self.form.signed_in.connect(self._pass_on)
        self._why = ""
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        card = Card()
        card.setFixedWidth(theme.px(400))
        card.body.setContentsMargins(32, 28, 32, 20)
        card.body.setSpacing(14)
        emblem = Emblem(48)
        card.body.addWidget(emblem, 0, Qt.AlignmentFlag.AlignHCenter)
        title = label("Control Room", 22, theme.NUMBER)
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        card.add(title)
        if site:
            where = label(site, 13, role="text_dim", wrap=True)
            where.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            card.add(where)
        card.body.addSpacing(6)
        card.add(self.form)
        layout.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(14)
        foot = note("Every sign-in, and every refusal, is entered in the audit trail.")
        foot.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(foot)
        layout.addStretch(3)

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

    def _pass_on(self, actor: Actor) -> None:
        self.signed_in.emit(actor)
