"""Shows the window of the first start: four steps, one at a time; it can be left and resumed at any step."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFrame,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from controlroom.cameras.records import Camera
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.first_start.account import AccountStep
from controlroom.ui.first_start.camera import CameraStep
from controlroom.ui.first_start.records import Setup, StartStep
from controlroom.ui.first_start.steps import ResumeStep, SiteStep, StepPage
from controlroom.ui.first_start.storage import StorageStep
from controlroom.ui.widgets.emblem import Emblem
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import LEFT, SPRING, at, column, gap, grow, row, scrolling
from controlroom.ui.widgets.marks import BusyBar, LeadAnswer
from controlroom.ui.widgets.painting import CENTRED, painting, words
from controlroom.ui.widgets.text import label, note

ROW = 44


class StepsList(QWidget):
    """Numbers in circles, a tick where a step is done."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self._names, self._here = names, 0
        self.setFixedHeight(theme.px(ROW) * len(names))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_at(self, index: int) -> None:
        """The step in front."""
        self._here = index
        self.setAccessibleName(f"Step {index + 1} of {len(self._names)}: {self._names[index]}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            for index, name in enumerate(self._names):
                self._paint_step(painter, index, name)

    def _paint_step(self, painter: QPainter, index: int, name: str) -> None:
        row, side = theme.px(ROW), theme.px(26)
        top, done, here = index * row, index < self._here, index == self._here
        circle = QRectF(1, top + (row - side) / 2, side, side)
        if index:
            painter.setPen(QPen(theme.color("live" if index <= self._here else "line"), 2))
            x = int(circle.center().x())
            painter.drawLine(x, int(top - (row - side) / 2 + 3), x, int(circle.top() - 3))
        painter.setPen(QPen(theme.color("live" if done else "accent" if here else "line"), 2))
        painter.setBrush(theme.color("accent_fill") if here else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)
        ink = "live" if done else "on_accent" if here else "text_faint"
        if done:  # drawn, since the typeface has no tick
            painter.setPen(theme.color(ink))
            middle = circle.center()
            painter.drawPolyline([middle + QPointF(*point) for point in ((-4, 0), (-1, 3), (4, -3))])
        else:
            words(painter, circle, str(index + 1), ink, 13, theme.STRONG, CENTRED)
        room = QRectF(side + 14, top, self.width() - side - 14, row)
        weight = theme.STRONG if here else theme.REGULAR
        words(painter, room, name, "text" if here else "text_dim", theme.BODY, weight)


SIZE = (1280, 690)  # with a title bar on a screen of 1366 x 768
_GO_ON = {StartStep.SITE: "Make the room", StartStep.CAMERA: "Save and finish"}
ORDER = (StartStep.ACCOUNT, StartStep.STORAGE, StartStep.SITE, StartStep.CAMERA)


class FirstStartWindow(QWidget):
    """Emits `finished(camera or None)` when the room is ready, `left` when it was closed before."""

    finished = Signal(object)
    left = Signal()

    def __init__(self, setup: Setup, background: Background) -> None:
        super().__init__()
        self.setWindowTitle("Control Room: first start")
        self.resize(*SIZE)
        self.setMinimumSize(1000, 640)
        self._setup, self._background = setup, background
        self._done = False
        self._focus_before: QWidget | None = None
        self.account = AccountStep()
        self.storage = StorageStep(setup, background)
        self.site = SiteStep(setup)
        self.camera = CameraStep(setup, background)
        self.resume = ResumeStep()
        steps = (self.account, self.storage, self.site, self.camera)
        self._pages: dict[StartStep, StepPage] = dict(zip(ORDER, steps, strict=True))
        self._stack = QStackedWidget()
        self._steps = StepsList([page.short for page in self._pages.values()])
        self.trouble = LeadAnswer()
        self._busy, self._busy_words = BusyBar("At work"), label("", 13, role="text_dim")
        self._after = note("")
        self.back_button = KeyButton("Back", "Alt+Left", press=self.go_back)
        self.skip_button = KeyButton("Without a camera for now", "Alt+N", "quiet", press=self.skip)
        self.next_button = KeyButton("Continue", "Ctrl+Return", "primary", press=self.go_on)
        self._lay_out()
        self._connect()
        self.shown: StepPage = self.account
        self._show(self.resume if setup.draft.made else self._pages[setup.draft.step])

    # -- going on --------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """The step in front is answered: check it, do what belongs to it, go to the next."""
        page = self.shown
        if not self.next_button.isEnabled() or not page.commit(self._setup.draft):
            return
        self.trouble.hide()
        if page is self.resume:
            password = self.resume.password.text()
            self._work("Opening the room", lambda: self._setup.resume(password), self._opened)
        elif page is self.site:
            self._make()
        elif page is self.camera:
            camera = self.camera.new_camera()
            self._work("Saving the camera", lambda: self._setup.add_camera(camera), self._finish)
        else:
            self._to(ORDER[ORDER.index(self._setup.draft.step) + 1])

    def go_back(self) -> None:
        """One step back; what was made stays made."""
        if self.back_button.isVisible() and self.next_button.isEnabled():
            self._to(ORDER[ORDER.index(self._setup.draft.step) - 1])

    def skip(self) -> None:
        """No camera for now."""
        if self.skip_button.isVisible() and self.next_button.isEnabled():
            self._finish(None)

    def _make(self) -> None:
        password, secret = self.account.password.text(), self.storage.password.text()
        if not password:  # resumed after a crash: the password was not stored
            self._to(StartStep.ACCOUNT)
            self.trouble.say(
                "warn", "Type the administrator's password once more.", "It is never written down."
            )
            return
        self._work("Making the room", lambda: self._setup.make(password, secret), self._opened)

    def _opened(self, _result: object) -> None:
        self._setup.draft.made = True
        self._to(StartStep.CAMERA)

    def _finish(self, camera: Camera | None) -> None:
        self._done = True
        self.camera.leave()
        self.finished.emit(camera)

    def _to(self, step: StartStep) -> None:
        self._setup.draft.step = step
        self._background.run(self._setup.keep, on_error=self._take_trouble)
        self._show(self._pages[step])

    def _work(self, words: str, work: Callable[[], object], done: Callable[..., None]) -> None:
        self._set_busy(words)

        def arrived(result: object) -> None:
            self._set_busy("")
            done(result)

        self._background.run(work, arrived, self._take_trouble, owner=self)

    def _take_trouble(self, error: Exception) -> None:
        self._set_busy("")
        what, meaning, remedy = (getattr(error, name, "") for name in ("what", "meaning", "remedy"))
        self.trouble.say(
            "alarm",
            what or "Something in the program failed. Nothing was made.",
            f"{meaning} {remedy}".strip(),
        )

    def _set_busy(self, words: str) -> None:
        self._busy.setVisible(bool(words))
        self._busy_words.setText(words)
        if words:
            self._focus_before = self.focusWidget()  # a disabled field loses the keyboard
        for each in (self.next_button, self.back_button, self.skip_button, self._stack):
            each.setEnabled(not words)
        if not words and self._focus_before is not None:
            self._focus_before.setFocus(Qt.FocusReason.OtherFocusReason)
            self._focus_before = None

    def _show(self, page: StepPage) -> None:
        if page is not self.shown:
            self.shown.leave()
        self.shown = page
        step = StartStep.CAMERA if page is self.resume else self._setup.draft.step
        index = ORDER.index(step)
        self._steps.show_at(index)
        self._stack.setCurrentIndex((*self._pages.values(), self.resume).index(page))
        self._after.setText(page.after)
        on_camera = page is self.camera
        self.back_button.setVisible(index > 0 and not self._setup.draft.made)
        self.skip_button.setVisible(on_camera)
        self.next_button.set_text(
            _GO_ON.get(step if page is not self.resume else StartStep.ACCOUNT, "Continue")
        )
        self.trouble.hide()
        page.begin(self._setup.draft)

    # -- the window ------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter on a choice goes on, as it does in a field; on a button it presses that."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.modifiers():
            return False
        if isinstance(watched, KeyButton):
            watched.click()
        else:
            self.go_on()
        return True

    def closeEvent(self, event: QCloseEvent) -> None:
        self.camera.leave()
        event.accept()
        if not self._done:
            self.left.emit()

    def _lay_out(self) -> None:
        side = QFrame()
        side.setProperty("panel", True)
        side.setFixedWidth(theme.px(270))
        leaving = (
            "You can close this window at any time: the next start goes on where you left it. "
            "Tab moves, Enter goes on."
        )
        column(
            at(LEFT, Emblem(44)),
            label("Control Room", 20, theme.NUMBER),
            note("Four steps, about three minutes, and the first camera is live."),
            gap(12),
            self._steps,
            SPRING,
            note(leaving),
            on=side,
            spacing=14,
            margins=(28, 32, 24, 28),
        )
        for page in (*self._pages.values(), self.resume):
            self._stack.addWidget(_framed(page, wide=page is self.camera))
        buttons = (self.next_button, self.back_button, self.skip_button, gap(8), grow(self._after))
        said = (self.trouble, self._busy, self._busy_words)
        foot = column(*said, row(*buttons, spacing=10), spacing=10, margins=(44, 8, 44, 24))
        row(side, grow(column(grow(self._stack), foot)), on=self)
        self._set_busy("")

    def _connect(self) -> None:
        for page in (*self._pages.values(), self.resume):
            page.entered.connect(lambda page=page: self.go_on() if page is self.shown else None)
        for choice in (*self.findChildren(QAbstractButton), *self.findChildren(QComboBox)):
            choice.installEventFilter(self)


def _framed(page: StepPage, *, wide: bool) -> QScrollArea:
    """A step in the scrolling middle; narrow ones stay readable on a wide screen."""
    margins = (44, 36, 44, 12)
    if wide:
        return scrolling(row(grow(page), margins=margins))
    page.setMaximumWidth(theme.px(680))
    return scrolling(row(grow(page, 4), SPRING, margins=margins))
