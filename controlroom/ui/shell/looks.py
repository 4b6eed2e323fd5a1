"""Applies the looks the person at the desk chose (dark or light, size of text, sound) and stores what they change."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from controlroom.accounts.records import Actor
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession

log = logging.getLogger(__name__)
STEP, SMALLEST, LARGEST = 0.1, 0.9, 1.5


class OwnChoices(Protocol):
    """Stores people's own choices in the settings: `theme`, `text_scale` and `alarm_sound`, by these names."""

    def for_person(self, actor: Actor) -> dict[str, Any]: ...

    def change(self, actor: Actor, name: str, value: Any) -> None: ...


@dataclass(frozen=True)
class FirstLooks:
    """The choices in force while nobody is signed in, and for whoever chose nothing."""

    theme: str = "dark"
    text_scale: float = 1.0
    alarm_sound: bool = False


class Looks(QObject):
    """Applies the looks of whoever signs in, and stores what they change."""

    changed = Signal()

    def __init__(
        self,
        parent: QObject,
        session: DeskSession,
        messages: Messages,
        *,
        background: Background | None = None,
        own: OwnChoices | None = None,
        first: FirstLooks | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._messages, self._background = session, messages, background
        self._own, self._first = own, first
        self.sound = first.alarm_sound if first is not None else False
        session.actor_changed.connect(self.follow_person)
        self.follow_person()

    def follow_person(self) -> None:
        """Look as the person at the desk chose (read in the background), or as the room does."""
        if self._session.signed_in and self._own is not None and self._background is not None:
            actor, own = self._session.actor, self._own
            self._background.run(lambda: own.for_person(actor), self._take, self._cannot_read, owner=self)
        elif self._first is not None:
            self._apply(self._first.theme, self._first.text_scale)
            self.sound = self._first.alarm_sound

    def toggle_theme(self) -> None:
        """Dark to light, and back."""
        other = "light" if theme.current().name == "dark" else "dark"
        self._apply(other, theme.current().text_scale)
        self._store("theme", other)

    def change_text(self, steps: int) -> None:
        """Larger (1), smaller (-1), or in its usual size (0)."""
        now = theme.current().text_scale
        wanted = 1.0 if not steps else round(min(LARGEST, max(SMALLEST, now + steps * STEP)), 2)
        if wanted == now:
            end = "largest" if steps > 0 else "smallest" if steps < 0 else "usual"
            self._messages.show(f"Text is in its {end} size already: {now:.0%}.")
            return
        self._apply(theme.current().name, wanted)
        self._store("text_scale", wanted)
        self._messages.show(f"Text at {wanted:.0%}. Ctrl+0 brings the usual size back.", "done")

    def toggle_sound(self) -> None:
        """A sound with each alarm, or none."""
        self.sound = not self.sound
        self._store("alarm_sound", self.sound)
        self._messages.show(f"Alarms are {'heard' if self.sound else 'silent: they are only shown'}.", "done")

    def _take(self, chosen: dict[str, Any]) -> None:
        first = self._first or FirstLooks()
        self._apply(chosen.get("theme", first.theme), chosen.get("text_scale", first.text_scale))
        self.sound = bool(chosen.get("alarm_sound", first.alarm_sound))

    def _cannot_read(self, error: Exception) -> None:
        log.warning("the looks somebody chose cannot be read: %s", error)

    def _apply(self, name: str, scale: float) -> None:
        app = QApplication.instance()
        now = theme.current()
        if isinstance(app, QApplication) and (name, scale) != (now.name, now.text_scale):
            theme.apply(app, name, scale)
            self.changed.emit()

    def _store(self, name: str, value: object) -> None:
        if self._own is None or self._background is None or not self._session.signed_in:
            return
        actor, own = self._session.actor, self._own
        work: Callable[[], None] = lambda: own.change(actor, name, value)  # noqa: E731
        self._background.run(work, owner=self)
