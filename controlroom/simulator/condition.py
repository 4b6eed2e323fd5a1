"""Holds the condition of a simulated camera, which its servers and streams ask before they answer, draw or send.

A camera starts healthy; `faults` changes its condition.
"""

import asyncio
import random
from dataclasses import dataclass, field
from enum import StrEnum


class Hostility(StrEnum):
    """What a hostile camera answers with."""

    BOMB = "bomb"
    """XML whose entities would grow to gigabytes."""
    HUGE = "huge"
    """An answer without end."""
    HTML = "html"
    """A web page where SOAP is expected."""
    FILE_URI = "file-uri"
    """A stream address that names a local file."""
    GARBAGE = "garbage"
    """Random bytes, on RTSP too."""
    REDIRECT = "redirect"
    """Go and ask somebody else."""
    PREFIX = "prefix"
    """The usual answers, with prefixes that are declared nowhere."""


@dataclass
class Condition:
    """Everything that can be wrong with a camera while it is reachable. Changed on the event loop, read anywhere."""

    shut: bool = False
    """The camera's own ports refuse; a port it shares with others hangs up on who asks for it."""
    frozen: bool = False
    """The picture stands still although packets go on."""
    loss: float = 0.0
    """Share of RTP packets that never leave."""
    drip: float = 0.0
    """Bytes a second the camera manages to send; 0 is as fast as it can."""
    hostility: Hostility | None = None
    other_format: bool = False
    """Streams have another size than was agreed."""
    upright: bool = False
    """Streams are taller than wide: somebody has turned the camera."""
    h265: bool = False
    """Streams are encoded as H.265."""
    stamps_fps: float | None = None
    """Pictures are stamped as if so many were sent a second; with 0 every one bears the same stamp."""
    keys_after_s: float = 0.0
    """Who joins gets a key picture only after so many seconds, and other packets until then."""
    starts_in_s: float = 0.0
    """The source starts when asked for, in so many seconds, and closes with whoever did not play."""
    busy_for_s: float = 0.0
    """A DESCRIBE out of the blue is hung up on, and those of the next so many seconds are refused."""
    udp_only: bool = False
    moved: bool = False
    """Streams are at another path of the same camera."""
    corrupt: float = 0.0
    """Share of RTP packets that arrive with wrong bytes."""
    absurd: bool = False
    """Streams claim a size that no picture has."""
    _speaking: asyncio.Event = field(default_factory=asyncio.Event)
    _dice: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self._speaking.set()

    @property
    def mute(self) -> bool:
        """True while the camera accepts requests and answers nothing."""
        return not self._speaking.is_set()

    def set_mute(self, *, mute: bool) -> None:
        """Stop answering, or answer again."""
        (self._speaking.clear if mute else self._speaking.set)()

    async def until_speaking(self) -> None:
        """Wait while the camera is mute."""
        await self._speaking.wait()

    def loses_one(self) -> bool:
        """Return whether the present packet is lost."""
        return self.loss > 0 and self._dice.random() < self.loss

    def on_the_way(self, packet: bytes) -> bytes:
        """Return the packet as it arrives, now and then with wrong bytes after its RTP header."""
        if not self.corrupt or self._dice.random() >= self.corrupt or len(packet) < 32:
            return packet
        spoilt = bytearray(packet)
        for _ in range(8):
            spoilt[self._dice.randrange(14, len(spoilt))] = self._dice.randrange(256)
        return bytes(spoilt)

    def garbage(self, size: int) -> bytes:
        """Return random bytes."""
        return self._dice.randbytes(size)

    def recover(self) -> None:
        """Become healthy again."""
        self.frozen = self.other_format = self.upright = self.h265 = self.udp_only = self.moved = (
            self.absurd
        ) = False
        self.loss = self.drip = self.corrupt = self.keys_after_s = self.starts_in_s = self.busy_for_s = 0.0
        self.stamps_fps = None
        self.hostility = None
        self.set_mute(mute=False)
