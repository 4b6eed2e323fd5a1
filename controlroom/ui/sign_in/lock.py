"""Locks the desk, by key and when nobody has touched it for a while, and covers it while it is locked.

While it is locked nothing of the window takes keys or mouse, a camera that was being moved stops, and floating windows
hide. Nothing is closed or emptied: watching, recording, lists and half-typed forms go on as they were. The cover hides
everything but the wall, which a mask leaves free, so that its pictures stay live. Whoever sat here unlocks with their
password; anybody else types their own name and takes the desk over.
"""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, QTimer, Signal
from PySide6.QtGui import QAction, QPaintEvent, QRegion, QResizeEvent, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QWidget

from controlroom.accounts.records import Actor
from controlroom.clock import Clock, show_time
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.kit.page import Page
from controlroom.ui.session import DeskSession
from controlroom.ui.sign_in.form import Choose, SignIn, SignInForm
from controlroom.ui.timers import every
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.emblem import Emblem
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import CENTRE, at, fill
from controlroom.ui.widgets.marks import Pill
from controlroom.ui.widgets.painting import painting
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
        pictures = "Live pictures go on. " if hole().isValid() else ""
        self.about.setText(f"{pictures}Somebody else takes the desk over with their own name.")
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
        self.about = note("")
        body.addWidget(self.about)


def rect_in(widget: QWidget, ground: QWidget) -> QRect:
    """Where a widget stands in `ground`; an empty rectangle while it is not to be seen."""
    if not widget.isVisible():
        return QRect()
    return QRect(widget.mapTo(ground, QPoint(0, 0)), widget.size()).intersected(ground.rect())


LOOKS_EVERY_MS = 5000
_TOUCHES = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.TabletPress,
}


class DeskGuard(QObject):
    """Blocks input to one window while its session is locked.

    Until it is told the settings (`use_settings`), no time locks it and the wall stays visible.
    """

    locked_up = Signal(bool)  # True: because nobody touched the desk

    def __init__(
        self,
        window: QMainWindow,
        session: DeskSession,
        layer: LockLayer,
        *,
        content: QWidget,
        page: Callable[[], Page | None],
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(window)
        self._window, self._session, self.layer = window, session, layer
        self._content, self._page, self._clock = content, page, clock
        self._idle_minutes: Callable[[], int] = lambda: 0
        self._shows_wall: Callable[[], bool] = lambda: True
        self._monotonic = monotonic
        self._touched = monotonic()
        self._focus: QWidget | None = None
        self._who: Actor | None = None
        self._put_away: list[QDialog] = []
        self._actions: list[QAction] = []
        layer.setParent(window)
        layer.unlocked.connect(session.sign_in)
        session.lock_changed.connect(self._follow)
        self._timer = every(self, LOOKS_EVERY_MS, self.look)
        content.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusWindowChanged.connect(self._take_window)

    def use_settings(self, *, idle_minutes: Callable[[], int], shows_wall: Callable[[], bool]) -> None:
        """Settings, asked every time; 0 minutes is never."""
        self._idle_minutes, self._shows_wall = idle_minutes, shows_wall

    def lock(self, *, idle: bool = False) -> None:
        """Lock the desk now."""
        if self._session.signed_in and not self._session.locked:
            self._session.lock()
            self.locked_up.emit(idle)

    def look(self) -> None:
        """Lock the desk when nobody has touched it for as long as the room allows."""
        minutes = self._idle_minutes()
        if minutes and self._monotonic() - self._touched >= minutes * 60:
            self.lock(idle=True)

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()

    def _take_window(self, window: QWindow | None) -> None:
        """Keys and mouse arrive at windows: only there they are looked at, not in every widget's every event."""
        if window is not None and not window.property("guarded"):
            window.setProperty("guarded", True)
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _TOUCHES:
            self._touched = self._monotonic()
        elif kind == QEvent.Type.Resize and watched is self._content and self._session.locked:
            QTimer.singleShot(0, self.layer, self.layer.place)
        return False

    def _follow(self, locked: bool) -> None:
        if locked:
            self._close_up()
        else:
            self._open_up()

    def _close_up(self) -> None:
        self._who, self._focus = self._session.actor, self._window.focusWidget()
        page = self._page()
        if page is not None:
            page.hands_off()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        self._put_away = [each for each in _floating(self._window) if isinstance(each, QDialog)]
        for each in _floating(self._window):
            each.hide()
        self._content.setEnabled(False)
        self._actions = [each for each in self._window.actions() if each.isEnabled()]
        for action in self._actions:
            action.setEnabled(False)
        self.layer.cover(self._who, show_time(self._clock.now()), self._hole)

    def _open_up(self) -> None:
        self.layer.hide()
        self._content.setEnabled(True)
        for action in self._actions:
            action.setEnabled(True)
        same = self._session.signed_in and self._session.actor == self._who
        for each in self._put_away:
            (each.show if same else each.close)()
        self._put_away, self._touched = [], self._monotonic()
        if (target := self._focus if same else self._page()) is not None:
            target.setFocus()
        self._who = self._focus = None

    def _hole(self) -> QRect:
        page = self._page()
        seen = page.stays_visible() if page is not None and self._shows_wall() else None
        return rect_in(seen, self._window) if seen is not None else QRect()


def _floating(window: QWidget) -> list[QWidget]:
    """Every window of the program on the screen but this one."""
    return [each for each in QApplication.topLevelWidgets() if each is not window and each.isVisible()]
