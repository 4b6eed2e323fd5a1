"""Represents one tile inside the pool: what it should show, what its worker was told, and the state of its stream."""

from dataclasses import dataclass, replace
from typing import Any

from controlroom.codec import from_plain, to_plain
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
    "cameras lock the account after a few wrong ones. Enter them anew on the Cameras page (L).",
    fault=StreamFault.REFUSED_PASSWORD,
)


@dataclass
class TileStream:
    """One tile's stream.

    `key` names it to the worker: every address gets a new one, so that late reports cannot mislead.
    """

    key: str
    address: StreamAddress
    width: int
    height: int
    worker: int = 0
    shown: bool = True
    closing: bool = False
    usable: bool = True  # the address may be opened at all
    refused: bool = False  # refused: nothing is sent until someone acts
    reported: StreamStatus = CONNECTING  # by the worker, or set by the pool
    last_picture_at: float | None = None
    segment: FrameSegment | None = None
    segment_size: tuple[int, int] = (0, 0)
    sent: dict[str, Any] | None = None

    @classmethod
    def showing(cls, key: str, address: StreamAddress, width: int, height: int) -> "TileStream":
        """Make a tile for `address`, or one that says why the address may not be opened."""
        try:
            return cls(key, checked(address), width, height)
        except ControlRoomError as error:
            fault = error.fault if isinstance(error, StreamError) else StreamFault.NOT_A_STREAM
            refusal = StreamStatus(StreamState.REFUSED, str(error), fault=fault)
            return cls(key, address, width, height, usable=False, refused=True, reported=refusal)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, within the limits of what memory is made for."""
        return (min(max(1, self.width), LONGEST_SIDE), min(max(1, self.height), LONGEST_SIDE))

    @property
    def login(self) -> tuple[object, ...]:
        """Device, user and password: what a refusal applies to."""
        if not self.usable:
            return (self.address,)
        return (*place(self.address), self.address.username, self.address.password)

    def wanted(self, segment: str) -> dict[str, Any]:
        """Return the command that tells a worker everything about this tile."""
        return {
            "show": self.key,
            "segment": segment,
            "size": self.size,
            "shown": self.shown,
            "address": to_plain(self.address),
        }

    def hear(self, report: dict[str, Any]) -> None:
        self.reported = from_plain(StreamStatus, report)
        self.refused = self.reported.state is StreamState.REFUSED

    def status(self, now: float) -> StreamStatus:
        """Return the tile's state at `now` (monotonic): by the age of its picture first, then by the worker's
        report.
        """
        segment, reported = self.segment, self.reported
        decoded_at = segment.decoded_at if segment is not None else None
        if decoded_at is not None:
            self.last_picture_at = decoded_at
        at = self.last_picture_at
        state = tile_state(reported.state, None if at is None else max(0.0, now - at))
        if state is StreamState.LIVE:
            return replace(reported, state=state, detail="", last_picture_at=at, fault=None)
        detail = reported.detail
        if not detail and state in (StreamState.STALLED, StreamState.OFFLINE):
            detail = "The camera has stopped sending pictures."
        retry_in_s = None if reported.retry_at is None else max(0.0, reported.retry_at - now)
        return replace(
            reported, state=state, detail=detail, last_picture_at=at, fps=0.0, retry_in_s=retry_in_s
        )
