"""Shows the panel in which another person takes over the desk in a few keys; the pictures stay.

Ctrl+U, the beginning of a name ("operator 1", "sup", or only the number), Enter, the password, Enter.
"""

import logging
from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy

from controlroom.accounts.records import Actor, User
from controlroom.folding import fold
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.session import DeskSession
from controlroom.ui.sign_in.form import Choose, SignIn, SignInForm
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import box, column, discard, scrolling
from controlroom.ui.widgets.marks import paint_mark
from controlroom.ui.widgets.overlay import Overlay
from controlroom.ui.widgets.painting import focus_ring, inside, painting, rounded, words
from controlroom.ui.widgets.text import note


class UserLine(QAbstractButton):
    """Handle and roles; the person at the desk now is marked and cannot be chosen."""

    def __init__(self, user: User, *, here: bool) -> None:
        super().__init__()
        self.user = user
        self._here, self._next = here, False
        self._roles = ", ".join(sorted(user.roles))
        self.setEnabled(not here)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{user.handle}, {self._roles}{', at the desk' if here else ''}")

    def set_next(self, following: bool) -> None:
        """Mark the one Enter would choose."""
        if following != self._next:
            self._next = following
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, theme.px(44))

    def paintEvent(self, _event: QPaintEvent) -> None:
        row = inside(self, 1)
        half, left, width = row.height() / 2, row.left() + 12, row.width() - 24
        with painting(self) as painter:
            if self._here or self._next or self.underMouse():
                rounded(painter, row, "selected" if self._here else "hover")
            if self.hasFocus():
                focus_ring(painter, row)
            name = QRectF(left, row.top() + 4, width, half - 2)
            words(painter, name, self.user.handle, "text", theme.BODY, theme.STRONG)
            words(painter, QRectF(left, row.top() + half, width, half - 4), self._roles, "text_dim", 12.5)
            if self._here or self._next:
                text = "at the desk" if self._here else "Enter"
                wide = painter.fontMetrics().horizontalAdvance(text)
                side = QRectF(left + width - wide, row.top(), wide + 1, row.height())
                words(painter, side, text, "accent_text", 12.5)
                if self._here:
                    paint_mark(painter, QRectF(side.left() - 17, row.center().y() - 4.5, 9, 9), "accent")


