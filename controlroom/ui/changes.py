"""Brings news of committed changes to the window's thread."""

from collections import deque

from PySide6.QtCore import QObject, Qt, Signal

from controlroom.changes import Change, Changes


class ChangeBridge(QObject):
    """Repeats `Changes` as the signal `changed(kind, key)` on the window's thread.

    Changes that pile up while the window is busy arrive once each, in order.
    """

    changed = Signal(str, str)
    told = Signal(object)  # the Change itself: who did it, and whether at another desk
    _posted = Signal()

    def __init__(self, changes: Changes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Change] = deque()
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._leave = changes.listen(self._take)

    def close(self) -> None:
        """Stop listening."""
        self._leave()
        self._waiting.clear()

    def _take(self, change: Change) -> None:  # on the announcing thread
        self._waiting.append(change)
        self._posted.emit()

    def _deliver(self) -> None:
        seen: dict[Change, None] = {}
        while self._waiting:
            seen[self._waiting.popleft()] = None
        for change in seen:
            self.told.emit(change)
            self.changed.emit(change.kind, change.key)
