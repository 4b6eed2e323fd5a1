"""One tile as the desk keeps it: what it should show, what has been done about it, and how it stands."""

from dataclasses import dataclass, replace
from typing import Any

from controlroom.errors import ControlRoomError
from controlroom.video.frames import FrameSegment
from controlroom.video.records import StreamAddress, StreamFault, StreamState, StreamStatus
from controlroom.video.rules import StreamError, checked, place, tile_state

LONGEST_SIDE = 8192  # pixels; beyond any screen

CONNECTING = StreamStatus(StreamState.CONNECTING, "Connecting.")
WORKER_LOST = StreamStatus(
    StreamState.CONNECTING,
    "The picture process ended; it is being started again.",
    fault=StreamFault.WORKER_LOST,
)
REFUSED_BEFORE = StreamStatus(
    StreamState.REFUSED,
    "The camera has refused this user name and password before. They are not sent again by themselves, since "
    "cameras lock the account after a few wrong ones. Correct them in the camera's details.",
    fault=StreamFault.REFUSED_PASSWORD,
)


@dataclass
class Tile:
    """`key` is its name towards the worker: a new one for every address, so that late reports cannot mislead."""

    key: str
    address: StreamAddress
    width: int
    height: int
    worker: int = 0
    shown: bool = True
    closing: bool = False
    usable: bool = True  # the address may be opened at all
    barred: bool = False  # refused: nothing is sent until someone acts
    said: StreamStatus = CONNECTING  # the worker's last word, or ours
    retry_at: float | None = None
    last_picture_at: float | None = None
    segment: FrameSegment | None = None
    segment_size: tuple[int, int] = (0, 0)
    sent: dict[str, Any] | None = None

    @classmethod
    def showing(cls, key: str, address: StreamAddress, width: int, height: int) -> "Tile":
        """A tile for `address`, or one that says why it may not be opened."""
        try:
            return cls(key, checked(address), width, height)
        except ControlRoomError as error:
            fault = error.fault if isinstance(error, StreamError) else StreamFault.NOT_A_STREAM
            refusal = StreamStatus(StreamState.REFUSED, str(error), fault=fault)
            return cls(key, address, width, height, usable=False, barred=True, said=refusal)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height within what memory can be made for."""
        return (min(max(1, self.width), LONGEST_SIDE), min(max(1, self.height), LONGEST_SIDE))

    @property
    def login(self) -> tuple[object, ...]:
        """Device, user and password: what a refusal holds for."""
        if not self.usable:
            return (self.address,)
        return (*place(self.address), self.address.username, self.address.password)

    def wanted(self, segment: str) -> dict[str, Any]:
        """The command that tells a worker everything about this tile."""
        address, (width, height) = self.address, self.size
        return {
            "show": self.key,
            "segment": segment,
            "width": width,
            "height": height,
            "shown": self.shown,
            "url": address.url,
            "username": address.username,
            "password": address.password,
            "transport": address.transport,
        }

    def hear(self, report: dict[str, Any]) -> None:
        """Take the worker's report."""
        self.said = StreamStatus(
            state=StreamState(report["state"]),
            detail=report["detail"],
            fps=report["fps"],
            source_width=report["width"],
            source_height=report["height"],
            dropped=report["dropped"],
            fault=None if report["fault"] is None else StreamFault(report["fault"]),
        )
        self.retry_at = report["retry_at"]
        self.barred = self.said.state is StreamState.REFUSED

    def status(self, now: float) -> StreamStatus:
        """How the tile stands at `now` (monotonic): the age of its picture first, then the worker's word."""
        segment, said, retry_at = self.segment, self.said, self.retry_at
        decoded_at = segment.decoded_at if segment is not None else None
        if decoded_at is not None:
            self.last_picture_at = decoded_at
        at = self.last_picture_at
        state = tile_state(said.state, None if at is None else max(0.0, now - at))
        if state is StreamState.LIVE:
            return replace(said, state=state, detail="", last_picture_at=at, fault=None)
        detail = said.detail
        if not detail and state in (StreamState.STALLED, StreamState.OFFLINE):
            detail = "The camera has stopped sending pictures."
        retry_in_s = None if retry_at is None else max(0.0, retry_at - now)
        return replace(said, state=state, detail=detail, last_picture_at=at, fps=0.0, retry_in_s=retry_in_s)
