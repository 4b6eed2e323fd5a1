"""Defines what the desk passes to every page as its first argument.

A page's further arguments are the services it uses, so that its constructor says what it works with.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from PySide6.QtCore import QObject

from controlroom.accounts.records import Actor
from controlroom.clock import Clock
from controlroom.ui.background import Background, Task
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.window_state import WindowState

P = TypeVar("P")


@dataclass(frozen=True)
class PageContext:
    """The desk's parts that all pages share."""

    session: DeskSession
    """Who is signed in at this desk, and what they may do."""
    background: Background
    """Runs services off the window's thread."""
    messages: Messages
    """Says things to the person at the desk."""
    changes: ChangeBridge
    """Tells, on the window's thread, which records were changed at this desk or another."""
    clock: Clock
    holds_password: Callable[[str], bool] = field(default=lambda _text: False, kw_only=True)
    """Says, slowly, whether a text holds the password of somebody who signed in at this desk."""
    state: WindowState = field(default_factory=WindowState)
    """Remembers columns, splits and filters of this desk from one start to the next."""

    def read(
        self,
        read: Callable[[Actor], P],
        take: Callable[[P], object],
        owner: QObject,
        failed: Callable[[Exception], object] | None = None,
    ) -> Task:
        """Read something in the background as the person signed in, and hand it to `take`.

        What arrives after somebody else took the desk is dropped, errors too: it was for the person before.
        """
        actor = self.session.actor
        return self.background.run(
            lambda: read(actor),
            lambda result: take(result) if self.session.is_at_desk(actor) else None,
            lambda error: (failed or self.background.tell)(error) if self.session.is_at_desk(actor) else None,
            owner=owner,
        )
