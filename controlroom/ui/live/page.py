"""The live page: list, wall and panel, and what the selected tile's keys do."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.cameras.devices import ControlEvent, Preset
from controlroom.cameras.records import Camera, CameraLogin
from controlroom.cameras.service import CameraService
from controlroom.clock import Clock
from controlroom.incidents.log_service import LogService
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.live.camera_list import CameraList
from controlroom.ui.live.control_news import ControlNews
from controlroom.ui.live.control_panel import ENTRIES_SHOWN, FREE, ControlPanel
from controlroom.ui.live.layout_tools import LayoutTools
from controlroom.ui.live.memory import LiveMemory
from controlroom.ui.live.panel_parts import PRESETS_SHOWN
from controlroom.ui.live.placing import Placing
from controlroom.ui.live.snapshots import SnapshotTaker
from controlroom.ui.live.steering import Steering
from controlroom.ui.live.streams import Pictures
from controlroom.ui.live.wall import SIZES, Wall
from controlroom.ui.messages import Messages
from controlroom.ui.page import Key, Page
from controlroom.ui.session import DeskSession
from controlroom.ui.window_state import WindowState

NARROW_BELOW = 1500  # pixels of page width: the panels take less, so that pictures stay large
STATES_EVERY_MS = 500
STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
PLAIN = Qt.KeyboardModifier.NoModifier
BY_THE_WAY = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier


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
        Key("[ / ]", "Steer slower or faster"),
        Key("P, then 1–9", "Drive to a preset"),
        Key("Ctrl+Arrow keys", "Select the tile beside this one"),
        Key("Tab / Shift+Tab on the wall", "Select the next or previous tile"),
        Key("Enter / Esc", "Enlarge the selected tile, and back"),
        Key("Delete", "Take the camera off the selected tile"),
        Key("Ctrl+1 … Ctrl+4", "Walls of 1, 4, 9 and 16"),
        Key("F2", "Open an incident from the selected tile"),
        Key("F3", "Save a snapshot with a log entry"),
        Key("L", "Write a log entry about the selected camera"),
        Key("T", "Try the selected camera's stream again"),
        Key("F7 / F9", "Hide or show the camera list and the panel"),
    )

    camera_selected = Signal(object)  # camera id or None
    log_wanted = Signal(object)  # camera id
    incident_wanted = Signal(object, object, object)  # camera id, picture's path or None, when (UTC)
    snapshot_taken = Signal(object, object, object)  # camera id, picture's path, when (UTC)
    live_count_changed = Signal(int, int)
    control_reported = Signal(object)  # ControlEvent: emit it from any thread, it is taken on the window's

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
        pictures_folder: Path | None = None,
    ) -> None:
        """`pictures_folder` is where snapshots lie until the log has taken them; it is emptied now."""
        super().__init__()
        self._service, self._log, self._control = cameras, log, control
        self._session, self._background, self._messages = session, background, messages
        self._clock = clock
        self._memory = LiveMemory(state or WindowState())
        self._cameras: dict[int, Camera] = {}
        self._presets_of: int | None = None
        self._begun = False
        self._just_typed_on: int | None = None
        self.list = CameraList()
        self.wall = Wall(pool, monotonic=monotonic, wall_time=clock.now)
        self.panel = ControlPanel()
        self.placing = Placing(self.wall, self._where)
        self.steering = Steering(control, self, monotonic=monotonic)
        self.tools = LayoutTools(SIZES)
        self._snapshots = SnapshotTaker(self.wall, background, messages, pictures_folder)
        self._news = ControlNews(self._cameras.get)
        self._states = QTimer(self)
        self._states.timeout.connect(self._show_states)
        self._lay_out()
        self._connect(changes)

    # -- for the desk and the tour ---------------------------------------------------------------------------

    def set_layout(self, size: int) -> None:
        """A wall of 1, 4, 9 or 16 tiles; cameras keep their places, and those that fell off come back."""
        remembered = self._memory.cameras()
        self.wall.set_tiles(size)
        self._restore(remembered)
        self.tools.show_size(size)
        self._memory.size = size

    def place(self, camera_id: int, index: int | None = None) -> None:
        """Put a camera on a tile (the selected one); if it is on the wall already, select it there."""
        camera = self._cameras.get(camera_id)
        if camera is None:
            return
        there = self._tile_of(camera_id)
        if there is not None:
            self.wall.select(there)
        else:
            self.wall.place(self.wall.selected.index if index is None else index, camera)
        self.wall.setFocus()

    def show_cameras(self, camera_ids: Sequence[int | None]) -> None:
        """Put cameras on the tiles in order."""
        self.wall.place_all([self._cameras.get(each) if each is not None else None for each in camera_ids])

    def select(self, index: int) -> None:
        """Select a tile."""
        self.wall.select(index)

    def enlarge(self, index: int | None = None) -> None:
        """Show a tile (the selected one) alone from its main stream; once more: back to the wall."""
        index = self.wall.selected.index if index is None else index
        if self.wall.enlarged is not None:
            self.wall.restore()
        elif self.wall.tiles[index].camera is not None:
            self.wall.enlarge(index)

    def tiles_live(self) -> tuple[int, int]:
        """How many cameras of the wall are live, and how many there are."""
        return self.wall.live_count()

    def grab_picture(self, index: int) -> QImage:
        """What is painted as the picture of a tile, without the bars around it."""
        tile = self.wall.tiles[index]
        return tile.grab(tile.picture_rect()).toImage()

    def open_incident(self) -> None:
        """Ask for an incident about the selected camera, with its picture and the time filled in."""
        if self._session.may(Permission.OPEN_INCIDENTS):
            self._take_picture(lambda camera, path, when: self.incident_wanted.emit(camera.id, path, when))

    def take_snapshot(self) -> None:
        """Keep a picture of the selected camera with a log entry."""

        def keep(camera: Camera, path: Path | None, when: datetime) -> None:
            if path is not None:
                self.snapshot_taken.emit(camera.id, path, when)

        if self._session.may(Permission.WRITE_LOG):
            self._take_picture(keep)

    def ask_for_entry(self) -> None:
        """Ask for the log line, about the selected camera."""
        camera = self.wall.selected.camera
        if camera is not None and self._session.may(Permission.WRITE_LOG):
            self.log_wanted.emit(camera.id)

    # -- the page's life -------------------------------------------------------------------------------------

    def entered(self) -> None:
        self.wall.start()
        self._states.start(STATES_EVERY_MS)
        self.wall.setFocus()
        self.refresh()

    def left(self) -> None:
        self._let_go()
        self.placing.cancel()
        self.wall.stop()
        self._states.stop()

    def hideEvent(self, event: QHideEvent) -> None:
        self._let_go()
        super().hideEvent(event)

    def top_bar_widgets(self) -> list[QWidget]:
        return [self.tools]

    def refresh(self) -> None:
        """Read the register, the ways to the cameras and the newest entries afresh."""
        if not self._session.may(Permission.WATCH_LIVE):
            self.wall.set_logins({})  # nobody who may watch is here: nothing is fetched any more
            return
        actor = self._session.actor
        self._background.run(
            lambda: (self._service.cameras(actor), self._service.logins(actor)),
            self._take_register,
            owner=self,
        )
        self._read_entries()

    def _take_register(self, answer: tuple[list[Camera], dict[int, CameraLogin]]) -> None:
        cameras, logins = answer
        if not self._session.may(Permission.WATCH_LIVE):
            return
        self._cameras.clear()
        self._cameras.update((camera.id, camera) for camera in cameras)
        self.list.set_cameras(cameras)
        self.placing.set_cameras(cameras)
        self.wall.set_logins(logins)
        if not self._begun:
            self._begun = True
            self.set_layout(self._memory.size)
        else:
            self.wall.place_all(
                [self._cameras.get(each.id) if each else None for each in self.wall.cameras()]
            )

    def _restore(self, camera_ids: Sequence[int | None]) -> None:
        if self._cameras:
            self.show_cameras(camera_ids)

    def _remember(self) -> None:
        if self._begun:
            self._memory.keep_cameras(self.wall.cameras())

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

    def _person_changed(self) -> None:
        self._let_go()
        if self.isVisible() or not self._session.may(Permission.WATCH_LIVE):
            self.refresh()
        self._selected()

    # -- the selected tile -----------------------------------------------------------------------------------

    def _selected(self, _index: int = 0) -> None:
        camera, session = self.wall.selected.camera, self._session
        may = camera is not None and camera.has_ptz and session.may(Permission.STEER_CAMERAS)
        steered = camera if may and camera is not None and camera.has_address else None
        self.steering.set_camera(steered.id if steered else None)
        self.panel.show_camera(camera, self._stream_facts())
        if camera is not None and not session.may(Permission.STEER_CAMERAS):
            self.panel.set_steering(False, "You may watch, not steer")
        elif steered is not None:
            self._say_if_lost(steered)
        for button, permission in (
            (self.panel.incident, Permission.OPEN_INCIDENTS),
            (self.panel.snapshot, Permission.WRITE_LOG),
            (self.panel.entry, Permission.WRITE_LOG),
        ):
            button.setEnabled(button.isEnabled() and session.may(permission))
        self.list.point_at(camera.id if camera else None)
        self._ask_presets(steered)
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
        if self._presets_of is not None:
            future = self._control.goto_preset(str(self._presets_of), token)
            self._background.follow(future, owner=self)

    def _take_picture(self, use: Callable[[Camera, Path | None, datetime], None]) -> None:
        self._snapshots.take(self.wall.selected.index, self._clock.now().astimezone(UTC), use)

    def _stream_facts(self) -> str:
        tile = self.wall.selected
        status = self.wall.status_of(tile.index)
        if not tile.words.live or not status.source_width:
            return tile.words.short
        return f"{status.source_width}×{status.source_height}, {status.fps:.0f} fps, {tile.words.age}"

    def _show_states(self) -> None:
        tiles = self.wall.tiles[: self.wall.size_in_tiles]
        self.list.set_states(
            {
                tile.camera.id: (tile.words.state, tile.words.short)
                for tile in tiles
                if tile.camera is not None
            }
        )
        self.panel.show_stream(self.wall.selected.camera, self._stream_facts())

    def _menu(self, index: int, at: QPoint) -> None:
        self._let_go()
        self.wall.select(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        panel = self.panel
        for button, action in (
            (panel.incident, self.open_incident),
            (panel.entry, self.ask_for_entry),
            (panel.snapshot, self.take_snapshot),
            (panel.enlarge, self.enlarge),
            (panel.retry, self._retry),
            (panel.remove, self._remove),
        ):
            text = button.accessibleName()
            added = menu.addAction(f"{text}\t{button.key}", lambda action=action: action())
            added.setEnabled(button.isEnabled())
        menu.popup(at)

    # -- steering --------------------------------------------------------------------------------------------

    def _let_go(self) -> None:
        self.steering.stop()
        self.panel.pad.let_go()

    def _moving(self, moving: bool) -> None:
        index = next((n for n, tile in enumerate(self.wall.tiles) if tile.note), None)
        if index is not None:
            self.wall.tiles[index].set_note("")
        if moving:
            self.wall.selected.set_note("you have control")
            self.panel.show_hold("You have control", "accent")
        elif self.steering.possible:
            self.panel.show_hold(FREE, "idle")

    def _take_event(self, event: object) -> None:
        heard = self._news.take(event) if isinstance(event, ControlEvent) else None
        if heard is None:
            return
        camera_id, said = heard
        if said is not None and said.message:
            self._messages.show(said.message, kind="alarm" if said.grave else "warn")
        selected = self.wall.selected.camera
        if selected is not None and selected.id == camera_id and not self.steering.moving:
            if said is not None:
                self.panel.show_hold(said.panel, said.state)
            elif self.steering.possible:
                self._moving(False)
                self._say_if_lost(selected)

    def _say_if_lost(self, camera: Camera) -> None:
        lost = self._news.lost(camera.id)
        if lost is not None:
            self.panel.show_hold(lost.panel, lost.state)

    # -- placing ---------------------------------------------------------------------------------------------

    def _tile_of(self, camera_id: int) -> int | None:
        cameras = enumerate(self.wall.cameras())
        return next(
            (index for index, camera in cameras if camera is not None and camera.id == camera_id), None
        )

    def _target(self) -> int:
        """Where a typed number goes: the selected tile, or the next empty one when that was filled by typing."""
        selected = self.wall.selected.index
        if self._just_typed_on == selected and self.wall.enlarged is None:
            cameras = self.wall.cameras()
            order = [*range(selected + 1, len(cameras)), *range(selected)]
            return next((index for index in order if cameras[index] is None), selected)
        return selected

    def _where(self, camera: Camera) -> str:
        there = self._tile_of(camera.id)
        if there is not None:
            return f"select it on tile {there + 1}"
        target = self._target()
        shown = self.wall.tiles[target].camera
        return f"replace {shown.number} on tile {target + 1}" if shown else f"show it on tile {target + 1}"

    def _typed(self, camera: Camera) -> None:
        target = self._target()
        if self._tile_of(camera.id) is None and target != self.wall.selected.index:
            self.wall.select(target)
        self.place(camera.id)
        self._just_typed_on = self.wall.selected.index

    def _dropped(self, index: int, camera_id: int) -> None:
        camera = self._cameras.get(camera_id)
        if camera is not None:
            self.wall.place(index, camera)
            self.wall.select(index)
            self.wall.setFocus()

    def _pointed(self, camera: Camera) -> None:
        there = self._tile_of(camera.id)
        if there is not None:
            self._select_by_hand(there)

    def _select_by_hand(self, index: int) -> None:
        self._just_typed_on = None
        self.wall.select(index)

    def _remove(self) -> None:
        if self.wall.enlarged is not None:
            self.wall.restore()
        self.wall.place(self.wall.selected.index, None)

    def _retry(self) -> None:
        self.wall.retry(self.wall.selected.index)

    # -- keys ------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            self.steering.repeated(Qt.Key(event.key()))
            event.accept()
        elif self.placing.take(event) or self._steers(event) or self._wall_key(event):
            event.accept()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat() and self.steering.release(Qt.Key(event.key())):
            event.accept()
        else:
            super().keyReleaseEvent(event)

    def _steers(self, event: QKeyEvent) -> bool:
        return event.modifiers() & ~BY_THE_WAY == PLAIN and self.steering.press(Qt.Key(event.key()))

    def _wall_key(self, event: QKeyEvent) -> bool:
        key, modifiers = Qt.Key(event.key()), event.modifiers() & ~BY_THE_WAY
        if modifiers == Qt.KeyboardModifier.ControlModifier and key in STEPS:
            beside = self.wall.neighbour(self.wall.selected.index, *STEPS[key])
            if beside is not None:
                self._select_by_hand(beside)
        elif modifiers != PLAIN:
            return False
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enlarge()
        elif key == Qt.Key.Key_Escape:
            if self.wall.enlarged is None and self.wall.hasFocus():
                return False
            self.wall.restore()
            self.wall.setFocus()
        elif key == Qt.Key.Key_Delete:
            self._remove()
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            self.panel.change_speed(1 if key == Qt.Key.Key_BracketRight else -1)
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tab walks the tiles while the wall has the focus; at the wall's end it moves on, as everywhere."""
        if watched is self.wall and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(event.key()))
            if step is not None and event.modifiers() & ~BY_THE_WAY == PLAIN:
                index = self.wall.selected.index + step
                if 0 <= index < self.wall.size_in_tiles:
                    self._select_by_hand(index)
                    return True
        return super().eventFilter(watched, event)

    # -- putting together ------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < theme.px(NARROW_BELOW)
        self.list.set_narrow(narrow)
        self.panel.set_narrow(narrow)

    def show_list(self, shown: bool) -> None:
        """Open or close the camera list."""
        self.list.setVisible(shown)
        self._panels_changed()

    def show_panel(self, shown: bool) -> None:
        """Open or close the panel of the selected camera."""
        if not shown:
            self._let_go()
        self.panel.setVisible(shown)
        self._panels_changed()

    def _panels_changed(self) -> None:
        list_shown, panel_shown = not self.list.isHidden(), not self.panel.isHidden()
        self.tools.show_panels(list_shown=list_shown, panel_shown=panel_shown)
        self._memory.keep_panels(list_shown=list_shown, panel_shown=panel_shown)
        self.wall.setFocus()

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
        self.list.setVisible(self._memory.list_shown())
        self.panel.setVisible(self._memory.panel_shown())
        self.tools.show_panels(list_shown=self._memory.list_shown(), panel_shown=self._memory.panel_shown())
        for key, action in self._shortcuts().items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(action)

    def _shortcuts(self) -> dict[str, Callable[[], object]]:
        """Keys that work wherever the focus is while the page is in front, with the panel open or closed."""
        sizes = {f"Ctrl+{n}": (lambda size=size: self.set_layout(size)) for n, size in enumerate(SIZES, 1)}
        presets = {
            f"P,{place + 1}": (lambda place=place: self.panel.press_preset(place))
            for place in range(PRESETS_SHOWN)
        }
        return {
            **sizes,
            **presets,
            "F2": self.open_incident,
            "F3": self.take_snapshot,
            "L": self.ask_for_entry,
            "T": self._retry,
            "F7": lambda: self.show_list(self.list.isHidden()),
            "F9": lambda: self.show_panel(self.panel.isHidden()),
        }

    def _connect(self, changes: ChangeBridge) -> None:
        wall, panel = self.wall, self.panel
        changes.changed.connect(self._changed)
        self._session.actor_changed.connect(self._person_changed)
        theme.current().changed.connect(self._read_entries)
        wall.selected_changed.connect(self._selected)
        wall.double_clicked.connect(self.enlarge)
        wall.menu_wanted.connect(self._menu)
        wall.placed.connect(self._remember)
        wall.live_count_changed.connect(self.live_count_changed)
        wall.live_count_changed.connect(lambda *_: self._show_states())
        wall.camera_dropped.connect(self._dropped)
        wall.tile_pressed.connect(self._forget_typing)
        wall.enlarged_changed.connect(lambda index: panel.set_enlarged(index is not None))
        self.tools.size_chosen.connect(self.set_layout)
        self.tools.size_chosen.connect(lambda _: wall.setFocus())
        self.tools.list_toggled.connect(self.show_list)
        self.tools.panel_toggled.connect(self.show_panel)
        self.list.chosen.connect(self._typed)
        self.list.pointed.connect(self._pointed)
        self.placing.chosen.connect(self._typed)
        panel.aimed.connect(self.steering.aim)
        panel.speed_changed.connect(self.steering.set_speed)
        panel.preset_chosen.connect(self._go_to_preset)
        panel.incident_asked.connect(self.open_incident)
        panel.log_asked.connect(self.ask_for_entry)
        panel.snapshot_asked.connect(self.take_snapshot)
        panel.enlarge_asked.connect(self.enlarge)
        panel.retry_asked.connect(self._retry)
        panel.remove_asked.connect(self._remove)
        for source in (wall, self.list):
            source.drag_begun.connect(self._let_go)
        self.steering.moving_changed.connect(self._moving)
        self.steering.steered.connect(panel.show_velocity)
        self.control_reported.connect(self._take_event)

    def _forget_typing(self) -> None:
        self._just_typed_on = None
