"""Changing one's own password, over the page and without stopping anything."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from controlroom.accounts.records import Actor
from controlroom.errors import ControlRoomError
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.sign_in.form import NEW_HELP
from controlroom.ui.sign_in.password_edit import CAPS_WORDS, PasswordEdit
from controlroom.ui.widgets.card import bare_button
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.text import heading, label, note

Change = Callable[[Actor, str, str], Actor]
WIDTH = 340


class PasswordPanel(QFrame):
    """Asks for the password in use and twice for the new one; `change(actor, old, new)` runs in the background."""

    def __init__(
        self, session: DeskSession, background: Background, messages: Messages, change: Change
    ) -> None:
        super().__init__()
        self._session, self._background, self._messages, self._change = session, background, messages, change
        self._ground: QWidget | None = None
        self._before: QWidget | None = None
        self.setProperty("overlay", True)
        self.setAccessibleName("Change my password")
        self.setFixedWidth(theme.px(WIDTH))
        self.old, self.new, self.again = PasswordEdit(), PasswordEdit(), PasswordEdit()
        self.form = Form()
        self.form.add("Password in &use", self.old)
        self.form.add("&New password", self.new)
        self.new.setPlaceholderText(NEW_HELP)
        self.form.add("New password a&gain", self.again)
        self._caps = label(CAPS_WORDS, 13, role="warn")
        self._error = label("", 13, role="alarm", wrap=True)
        self.button = KeyButton("Change it", "Ctrl+Enter", "primary", bind=False)
        self._lay_out()
        session.actor_changed.connect(self.close_panel)
        self.hide()

    @property
    def error(self) -> str:
        """What is wrong, empty while nothing is."""
        return self._error.text()

    def lay_over(self, ground: QWidget) -> None:
        """Lie over `ground`, at its upper right."""
        self._ground = ground
        self.setParent(ground)
        self.hide()

    def toggle(self) -> None:
        """Open empty, or close."""
        if self.isVisible():
            self.close_panel()
            return
        self._before = self.window().focusWidget()
        self._empty()
        self.show()
        self.raise_()
        self.place()
        self.old.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_panel(self) -> None:
        """Close; nothing typed stays."""
        self._empty()
        if self.isVisible():
            self.hide()
            if self._before is not None and self._before.isVisible():
                self._before.setFocus(Qt.FocusReason.PopupFocusReason)

    def place(self) -> None:
        """Take the place at the upper right of the ground."""
        if self._ground is not None and self.isVisible():
            height = min(self.sizeHint().height(), self._ground.height() - 24)
            self.setGeometry(self._ground.width() - self.width() - 12, 10, self.width(), height)

    def submit(self) -> None:
        """Check what was typed and change the password."""
        actor, change = self._session.actor, self._change
        old, new = self.old.text(), self.new.text()
        self.form.clear_errors()
        self._say("")
        if not old:
            self.form.set_error(self.old, "Type the password in use.")
        elif not new:
            self.form.set_error(self.new, "Type a new one.")
        elif new != self.again.text():
            self.form.set_error(self.again, "The two are not the same.")
        else:
            self.button.setEnabled(False)
            self._background.run(
                lambda: change(actor, old, new), self._take_changed, self._take_error, owner=self
            )
        self.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        elif enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submit()
        else:
            super().keyPressEvent(event)

    def _take_changed(self, actor: Actor) -> None:
        self.button.setEnabled(True)
        if self._session.signed_in and self._session.actor == actor:
            self._session.sign_in(actor)
        self.close_panel()
        self._messages.show("Your password is changed. Every other desk you were at is signed out.", "done")

    def _take_error(self, error: Exception) -> None:
        self.button.setEnabled(True)
        known = isinstance(error, ControlRoomError)
        self._say(str(error) if known else "The password could not be changed. Try again.")
        self.old.selectAll()
        self.old.setFocus(Qt.FocusReason.OtherFocusReason)

    def _empty(self) -> None:
        for each in (self.old, self.new, self.again):
            each.clear()
        self.form.clear_errors()
        self._say("")

    def _say(self, text: str) -> None:
        self._error.setText(text)
        self._error.setAccessibleName(text)
        self._error.setVisible(bool(text))
        self.place()

    def _show_caps(self) -> None:
        self._caps.setVisible(any(each.caps for each in (self.old, self.new, self.again)))
        self.place()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 14)
        layout.setSpacing(10)
        head = QHBoxLayout()
        close = bare_button("x", "Close (Esc)")
        close.clicked.connect(lambda _checked: self.close_panel())
        head.addWidget(heading("Change my password"), 1)
        head.addWidget(close)
        layout.addLayout(head)
        layout.addWidget(note("You stay signed in here; every other desk you are at is signed out."))
        for each in (self.form, self._caps, self._error, self.button):
            layout.addWidget(each)
        self._caps.hide()
        self._error.hide()
        self.again.returnPressed.connect(self.submit)
        self.button.clicked.connect(lambda _checked: self.submit())
        for each in (self.old, self.new, self.again):
            each.caps_changed.connect(lambda _on: self._show_caps())
