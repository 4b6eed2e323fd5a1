"""Which directions a panorama covers, and how finely."""

from dataclasses import dataclass

import numpy as np

from controlroom.simulator.arrays import Floats


@dataclass(frozen=True)
class Window:
    """`width` × `height` pixels from `left` (heading) and `top` (slope) on, rightwards and downwards."""

    left: float
    top: float
    focal: float
    width: int
    height: int

    @property
    def headings(self) -> Floats:
        """The heading at the middle of every column."""
        return self.left + (np.arange(self.width, dtype=np.float32) + 0.5) / self.focal

    @property
    def slopes(self) -> Floats:
        """The slope at the middle of every row, falling."""
        return self.top - (np.arange(self.height, dtype=np.float32) + 0.5) / self.focal

    def column(self, heading: float) -> float:
        """Where a heading lies, in pixels from the left edge."""
        return (heading - self.left) * self.focal

    def row(self, slope: float) -> float:
        """Where a slope lies, in pixels from the top edge."""
        return (self.top - slope) * self.focal


def window_between(left: float, right: float, top: float, bottom: float, focal: float) -> Window:
    """The window that covers these headings and slopes, its size even so that colour can be halved."""
    width = 2 * int(np.ceil((right - left) * focal / 2))
    height = 2 * int(np.ceil((top - bottom) * focal / 2))
    return Window(left, top, focal, width, height)