log = logging.getLogger(__name__)
WIDTH = 340
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SwitchPanel(Overlay):
    """Lists the people of the room; choosing one asks for the password, or, in a demonstration, changes at once.

    `quick(user)` is given only in a demonstration: it signs somebody in without a password. `leave(actor)` notes in
    the background that the person before has gone.
    """

    signed_out = Signal()
    password_wanted = Signal()  # one's own is to be changed

    def __init__(
        self,
        session: DeskSession,
        background: Background,
        sign_in: SignIn,
        *,
        users: Callable[[], Sequence[User]],
        leave: Callable[[Actor], None],
        quick: Callable[[User], Actor] | None = None,
        choose: Choose | None = None,
    ) -> None:
        super().__init__("Switch user")
        self._session, self._background = session, background
        self._users, self._leave, self._quick = users, leave, quick
        self.rows: list[UserLine] = []
        self._reading = self._entered = False  # the people are being read; Enter came before they were there
        self.setFixedWidth(theme.px(WIDTH))
        self.form = SignInForm(sign_in, background, choose=choose)
        self.beginning = QLineEdit()
        self._list = column(spacing=2)
        self._people = box(self._list)
        self._scroll = scrolling(self._people)
        self._lay_out()
        self.form.signed_in.connect(self._change_to)
        self.form.resized.connect(self.place)
        self.beginning.textChanged.connect(self._narrow)
        self.beginning.returnPressed.connect(self._choose_first)

    def open_panel(self) -> None:
        """Open with the people as they are now."""
        self.beginning.clear()
        self._show_users(())  # nobody who was at the desk last time may be taken for who is there now
        self._reading, self._entered = True, False
        self._background.run(self._users, self._take_users, self._cannot_read, owner=self)
        self.form.hide()
        self.come_up(self.beginning)

    @property
    def begun(self) -> bool:
        """True once somebody typed or chose something here: what they type next may be a password."""
        return bool(self.beginning.text()) or not self.form.isHidden()

    def place(self) -> None:
        if not self.isVisible():
            return
        # The list gets what room the ground leaves beside the rest, and scrolls beyond it.
        people = self._people.sizeHint().height()
        self._scroll.setFixedHeight(0)
        rest = self.sizeHint().height()
        self._scroll.setFixedHeight(max(0, min(people, self.ground.height() - rest - 24)))
        self.place_upper_right(self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shown = self._offered()
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        focused = self.focusWidget()
        if step is not None and isinstance(focused, UserLine) and focused in shown:
            shown[(shown.index(focused) + step) % len(shown)].setFocus(Qt.FocusReason.TabFocusReason)
        elif step is not None and focused is self.beginning and shown:
            shown[0 if step > 0 else -1].setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() in _ENTER and isinstance(focused, UserLine):
            self._choose(focused.user)
        else:
            super().keyPressEvent(event)

    def _take_users(self, users: Sequence[User]) -> None:
        self._end_reading()
        self._show_users(users)
        if self._entered:
            self._choose_first()

    def _cannot_read(self, error: Exception) -> None:
        self._end_reading()
        self._background.tell(error)

    def _end_reading(self) -> None:
        self._reading = False
        self.beginning.setReadOnly(False)

    def _show_users(self, users: Sequence[User]) -> None:
        for row in self.rows:
            discard(row)
        self.rows = []
        here = self._session.actor.user_id if self._session.signed_in else None
        for user in users:
            if not user.active:
                continue
            row = UserLine(user, here=user.id == here)
            row.clicked.connect(lambda _checked, chosen=user: self._choose(chosen))
            self._list.addWidget(row)
            row.show()
            self.rows.append(row)
        self._narrow()

    def _offered(self) -> list[UserLine]:
        return [row for row in self.rows if row.isEnabled() and not row.isHidden()]

    def _narrow(self) -> None:
        """Only those whose name, or a word or number in it, begins with what was typed."""
        typed = fold(self.beginning.text())
        for row in self.rows:
            row.setVisible(begins(row.user, typed))
        first = next(iter(self._offered()), None)
        for row in self.rows:
            row.set_next(row is first and bool(typed))
        self.place()

    def _choose_first(self) -> None:
        """Choose the first that fits; before the people are there Enter waits for them, and nothing more is typed."""
        if self._reading:
            self._entered = True
            self.beginning.setReadOnly(True)  # what comes next is a password, and would stand here to be read
            return
        offered = self._offered()
        if offered:
            self._choose(offered[0].user)

    def _choose(self, user: User) -> None:
        quick = self._quick
        if quick is not None:
            self._background.run(lambda: quick(user), self._change_to, owner=self)
            return
        self.form.show()
        self.form.begin(user.login)
        self.place()

    def _change_to(self, actor: Actor) -> None:
        before = self._session.actor if self._session.signed_in else None
        self.hide()
        self._session.sign_in(actor)
        if before is not None and before.user_id != actor.user_id:
            self._background.run(lambda: self._leave(before), on_error=_only_noted)

    def _sign_out(self) -> None:
        before = self._session.actor
        self.hide()
        self._session.sign_out()
        self._background.run(lambda: self._leave(before), on_error=_only_noted)
        self.signed_out.emit()

    def _lay_out(self) -> None:
        self.beginning.setPlaceholderText("Beginning of the name, then Enter")
        self.beginning.setAccessibleName("Beginning of the name")
        self.beginning.setMinimumHeight(theme.px(34))
        self.beginning.setMaxLength(100)
        quick = "A demonstration: choose who you are, without a password."
        column(
            self.head("Switch user"),
            note(quick) if self._quick is not None else None,
            self.beginning,
            self._scroll,
            self.form,
            KeyButton("Change my password", icon_name="key", press=self._want_password),
            KeyButton("Sign out and leave the desk", icon_name="sign-out", press=self._sign_out),
            on=self,
            spacing=10,
            margins=(14, 10, 14, 14),
        )

    def _want_password(self) -> None:
        self.hide()
        self.password_wanted.emit()


def _only_noted(error: Exception) -> None:
    """Somebody leaves whether or not that could be written down; the next person is not bothered with it."""
    log.warning("leaving the desk could not be noted: %s", error)


def begins(user: User, typed: str) -> bool:
    """True when a name, or a word or number in it, begins with `typed` (folded); everybody when it is empty."""
    handle, login = fold(user.handle), fold(user.login)
    words = [handle, login, *handle.split(), *(word.lstrip("0") for word in handle.split() if word.isdigit())]
    return any(word.startswith(typed) for word in words)
