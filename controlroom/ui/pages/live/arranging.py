"""Arranges cameras on the wall: its size, placing by hand, by number or by dropping, and what is remembered of it."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject

from controlroom.cameras.records import Camera
from controlroom.ui.pages.live.wall import SIZES, Wall
from controlroom.ui.window_state import WindowState

SIZE, CAMERAS = "live.size", "live.cameras"  # in the window's state
FIRST_SIZE = 4


class Arranging(QObject):
    """Puts cameras on tiles. A camera that is on the wall already is selected there instead."""

    def __init__(self, wall: Wall, cameras: Mapping[int, Camera], state: WindowState) -> None:
        """`cameras` is the register by id, kept up to date by its owner."""
        super().__init__(wall)
        self._wall, self._cameras, self._state = wall, cameras, state
        self._begun = False
        self._wanted: int | None = None  # a camera asked for before the register was read
        self._just_typed_on: int | None = None
        self._before: list[int | None] | None = None  # the wall before a camera was last put on it
        wall.placed.connect(self._remember)
        wall.tile_pressed.connect(self._forget_typing)
        wall.camera_dropped.connect(self.drop)

    def take_register(self) -> None:
        """The register has been read: the remembered wall comes back, or what stands on it is brought up to date."""
        if not self._begun:
            self._begun = True
            size = self._state.get(SIZE, FIRST_SIZE)
            self.set_size(size if size in SIZES else FIRST_SIZE)
            if self._wanted is not None:
                self.place(self._wanted)
        else:
            cameras = self._wall.cameras()
            self._wall.place_all([self._cameras.get(each.id) if each else None for each in cameras])

    def set_size(self, size: int) -> None:
        """Make it a wall of 1, 4, 9 or 16 tiles; cameras keep their places, and those that fell off come back."""
        remembered = self._remembered()
        self._wall.set_tiles(size)
        if self._cameras:
            self.show(remembered)
        self._state.set(SIZE, size)

    def show(self, camera_ids: Sequence[int | None]) -> None:
        self._wall.place_all([None if each is None else self._cameras.get(each) for each in camera_ids])

    def place(self, camera_id: int, index: int | None = None) -> None:
        """Put a camera on a tile (the selected one), now or when the register has been read."""
        camera = self._cameras.get(camera_id)
        if camera is None:
            self._wanted = None if self._begun else camera_id
            return
        there = self.tile_of(camera_id)
        if there is not None:
            self._wall.select(there)
        else:
            self._keep_before()
            self._wall.place(self._wall.selected.index if index is None else index, camera)
        self._wall.setFocus()

    def undo(self) -> None:
        """Back to the wall as it was before the last camera was put on it or taken off; once more: forward again."""
        if self._before is not None and len(self._before) == len(self._wall.cameras()):
            wanted, selected = self._before, self._wall.selected.index
            self._keep_before()
            self._wall.restore()
            self.show(wanted)
            self._wall.select(selected)
            self._wall.setFocus()

    def _keep_before(self) -> None:
        self._before = [camera.id if camera else None for camera in self._wall.cameras()]

    def place_typed(self, camera: Camera) -> None:
        """Put a camera where `target` says."""
        target = self._target()
        if self.tile_of(camera.id) is None and target != self._wall.selected.index:
            self._wall.select(target)
        self.place(camera.id)
        self._just_typed_on = self._wall.selected.index

    def drop(self, index: int, camera_id: int) -> None:
        """A camera was dropped on a tile: it goes there, from wherever it stood."""
        camera = self._cameras.get(camera_id)
        if camera is not None:
            self._keep_before()
            self._wall.place(index, camera)
            self._wall.select(index)
            self._wall.setFocus()

    def point_at(self, camera: Camera) -> None:
        there = self.tile_of(camera.id)
        if there is not None:
            self.select(there)

    def select(self, index: int) -> None:
        """Somebody selected a tile by hand: the next number goes there."""
        self._forget_typing()
        self._wall.select(index)

    def remove(self) -> None:
        self._wall.restore()
        self._keep_before()
        self._wall.place(self._wall.selected.index, None)

    def tile_of(self, camera_id: int) -> int | None:
        for index, camera in enumerate(self._wall.cameras()):
            if camera is not None and camera.id == camera_id:
                return index
        return None

    def what_enter_does(self, camera: Camera) -> str:
        """In words, before it is done: `replace 014 on tile 5`."""
        there = self.tile_of(camera.id)
        if there is not None:
            return f"select it on tile {there + 1}"
        target = self._target()
        shown = self._wall.tiles[target].camera
        return f"replace {shown.number} on tile {target + 1}" if shown else f"show it on tile {target + 1}"

    def _target(self) -> int:
        """Where a typed number goes: the selected tile, or the next empty one when that was filled by typing."""
        selected = self._wall.selected.index
        if self._just_typed_on != selected or self._wall.enlarged is not None:
            return selected
        cameras = self._wall.cameras()
        order = [*range(selected + 1, len(cameras)), *range(selected)]
        return next((index for index in order if cameras[index] is None), selected)

    def _remember(self) -> None:
        """Store the cameras tile by tile; those beyond a smaller wall stay stored."""
        if self._begun:
            shown = [camera.id if camera else None for camera in self._wall.cameras()]
            self._state.set(CAMERAS, shown + self._remembered()[len(shown) :])

    def _remembered(self) -> list[int | None]:
        """The stored camera ids tile by tile; nonsense found there counts as nothing."""
        found = self._state.get(CAMERAS, [])
        return [each if isinstance(each, int) else None for each in found] if isinstance(found, list) else []

    def _forget_typing(self) -> None:
        self._just_typed_on = None
