"""Shows messages over the foot of the page, none of them for longer than it must."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer
from PySide6.QtWidgets import QApplication, QBoxLayout, QFrame, QStackedWidget, QWidget

from controlroom.ui import theme
from controlroom.ui.announce import announce
from controlroom.ui.messages import Message, Messages, Notice
from controlroom.ui.timers import one_shot
from controlroom.ui.widgets.card import bare_button
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import MIDDLE, SPRING, at, column, discard, grow, row
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.text import label

STATES = {"info": "accent", "done": "live", "warn": "warn", "error": "alarm", "alarm": "alarm"}
KINDS = {
    "info": "For your information",
    "done": "Done",
    "warn": "Warning",
    "error": "Failed",
    "alarm": "Alarm",
}
STAYS_MS = 6000
MOST = 3
WIDTH = 720
NARROW_BELOW = 460


class Bubble(QFrame):
    """One message. An alarm has a button that says it was seen; the others close."""

    def __init__(self, notice: Notice, strip: "MessageStrip") -> None:
        super().__init__()
        self.notice = notice
        message = notice.message
        self.setProperty("bubble", STATES[message.kind])
        state, rest = STATES[message.kind], message.rest
        said = column(
            label(message.text, theme.BODY, theme.MEDIUM, wrap=True),
            label(rest, 13, role="text_dim", wrap=True) if rest else None,
            spacing=2,
        )
        self._often = label("", 13, theme.MEDIUM, "text_dim")
        answers: list[QWidget] = []
        if message.action is not None:
            answers.append(KeyButton(message.action_text or "Show", press=lambda: strip.act(self)))
        close = partial(strip.close_bubble, self)
        closing: list[QWidget] = []
        if message.kind == "alarm":
            answers.append(KeyButton("Acknowledge", "Ctrl+M", bind=False, press=close))
        else:
            closing.append(bare_button("x", "Close this message (Ctrl+M)", close))
        mark = at(MIDDLE, Mark(state, 10))
        line = row(mark, grow(said), self._often, *closing, spacing=12)
        self._parts = row(grow(line), row(SPRING, *answers, spacing=8), spacing=8)
        column(self._parts, on=self, margins=(16, 10, 8, 10))
        self.timer = one_shot(self, STAYS_MS, lambda: strip.drop(self))
        self.count_on()

    @property
    def message(self) -> Message:
        """What it says."""
        return self.notice.message

    @property
    def spoken(self) -> str:
        """What a screen reader says of it."""
        message = self.message
        return f"{KINDS[message.kind]}: {message.text} {message.rest}".strip()

    def set_narrow(self, narrow: bool) -> None:
        """Put the answers below the words, where there is no room beside them."""
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._parts.setDirection(down if narrow else across)

    def count_on(self) -> None:
        """Show how often it was said by now."""
        count = self.notice.count
        self._often.setText(f"×{count}")
        self._often.setVisible(count > 1)
        self._often.setAccessibleName(f"said {count} times")
        self.setAccessibleName(f"{self.spoken}{f', {count} times' if count > 1 else ''}")
        if not self.message.lasting:
            self.timer.start()


class MessageStrip(QWidget):
    """Up to three messages, the most urgent and newest at the foot; lasting ones that find no room wait their turn.

    Lies over `ground`, whose size it follows. `sound` says whether an alarm may be heard.
    """

    def __init__(
        self, messages: Messages, ground: QWidget, *, sound: Callable[[], bool] = lambda: False
    ) -> None:
        super().__init__(ground)
        self._messages, self._ground, self._sound = messages, ground, sound
        self._bubbles: list[Bubble] = []
        self._beside: QWidget | None = None
        self._over: QWidget | None = None
        self.part: Callable[[], QWidget | None] = lambda: None
        """The part of the page in front that messages lie over; None: its whole foot."""
        self._layout = column(on=self, spacing=8)
        self.hide()
        messages.popped.connect(self.show_notice)
        messages.changed.connect(self._follow)
        ground.installEventFilter(self)
        if isinstance(ground, QStackedWidget):  # it raises the page it turns to above what lies over it
            ground.currentChanged.connect(lambda _index: self.raise_())
            ground.currentChanged.connect(lambda _index: QTimer.singleShot(0, self, self._place))

    def show_notice(self, notice: Notice) -> None:
        """Let a message appear; one that stands there already counts on."""
        bubble = next((each for each in self._bubbles if each.notice is notice), None)
        if bubble is None:
            # What was done a moment ago makes room for what was done now: one such message says enough.
            for old in [each for each in self._bubbles if notice.kind == each.message.kind == "done"]:
                self.drop(old)
            bubble = Bubble(notice, self)
            self._bubbles.append(bubble)
            announce(self, bubble.spoken, urgent=notice.kind in ("alarm", "error"))
            if notice.kind == "alarm" and self._sound():
                QApplication.beep()
        bubble.count_on()
        self._arrange()

    def leave_room_for(self, panel: QWidget) -> None:
        """Stand beside `panel`, which lies over the right of the ground, while it is open."""
        self._beside = panel
        panel.installEventFilter(self)

    def messages(self) -> list[Message]:
        """What is shown now, from the top."""
        return [each.message for each in self._shown()]

    def close_last(self) -> None:
        """Close the most urgent message; an alarm is acknowledged by it."""
        if shown := self._shown():
            self.close_bubble(shown[-1])

    def close_bubble(self, bubble: Bubble) -> None:
        """Somebody closed one message: it was seen."""
        if bubble in self._bubbles:
            self.drop(bubble)
            self._messages.acknowledge(bubble.notice)

    def act(self, bubble: Bubble) -> None:
        """Do what the message offers, then close it."""
        action = bubble.message.action
        self.close_bubble(bubble)
        if action is not None:
            action()

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if (
            event.type() == QEvent.Type.LayoutRequest
        ):  # words of another size: their style came when they were shown
            self._place()
        return handled

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._ground and event.type() == QEvent.Type.Resize:
            self._place()
        moves = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Resize)
        if watched in (self._beside, self._over) and event.type() in moves:
            QTimer.singleShot(0, self, self._place)
        return super().eventFilter(watched, event)

    def _shown(self) -> list[Bubble]:
        return sorted(self._bubbles, key=lambda each: each.notice.urgency)[:MOST][::-1]

    def _follow(self) -> None:
        """Drop what is over, and what was acknowledged or cleared in the panel; a repeated message shows its count."""
        listed = set(self._messages.book.newest_first())
        for bubble in list(self._bubbles):
            notice = bubble.notice
            if notice not in listed or notice.over or (notice.kind == "alarm" and not notice.waits):
                self.drop(bubble)
            elif notice.message.lasting:
                bubble.count_on()

    def drop(self, bubble: Bubble) -> None:
        """Take a message away, seen or not."""
        if bubble not in self._bubbles:
            return
        self._bubbles.remove(bubble)
        self._layout.removeWidget(bubble)
        discard(bubble)
        self._arrange()

    def _arrange(self) -> None:
        shown = self._shown()
        for bubble in list(self._bubbles):
            self._layout.removeWidget(bubble)
            if bubble in shown:
                continue
            bubble.hide()
            if not bubble.message.lasting:  # news that finds no room is in the history
                self._bubbles.remove(bubble)
                discard(bubble)
        for bubble in shown:
            self._layout.addWidget(bubble)
            bubble.show()
        self.setVisible(bool(shown))
        self.raise_()
        self._place()

    def _place(self) -> None:
        left, right = self._room()
        width = max(240, min(theme.px(WIDTH), right - left))
        for bubble in self._bubbles:
            bubble.set_narrow(width < theme.px(NARROW_BELOW))
        self.setFixedWidth(width)
        self._layout.activate()
        height = self._layout.totalHeightForWidth(self.width())
        if height <= 0:
            height = self._layout.sizeHint().height()
        self.resize(self.width(), height)
        self.move((left + right - self.width()) // 2, self._ground.height() - height - 14)

    def _room(self) -> tuple[int, int]:
        """From where to where messages may lie: over the part of the page meant for it, else beside the open panel."""
        end = self._ground.width()
        if self._beside is not None and self._beside.isVisible():
            end = self._beside.x()  # neither may cover the other
        part = self.part()
        if part is not None and self._over is not part:
            self._over = part
            part.installEventFilter(self)
        if part is None or not part.isVisible():
            return 16, end - 16
        left = part.mapTo(self._ground, QPoint(0, 0)).x()
        return (left + 8, left + part.width() - 8) if left + part.width() <= end else (16, end - 16)
