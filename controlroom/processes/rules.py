"""Holds the pure rules of restarting children: when one is started again, and when its failures stop being reported."""

import signal
from dataclasses import dataclass

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 10.0
URGENT_PAUSE_S = 0.3  # the longest while somebody waits: a camera that moves on cannot wait for a back-off
STEADY_AFTER_S = 30.0  # a child that lived this long starts again at the first pause
LOOP_AFTER = 4  # short lives in a row: told once as a loop, then no more until it stays up


@dataclass
class RestartHistory:
    """Counts the short lives of one child; call `ended` at the end of each."""

    short: int = 0  # lives in a row that ended before STEADY_AFTER_S
    mute: int = 0  # lives in a row that ended without one beat

    def ended(self, lived_s: float, *, beat: bool) -> float:
        """Note the end of a life; returns the seconds to wait before the next start."""
        self.mute = 0 if beat else self.mute + 1
        self.short = self.short + 1 if lived_s < STEADY_AFTER_S else 1
        return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (self.short - 1))

    def forgive(self) -> None:
        """Clear the history, because a person asked for the restart."""
        self.short = self.mute = 0

    @property
    def looping(self) -> bool:
        """True when the child fails so often that single failures are no longer reported."""
        return self.short >= LOOP_AFTER

    @property
    def loop_begins(self) -> bool:
        """True once, when a loop of failures has to be reported."""
        return self.short == LOOP_AFTER

    @property
    def cannot_start(self) -> bool:
        """True when the last life ended without a single beat."""
        return self.mute > 0


def end_in_words(code: int) -> str:
    """Describe how a process ended: `ended with code 3`, `was ended by SIGKILL`."""
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"was ended by {name}"
    return f"ended with code {code}"
