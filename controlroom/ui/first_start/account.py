"""Shows step 1: the administrator's account."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from controlroom.accounts.passwords import SHORTEST_PASSWORD
from controlroom.texts import is_blank
from controlroom.ui import theme
from controlroom.ui.first_start.records import Draft
from controlroom.ui.first_start.steps import StepPage
from controlroom.ui.kit.fields import SecretEdit
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.layout import SPRING, column, fill
from controlroom.ui.widgets.painting import painting, rounded
from controlroom.ui.widgets.text import label

GOOD, STRONG = 16, 20  # characters: length counts, not the kinds of characters


def strength(password: str) -> tuple[str, str]:
    """How strong a password is by its length: words and a state."""
    missing = SHORTEST_PASSWORD - len(password)
    if not password:
        return "", "idle"
    if missing > 0:
        return f"Too short: {missing} more character{'s' if missing > 1 else ''}", "alarm"
    if len(set(password)) < 5:
        return "Long enough, but it repeats itself: choose other words", "warn"
    if len(password) >= STRONG:
        return f"Strong: {len(password)} characters", "live"
    if len(password) >= GOOD:
        return f"Good: {len(password)} characters", "live"
    return f"Enough: {len(password)} characters; longer is better", "warn"


class StrengthBar(QWidget):
    """A bar that grows with the password's length, with words beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._part, self._state = 0.0, "idle"
        self._words = label("", theme.SMALL, role="text_dim")
        column(self._words, on=self, margins=(0, 10, 0, 0))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def sizeHint(self) -> QSize:
        return QSize(200, theme.px(30))

    def show_for(self, password: str) -> None:
        """Judge a password."""
        words, self._state = strength(password)
        self._part = min(1.0, len(password) / STRONG)
        self._words.setText(words or f"At least {SHORTEST_PASSWORD} characters; three random words do well.")
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            rounded(painter, QRectF(0, 0, self.width(), 5), "line", radius=2.5)
            rounded(painter, QRectF(0, 0, self.width() * self._part, 5), self._state, radius=2.5)


class AccountStep(StepPage):
    """Name, handle, password twice."""

    title = "Your administrator account"
    short = "Administrator"
    does = (
        "The administrator adds people and cameras and changes settings. Every step in this room is entered in the "
        "audit trail under a handle such as “Operator 07”, never under a real name."
    )
    after = "Next: where the records are kept."

    def __init__(self) -> None:
        super().__init__()
        self.login, self.handle = QLineEdit(), QLineEdit()
        self.password, self.again = SecretEdit(), SecretEdit()
        self.strength = StrengthBar()
        self.form = Form()
        self.form.add_row(("&Name to sign in with", self.login, 1), ("&Handle others see", self.handle, 1))
        self.form.add(
            "&Password",
            self.password,
            "Length is what makes it strong: no rule asks for figures or signs. Nobody can read it later.",
        )
        self.form.add_wide(self.strength)
        self.form.add("Password &again", self.again)
        fill(self.body, self.form, SPRING)
        self.password.textChanged.connect(self.strength.show_for)
        fields = (self.login, self.handle, self.password, self.again)
        for field, following in zip(fields, (*fields[1:], None), strict=True):
            field.returnPressed.connect(lambda following=following: self._go_on(following))
        self.strength.show_for("")

    def begin(self, draft: Draft) -> None:
        """The password is never stored, so after a crash it is typed again."""
        self.login.setText(draft.login)
        self.handle.setText(draft.handle)
        self.form.clear_errors()
        (self.password if draft.login else self.login).setFocus(Qt.FocusReason.OtherFocusReason)

    def commit(self, draft: Draft) -> bool:
        """Checked here as the service will check it again."""
        password = self.password.text()
        if not self.form.require(
            (self.login, "Type the name you will sign in with."),
            (self.handle, "Type what others are to see: Administrator."),
        ):
            return False
        unseen = next((field for field in (self.login, self.handle) if is_blank(field.text())), None)
        if unseen is not None:
            self.form.set_error(unseen, "Nobody can see what stands here. Type letters or figures.")
        elif len(password) < SHORTEST_PASSWORD:
            self.form.set_error(self.password, strength(password)[0] or "Type a password.")
        elif password != self.again.text():
            self.form.set_error(self.again, "The two passwords differ.")
        else:
            draft.login = self.login.text().strip().lower()
            draft.handle = self.handle.text().strip()
            return True
        return False

    def _go_on(self, following: QLineEdit | None) -> None:
        if following is None or (self.again.text() and self.password.text()):
            self.entered.emit()
        else:
            following.setFocus(Qt.FocusReason.TabFocusReason)
