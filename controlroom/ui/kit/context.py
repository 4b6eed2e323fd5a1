"""Defines what the desk passes to every page as its first argument.

A page's further arguments are the services it uses, so that its constructor says what it works with.
"""

from dataclasses import dataclass, field

from controlroom.clock import Clock
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.window_state import WindowState


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
    state: WindowState = field(default_factory=WindowState)
    """Remembers columns, splits and filters of this desk from one start to the next."""
