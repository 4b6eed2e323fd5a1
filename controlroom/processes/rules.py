"""Pure rules of keeping a child alive: when it is started again, and when its ends stop being news."""

import signal
from dataclasses import dataclass

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 10.0
URGENT_PAUSE_S = 0.3  # the longest while somebody waits: a camera that moves on cannot wait for a back-off
STEADY_AFTER_S = 30.0  # a child that lived this long starts again at the first pause
LOOP_AFTER = 4  # short lives in a row: told once as a loop, then no more until it stays up


@dataclass
class Lives:
    """The lives of one child so far, each told with `ended`."""

    short: int = 0  # lives in a row that ended before STEADY_AFTER_S
    mute: int = 0  # lives in a row that ended without one beat

    def ended(self, lived_s: float, *, beat: bool) -> float:
        """Note the end of a life; seconds to wait before the next one."""
        self.mute = 0 if beat else self.mute + 1
        self.short = self.short + 1 if lived_s < STEADY_AFTER_S else 1
        return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (self.short - 1))

    def forgive(self) -> None:
        """Somebody asked for the restart: what went before does not count."""
        self.short = self.mute = 0

    @property
    def looping(self) -> bool:
        """True when its ends are no news any more."""
        return self.short >= LOOP_AFTER

    @property
    def loop_begins(self) -> bool:
        """True once, when a loop has to be told."""
        return self.short == LOOP_AFTER

    @property
    def cannot_start(self) -> bool:
        """True when the last life ended without a sign."""
        return self.mute > 0


def end_in_words(code: int) -> str:
    """How a process ended: `ended with code 3`, `was killed (signal 9)`."""
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"was ended by {name}"
    return f"ended with code {code}"


def is_hung(silent_s: float, *, beaten: bool, hang_after_s: float, start_within_s: float) -> bool:
    """True when a child that runs has been silent for too long (while starting it is given longer)."""
    return silent_s > (hang_after_s if beaten else start_within_s)
