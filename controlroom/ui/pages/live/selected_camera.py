"""Follows the selected tile's camera: shows it in the panel, lets keys and pad steer it, asks for its presets."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from controlroom.accounts.permissions import Permission
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import ControlEvent, ControlEventKind, FaultKind, Preset
from controlroom.cameras.records import Camera
from controlroom.ui.kit.context import PageContext
from controlroom.ui.pages.live.control_panel import FREE, ControlPanel
from controlroom.ui.pages.live.hold_words import NOTHING
from controlroom.ui.pages.live.holding import Holding
from controlroom.ui.pages.live.steering import Steering
from controlroom.ui.pages.live.wall import Wall

KIND = ControlEventKind


@dataclass(frozen=True)
class News:
    """`panel` and `state` for the selected camera's line; `message` for the strip, where it cannot wait."""

    panel: str
    state: str
    message: str = ""
    grave: bool = False


def news_of(event: ControlEvent, camera: Camera) -> News | None:
    """What to say about a report of the control process; None where nothing needs saying."""
    name, detail = f"Camera {camera.number}", event.detail
    match event.kind:
        case KIND.STOP_UNCONFIRMED:
            text = f"{name} may still be moving: it has not confirmed Stop. Stop is sent again until it does."
            return News("Stop not confirmed, sent again", "alarm", f"{text} {detail}".strip(), grave=True)
        case KIND.STOP_OWED:
            text = f"{name} may still be moving: it does not acknowledge Stop. S tells it once more."
            return News("Does not acknowledge Stop", "alarm", f"{text} {detail}".strip(), grave=True)
        case KIND.MOVING_LONG:
            return News("Moving for over 10 s", "warn", f"{name} has been moving for over ten seconds.")
        case KIND.MOVE_FAILED:
            return News("The camera did not take the order", "warn", f"{name} did not move. {detail}".strip())
        case KIND.UNREACHABLE:
            return News("Cannot be steered: the camera does not answer", "alarm")
        case KIND.REFUSED if event.fault is FaultKind.CERTIFICATE_CHANGED:
            return News("Cannot be steered: it shows another certificate", "alarm")
        case KIND.REFUSED:
            return News("Cannot be steered: the camera refused the login", "alarm")
        case _:
            return None


