"""What every tab of the page needs: services, who is at the desk, background work, messages, today."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from PySide6.QtCore import QObject

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.clock import Clock, local_date
from controlroom.deployments.service import DeploymentServices
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession

T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """Handed by the page to its tabs."""

    services: DeploymentServices
    session: DeskSession
    background: Background
    messages: Messages
    clock: Clock

    @property
    def actor(self) -> Actor:
        """Who is at the desk."""
        return self.session.actor

    @property
    def today(self) -> date:
        """The day in London."""
        return local_date(self.clock.now())

    @property
    def may_read(self) -> bool:
        """True when whoever is at the desk may see any of this."""
        return self.session.may(Permission.READ_DEPLOYMENTS)

    def load(self, work: Callable[[], T], on_done: Callable[[T], None], owner: QObject) -> None:
        """Read in the background, then hand the result over on the window's thread."""
        self.background.run(work, on_done, owner=owner)

    def said(self, text: str) -> None:
        """Say that something was done."""
        if text:
            self.messages.show(text, "done")
