"""Converts between the camera's own coordinates and the program's: pan, tilt and speeds -1 to 1, zoom 0 to 1.

It does no I/O.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from controlroom.cameras.onvif.safe_xml import Node, number_of, text_of

FOV_SPACE = "TranslationSpaceFov"
BEYOND = 0.01  # a position this much outside its declared range is in some other, undeclared space


@dataclass(frozen=True)
class Range:
    """The values one axis accepts, in the camera's units."""

    low: float = -1.0
    high: float = 1.0

    def speed(self, share: float) -> float:
        """Return a speed of `share` (-1 to 1) in the camera's units; a range of one sign serves both directions."""
        share = min(1.0, max(-1.0, share))
        if share >= 0 or self.low >= 0:
            return share * (self.high if self.high > 0 else 1.0)
        return share * -self.low

    def share(self, value: float | None) -> float | None:
        """Return how far along the range `value` is, 0 to 1; None outside of it."""
        width = self.high - self.low
        if value is None or width <= 0:
            return None
        share = (value - self.low) / width
        return min(1.0, max(0.0, share)) if -BEYOND <= share <= 1 + BEYOND else None

    def centred(self, value: float | None) -> float | None:
        """Return the same from -1 to 1 (pan, tilt)."""
        share = self.share(value)
        return None if share is None else round(share * 2 - 1, 6)


@dataclass(frozen=True)
class Space:
    """One coordinate space: its name (empty if the camera need not be told) and the range of each axis."""

    uri: str = ""
    x: Range = Range()
    y: Range = Range()


ANY_SPACE = Space()
ZOOM_POSITION = Space(x=Range(0.0, 1.0))


def spaces_listed(options: Node, kind: str) -> list[Space]:
    """List the spaces of one kind in GetConfigurationOptions; empty range elements count as -1 to 1."""
    found = [
        Space(text_of(node, "{*}URI"), _range(node, "XRange"), _range(node, "YRange"))
        for node in options.iter(f"{{*}}{kind}")
    ]
    return [space for space in found if space.uri]


def choose(listed: Iterable[Space], default: str) -> Space | None:
    """Choose the space to use: the camera's default, else the generic one (neither need be named), else the first."""
    listed = list(listed)
    for wanted in (lambda space: space.uri == default, lambda space: "Generic" in space.uri):
        for space in listed:
            if wanted(space):
                return Space("", space.x, space.y)
    return listed[0] if listed else None


def _range(node: Node, name: str) -> Range:
    low, high = (
        number_of(node.findtext(f"{{*}}{name}/{{*}}Min")),
        number_of(node.findtext(f"{{*}}{name}/{{*}}Max")),
    )
    if low is None or high is None or low >= high:
        return Range()
    return Range(low, high)
