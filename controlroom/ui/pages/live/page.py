"""Puts the Live page together: list, wall and panel.

Which camera stands where is `arranging.py`, the selected tile's camera `selected_camera.py`, the keys `keys.py`,
steering `steering.py`; the wall and its streams work without any of them.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.preset_pictures import KIND as PICTURES
from controlroom.cameras.preset_pictures import PresetPictures
from controlroom.cameras.preset_service import PresetService
from controlroom.cameras.records import Camera, CameraLogin
from controlroom.cameras.service import CameraService
from controlroom.log.service import LogService
from controlroom.ui import theme
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.page import Page
from controlroom.ui.pages.live import keys
from controlroom.ui.pages.live.actions import LayoutTools, LiveActions
from controlroom.ui.pages.live.arranging import Arranging
from controlroom.ui.pages.live.camera_list import CameraList
from controlroom.ui.pages.live.control_panel import ENTRIES_SHOWN, ControlPanel
from controlroom.ui.pages.live.hand_actions import HandActions
from controlroom.ui.pages.live.hands import Hands
from controlroom.ui.pages.live.keys import Placing
from controlroom.ui.pages.live.presets import Presets
from controlroom.ui.pages.live.selected_camera import SelectedCamera
from controlroom.ui.pages.live.snapshots import SnapshotTaker, Use
from controlroom.ui.pages.live.steer_while_typing import SteerWhileTyping
from controlroom.ui.pages.live.steering import Steering
from controlroom.ui.pages.live.wall import Wall
from controlroom.ui.pages.live.writing import IncidentWriting, WritingPanel
from controlroom.ui.widgets.layout import grow, row
from controlroom.video.pool import VideoPool
from controlroom.video.records import StreamStatus

NARROW_BELOW = 1500  # pixels of page width: the panels take less, so that pictures stay large
STATES_EVERY_MS = 500
CROWDED_BELOW = (
    1000  # pixels of page width that the form, the panel and a picture one can work by need together
)
LIST_SHOWN, PANEL_SHOWN = "live.list", "live.panel"  # in the window's state


class LivePage(Page):
    """Find, watch, steer, log."""

    title, icon_name, shortcut, permission = "Live", "squares-four", "Alt+1", Permission.WATCH_LIVE

    camera_selected = Signal(object)  # camera id or None
    log_wanted = Signal(object)  # camera id
    incident_wanted = Signal(object, object, object)  # camera id, picture's path or None, when (UTC)
    snapshot_taken = Signal(object, object, object)  # camera id, picture's path, when (UTC)
    live_count_changed = Signal(int, int)  # live, on the wall
    holds_seen = Signal(object)  # HoldsSeen: from any thread
    hold_news = Signal(object)  # HoldNews: from any thread
    control_reported = Signal(object)  # ControlEvent: emit it from any thread, it is taken on the window's

    def __init__(
        self,
        context: PageContext,
        cameras: CameraService,
        log: LogService,
        pool: VideoPool,
        control: ControlClient,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        pictures_folder: Path | None = None,
        presets: PresetService | None = None,
        preset_pictures: PresetPictures | None = None,
        writing: IncidentWriting | None = None,
    ) -> None:
        """`pictures_folder` is where snapshots lie until the log has taken them; it is emptied now.
        Without `presets` none can be changed; `preset_pictures` are what is seen at them.

        With `writing`, incidents are written beside the pictures.
        """
        super().__init__()
        self._health: dict[int, tuple[str, str]] = {}
        self._service, self._log, self._clock = cameras, log, context.clock
        self._context = context
        self._session, self._background = context.session, context.background
        self._state = context.state
        self._cameras: dict[int, Camera] = {}
        self.list = CameraList()
        self.wall = Wall(pool, monotonic=monotonic, wall_time=context.clock.now)
        self.arranging = Arranging(self.wall, self._cameras, context.state)
        self.live_actions = LiveActions(self, self.wall, context.session.may, self._choose_size, self._runs())
        self.panel = ControlPanel(self.live_actions)
        self.tools = LayoutTools(self.live_actions, self.wall, self.list, self.panel)
        self.placing = Placing(self.wall, self.arranging.what_enter_does)
        self.steering = Steering(control, self, monotonic=monotonic)
        self.selected = SelectedCamera(self.wall, self.panel, self.steering, control, self._cameras, context)
        self.hands = Hands(self.wall, self.steering, control, lambda: self.selected.steered, context)
        self.presets = Presets(
            self.wall,
            self.panel.preset_grid,
            self.steering,
            control,
            self.selected,
            context,
            presets,
            preset_pictures,
        )
        hand_actions = HandActions(self, self.hands, self.presets, self._focus_extras)
        self.panel.add_hand(hand_actions)
        self.live_actions.declare_holds(self, self.selected.holding)
        self.panel.add_hold_buttons(self.live_actions.take, self.live_actions.give)
        self._snapshots = SnapshotTaker(self.wall, context, pictures_folder)
        self._wall_keys = keys.WallKeys(
            self.wall,
            self.panel,
            self.placing,
            self.steering,
            self.arranging,
            self.live_actions,
            self.hands,
            hand_actions,
        )
        SteerWhileTyping(self, self.steering)
        self.writing = None
        if writing is not None:
            self.writing = WritingPanel(self, context, writing, lambda: self.selected.camera)
        self._parts: dict[QWidget, str] = {self.list: LIST_SHOWN, self.panel: PANEL_SHOWN}
        self._states = QTimer(self)
        self._states.setInterval(STATES_EVERY_MS)
        self._lay_out()
        self._connect(context.changes)
        keys.bind_presets(self, self.panel.preset_grid.press)

    # -- for the desk and the tour ---------------------------------------------------------------------------

    def enlarge(self, index: int | None = None) -> None:
        """Show a tile (the selected one) alone from its main stream; once more: back to the wall."""
        index = self.wall.selected.index if index is None else index
        if self.wall.enlarged is not None:
            self.wall.restore()
        elif self.wall.tiles[index].camera is not None:
            self.wall.enlarge(index)

    def tiles_live(self) -> tuple[int, int]:
        return self.wall.live_count()

    def statuses(self) -> dict[int, StreamStatus]:
        """What is known of the pictures on the wall, by camera id; nothing while the page is not in front."""
        if not self._states.isActive():
            return {}
        shown = enumerate(self.wall.cameras())
        return {camera.id: self.wall.status_of(index) for index, camera in shown if camera}

    def grab_picture(self, index: int) -> QImage:
        """What is painted as the picture of a tile, without the bars around it."""
        tile = self.wall.tiles[index]
        return tile.grab(tile.picture_rect()).toImage()

    # -- the page's life -------------------------------------------------------------------------------------

    def entered(self) -> None:
        self.wall.start()
        self._states.start()
        self.wall.setFocus()
        self.refresh()

    def left(self) -> None:
        self.hands.frame.leave()
        self.selected.let_go()
        self.placing.cancel()
        self.wall.stop()
        self._states.stop()

    def hands_off(self) -> None:
        self.hands.frame.leave()
        self.selected.let_go()
        self.panel.pad.let_go()
        self.placing.cancel()

    def stays_visible(self) -> QWidget | None:
        return self.wall

    def hideEvent(self, event: QHideEvent) -> None:
        self.selected.let_go()
        super().hideEvent(event)

    def shows(self) -> dict[str, Callable[[str], None]]:
        return {"camera": lambda key: self.arranging.place(int(key))}

    def beside_pictures(self) -> QWidget | None:
        return next((part for part in (self.panel, self.list) if part.isVisible()), None)

    def top_bar_widgets(self) -> list[QWidget]:
        return [self.tools]

    def refresh(self) -> None:
        """Read the register, the ways to the cameras and the newest entries afresh."""
        if not self._session.may(Permission.WATCH_LIVE):
            self.wall.set_logins({})  # nobody who may watch is here: nothing is fetched any more
            return
        service = self._service
        self._context.read(
            lambda actor: (service.cameras(actor), service.logins(actor)), self._take_register, self
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
        if self.writing is not None:
            self.writing.take_cameras(cameras)
        self.wall.set_logins(logins)
        watched = [each for each in self.wall.cameras() if each is not None]
        self.arranging.take_register()
        for gone in (each for each in watched if each.id not in self._cameras):
            said = f"Camera {gone.number} was taken out of use: its tile is empty now."
            self._context.messages.show(said, kind="warn")

    def _read_entries(self) -> None:
        if self._session.may(Permission.READ_LOG):
            self._context.read(
                lambda actor: self._log.entries(actor, limit=ENTRIES_SHOWN).records,
                self.panel.show_entries,
                self,
            )

    def _changed(self, kind: str, key: str) -> None:
        if kind == "camera":
            self.refresh()
        elif kind == PICTURES:
            camera = self.selected.steered
            if camera is not None and key == str(camera.id):
                self.presets.read_pictures()
        elif kind in ("log", "log entry", "log_entry"):
            self._read_entries()

    def _person_changed(self) -> None:
        self.selected.let_go()
        # What the one before was shown goes.
        self.panel.show_entries([], readable=self._session.may(Permission.READ_LOG))
        self._read_entries()
        if self.isVisible() or not self._session.may(Permission.WATCH_LIVE):
            self.refresh()
        self.selected.refresh()

    def _selected_changed(self, camera: object) -> None:
        camera_id = camera.id if isinstance(camera, Camera) else None
        self.refresh_actions()
        self.list.point_at(camera_id)
        self.camera_selected.emit(camera_id)

    def set_health(self, troubled: Mapping[int, tuple[str, str]]) -> None:
        """Mark and words of cameras the recorder cannot reach; what the wall itself sees of a camera comes first."""
        if dict(troubled) != self._health:
            self._health = dict(troubled)
            self._show_states()

    def _show_states(self) -> None:
        tiles = self.wall.tiles[: self.wall.size_in_tiles]
        seen = {each.camera.id: (each.words.state, each.words.short) for each in tiles if each.camera}
        self.list.set_states(self._health | seen)
        self.selected.show_facts()

    def _menu(self, index: int, at: QPoint) -> None:
        self.selected.let_go()
        self.arranging.select(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for each in (*self.live_actions.about_camera, self.live_actions.trust):
            action = menu.addAction(f"{each.short}\t{each.keys}", each.run)
            action.setEnabled(not each.why_not())
        menu.popup(at)

    def _look_at_certificate(self) -> None:
        """Show the new one beside the known one on the Cameras page, where it can be trusted."""
        camera = self.wall.selected.camera
        if camera is not None:
            self.record_wanted.emit("camera's certificate", camera.id)

    # -- keys ------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._wall_keys.press(event):
            event.accept()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self._wall_keys.release(event):
            event.accept()
        else:
            super().keyReleaseEvent(event)

    # -- what the actions do ---------------------------------------------------------------------------------

    def _runs(self) -> dict[str, Callable[[], object]]:
        """What each action does, by its name among the actions."""
        return {
            "incident": self._open_incident,
            "snapshot": self._take_snapshot,
            "entry": self._ask_for_entry,
            "enlarge": self.enlarge,
            "retry": lambda: self.wall.retry(self.wall.selected.index),
            "trust": self._look_at_certificate,
            "remove": self.arranging.remove,
            "back": self.wall.restore,
            "undo": self.arranging.undo,
            "search": self._search,
            "list": lambda: self._show_part(self.list, self.list.isHidden()),
            "panel": lambda: self._show_part(self.panel, self.panel.isHidden()),
        }

    def _open_incident(self) -> None:
        """Ask for an incident about the selected camera, with its picture and the time filled in.

        One that is being written beside the pictures gets the keyboard back.
        """
        if self.writing is not None and self.writing.go_on():
            return
        self._take_picture(lambda camera, path, when: self.incident_wanted.emit(camera.id, path, when))

    def _take_snapshot(self) -> None:

        def use(camera: Camera, path: Path | None, when: datetime) -> None:
            if path is not None:
                self.snapshot_taken.emit(camera.id, path, when)

        self._take_picture(use)

    def _take_picture(self, use: Use) -> None:
        self._snapshots.take(self.wall.selected.index, self._clock.now().astimezone(UTC), use)

    def _ask_for_entry(self) -> None:
        if (camera := self.selected.camera) is not None:
            self.log_wanted.emit(camera.id)

    def _focus_extras(self) -> None:
        self._show_part(self.panel, True)
        self.panel.extras.buttons[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_abilities(self) -> None:
        hands, steers = self.hands, self.selected.steered is not None
        self.panel.show_abilities(hands.able, hands.why_not_focus(), steers=steers)
        self.refresh_actions()

    def _choose_size(self, size: int) -> None:
        self.arranging.set_size(size)
        self.wall.setFocus()

    def _search(self) -> None:
        self._show_part(self.list, True)
        self.list.search.begin()

    def _show_part(self, part: QWidget, shown: bool) -> None:
        """Open or close the camera list or the panel, and remember it."""
        part.setVisible(shown)
        self._state.set(self._parts[part], shown)
        self.refresh_actions()
        self.wall.setFocus()

    def _make_room(self) -> None:
        """The camera list gives its place to what is written, on a narrow page the panel too; both come back."""
        writing = self.writing is not None and not self.writing.isHidden()
        self.list.setVisible(not writing and bool(self._state.get(LIST_SHOWN, True)))
        crowded = writing and self.width() < theme.px(CROWDED_BELOW)
        self.panel.setVisible(not crowded and bool(self._state.get(PANEL_SHOWN, True)))
        self.refresh_actions()

    # -- putting together ------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < theme.px(NARROW_BELOW)
        self.list.set_narrow(narrow)
        self.panel.set_narrow(narrow)
        if self.writing is not None:
            self.writing.set_narrow(narrow)
            if not self.writing.isHidden():
                self._make_room()

    def _lay_out(self) -> None:
        row(self.list, self.writing, grow(self.wall), self.panel, on=self)
        self.wall.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.wall.setAccessibleName("Wall")
        self.setFocusProxy(self.wall)
        for part, remembered in self._parts.items():
            part.setVisible(bool(self._state.get(remembered, True)))
        self.refresh_actions()

    def _connect(self, changes: ChangeBridge) -> None:
        wall = self.wall
        changes.changed.connect(self._changed)
        self._session.actor_changed.connect(self._person_changed)
        theme.current().changed.connect(self._read_entries)
        wall.double_clicked.connect(self.enlarge)
        wall.menu_wanted.connect(self._menu)
        wall.enlarged_changed.connect(lambda _index: self.refresh_actions())
        wall.live_count_changed.connect(self.live_count_changed)
        wall.live_count_changed.connect(self._show_states)
        self.hands.changed.connect(self._show_abilities)
        self.hands.said.connect(self.selected.say)
        self.hands.stopped.connect(self.panel.pad.let_go)
        self.panel.extras.chosen.connect(self.hands.do_extra)
        self.selected.changed.connect(self.hands.follow)
        self.selected.changed.connect(self._selected_changed)
        self.control_reported.connect(self.selected.take_event)
        if self.writing is not None:
            self.writing.shown_changed.connect(self._make_room)
            self.writing.left.connect(wall.setFocus)
        self.control_reported.connect(self.hands.take_event)
        self.holds_seen.connect(self.selected.holding.take_seen)
        self.hold_news.connect(self.selected.holding.take_news)
        self.selected.holds_shown.connect(self.refresh_actions)
        self.list.chosen.connect(self.arranging.place_typed)
        self.list.pointed.connect(self.arranging.point_at)
        self.placing.chosen.connect(self.arranging.place_typed)
        for source in (wall, self.list):
            source.drag_begun.connect(self.selected.let_go)
        self._states.timeout.connect(self._show_states)
