"""Converts between the coordinates a camera uses in messages and the head's own."""

from dataclasses import dataclass

from controlroom.simulator.onvif.soap import Make, Node, SoapFaultReply, local_name, tt
from controlroom.simulator.ptz_head import HeadPosition
from controlroom.simulator.settings import Spaces

_ROOT = "http://www.onvif.org/ver10/tptz"
PAN_TILT = {
    "position": f"{_ROOT}/PanTiltSpaces/PositionGenericSpace",
    "translation": f"{_ROOT}/PanTiltSpaces/TranslationGenericSpace",
    "velocity": f"{_ROOT}/PanTiltSpaces/VelocityGenericSpace",
    "speed": f"{_ROOT}/PanTiltSpaces/GenericSpeedSpace",
}
FOV = f"{_ROOT}/PanTiltSpaces/TranslationSpaceFov"
"""A step in shares of the field of view: ±1 is the picture's border."""
ZOOM = {
    "position": f"{_ROOT}/ZoomSpaces/PositionGenericSpace",
    "translation": f"{_ROOT}/ZoomSpaces/TranslationGenericSpace",
    "velocity": f"{_ROOT}/ZoomSpaces/VelocityGenericSpace",
    "speed": f"{_ROOT}/ZoomSpaces/ZoomGenericSpeedSpace",
}
_FAULTS = {
    "position": "InvalidPosition",
    "translation": "InvalidTranslation",
    "velocity": "InvalidVelocity",
    "speed": "InvalidSpeed",
}
Range = tuple[float, float]


@dataclass(frozen=True)
class SpaceRanges:
    """What one camera announces for pan, tilt and zoom of one kind of vector."""

    pan: Range
    tilt: Range
    zoom: Range


@dataclass(frozen=True)
class Vector:
    """Pan, tilt and zoom in the head's own units; None where the request leaves an axis out."""

    pan: float | None = None
    tilt: float | None = None
    zoom: float | None = None


def ranges(spaces: Spaces, kind: str) -> SpaceRanges:
    """Return the ranges that a camera with these spaces announces; `kind` is a key of PAN_TILT."""
    if kind == "speed":
        return SpaceRanges((0.0, 1.0), (0.0, 1.0), (0.0, 1.0))
    if kind == "velocity" or (spaces is Spaces.GENERIC and kind == "translation"):
        return SpaceRanges((-1.0, 1.0), (-1.0, 1.0), (-1.0, 1.0))
    if spaces is Spaces.GENERIC:
        return SpaceRanges((-1.0, 1.0), (-1.0, 1.0), (0.0, 1.0))
    if kind == "translation":
        return SpaceRanges((-360.0, 360.0), (-180.0, 180.0), (-1.0, 1.0))
    return SpaceRanges((0.0, 360.0), (0.0, 180.0), (0.0, 1.0))


def in_field_of_view(node: Node | None) -> Node | None:
    """Return the tt:PanTilt of a translation that is in shares of the field of view, None for any other."""
    if node is None:
        return None
    return next((each for each in node if local_name(each) == "PanTilt" and each.get("space") == FOV), None)


def read_share(node: Node) -> tuple[float, float]:
    """Read how far across and up a step in the field of view goes; raises SoapFaultReply beyond the borders."""
    border = (-1.0, 1.0)
    return _number(node, "x", border, "translation"), _number(node, "y", border, "translation")


def read_vector(node: Node | None, kind: str, spaces: Spaces) -> Vector:
    """Convert a tt:PTZVector or tt:PTZSpeed to the head's units; raises SoapFaultReply outside the ranges."""
    if node is None:
        return Vector()
    known = ranges(spaces, kind)
    pan_tilt = next((each for each in node if local_name(each) == "PanTilt"), None)
    zoom = next((each for each in node if local_name(each) == "Zoom"), None)
    pan = tilt = lens = None
    if pan_tilt is not None:
        _check_space(pan_tilt, PAN_TILT[kind])
        pan = _own(_number(pan_tilt, "x", known.pan, kind), known.pan, kind)
        tilt = _own(_number(pan_tilt, "y", known.tilt, kind), known.tilt, kind)
    if zoom is not None:
        _check_space(zoom, ZOOM[kind])
        lens = _number(zoom, "x", known.zoom, kind)
    return Vector(pan, tilt, lens)


def write_position(position: HeadPosition, spaces: Spaces, make: Make = tt.Position) -> Node:
    """Make a tt:PTZVector of the head's position."""
    known = ranges(spaces, "position")
    pan, tilt = (
        low + (value + 1) / 2 * (high - low)
        for value, (low, high) in ((position.pan, known.pan), (position.tilt, known.tilt))
    )
    return make(
        tt.PanTilt(x=f"{pan:.6g}", y=f"{tilt:.6g}", space=PAN_TILT["position"]),
        tt.Zoom(x=f"{position.zoom:.6g}", space=ZOOM["position"]),
    )


def _own(value: float, known: Range, kind: str) -> float:
    """Convert from the announced range to −1…1; differences have no offset."""
    low, high = known
    if kind == "position":
        return (value - low) / (high - low) * 2 - 1
    return value / high * (2.0 if kind == "translation" and high > 1 else 1.0)


def _number(node: Node, name: str, known: Range, kind: str) -> float:
    try:
        value = float(node.get(name, ""))
    except ValueError as error:
        raise SoapFaultReply(f"{name} is not a number", "InvalidArgVal", _FAULTS[kind]) from error
    if not known[0] - 1e-6 <= value <= known[1] + 1e-6:  # also refuses what is not a number
        raise SoapFaultReply(
            f"{value:g} is outside {known[0]:g} to {known[1]:g}", "InvalidArgVal", _FAULTS[kind]
        )
    return value


def _check_space(node: Node, wanted: str) -> None:
    space = node.get("space")
    if space and space != wanted:
        raise SoapFaultReply("That coordinate space is not supported", "InvalidArgVal", "SpaceNotSupported")
