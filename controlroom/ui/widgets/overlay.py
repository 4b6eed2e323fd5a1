"""Provides a panel over the page: never modal, closed with Esc, which gives the keyboard back to the page."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from controlroom.ui.widgets.card import bare_button
from controlroom.ui.widgets.layout import grow, row
from controlroom.ui.widgets.text import heading


class Overlay(QFrame):
    """Lies over `ground`, whose size it follows; pictures and work beneath it go on.

    A panel of this kind says what it shows in `open_panel`, which ends in `come_up`, and where it stands in `place`.
    """

    closed = Signal()  # by the person: the keyboard goes to the page, wherever it came from
    coming = Signal()  # it is about to open: others make way

    def __init__(self, name: str, ground: QWidget | None = None) -> None:
        super().__init__()
        self._ground: QWidget | None = None
        self._before: QWidget | None = None
        self.setProperty("overlay", True)
        self.setAccessibleName(name)
        self.hide()
        if ground is not None:
            self.lay_over(ground)

    def lay_over(self, ground: QWidget) -> None:
        """Belong to `ground` from now on, closed at first."""
        self._ground = ground
        self.setParent(ground)
        self.hide()
        ground.installEventFilter(self)

    @property
    def ground(self) -> QWidget:
        """What it lies over."""
        assert self._ground is not None, "an overlay is opened before it was laid over anything"
        return self._ground

    def summon(self) -> None:
        """Open, or give the keyboard back to it while it is open: the key of a panel never closes it."""
        if not self.isVisible():
            self.open_panel()
        elif not (self.hasFocus() or self.isAncestorOf(self.window().focusWidget() or self.ground)):
            (self.focusWidget() or self).setFocus(Qt.FocusReason.PopupFocusReason)

    def toggle(self) -> None:
        """Open, or close when open: for the button of a panel."""
        if self.isVisible():
            self.close_panel()
        else:
            self.open_panel()

    def open_panel(self) -> None:
        """Open with what there is to show."""
        self.come_up(self)

    def come_up(self, focus: QWidget) -> None:
        """Appear, with the keyboard in the widget `focus`."""
        if not self.isVisible():
            self.coming.emit()
            self._before = self.window().focusWidget()
        self.show()
        self.raise_()
        self.place()
        focus.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_panel(self) -> None:
        """Close and give the focus back."""
        if not self.isVisible():
            return
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._before = None
        self.closed.emit()

    def put_away(self) -> None:
        """Close because the keyboard went elsewhere, where it stays."""
        if self.isVisible():
            self.hide()
            self._before = None

    def place(self) -> None:
        """Take its place over the ground."""

    def place_upper_right(self, height: int) -> None:
        """Stand at the upper right of the ground, at most as high as that."""
        height = min(height, self.ground.height() - 24)
        self.setGeometry(self.ground.width() - self.width() - 12, 10, self.width(), height)

    def head(self, title: str, *beside: QWidget) -> QHBoxLayout:
        """The first line of a panel: its title, perhaps something beside it, and the button that closes it."""
        close = bare_button("x", "Close (Esc)", self.close_panel)
        return row(grow(heading(title)), *beside, close, spacing=-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab goes round within the panel: behind it the keyboard would do things nobody sees."""
        reason = Qt.FocusReason.TabFocusReason if following else Qt.FocusReason.BacktabFocusReason
        focused = here = self.focusWidget()
        while self.isVisible() and here is not None:
            here = here.nextInFocusChain() if following else here.previousInFocusChain()
            if here is not None and (here is focused or self._takes_tab(here)):
                here.setFocus(reason)
                return True
        return super().focusNextPrevChild(following)

    def _takes_tab(self, widget: QWidget) -> bool:
        tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
        return tab and self.isAncestorOf(widget) and widget.isVisible() and widget.isEnabled()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._ground and event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return super().eventFilter(watched, event)
