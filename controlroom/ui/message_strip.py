"""Shows messages over the foot of the page: beside the work, never in its way for longer than it must be."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from controlroom.ui import theme
from controlroom.ui.messages import Message, Messages
from controlroom.ui.widgets.card import bare_button
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.text import label

_STATES = {"info": "accent", "done": "live", "warn": "warn", "alarm": "alarm"}
STAYS_MS = 6000
MOST = 3
WIDTH = 720


class _Bubble(QFrame):
    """One message."""

    def __init__(self, message: Message, strip: "MessageStrip") -> None:
        super().__init__()
        self.message = message
        self.setObjectName("bubble")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 8, 10)
        row.setSpacing(12)
        row.addWidget(Mark(_STATES[message.kind], 10), 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(message.text, theme.BODY, theme.MEDIUM, wrap=True))
        rest = " ".join(part for part in (message.meaning, message.remedy) if part)
        if rest:
            words.addWidget(label(rest, 13, role="text_dim", wrap=True))
        row.addLayout(words, 1)
        if message.action is not None:
            button = KeyButton(message.action_text or "Show")
            button.clicked.connect(lambda _checked: strip.act(self))
            row.addWidget(button)
        close = bare_button("x", "Close this message (Ctrl+M)")
        close.clicked.connect(lambda _checked: strip.close_bubble(self))
        row.addWidget(close)
        self.setAccessibleName(" ".join((message.text, rest)).strip())
        edge = theme.color(_STATES[message.kind]).name()
        self.setStyleSheet(
            f"#bubble {{ background: {theme.color('raised').name()}; border: 1px solid {theme.color('line').name()};"
            f" border-left: 3px solid {edge}; border-radius: 8px; }}"
        )


class MessageStrip(QWidget):
    """Up to three messages, newest at the foot. Lies over `ground`, whose size it follows."""

    def __init__(self, messages: Messages, ground: QWidget) -> None:
        super().__init__(ground)
        self._ground = ground
        self._bubbles: list[_Bubble] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self.hide()
        messages.shown.connect(self.show_message)
        ground.installEventFilter(self)
        if isinstance(
            ground, QStackedWidget
        ):  # it raises the page it turns to, above everything that lies over it
            ground.currentChanged.connect(lambda _index: self.raise_())

    def show_message(self, message: Message) -> None:
        """Add a message; the same one twice is shown once, the oldest makes room."""
        for old in list(self._bubbles):
            if old.message == message:
                self.close_bubble(old)
        # What was done a moment ago makes room for what was done now: one such message says enough.
        for old in [each for each in self._bubbles if message.kind == each.message.kind == "done"]:
            self.close_bubble(old)
        while len(self._bubbles) >= MOST:
            self.close_bubble(self._bubbles[0])
        bubble = _Bubble(message, self)
        self._bubbles.append(bubble)
        self._layout.addWidget(bubble)
        bubble.show()
        self.show()
        self.raise_()
        self._place()
        if not message.lasting:
            QTimer.singleShot(STAYS_MS, bubble, lambda: self.close_bubble(bubble))

    def messages(self) -> list[Message]:
        """What is shown now."""
        return [each.message for each in self._bubbles]

    def close_last(self) -> None:
        """Close the newest message."""
        if self._bubbles:
            self.close_bubble(self._bubbles[-1])

    def close_bubble(self, bubble: _Bubble) -> None:
        """Close one message."""
        if bubble not in self._bubbles:
            return
        self._bubbles.remove(bubble)
        self._layout.removeWidget(bubble)
        bubble.hide()
        bubble.deleteLater()
        self.setVisible(bool(self._bubbles))
        self._place()

    def act(self, bubble: _Bubble) -> None:
        """Do what the message offers, then close it."""
        action = bubble.message.action
        self.close_bubble(bubble)
        if action is not None:
            action()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._ground and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        width = min(theme.px(WIDTH), self._ground.width() - 32)
        self.setFixedWidth(max(240, width))
        self._layout.activate()
        height = self._layout.totalHeightForWidth(self.width())
        if height <= 0:
            height = self._layout.sizeHint().height()
        self.resize(self.width(), height)
        self.move((self._ground.width() - self.width()) // 2, self._ground.height() - height - 14)
