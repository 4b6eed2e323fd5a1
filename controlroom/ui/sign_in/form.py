"""Name and password; the check runs in the background, since it is slow by design."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QProgressBar, QVBoxLayout, QWidget

from controlroom.accounts.records import Actor
from controlroom.errors import ControlRoomError
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.text import label

SignIn = Callable[[str, str], Actor]


class SignInForm(QWidget):
    """Asks for name and password and emits `signed_in(actor)`. A wrong answer keeps the name and says why."""

    signed_in = Signal(object)  # Actor

    def __init__(self, sign_in: SignIn, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign_in, self._background = sign_in, background
        self.name, self.password = QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.form = Form()
        self.form.add("&Name to sign in with", self.name)
        self.form.add("&Password", self.password)
        self._error = label("", 13, role="alarm", wrap=True)
        self._error.hide()
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setAccessibleName("Checking the password")
        self.button = KeyButton("Sign in", "Enter", "primary", bind=False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for each in (self.form, self._error, self.button, self._busy):
            layout.addWidget(each)
        policy = self._busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._busy.setSizePolicy(policy)
        self._busy.hide()
        self.name.returnPressed.connect(self._go_on)
        self.password.returnPressed.connect(self.submit)
        self.button.clicked.connect(lambda _checked: self.submit())

    @property
    def error(self) -> str:
        """What is wrong, empty while nothing is."""
        return self._error.text()

    def begin(self, name: str = "") -> None:
        """Start afresh, perhaps with the name filled in."""
        self.name.setText(name)
        self.password.clear()
        self._show_error("")
        (self.password if name else self.name).setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Check what was typed."""
        name, password = self.name.text().strip(), self.password.text()
        self.form.clear_errors()
        self._show_error("")
        if not name:
            self.form.set_error(self.name, "Type the name you sign in with.")
            return
        if not password:
            self.form.set_error(self.password, "Type your password.")
            return
        self._set_busy(True)
        self._background.run(
            lambda: self._sign_in(name, password), self._take_actor, self._take_error, owner=self
        )

    def _go_on(self) -> None:
        if self.password.text():
            self.submit()
        else:
            self.password.setFocus(Qt.FocusReason.TabFocusReason)

    def _take_actor(self, actor: Actor) -> None:
        self._set_busy(False)
        self.password.clear()
        self.signed_in.emit(actor)

    def _take_error(self, error: Exception) -> None:
        self._set_busy(False)
        if isinstance(error, ControlRoomError):
            self._show_error(str(error))
        else:
            self._show_error("Signing in failed: the program could not ask the database. Try again.")
        self.password.selectAll()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_busy(self, busy: bool) -> None:
        self._busy.setVisible(busy)
        for each in (self.name, self.password, self.button):
            each.setEnabled(not busy)

    def _show_error(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))
        self._error.setAccessibleName(text)
        theme.tint(self._error, "alarm")