class SelectedCamera(QObject):
    """Makes panel and steering follow the wall's selected tile."""

    changed = Signal(object)  # Camera or None
    holds_shown = Signal()

    def __init__(
        self,
        wall: Wall,
        panel: ControlPanel,
        steering: Steering,
        control: ControlClient,
        cameras: Mapping[int, Camera],
        context: PageContext,
    ) -> None:
        super().__init__(wall)
        self.holding = Holding(control, cameras, lambda: self.camera, context, self)
        self.holding.changed.connect(self._show_holds)
        self.holding.lost.connect(self._lost_control)
        wall.placed.connect(self._show_notes)
        self._wall, self._panel, self._steering, self._control = wall, panel, steering, control
        self._session, self._messages = context.session, context.messages
        self._background = context.background
        self._cameras = cameras
        self._lost: dict[int, News] = {}  # why a camera cannot be steered now, by its id
        self._unstopped: dict[
            int, str
        ] = {}  # what its tile says of a Stop that is not acknowledged, by its id
        self._steered: Camera | None = None
        wall.selected_changed.connect(self.refresh)
        panel.aimed.connect(steering.aim)
        panel.speed_changed.connect(steering.set_speed)
        panel.preset_grid.chosen.connect(self._go_to_preset)
        steering.moving_changed.connect(self._moving)
        steering.steered.connect(panel.pad.show_velocity)

    @property
    def camera(self) -> Camera | None:
        """The camera keys and buttons speak of."""
        return self._wall.selected.camera

    @property
    def steered(self) -> Camera | None:
        """The same, if this person may steer it."""
        return self._steered

    def refresh(self, _index: int = 0) -> None:
        """Another tile is selected, another camera stands on it, or another person is here."""
        camera, session = self.camera, self._session
        may = session.may(Permission.STEER_CAMERAS)
        can = camera is not None and camera.steerable
        self._steered = camera if may and can else None
        self._steering.set_camera(self._steered.id if self._steered else None)
        self._panel.show_camera(camera, self.stream_facts())
        if camera is not None and not may:
            self._panel.set_steering(False, "You may watch, not steer")
        elif self._steered is not None:
            self._say_free(self._steered)
        self.ask_presets()
        self.changed.emit(camera)

    def show_facts(self) -> None:
        """What arrives from the camera, as it is now."""
        self._panel.show_stream(self.camera, self.stream_facts())

    def stream_facts(self) -> str:
        """`640×360, 15 fps, 70 ms` (no rate before it was measured), or what is wrong."""
        tile = self._wall.selected
        status = self._wall.status_of(tile.index)
        if not tile.words.live or not status.source_width:
            return tile.words.short
        facts = (f"{status.source_width}×{status.source_height}", tile.words.rate, tile.words.age)
        return ", ".join(fact for fact in facts if fact)

    def let_go(self) -> None:
        """Stop whatever moves, as if every key and button were released."""
        self._steering.stop()
        self._panel.pad.let_go()

    def take_event(self, event: ControlEvent) -> None:
        camera = self._cameras.get(int(event.camera_id)) if event.camera_id.isdecimal() else None
        if camera is None:
            return
        said = news_of(event, camera)
        if event.kind in (KIND.UNREACHABLE, KIND.REFUSED) and said is not None:
            self._lost[camera.id] = said
        elif event.kind in (KIND.REACHABLE, KIND.STOPPED):
            self._lost.pop(camera.id, None)
        if event.kind in (KIND.STOP_OWED, KIND.STOP_UNCONFIRMED) and said is not None:
            self._unstopped[camera.id] = said.panel
            self._show_notes()
        elif event.kind is KIND.STOPPED and self._unstopped.pop(camera.id, None) is not None:
            self._show_notes()
        if said is not None and said.message:
            self._messages.show(said.message, kind="alarm" if said.grave else "warn")
        if self._steered is None or self._steered.id != camera.id:
            return
        if event.kind is KIND.REACHABLE:
            self.ask_presets()  # asked before the camera was connected, it could not answer
        if self._steering.moving:
            return
        if said is not None:
            self._panel.hold_line.say(said.panel, said.state)
        else:
            self._say_free(camera)

    def ask_presets(self) -> None:
        """Show the presets the camera lists now."""
        camera = self._steered
        if camera is None:
            self._panel.preset_grid.show_presets([])
            return

        def still() -> bool:
            return self._steered is not None and self._steered.id == camera.id

        def take(presets: list[Preset]) -> None:
            if still():
                stored = [each for each in presets if not each.placeholder]
                self._panel.preset_grid.show_presets(stored, "No presets stored in this camera.")

        def fail(error: Exception) -> None:
            if still():
                self._panel.preset_grid.show_presets([], str(error))

        self._background.follow(self._control.presets(str(camera.id)), take, fail, owner=self)

    def _go_to_preset(self, token: str) -> None:
        if self._steered is not None:
            future = self._control.goto_preset(str(self._steered.id), token)
            self._background.follow(future, owner=self)

    def say(self, text: str) -> None:
        """Put a word about the last order into the line; an empty one says how the camera is steered."""
        if self._steered is not None and not self._steering.moving:
            if text:
                self._panel.hold_line.say(text, "idle")
            else:
                self._say_free(self._steered)

    def _moving(self, moving: bool) -> None:
        self._show_notes()
        if moving and not self.holding.seen.guarded:
            self._panel.hold_line.say("You have control", "accent")
        elif self._steered is not None and not (moving and self.holding.line(self._steered) == NOTHING):
            self._say_free(self._steered)

    def _show_holds(self) -> None:
        """Somebody else has control of a camera now, or nobody."""
        self._show_notes()
        if self._steered is not None and self.holding.seen.guarded:
            self._say_free(self._steered)
        self.holds_shown.emit()

    def _show_notes(self) -> None:
        moving = self._wall.selected if self._steering.moving else None
        for tile in self._wall.tiles:
            note = self.holding.note(tile.camera, moving=tile is moving)
            owed = self._unstopped.get(tile.camera.id, "") if tile.camera is not None else ""
            tile.set_note(owed or note.text, "alarm" if owed else note.state)

    def _lost_control(self, camera_id: object) -> None:
        """What is held down counts no more: the next press asks anew."""
        if self._steered is not None and self._steered.id == camera_id:
            self.let_go()

    def _say_free(self, camera: Camera) -> None:
        """Say who has control of it; where nobody has, how it is steered, or why it cannot be."""
        lost, held = self._lost.get(camera.id), self.holding.line(camera)
        if lost is not None:
            self._panel.hold_line.say(lost.panel, lost.state)
        elif held != NOTHING:
            self._panel.hold_line.say(held.text, held.state)
        else:
            self._panel.hold_line.say(FREE, "idle")
