"""Asks for name and password in a form; the check runs in the background, since it is slow by design.

After a one-time password the same form asks for one of the person's own. Where the names come from, and what signs in
while the database is away, is not its business: `sign_in(name, password)` raises or returns who it is.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from controlroom.accounts.records import Actor, PasswordDue
from controlroom.errors import ControlRoomError
from controlroom.ui.background import Background
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import column
from controlroom.ui.widgets.marks import BusyBar
from controlroom.ui.widgets.text import label, show_text

CAPS_WORDS = "Caps Lock is on."
LONGEST = 512  # characters; more than any password has


class PasswordEdit(QLineEdit):
    """Shows dots. No toolkit tells the lock's state on every system, so it is read off the letters that arrive."""

    caps_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(LONGEST)
        self._caps = False

    @property
    def caps(self) -> bool:
        """True when the last letter came with Caps Lock on."""
        return self._caps

    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text()
        if len(letter) == 1 and letter.isalpha() and letter.upper() != letter.lower():
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._set_caps(letter.isupper() != shifted)
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._set_caps(False)
        super().focusOutEvent(event)

    def _set_caps(self, on: bool) -> None:
        if on != self._caps:
            self._caps = on
            self.caps_changed.emit(on)


def caps_warning(fields: Sequence[PasswordEdit], resized: Callable[[], object]) -> QLabel:
    """A line that warns while Caps Lock is on in one of `fields`; `resized` is called as it comes and goes."""
    warning = label(CAPS_WORDS, 13, role="warn")
    warning.hide()

    def follow() -> None:
        on = any(each.caps for each in fields)
        warning.setVisible(on)
        for each in fields:
            each.setAccessibleDescription(CAPS_WORDS if on else each.placeholderText())
        resized()

    for each in fields:
        each.caps_changed.connect(follow)
    return warning


SignIn = Callable[[str, str], Actor]
Choose = Callable[[str, str, str], Actor]  # name, one-time password, a password of one's own
NEW_HELP = "12 characters, say three words"


class SignInForm(QWidget):
    """Asks for name and password and emits `signed_in(actor)`. A wrong answer keeps the name and says why."""

    signed_in = Signal(object)  # Actor
    resized = Signal()  # another field or line is shown

    def __init__(
        self,
        sign_in: SignIn,
        background: Background,
        *,
        choose: Choose | None = None,
        button: str = "Sign in",
    ) -> None:
        super().__init__()
        self._sign_in, self._choose, self._background = sign_in, choose, background
        self._button_words, self._choosing, self._is_busy = button, False, False
        self.name, self.password = QLineEdit(), PasswordEdit()
        self.name.setMaxLength(200)
        self.new, self.again = PasswordEdit(), PasswordEdit()
        self.form, self.own = Form(), Form()
        self.form.add("&Name to sign in with", self.name)
        self.form.add("&Password", self.password)
        self.own.add("Your &own password", self.new)
        self.new.setPlaceholderText(NEW_HELP)
        self.own.add("Your own password a&gain", self.again)
        self._passwords = (self.password, self.new, self.again)
        self._caps = caps_warning(self._passwords, self.resized.emit)
        self._notice = label("", 13, role="text_dim", wrap=True)
        self._error = label("", 13, role="alarm", wrap=True)
        self._busy = BusyBar("Checking the password", keeps_room=True)
        self.button = KeyButton(button, "Enter", "primary", bind=False, press=self.submit)
        parts = (self._notice, self.form, self.own, self._caps, self._error, self.button, self._busy)
        column(*parts, on=self, spacing=12)
        for each in (self._notice, self._error, self.own):
            each.hide()
        self._connect()

    @property
    def error(self) -> str:
        """What is wrong, empty while nothing is."""
        return self._error.text()

    @property
    def notice(self) -> str:
        """What is said beside, empty while nothing is."""
        return self._notice.text()

    @property
    def choosing(self) -> bool:
        """True while a password of one's own is asked for."""
        return self._choosing

    def begin(self, name: str = "") -> None:
        """Start afresh, perhaps with the name filled in."""
        self.name.setText(name)
        self.password.clear()
        self._show_choosing(False)
        self._show_error("")
        (self.password if name else self.name).setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, text: str) -> None:
        """Say something that is nobody's mistake: why somebody was signed out, that the database is away."""
        show_text(self._notice, text)
        self.resized.emit()

    def submit(self) -> None:
        """Check what was typed."""
        name, password = self.name.text().strip(), self.password.text()
        self._show_error("")
        asked = (self.name, "Type the name you sign in with."), (self.password, "Type your password.")
        if not self.form.require(*asked):
            return
        if self._choosing:
            self._submit_own(name, password)
        else:
            self._run(lambda: self._sign_in(name, password))

    def _submit_own(self, name: str, password: str) -> None:
        choose, new = self._choose, self.new.text()
        if not self.own.require((self.new, "Type a password of your own.")):
            return
        if new != self.again.text():
            self.own.set_error(self.again, "The two are not the same.")
        elif choose is not None:
            self._run(lambda: choose(name, password, new))

    def _run(self, work: Callable[[], Actor]) -> None:
        self._set_busy(True)
        self._background.run(work, self._take_actor, self._take_error, owner=self)

    def _go_on(self) -> None:
        if self.password.text():
            self.submit()
        else:
            self.password.setFocus(Qt.FocusReason.TabFocusReason)

    def _take_actor(self, actor: Actor) -> None:
        self._set_busy(False)
        self.password.clear()
        self._show_choosing(False)
        self.say("")
        self.signed_in.emit(actor)

    def _take_error(self, error: Exception) -> None:
        self._set_busy(False)
        if isinstance(error, PasswordDue) and self._choose is not None:
            self._show_choosing(True)
            self.say(str(error))
            self.new.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if isinstance(error, ControlRoomError):
            self._show_error(str(error))
        else:
            self._show_error("Signing in failed: the program could not ask the database. Try again.")
        field = self.new if self._choosing else self.password
        field.selectAll()
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_choosing(self, choosing: bool) -> None:
        self._choosing = choosing
        self.new.clear()
        self.again.clear()
        self.own.clear_errors()
        self.own.setVisible(choosing)
        for each in (self.name, self.password):
            each.setReadOnly(choosing)
        self.button.set_text("Take this password" if choosing else self._button_words)
        if not choosing:
            self.say("")
        self.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """While a password is checked only Esc means something: the rest is not for what lies around the form."""
        if self._is_busy and event.key() != Qt.Key.Key_Escape:
            event.accept()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, following: bool) -> bool:
        return self._is_busy or super().focusNextPrevChild(following)

    def _set_busy(self, busy: bool) -> None:
        """The fields are off, and the keyboard waits on the form: Qt would hand it to the next button there is."""
        focused, self._is_busy = self.focusWidget(), busy
        if busy and focused is not None and focused.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._busy.setVisible(busy)
        for each in (self.name, *self._passwords, self.button):
            each.setEnabled(not busy)

    def _show_error(self, text: str) -> None:
        show_text(self._error, text)
        self.resized.emit()

    def _connect(self) -> None:
        self.name.returnPressed.connect(self._go_on)
        self.password.returnPressed.connect(self.submit)
        self.new.returnPressed.connect(lambda: self.again.setFocus(Qt.FocusReason.TabFocusReason))
        self.again.returnPressed.connect(self.submit)
