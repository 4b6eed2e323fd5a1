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

    def garbage(self, size: int) -> bytes:
        """Return random bytes."""
        return self._dice.randbytes(size)

    def recover(self) -> None:
        """Become healthy again."""
        self.frozen = self.other_format = False
        self.loss = self.drip = 0.0
        self.hostility = None
        self.set_mute(mute=False)
