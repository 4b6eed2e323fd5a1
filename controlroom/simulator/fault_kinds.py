"""The faults that can befall a simulated camera, and how they are written.

A fault is written `kind` or `kind:detail`, e.g. `freeze`, `packet-loss:0.2`, `clock-off:-300`, `hostile:file-uri`.
"""

from dataclasses import dataclass
from enum import StrEnum

from controlroom.errors import InvalidInput
from controlroom.simulator.condition import Hostility


class SimulatedFaultKind(StrEnum):
    """The kinds of fault. The figure after the colon, where there is one, and its default:"""

    REFUSE = "refuse"
    """Every port refuses; who was connected is cut off."""
    SILENT = "silent"
    """Connections are taken, nothing is answered, no picture comes."""
    HALF_OPEN = "half-open"
    """As if the cable were cut: old connections hang, new ones are never completed."""
    FREEZE = "freeze"
    """Packets go on, the picture stands still."""
    REBOOT = "reboot"
    """Away for so many seconds (8), then back at its home position."""
    CLOCK_OFF = "clock-off"
    """The clock runs so many seconds ahead (3600; negative: behind)."""
    WRONG_PASSWORD = "wrong-password"  # noqa: S105
    """Somebody has changed the camera's password."""
    SLOW_DRIP = "slow-drip"
    """It sends so many bytes a second (400)."""
    PACKET_LOSS = "packet-loss"
    """This share of the video packets is lost (0.05)."""
    FLAPPING = "flapping"
    """It comes and goes every so many seconds (4)."""
    FORMAT_CHANGE = "format-change"
    """Its streams change size in mid-course."""
    PORTRAIT = "portrait"
    """Its streams become upright in mid-course."""
    H265 = "h265"
    """Its streams are H.265; who watches is hung up on."""
    STAMPS = "stamps"
    """It stamps its pictures for so many a second (25), whatever it sends; 0: all the same."""
    RARE_KEYS = "rare-keys"
    """Who joins waits for a key picture so many seconds (8), while other packets come."""
    ON_DEMAND = "on-demand"
    """It starts its source when asked, in so many seconds (1), and closes it with whoever asks and does not play."""
    BUSY = "busy"
    """It hangs up one DESCRIBE and answers those of the next so many seconds (1) with 503."""
    UDP_ONLY = "udp-only"
    """It refuses every transport but UDP (461)."""
    MOVED = "moved"
    """It sends viewers on to another path of its own (302)."""
    CORRUPT = "corrupt"
    """This share of the video packets arrives with wrong bytes (0.05)."""
    ABSURD_SIZE = "absurd-size"
    """Its streams claim to be 16,000 pixels wide and high."""
    HOSTILE = "hostile"
    """It answers to do harm: bomb, huge, html, file-uri, garbage, redirect or prefix (bomb)."""


DEFAULTS = {
    SimulatedFaultKind.REBOOT: 8.0,
    SimulatedFaultKind.CLOCK_OFF: 3600.0,
    SimulatedFaultKind.SLOW_DRIP: 400.0,
    SimulatedFaultKind.PACKET_LOSS: 0.05,
    SimulatedFaultKind.FLAPPING: 4.0,
    SimulatedFaultKind.STAMPS: 25.0,
    SimulatedFaultKind.RARE_KEYS: 8.0,
    SimulatedFaultKind.ON_DEMAND: 1.0,
    SimulatedFaultKind.BUSY: 1.0,
    SimulatedFaultKind.CORRUPT: 0.05,
}
_LIMITS = {
    SimulatedFaultKind.REBOOT: (0.1, 600.0),
    SimulatedFaultKind.CLOCK_OFF: (-1e9, 1e9),
    SimulatedFaultKind.SLOW_DRIP: (1.0, 1e6),
    SimulatedFaultKind.PACKET_LOSS: (0.0, 1.0),
    SimulatedFaultKind.FLAPPING: (0.1, 600.0),
    SimulatedFaultKind.STAMPS: (0.0, 1000.0),
    SimulatedFaultKind.RARE_KEYS: (0.1, 600.0),
    SimulatedFaultKind.ON_DEMAND: (0.1, 60.0),
    SimulatedFaultKind.BUSY: (0.1, 60.0),
    SimulatedFaultKind.CORRUPT: (0.0, 1.0),
}


@dataclass(frozen=True)
class SimulatedFault:
    """One fault and its size, where it has one."""

    kind: SimulatedFaultKind
    amount: float = 0.0
    hostility: Hostility = Hostility.BOMB

    def __str__(self) -> str:
        if self.kind in DEFAULTS:
            return f"{self.kind}:{self.amount:g}"
        return f"{self.kind}:{self.hostility}" if self.kind is SimulatedFaultKind.HOSTILE else str(self.kind)


def parse_fault(text: str) -> SimulatedFault:
    """Read a fault from its written form; raises InvalidInput for an unknown one."""
    name, _, detail = text.strip().partition(":")
    try:
        kind = SimulatedFaultKind(name)
        if kind is SimulatedFaultKind.HOSTILE:
            return SimulatedFault(kind, hostility=Hostility(detail) if detail else Hostility.BOMB)
        if kind not in DEFAULTS:
            if detail:
                raise ValueError(detail)
            return SimulatedFault(kind)
        amount = float(detail) if detail else DEFAULTS[kind]
        low, high = _LIMITS[kind]
        if not low <= amount <= high:
            raise ValueError(detail)
    except ValueError as error:
        known = ", ".join(kind.value for kind in SimulatedFaultKind)
        raise InvalidInput(
            f"{text!r} is not a fault of a simulated camera.", "", f"There are: {known}."
        ) from error
    return SimulatedFault(kind, amount)
