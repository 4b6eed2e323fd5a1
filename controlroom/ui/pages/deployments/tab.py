"""What the tabs of the page are: pages inside it, each with its actions."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from controlroom.ui.kit.action import Action
from controlroom.ui.kit.page import Page
from controlroom.ui.pages.deployments.context import Context

Declare = Callable[..., Action]  # as `Page.action`: a tab hands its own to the views inside it


class Tab(Page):
    """Base of the tabs. `header_buttons` stand in the page's head while the tab is in front."""

    title = "Rapid deployment"
    header_buttons: list[QWidget]

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context

    def action(self, keys: str, text: str, run: Callable[[], object] | None = None, **more: Any) -> Action:
        """Declare an action, for those who may."""
        return super().action(keys, text, run, **{"may": self._context.session.may, **more})

    def refresh(self) -> None:
        """Read what is shown afresh."""
        raise NotImplementedError

    def take_focus(self) -> None:
        """Put the focus where work goes on."""
        raise NotImplementedError
