"""The cover over a locked desk: it hides everything but the wall, and one card on it asks for the password.

The wall is left free by a mask, not by a picture of it: the pictures in it stay live. Whoever sat here unlocks with
their password; anybody else types their own name and takes the desk over.
"""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QSize, Signal
from PySide6.QtGui import QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from controlroom.accounts.records import Actor
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.sign_in.form import Choose, SignIn, SignInForm
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.emblem import Emblem
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import CENTRE, at, fill
from controlroom.ui.widgets.painting import painting
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import label, note

CARD_WIDTH, EDGE = 320, 10


class LockLayer(QWidget):
    """Covers its parent while shown. `hole` is what may still be seen of it, in the parent's coordinates."""

    unlocked = Signal(object)  # Actor

    def __init__(
        self,
        sign_in: SignIn,
        background: Background,
        *,
        choose: Choose | None = None,
        quick: Callable[[], Actor] | None = None,
    ) -> None:
        super().__init__()
        self.setAccessibleName("The desk is locked")
        self._hole: Callable[[], QRect] = QRect
        self._background = background
        self.form = SignInForm(sign_in, background, choose=choose, button="Unlock")
        self.card = Card()
        self.card.setParent(self)
        self._who = label("", 13, role="text_dim", wrap=True)
        self.alarms = Pill("", "alarm")
        self._lay_out(quick)
        self.form.signed_in.connect(self.unlocked)
        self.form.resized.connect(self.place)
        self.hide()

    def cover(self, actor: Actor, since: str, hole: Callable[[], QRect]) -> None:
        """Lie over the parent, asking for the password of `actor`."""
        self._hole = hole
        self._who.setText(f"{actor.handle}, since {since}.")
        self.place()
        self.show()
        self.raise_()
        self.form.begin(actor.login)

    def set_alarms(self, count: int) -> None:
        """How many alarms wait behind the lock; what they say stays covered."""
        self.alarms.set(f"{count} alarm{'s' if count != 1 else ''} waiting", "alarm")
        self.alarms.setVisible(count > 0)
        self.place()

    def place(self) -> None:
        """Take the whole of the parent, leave the hole, and put the card where it hides least."""
        ground = self.parentWidget()
        if ground is None:
            return
        self.setGeometry(ground.rect())
        width = theme.px(CARD_WIDTH)
        self.card.setFixedWidth(width)
        self.card.adjustSize()
        size = QSize(width, max(self.card.heightForWidth(width), self.card.sizeHint().height()))
        size = size.boundedTo(self.size())
        hole = self._hole()
        left = self.width() - size.width() - EDGE if hole.isValid() else (self.width() - size.width()) // 2
        self.card.setGeometry(left, max(0, (self.height() - size.height()) // 2), size.width(), size.height())
        if hole.isValid():
            self.setMask(QRegion(self.rect()).subtracted(QRegion(hole)).united(QRegion(self.card.geometry())))
        else:
            self.clearMask()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.color("ground"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()

    def _lay_out(self, quick: Callable[[], Actor] | None) -> None:
        body = self.card.body
        body.setContentsMargins(20, 20, 20, 16)
        title = label("Locked", 20, theme.NUMBER)
        for each in (title, self._who):
            each.setAlignment(CENTRE)
        self.alarms.hide()
        fill(body, at(CENTRE, Emblem(40)), title, self._who, at(CENTRE, self.alarms), self.form)
        if quick is not None:
            self._quick = KeyButton(
                "Go on without a password",
                "Ctrl+Enter",
                press=lambda: self._background.run(quick, self.unlocked.emit, owner=self),
            )
            body.addWidget(self._quick)
        body.addWidget(
            note("Pictures and recording go on. Somebody else takes the desk over with their own name.")
        )


def rect_in(widget: QWidget, ground: QWidget) -> QRect:
    """Where a widget stands in `ground`; an empty rectangle while it is not to be seen."""
    if not widget.isVisible():
        return QRect()
    return QRect(widget.mapTo(ground, QPoint(0, 0)), widget.size()).intersected(ground.rect())
