"""Aims a camera's head at a place in its own picture, in the most exact way the camera offers."""

from typing import Any

from controlroom.cameras.aiming import USUAL_DOME, Aim, AimWay
from controlroom.cameras.devices import DeviceFault, FaultKind, PtzStatus
from controlroom.cameras.onvif.ptz import PtzHead
from controlroom.cameras.onvif.ptz_capabilities import ANY_SPACE, Range, Space

DEGREES_FROM = 90.0  # a range this wide is in degrees, whatever its space is called


def aim_head(head: PtzHead, aim: Aim) -> AimWay:
    """Turn until what was at `aim` is in the middle, and zoom as much closer; returns how well that is known.

    It returns when the camera has taken the order; with TIMED nothing was ordered, since a camera that does not tell
    where it looks can only be moved for a while. Raises DeviceFault; NOT_SUPPORTED for a camera that only moves while
    it is told to.
    """
    if aim.closer == 1.0 and aim.x == aim.y == 0.0:
        return head.capabilities.abilities.aims
    fov = head.capabilities.fov_step
    if fov is not None:
        _by_field_of_view(head, aim, fov)
        return AimWay.EXACT
    if head.capabilities.pan_tilt_step is not None:
        return _by_distance(head, aim, head.capabilities.pan_tilt_step)
    if head.capabilities.abilities.absolute:
        return _to_position(head, aim)
    what = f"{head.session.address.title} cannot be sent to a place in its picture."
    raise DeviceFault(FaultKind.NOT_SUPPORTED, what)


def _by_field_of_view(head: PtzHead, aim: Aim, space: Space) -> None:
    step = {"x": _border(space.x, aim.x), "y": _border(space.y, aim.y), "space": space.uri}
    _translate(head, {"PanTilt": step}, aim)


def _by_distance(head: PtzHead, aim: Aim, space: Space) -> AimWay:
    zoom = _zoom(head, head.where())
    if zoom is None:
        return AimWay.TIMED
    pan, tilt = USUAL_DOME.angles(aim, zoom)
    at = head.capabilities.pan_tilt_position
    step = {
        "x": _clamp(_step(space.x, at.x, pan, USUAL_DOME.pan_reach), space.x),
        "y": _clamp(_step(space.y, at.y, tilt, USUAL_DOME.tilt_reach), space.y),
        "space": space.uri,
    }
    _translate(head, {"PanTilt": step}, aim)
    return AimWay.ESTIMATED


def _translate(head: PtzHead, step: dict[str, Any], aim: Aim) -> None:
    """Move by `step`, and zoom with it or, where the camera has no steps of zoom, to a place of its own."""
    zoom = head.capabilities.zoom_step
    if aim.closer != 1.0 and zoom is not None:
        by = zoom.x.speed(USUAL_DOME.zoom_by(aim.closer))  # a share of the range either way, as a speed is
        step = {**step, "Zoom": {"x": by, "space": zoom.uri}}
    head.call("RelativeMove", Translation=step)
    if aim.closer != 1.0 and zoom is None and head.capabilities.abilities.absolute_zoom:
        zoom_at = head.where().zoom
        if zoom_at is not None:
            head.call("AbsoluteMove", Position=_zoom_place(head, zoom_at + USUAL_DOME.zoom_by(aim.closer)))


def _to_position(head: PtzHead, aim: Aim) -> AimWay:
    here = head.where()
    if here.pan is None or here.tilt is None:
        return AimWay.TIMED
    space = head.capabilities.pan_tilt_position
    pan, tilt = USUAL_DOME.angles(aim, _zoom(head, here))
    x = space.x.value((here.pan + 1) / 2) + _step(space.x, space.x, pan, USUAL_DOME.pan_reach)
    y = space.y.value((here.tilt + 1) / 2) + _step(space.y, space.y, tilt, USUAL_DOME.tilt_reach)
    place = {"x": _clamp(x, space.x), "y": _clamp(y, space.y)}
    target: dict[str, Any] = {"PanTilt": place | ({"space": space.uri} if space.uri else {})}
    if aim.closer != 1.0 and here.zoom is not None and head.capabilities.abilities.absolute_zoom:
        target |= _zoom_place(head, here.zoom + USUAL_DOME.zoom_by(aim.closer))
    head.call("AbsoluteMove", Position=target)
    return AimWay.ESTIMATED


def _zoom_place(head: PtzHead, share: float) -> dict[str, Any]:
    space = head.capabilities.zoom_position
    return {"Zoom": {"x": space.x.value(share)} | ({"space": space.uri} if space.uri else {})}


def _zoom(head: PtzHead, here: PtzStatus) -> float | None:
    """Where the zoom is; a camera that has none is at its widest."""
    return here.zoom if head.capabilities.abilities.zoom else 0.0


def _border(axis: Range, share: float) -> float:
    """A share of the way to the picture's border in the camera's units; without believable limits ±1 is the border."""
    usual = ANY_SPACE.x
    known = axis if axis.low < 0 < axis.high and axis.high <= 1000 else usual
    return share * (known.high if share >= 0 else -known.low)


def _step(axis: Range, position: Range, degrees: float, reach: float) -> float:
    """An angle in an axis's own units: degrees where its range is that wide, else as its positions are measured."""
    if axis.high - axis.low > DEGREES_FROM:
        return degrees
    width = position.high - position.low
    return degrees / reach * (width / 2 if width <= DEGREES_FROM else 1.0)


def _clamp(value: float, axis: Range) -> float:
    return min(axis.high, max(axis.low, value))
