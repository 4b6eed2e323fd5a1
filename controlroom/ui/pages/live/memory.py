"""What the Live page remembers between starts: the wall's size, its cameras, and which panels are open."""

from collections.abc import Sequence

from controlroom.cameras.records import Camera
from controlroom.ui.pages.live.wall import SIZES
from controlroom.ui.window_state import WindowState

SIZE, CAMERAS, LIST_SHOWN, PANEL_SHOWN = "live.size", "live.cameras", "live.list", "live.panel"
FIRST_SIZE = 4


class LiveMemory:
    """Reads and writes the page's part of the window's state; nonsense found there counts as nothing."""

    def __init__(self, state: WindowState) -> None:
        self._state = state

    @property
    def size(self) -> int:
        """How many tiles the wall had."""
        size = self._state.get(SIZE, FIRST_SIZE)
        return size if size in SIZES else FIRST_SIZE

    @size.setter
    def size(self, size: int) -> None:
        self._state.set(SIZE, size)

    def cameras(self) -> list[int | None]:
        """Camera ids tile by tile, also of tiles beyond the present wall."""
        found = self._state.get(CAMERAS, [])
        if not isinstance(found, list):
            return []
        return [each if isinstance(each, int) else None for each in found]

    def keep_cameras(self, shown: Sequence[Camera | None]) -> None:
        """Remember these for the first tiles; those beyond a smaller wall stay remembered."""
        beyond = self.cameras()[len(shown) :]
        self._state.set(CAMERAS, [camera.id if camera else None for camera in shown] + beyond)

    def list_shown(self) -> bool:
        """Whether the camera list was open."""
        return bool(self._state.get(LIST_SHOWN, True))

    def panel_shown(self) -> bool:
        """Whether the panel was open."""
        return bool(self._state.get(PANEL_SHOWN, True))

    def keep_panels(self, *, list_shown: bool, panel_shown: bool) -> None:
        """Remember which are open."""
        self._state.set(LIST_SHOWN, list_shown)
        self._state.set(PANEL_SHOWN, panel_shown)
