"""Shows the panel in which people change their own password, over the page and without stopping anything."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent

from controlroom.accounts.records import Actor
from controlroom.errors import ControlRoomError
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.sign_in.form import NEW_HELP, PasswordEdit, caps_warning
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import column
from controlroom.ui.widgets.overlay import Overlay
from controlroom.ui.widgets.text import label, note, show_text

Change = Callable[[Actor, str, str], Actor]
WIDTH = 340


class PasswordPanel(Overlay):
    """Asks for the password in use and twice for the new one; `change(actor, old, new)` runs in the background."""

    def __init__(
        self, session: DeskSession, background: Background, messages: Messages, change: Change
    ) -> None:
        super().__init__("Change my password")
        self._session, self._background, self._messages, self._change = session, background, messages, change
        self.setFixedWidth(theme.px(WIDTH))
        self.old, self.new, self.again = PasswordEdit(), PasswordEdit(), PasswordEdit()
        self.form = Form()
        self.form.add("Password in &use", self.old)
        self.form.add("&New password", self.new)
        self.new.setPlaceholderText(NEW_HELP)
        self.form.add("New password a&gain", self.again)
        self._caps = caps_warning((self.old, self.new, self.again), self.place)
        self._error = label("", 13, role="alarm", wrap=True)
        self._error.hide()
        self.button = KeyButton("Change it", "Ctrl+Enter", "primary", bind=False, press=self.submit)
        self.again.returnPressed.connect(self.submit)
        column(
            self.head("Change my password"),
            note("You stay signed in here; every other desk you are at is signed out."),
            self.form,
            self._caps,
            self._error,
            self.button,
            on=self,
            spacing=10,
            margins=(14, 10, 14, 14),
        )
        session.actor_changed.connect(self.close_panel)

    @property
    def error(self) -> str:
        """What is wrong, empty while nothing is."""
        return self._error.text()

    def open_panel(self) -> None:
        """Open with nothing typed."""
        self._empty()
        self.come_up(self.old)

    def hideEvent(self, event: QHideEvent) -> None:
        """However it closes, nothing typed stays."""
        super().hideEvent(event)
        self._empty()

    def place(self) -> None:
        if self.isVisible():
            self.place_upper_right(self.sizeHint().height())

    def submit(self) -> None:
        """Check what was typed and change the password."""
        actor, change = self._session.actor, self._change
        old, new = self.old.text(), self.new.text()
        self._say("")
        complete = self.form.require((self.old, "Type the password in use."), (self.new, "Type a new one."))
        if complete and new != self.again.text():
            self.form.set_error(self.again, "The two are not the same.")
        elif complete:
            self.button.setEnabled(False)
            self._background.run(
                lambda: change(actor, old, new), self._take_changed, self._take_error, owner=self
            )
        self.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
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
        show_text(self._error, text)
        self.place()
