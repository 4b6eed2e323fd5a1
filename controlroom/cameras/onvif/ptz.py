"""Steers a camera's head over one session: moves, Stop, auxiliary commands and position."""

import time
from datetime import timedelta
from typing import Any

from controlroom.cameras.devices import DeviceFault, FaultKind, PtzStatus
from controlroom.cameras.onvif.presets import CameraPresets
from controlroom.cameras.onvif.ptz_capabilities import PtzCapabilities, Space
from controlroom.cameras.onvif.safe_xml import Node, number_of
from controlroom.cameras.onvif.session import CALL_S, CameraSession
from controlroom.cameras.onvif.wsdl import Service

HOLD_S = 1.0  # a move ends by itself after this, where the camera honours Timeout
STUCK_AFTER_S = 1.0  # a head that says it moves but stays where it is for this long is not believed
_NOT_LIKE_THAT = frozenset({FaultKind.BAD_ARGUMENT, FaultKind.NOT_SUPPORTED})
_NO_STOP = _NOT_LIKE_THAT | {FaultKind.NOT_ONVIF}

Position = tuple[float | None, float | None, float | None]
"""Pan and tilt -1 to 1, zoom 0 to 1; None where the camera does not say."""


class PtzHead:
    """One camera's head, used over one session."""

    def __init__(self, session: CameraSession, capabilities: PtzCapabilities) -> None:
        self.capabilities = capabilities
        self.session = session
        self._last = (0.0, 0.0, 0.0)
        self._position_told: Position | None = None
        self._told_since = 0.0

    def over(self, session: CameraSession) -> "PtzHead":
        """Return the same head over another session with its camera."""
        return PtzHead(session, self.capabilities)

    @property
    def hold_s(self) -> float | None:
        """How many seconds one move lasts by itself, None where the camera knows no time-out."""
        if self.capabilities.limitations.without_timeout:
            return None
        return min(self.capabilities.longest_hold_s, max(self.capabilities.shortest_hold_s, HOLD_S))

    def move(self, pan: float, tilt: float, zoom: float) -> None:
        """Move at the given speeds (-1 to 1, right, up and in positive) until the next move or Stop.

        Axes at rest are sent as zero. A move that the camera rejects is tried without its time-out, then axis by
        axis, and the camera's limitation is remembered. Raises DeviceFault.
        """
        first: DeviceFault | None = None
        limitations = self.capabilities.limitations
        for alone, bare in self._ways():
            try:
                self._send(pan, tilt, zoom, alone, None if bare else self.hold_s)
            except DeviceFault as fault:
                if fault.kind not in _NOT_LIKE_THAT:
                    raise
                first = first or fault
            else:
                limitations.one_axis_at_a_time, limitations.without_timeout = alone, bare
                self._last = (pan, tilt, zoom)
                return
        assert first is not None
        raise first

    def stop(self, seconds: float = CALL_S) -> None:
        """Stop every axis; by a move at speed zero if the camera has no Stop. Raises DeviceFault."""
        limitations = self.capabilities.limitations
        if not limitations.stop_by_zero:
            try:
                self.call("Stop", PanTilt=True, Zoom=True, seconds=seconds, stopping=True)
            except DeviceFault as fault:
                if fault.kind not in _NO_STOP:
                    raise
            else:
                self._last = (0.0, 0.0, 0.0)
                return
        self._send(0.0, 0.0, 0.0, limitations.one_axis_at_a_time, None, seconds=seconds, stopping=True)
        limitations.stop_by_zero = True
        self._last = (0.0, 0.0, 0.0)

    def stands(self) -> bool:
        """True where the camera itself says that it stands; False where it says nothing of it. Raises DeviceFault."""
        return self.status().moving is False

    @property
    def stored(self) -> CameraPresets:
        """The positions stored in the camera."""
        return CameraPresets(self)

    def auxiliary(self, command: str) -> None:
        """Carry out one of the auxiliary commands that the camera lists (wiper, lights). Raises DeviceFault."""
        if command not in self.capabilities.abilities.auxiliary:
            what = f"{self.session.address.title} does not list the command “{command[:64]}”."
            raise DeviceFault(FaultKind.NOT_SUPPORTED, what)
        self.call("SendAuxiliaryCommand", AuxiliaryData=command)

    def status(self) -> PtzStatus:
        """Ask where the head points and whether it moves, as far as the camera tells. Raises DeviceFault."""
        answer = self.call("GetStatus")
        pan, tilt, zoom = self.position(answer.find(".//{*}Position"))
        node = answer.find(".//{*}MoveStatus")
        # A plain string on some cameras.
        words = " ".join(node.itertext()).upper() if node is not None else ""
        moving = True if "MOVING" in words else False if "IDLE" in words else None
        if moving and self._stands_still((pan, tilt, zoom)):
            moving = None  # Hikvision may say MOVING for ever
        return PtzStatus(pan, tilt, zoom, moving)

    def where(self) -> PtzStatus:
        """The same, all of it unknown for a camera that has no answer to it. Raises DeviceFault."""
        try:
            return self.status()
        except DeviceFault as fault:
            if fault.kind is not FaultKind.NOT_SUPPORTED:
                raise
            return PtzStatus(None, None, None, None)

    def _stands_still(self, position: Position) -> bool:
        """Return True when the same known position has been reported for a while."""
        now = time.monotonic()
        if position != self._position_told or position == (None, None, None):
            self._position_told, self._told_since = position, now
        return now - self._told_since >= STUCK_AFTER_S

    def _ways(self) -> list[tuple[bool, bool]]:
        """Return (axes apart, without time-out) in the order to try, starting from what the camera is known to
        accept.
        """
        limitations = self.capabilities.limitations
        both = self.capabilities.abilities.pan_tilt and self.capabilities.abilities.zoom
        apart = [True] if limitations.one_axis_at_a_time else [False, True] if both else [False]
        bare = [True] if limitations.without_timeout else [False, True]
        return [(alone, without) for alone in apart for without in bare]

    def _send(
        self,
        pan: float,
        tilt: float,
        zoom: float,
        alone: bool,
        hold_s: float | None,
        *,
        seconds: float = CALL_S,
        stopping: bool = False,
    ) -> None:
        axes = self._axes(pan, tilt, zoom)
        if not axes:
            raise DeviceFault(FaultKind.NOT_SUPPORTED, f"{self.session.address.title} cannot be steered.")
        parts = [axes]
        if alone:
            turning = stopping or any((pan, tilt, *self._last[:2]))
            zooming = stopping or bool(zoom or self._last[2]) or not turning
            wanted = [name for name, needed in (("PanTilt", turning), ("Zoom", zooming)) if needed]
            wanted.sort(key=lambda name: bool(zoom) if name == "Zoom" else bool(pan or tilt))  # zeros first
            parts = [{name: axes[name]} for name in wanted if name in axes]
        options: dict[str, Any] = {} if hold_s is None else {"Timeout": timedelta(seconds=hold_s)}
        for part in parts:
            self.call("ContinuousMove", Velocity=part, seconds=seconds, stopping=stopping, **options)

    def _axes(self, pan: float, tilt: float, zoom: float) -> dict[str, dict[str, Any]]:
        capabilities, axes = self.capabilities, {}
        if capabilities.abilities.pan_tilt:
            space = capabilities.pan_tilt_speed
            axes["PanTilt"] = {"x": space.x.speed(pan), "y": space.y.speed(tilt), **_named(space)}
            if capabilities.limitations.no_tilt_in_a_pan and pan and not tilt:
                del axes["PanTilt"]["y"]
        if capabilities.abilities.zoom:
            axes["Zoom"] = {"x": capabilities.zoom_speed.x.speed(zoom), **_named(capabilities.zoom_speed)}
        return axes

    def position(self, node: Node | None) -> Position:
        """Read a position (pan, tilt, zoom); None for each that the camera does not say."""
        if node is None:
            return None, None, None
        head, lens = node.find("{*}PanTilt"), node.find("{*}Zoom")
        at, zoom_at = self.capabilities.pan_tilt_position, self.capabilities.zoom_position.x
        pan = at.x.centred(number_of(head.get("x"))) if head is not None else None
        tilt = at.y.centred(number_of(head.get("y"))) if head is not None else None
        return pan, tilt, zoom_at.share(number_of(lens.get("x"))) if lens is not None else None

    def call(
        self, operation: str, *, seconds: float = CALL_S, stopping: bool = False, **parameters: Any
    ) -> Node:
        """Call an operation of the PTZ service for the profile that is steered. Raises DeviceFault."""
        parameters["ProfileToken"] = self.capabilities.profile_token
        return self.session.call(Service.PTZ, operation, seconds=seconds, stopping=stopping, **parameters)


def _named(space: Space) -> dict[str, str]:
    return {"space": space.uri} if space.uri else {}
