"""The live page: list, wall and panel, and what the selected tile's keys do."""

import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.cameras.devices import Preset
from controlroom.cameras.records import Camera, CameraLogin
from controlroom.cameras.service import CameraService
from controlroom.clock import Clock
from controlroom.incidents.log_service import LogService
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.live.camera_list import CameraList
from controlroom.ui.live.control_panel import ENTRIES_SHOWN, ControlPanel
from controlroom.ui.live.placing import Placing
from controlroom.ui.live.steering import Steering
from controlroom.ui.live.wall import SIZES, Pictures, Wall
from controlroom.ui.messages import Messages
from controlroom.ui.page import Key, Page
from controlroom.ui.session import DeskSession
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.window_state import WindowState

LIST_WIDTH, PANEL_WIDTH = 286, 322
NARROW_BELOW, NARROW_LIST, NARROW_PANEL = 1500, 216, 286  # pixels of page width


class Steered(Protocol):
    """What the page needs of the control process."""

    def move(self, camera_id: str, pan: float, tilt: float, zoom: float) -> None: ...
    def stop(self, camera_id: str) -> None: ...
    def presets(self, camera_id: str) -> "Future[list[Preset]]": ...
    def goto_preset(self, camera_id: str, token: str) -> "Future[None]": ...


class LivePage(Page):
    """Find, watch, steer, log."""

    title, icon_name, shortcut, permission = "Live", "squares-four", "Alt+1", Permission.WATCH_LIVE
    keys = (
        Key("0–9, Enter", "Put the camera of that number on the selected tile"),
        Key("Arrow keys", "Steer the selected camera while held"),
        Key("+ / −, PgUp / PgDn", "Zoom while held"),
        Key("P, then 1–9", "Drive to a preset"),
        Key("Tab / Shift+Tab on the wall", "Select the next or previous tile"),
        Key("Enter / Esc", "Enlarge the selected tile, and back"),
        Key("Delete", "Take the camera off the selected tile"),
        Key("Ctrl+1 … Ctrl+4", "Walls of 1, 4, 9 and 16"),
        Key("F2", "Open an incident from the selected tile"),
        Key("F3", "Save a snapshot with a log entry"),
        Key("F4", "Write a log entry about the selected camera"),
        Key("F5", "Try the selected camera again"),
        Key("F7 / F8", "Hide or show the camera list and the panel"),
    )

    camera_selected = Signal(object)  # camera id or None
    log_wanted = Signal(object)  # camera id
    incident_wanted = Signal(
        object, object, object
    )  # camera id, picture's path or None, when it happened (UTC)
    snapshot_taken = Signal(object, object, object)  # camera id, picture's path, when
    live_count_changed = Signal(int, int)

    def __init__(
        self,
        cameras: CameraService,
        log: LogService,
        pool: Pictures,
        control: Steered,
        session: DeskSession,
        background: Background,
        messages: Messages,
        changes: ChangeBridge,
        *,
        clock: Clock,
        state: WindowState | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._service, self._log, self._control = cameras, log, control
        self._session, self._background, self._messages = session, background, messages
        self._clock, self._state = clock, state or WindowState()
        self._cameras: list[Camera] = []
        self._presets_of: int | None = None
        self._restored = False
        self._pictures = tempfile.TemporaryDirectory(prefix="controlroom-snapshots-")
        self._pictures_taken = 0
        self.list = CameraList()
        self.wall = Wall(pool, monotonic=monotonic, wall_time=clock.now)
        self.panel = ControlPanel()
        self.placing = Placing(self.wall)
        self.steering = Steering(control, self)
        self._sizes = Choices([_grid(size) for size in SIZES])
        self._look = QTimer(self)
        self._look.timeout.connect(self._show_states)
        self._lay_out()
        self._connect(changes)

    # -- for the desk and the tour ---------------------------------------------------------------------------

    def set_layout(self, size: int) -> None:
        """A wall of 1, 4, 9 or 16 tiles; cameras keep their places, and those that fell off come back."""
        before = self._remembered()
        self.wall.set_tiles(size)
        self._restore(before)
        if size in SIZES:
            self._sizes.choose(SIZES.index(size))
        self._state.set("live.size", size)

    def place(self, camera_id: int) -> None:
        """Put a camera on the selected tile; if it is on the wall already, select it there."""
        camera = next((each for each in self._cameras if each.id == camera_id), None)
        if camera is None:
            return
        for index, shown in enumerate(self.wall.cameras()):
            if shown is not None and shown.id == camera_id:
                self.wall.select(index)
                return
        self.wall.place(self.wall.selected.index, camera)
        self.wall.setFocus()

    def show_cameras(self, camera_ids: Sequence[int]) -> None:
        """Put cameras on the tiles in order."""
        by_id = {camera.id: camera for camera in self._cameras}
        self.wall.place_all([by_id.get(each) for each in camera_ids])

    def tiles_live(self) -> tuple[int, int]:
        """How many visible tiles with a camera are live, and how many there are."""
        return self.wall.live_count()

    def grab_picture(self, index: int) -> QImage:
        """What is painted as the picture of a tile, without the captions' bars."""
        tile = self.wall.tiles[index]
        return tile.grab(tile.picture_rect()).toImage()

    # -- the page's life -------------------------------------------------------------------------------------

    def entered(self) -> None:
        self.wall.start()
        self._look.start(1000)
        self.wall.setFocus()
        self.refresh()

    def left(self) -> None:
        self.steering.stop()
        self.panel.pad.let_go()
        self.placing.cancel()
        self.wall.stop()
        self._look.stop()

    def hideEvent(self, event: QHideEvent) -> None:
        self.steering.stop()
        super().hideEvent(event)

    def top_bar_widgets(self) -> list[QWidget]:
        return [self._sizes]

    def refresh(self) -> None:
        """Read the register, the ways to the cameras and the newest entries afresh."""
        if not self._session.may(Permission.WATCH_LIVE):
            return
        actor = self._session.actor
        self._background.run(
            lambda: (self._service.cameras(actor), self._service.logins(actor)),
            self._take_register,
            owner=self,
        )
        self._read_entries()

    def _take_register(self, answer: tuple[list[Camera], dict[int, CameraLogin]]) -> None:
        self._cameras, logins = answer
        self.list.set_cameras(self._cameras)
        self.placing.set_cameras(self._cameras)
        self.wall.set_logins(logins)
        if not self._restored:
            self._restored = True
            size = self._state.get("live.size", 4)
            self.wall.set_tiles(size)
            self._sizes.choose(SIZES.index(size) if size in SIZES else 1)
            self._restore(self._remembered())
        else:
            by_id = {camera.id: camera for camera in self._cameras}
            for index, shown in enumerate(self.wall.cameras()):
                if shown is not None and by_id.get(shown.id) != shown:
                    self.wall.place(index, by_id.get(shown.id))

    def _remembered(self) -> list[int | None]:
        return list(self._state.get("live.cameras", []))

    def _restore(self, camera_ids: Sequence[int | None]) -> None:
        by_id = {camera.id: camera for camera in self._cameras}
        for index, camera_id in enumerate(camera_ids[: self.wall.size_in_tiles]):
            if camera_id in by_id:
                self.wall.place(index, by_id[camera_id])

    def _remember(self) -> None:
        shown = [camera.id if camera else None for camera in self.wall.cameras()]
        if any(shown):
            beyond = self._remembered()[len(shown) :]
            self._state.set("live.cameras", [*shown, *beyond])

    def _read_entries(self) -> None:
        if self._session.may(Permission.READ_LOG):
            actor = self._session.actor
            self._background.run(
                lambda: self._log.entries(actor, limit=ENTRIES_SHOWN).entries,
                self.panel.show_entries,
                owner=self,
            )

    def _changed(self, kind: str, _key: str) -> None:
        if kind == "camera":
            self.refresh()
        elif kind in ("log", "log entry", "log_entry"):
            self._read_entries()

    # -- the selected tile -----------------------------------------------------------------------------------

    def _selected(self, _index: int = 0) -> None:
        camera = self.wall.selected.camera
        may = camera is not None and camera.has_ptz and self._session.may(Permission.STEER_CAMERAS)
        self.steering.set_camera(camera.id if camera and may and camera.has_address else None)
        self.panel.show_camera(camera, self._stream_facts())
        if camera is not None and not self._session.may(Permission.STEER_CAMERAS):
            self.panel.set_steering(False, "You may watch, not steer")
        self.list.point_at(camera.id if camera else None)
        self._ask_presets(camera if may and camera and camera.has_address else None)
        self.camera_selected.emit(camera.id if camera else None)

    def _ask_presets(self, camera: Camera | None) -> None:
        self._presets_of = camera.id if camera else None
        if camera is None:
            self.panel.show_presets([])
            return

        def take(presets: list[Preset]) -> None:
            if self._presets_of == camera.id:
                stored = [each for each in presets if not each.placeholder]
                self.panel.show_presets(stored, "No presets stored in this camera.")

        def fail(error: Exception) -> None:
            if self._presets_of == camera.id:
                self.panel.show_presets([], str(error))

        self._background.follow(self._control.presets(str(camera.id)), take, fail, owner=self)

    def _go_to_preset(self, token: str) -> None:
        camera = self.wall.selected.camera
        if camera is not None:
            self._background.follow(self._control.goto_preset(str(camera.id), token), owner=self)

    def _show_states(self) -> None:
        states: dict[int, tuple[str, str]] = {}
        for tile in self.wall.tiles[: self.wall.size_in_tiles]:
            if tile.camera is not None and not tile.isHidden():
                said = tile.words
                short = {"warn": "stalled", "alarm": "offline"}.get(said.state, "")
                states[tile.camera.id] = (said.state, short)
        self.list.set_states(states)
        self.panel.show_stream(self.wall.selected.camera, self._stream_facts())

    def _stream_facts(self) -> str:
        tile = self.wall.selected
        status = self.wall.status_of(tile.index)
        if not tile.words.live or not status.source_width:
            return ""
        return f"{status.source_width}×{status.source_height}, {status.fps:.0f} fps"

    def _with_picture(self, use: Callable[[int, Path | None, datetime], None]) -> None:
        """Take a snapshot of the selected tile, then `use` it; without a picture, `use` goes on with None."""
        camera, when = self.wall.selected.camera, self._clock.now().astimezone(UTC)
        if camera is None:
            self._messages.show("No camera is selected.", kind="info")
            return
        self._pictures_taken += 1
        path = Path(self._pictures.name) / f"{camera.number}-{self._pictures_taken}.jpg"
        future = self.wall.snapshot(self.wall.selected.index, path)
        if future is None:
            use(camera.id, None, when)
            return

        def without(error: Exception) -> None:
            self._messages.show(f"No picture could be kept: {error}", kind="warn")
            use(camera.id, None, when)

        self._background.follow(future, lambda done: use(camera.id, done, when), without, owner=self)

    def open_incident(self) -> None:
        """Ask for an incident about the selected camera, with its picture and the time filled in."""
        self._with_picture(self.incident_wanted.emit)

    def take_snapshot(self) -> None:
        """Keep a picture of the selected camera with a log entry."""

        def keep(camera_id: int, path: Path | None, when: datetime) -> None:
            if path is not None:
                self.snapshot_taken.emit(camera_id, path, when)

        self._with_picture(keep)

    def _ask_log(self) -> None:
        camera = self.wall.selected.camera
        if camera is not None:
            self.log_wanted.emit(camera.id)

    def _toggle_enlarged(self, index: int) -> None:
        if self.wall.enlarged is not None:
            self.wall.restore()
        elif self.wall.tiles[index].camera is not None:
            self.wall.enlarge(index)

    def _menu(self, index: int, at: QPoint) -> None:
        self.wall.select(index)
        tile = self.wall.tiles[index]
        menu = QMenu(self)
        if tile.camera is not None:
            menu.addAction("Open incident\tF2", self.open_incident)
            menu.addAction("Write log entry\tF4", self._ask_log)
            menu.addAction("Save snapshot\tF3", self.take_snapshot)
            menu.addSeparator()
            enlarged = self.wall.enlarged is not None
            menu.addAction(
                "Back to the wall\tEsc" if enlarged else "Enlarge\tEnter",
                lambda: self._toggle_enlarged(index),
            )
            menu.addAction("Try again\tF5", lambda: self.wall.retry(index))
            menu.addAction("Take off the wall\tDelete", lambda: self.wall.place(index, None))
        menu.popup(at)

    # -- keys ------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat() or self.placing.take(event) or self._steers(event) or self._wall_key(event):
            event.accept()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat() and self.steering.release(Qt.Key(event.key())):
            event.accept()
        else:
            super().keyReleaseEvent(event)

    def _steers(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        return plain == Qt.KeyboardModifier.NoModifier and self.steering.press(Qt.Key(event.key()))

    def _wall_key(self, event: QKeyEvent) -> bool:
        key, index = event.key(), self.wall.selected.index
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._toggle_enlarged(index)
        elif key == Qt.Key.Key_Escape and self.wall.enlarged is not None:
            self.wall.restore()
        elif key == Qt.Key.Key_Delete and self.wall.enlarged is None:
            self.wall.place(index, None)
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tab walks the tiles while the wall has the focus; leaving the wall or the window lets go of the camera."""
        kind = event.type()
        if watched is self.wall and kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(event.key()))
            if (
                step is not None
                and event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier == Qt.KeyboardModifier.NoModifier
            ):
                return self._select_next(step)
        elif (watched is self.wall and kind == QEvent.Type.FocusOut) or (
            watched is self.window() and kind == QEvent.Type.WindowDeactivate
        ):
            self.steering.stop()
            self.panel.pad.let_go()
        return super().eventFilter(watched, event)

    def _select_next(self, step: int) -> bool:
        index = self.wall.selected.index + step
        if self.wall.enlarged is not None or not 0 <= index < self.wall.size_in_tiles:
            return False  # at the wall's end the focus moves on, as everywhere
        self.wall.select(index)
        return True

    # -- putting together ------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < theme.px(NARROW_BELOW)
        self.list.setFixedWidth(theme.px(NARROW_LIST if narrow else LIST_WIDTH))
        self.panel.setFixedWidth(theme.px(NARROW_PANEL if narrow else PANEL_WIDTH))

    def showEvent(self, event: QEvent) -> None:  # type: ignore[override]
        super().showEvent(event)  # type: ignore[arg-type]
        self.window().removeEventFilter(self)
        self.window().installEventFilter(self)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.list)
        layout.addWidget(self.wall, 1)
        layout.addWidget(self.panel)
        self.wall.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.wall.setAccessibleName("Wall")
        self.setFocusProxy(self.wall)
        self.wall.installEventFilter(self)
        for key, action in self._shortcuts().items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action)

    def _shortcuts(self) -> dict[str, Callable[[], object]]:
        sizes = {f"Ctrl+{n}": (lambda size=size: self.set_layout(size)) for n, size in enumerate(SIZES, 1)}
        return {
            **sizes,
            "F7": lambda: self.list.setVisible(not self.list.isVisible()),
            "F8": lambda: self.panel.setVisible(not self.panel.isVisible()),
        }

    def _connect(self, changes: ChangeBridge) -> None:
        changes.changed.connect(self._changed)
        self._session.actor_changed.connect(self._person_changed)
        wall, panel = self.wall, self.panel
        wall.selected_changed.connect(self._selected)
        wall.double_clicked.connect(self._toggle_enlarged)
        wall.menu_wanted.connect(self._menu)
        wall.placed.connect(self._remember)
        wall.live_count_changed.connect(self.live_count_changed)
        wall.live_count_changed.connect(lambda *_: self._show_states())
        wall.camera_dropped.connect(self._dropped)
        self._sizes.chosen.connect(lambda index: self.set_layout(SIZES[index]))
        self.list.chosen.connect(lambda camera: self.place(camera.id))
        self.placing.chosen.connect(lambda camera: self.place(camera.id))
        panel.aimed.connect(self.steering.aim)
        panel.speed_changed.connect(self._set_speed)
        panel.preset_chosen.connect(self._go_to_preset)
        panel.incident_asked.connect(self.open_incident)
        panel.log_asked.connect(self._ask_log)
        panel.snapshot_asked.connect(self.take_snapshot)
        panel.retry_asked.connect(lambda: wall.retry(wall.selected.index))
        self.steering.moving_changed.connect(self._moving)
        QApplication.instance().aboutToQuit.connect(self.steering.stop)  # type: ignore[union-attr]

    def _dropped(self, index: int, camera_id: int) -> None:
        self.wall.select(index)
        self.place(camera_id)

    def _set_speed(self, speed: float) -> None:
        self.steering.speed = speed

    def _moving(self, moving: bool) -> None:
        tile = self.wall.selected
        tile.set_note("you have control" if moving else "")
        self.panel.show_hold(
            "You have control" if moving else "Arrow keys steer", "accent" if moving else "idle"
        )
        pan, tilt, _ = self.steering.velocity() if moving else (0.0, 0.0, 0.0)
        self.panel.pad.show_aim(pan, tilt)

    def _person_changed(self) -> None:
        self.steering.stop()
        if self.isVisible():
            self.refresh()
        self._selected()


def _grid(size: int) -> str:
    side = round(size**0.5)
    return f"{side} × {side}"
