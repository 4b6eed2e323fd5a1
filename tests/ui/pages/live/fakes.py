"""Stand-ins for the processes behind the Live page: a pool of drawn pictures and a control process that takes notes."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from controlroom.cameras.aiming import Aim, AimWay
from controlroom.cameras.control.messages import HoldWord
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import Preset, PtzAbilities, PtzStatus
from controlroom.cameras.lens import LensState
from controlroom.video.pool import VideoPool
from controlroom.video.records import Frame, StreamAddress, StreamFault, StreamState, StreamStatus

T = TypeVar("T")
SOURCES = {"main": (1280, 720), "sub": (640, 360)}


class FakeClock:
    """A monotonic clock in the test's hand, in seconds."""

    def __init__(self, at: float = 1000.0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.at += seconds


@dataclass
class FakeStream:
    """One open tile of the pool: what was asked of it, and what it is said to be."""

    address: StreamAddress
    width: int
    height: int
    shown: bool = True
    retries: int = 0
    sequence: int = 0
    decoded_at: float = 0.0
    status: StreamStatus = field(default_factory=lambda: StreamStatus(StreamState.CONNECTING))

    @property
    def kind(self) -> str:
        """Main or sub stream, by its address."""
        return "main" if self.address.url.endswith("main") else "sub"


class FakePool(VideoPool):
    """As the video pool, without processes. Streams stand still until `picture` or `tick`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.streams: dict[str, FakeStream] = {}
        self.snapshots: list[tuple[str, Path]] = []
        self.snapshot_error: Exception | None = None
        self._drawn: dict[tuple[str, int, int], bytearray] = {}

    # -- as the pool -----------------------------------------------------------------------------------------

    def open(self, tile: str, address: StreamAddress, width: int, height: int) -> None:
        before = self.streams.get(tile)
        stream = FakeStream(address, width, height)
        stream.sequence = before.sequence if before else 0
        self.streams[tile] = stream

    def resize(self, tile: str, width: int, height: int) -> None:
        stream = self.streams[tile]
        stream.width, stream.height = width, height

    def set_shown(self, tile: str, shown: bool) -> None:
        if tile in self.streams:
            self.streams[tile].shown = shown

    def retry(self, tile: str) -> None:
        self.streams[tile].retries += 1

    def close_tile(self, tile: str) -> None:
        self.streams.pop(tile, None)

    def newest(self, tile: str, after_sequence: int) -> Frame | None:
        stream = self.streams.get(tile)
        if stream is None or stream.sequence <= after_sequence:
            return None
        width, height = fitted(stream)
        pixels = self._draw(stream.address.url, width, height)
        return Frame(stream.sequence, stream.decoded_at, width, height, width * 4, pixels)

    def status(self, tile: str) -> StreamStatus:
        stream = self.streams.get(tile)
        return StreamStatus(StreamState.STOPPED) if stream is None else stream.status

    def snapshot(self, tile: str, path: Path) -> "Future[Path]":
        self.snapshots.append((tile, path))
        future: Future[Path] = Future()
        if self.snapshot_error is not None:
            future.set_exception(self.snapshot_error)
        else:
            path.write_bytes(b"a picture")
            future.set_result(path)
        return future

    # -- for the test ----------------------------------------------------------------------------------------

    def picture(self, tile: str) -> None:
        """A new picture arrives on one tile, which is live by it."""
        stream = self.streams[tile]
        stream.sequence += 1
        stream.decoded_at = self.clock()
        width, height = SOURCES[stream.kind]
        fps = 25.0 if stream.kind == "main" else 15.0
        stream.status = StreamStatus(StreamState.LIVE, "", stream.decoded_at, fps, width, height)

    def tick(self, *, without: frozenset[str] = frozenset()) -> None:
        """A new picture arrives on every tile but those."""
        for tile in self.streams.keys() - without:
            self.picture(tile)

    def say(
        self,
        tile: str,
        state: StreamState,
        detail: str = "",
        retry_in_s: float | None = None,
        fault: StreamFault | None = None,
    ) -> None:
        """The stream's state changes; the last picture's time stays."""
        stream = self.streams[tile]
        stream.status = replace(stream.status, state=state, detail=detail, retry_in_s=retry_in_s, fault=fault)

    def _draw(self, url: str, width: int, height: int) -> bytearray:
        key = (url, width, height)
        if key not in self._drawn:
            self._drawn[key] = street(hash(url) % 97, width, height)
        return self._drawn[key]


def fitted(stream: FakeStream) -> tuple[int, int]:
    """The picture's size in the tile: whole, in its own proportions, as the workers scale it."""
    wide, high = SOURCES[stream.kind]
    scale = min(stream.width / wide, stream.height / high)
    return max(16, round(wide * scale)), max(16, round(high * scale))


def street(seed: int, width: int, height: int) -> bytearray:
    """A drawn street at night, 32 bits a pixel."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#141c2b"))
    painter = QPainter(image)
    painter.scale(width / 320, height / 180)
    painter.setPen(Qt.PenStyle.NoPen)
    for house in range(9):
        left, top = house * 38 - seed % 30, 20 + (seed * (house + 3)) % 45
        painter.setBrush(QColor("#5d5138" if (house + seed) % 2 else "#4c4637"))
        painter.drawRect(QRectF(left, top, 34, 130 - top))
        painter.setBrush(QColor("#f0cd7a"))
        for window in range(12):
            if (window * 7 + seed + house) % 3:
                painter.drawRect(QRectF(left + 4 + window % 3 * 10, top + 8 + window // 3 * 18, 5, 8))
    painter.setBrush(QColor("#2c2f35"))
    painter.drawRect(QRectF(0, 130, 320, 50))
    for walker in range(4):
        painter.setBrush(QColor(("#b8433c", "#c9ced6", "#3f6b9c", "#7c9a5a")[(walker + seed) % 4]))
        painter.drawRoundedRect(QRectF((seed * 31 + walker * 83) % 300, 118 + walker * 9, 9, 26), 4, 4)
    painter.end()
    return bytearray(image.constBits())


class FakeControl(ControlClient):
    """As the control process's client; `orders` are what it was told, in order."""

    def __init__(self) -> None:
        self.orders: list[tuple[object, ...]] = []
        self.stored: list[Preset] = []
        self.error: Exception | None = None
        self.silent = False
        self.aims_by: AimWay | None = None  # where it turns out to be another way than its abilities say
        self.can = PtzAbilities(
            pan_tilt=True, zoom=True, relative=True, relative_fov=True, home=True, auxiliary=("tt:Wiper|On",)
        )
        self.at = PtzStatus(0, 0, 0, False)
        self.lens_state = LensState(True, True, True, True, True, True)

    def focus(self, camera_id: str, speed: float) -> None:
        self.orders.append(("focus", camera_id, speed))

    def stop_focus(self, camera_id: str) -> None:
        self.orders.append(("stop focus", camera_id))

    def abilities(self, camera_id: str) -> "Future[PtzAbilities]":
        return self._answer(self.can)

    def lens(self, camera_id: str) -> "Future[LensState]":
        return self._answer(self.lens_state)

    def aim(self, camera_id: str, aim: Aim) -> "Future[AimWay]":
        self.orders.append(("aim", camera_id, aim))
        return self._answer(self.aims_by or self.can.aims)

    def auxiliary(self, camera_id: str, command: str) -> "Future[None]":
        self.orders.append(("auxiliary", camera_id, command))
        return self._answer(None)

    def go_home(self, camera_id: str) -> "Future[None]":
        self.orders.append(("home", camera_id))
        return self._answer(None)

    def set_autofocus(self, camera_id: str, auto: bool) -> "Future[LensState]":
        self.orders.append(("autofocus", camera_id, auto))
        self.lens_state = replace(self.lens_state, focuses_itself=auto)
        return self._answer(self.lens_state)

    def turn_iris(self, camera_id: str, steps: int) -> "Future[LensState]":
        self.orders.append(("iris", camera_id, steps))
        self.lens_state = replace(self.lens_state, exposes_itself=False)
        return self._answer(self.lens_state)

    def set_auto_iris(self, camera_id: str) -> "Future[LensState]":
        self.orders.append(("auto iris", camera_id))
        return self._answer(self.lens_state)

    def move(self, camera_id: str, pan: float, tilt: float, zoom: float) -> None:
        self.orders.append(("move", camera_id, pan, tilt, zoom))

    def stop(self, camera_id: str, *, moved: bool = False) -> None:
        self.orders.append(("stop", camera_id))

    def stop_all(self, camera_id: str) -> None:
        self.orders.append(("stop all", camera_id))

    def say(self, camera_id: str, word: HoldWord) -> None:
        self.orders.append(("say", camera_id, word))

    def presets(self, camera_id: str) -> "Future[list[Preset]]":
        return self._answer(list(self.stored))

    def set_preset(self, camera_id: str, name: str) -> "Future[Preset]":
        self.orders.append(("save preset", camera_id, name))
        made = Preset(f"t{len(self.stored) + 1}", name, 0, 0, 0)
        self.stored.append(made)
        return self._answer(made)

    def rename_preset(self, camera_id: str, token: str, name: str) -> "Future[Preset]":
        self.orders.append(("rename preset", camera_id, token, name))
        self.stored = [replace(each, name=name) if each.token == token else each for each in self.stored]
        return self._answer(next(each for each in self.stored if each.token == token))

    def remove_preset(self, camera_id: str, token: str) -> "Future[None]":
        self.orders.append(("remove preset", camera_id, token))
        self.stored = [each for each in self.stored if each.token != token]
        return self._answer(None)

    def set_home(self, camera_id: str) -> "Future[None]":
        self.orders.append(("set home", camera_id))
        return self._answer(None)

    def status(self, camera_id: str) -> "Future[PtzStatus]":
        return self._answer(self.at)

    def goto_preset(self, camera_id: str, token: str) -> "Future[None]":
        self.orders.append(("preset", camera_id, token))
        return self._answer(None)

    @property
    def moves(self) -> list[tuple[object, ...]]:
        """The moves only: pan, tilt, zoom."""
        return [order[2:] for order in self.orders if order[0] == "move"]

    @property
    def stops(self) -> list[object]:
        """Which cameras were told to stop, in order."""
        return [order[1] for order in self.orders if order[0] == "stop"]

    def _answer(self, answer: T) -> "Future[T]":
        future: Future[T] = Future()
        if self.error is not None:
            future.set_exception(self.error)
        elif not self.silent:
            future.set_result(answer)
        return future
