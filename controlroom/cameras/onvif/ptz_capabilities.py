"""Reads once what a camera's pan-tilt-zoom head can do: its abilities, ranges and limitations.

What was read is valid for every session with that camera. Its coordinates are converted to the program's: pan, tilt
and speeds -1 to 1, zoom 0 to 1.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import isodate

from controlroom.cameras.devices import REFUSED_LOGIN, DeviceFault, PtzAbilities
from controlroom.cameras.onvif.media import MediaProfile
from controlroom.cameras.onvif.safe_xml import Node, number_of, text_of, tidy
from controlroom.cameras.onvif.session import OTHER_WAY_MAY_WORK, CameraSession
from controlroom.cameras.onvif.wsdl import Service

_PAN_TILT_SPEED, _ZOOM_SPEED = "ContinuousPanTiltVelocitySpace", "ContinuousZoomVelocitySpace"
_PAN_TILT_PLACE, _ZOOM_PLACE = "AbsolutePanTiltPositionSpace", "AbsoluteZoomPositionSpace"
_PAN_TILT_STEP, _ZOOM_STEP = "RelativePanTiltTranslationSpace", "RelativeZoomTranslationSpace"
_KINDS = (_PAN_TILT_SPEED, _ZOOM_SPEED, _PAN_TILT_PLACE, _ZOOM_PLACE, _PAN_TILT_STEP, _ZOOM_STEP)
FOV_SPACE = "TranslationSpaceFov"
LONGEST_COMMAND = 128  # as ONVIF's AuxiliaryData
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

    def value(self, share: float) -> float:
        """Return the camera's value at `share` (0 to 1) along the range."""
        return self.low + min(1.0, max(0.0, share)) * (self.high - self.low)

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


@dataclass
class PtzLimitations:
    """What a camera turned out not to accept. The camera's sessions share it; fields are only ever set to True."""

    without_timeout: bool = False  # Bosch rejects it, others fault on values out of their range
    one_axis_at_a_time: bool = False  # a Sony cannot take PanTilt and Zoom together
    no_tilt_in_a_pan: bool = False  # Reolink wants `y` left out
    stop_by_zero: bool = False  # no Stop: a move at speed zero instead
    plain_names: bool = False  # preset names only of [A-Za-z0-9_.-]

    @classmethod
    def of(cls, make: str) -> "PtzLimitations":
        """Return what is known of a make before the camera is asked."""
        make = make.lower()
        return cls(
            without_timeout="bosch" in make,
            one_axis_at_a_time="sony" in make,
            no_tilt_in_a_pan="reolink" in make,
        )


@dataclass(frozen=True)
class PtzCapabilities:
    """What a head can do, valid for every session with its camera."""

    profile_token: str
    abilities: PtzAbilities
    pan_tilt_speed: Space = ANY_SPACE
    zoom_speed: Space = ANY_SPACE
    pan_tilt_position: Space = ANY_SPACE
    zoom_position: Space = ZOOM_POSITION
    fov_step: Space | None = None
    """For steps in shares of the field of view, where the camera takes them by default."""
    pan_tilt_step: Space | None = None
    zoom_step: Space | None = None
    shortest_hold_s: float = 0.0
    longest_hold_s: float = 60.0
    limitations: PtzLimitations = field(default_factory=PtzLimitations)


def read_ptz_capabilities(
    session: CameraSession, profiles: list[MediaProfile], make: str = ""
) -> PtzCapabilities | None:
    """Read the head of the first profile with a picture and a PTZ configuration; None where there is none.

    Options and node give its ranges and abilities; for a camera that offers neither, the profile is believed.
    Raises DeviceFault for a refused login or a camera that stopped answering.
    """
    steerable = [profile for profile in profiles if profile.ptz is not None]
    if not steerable or not session.finds(Service.PTZ, "/onvif/ptz_service", by="GetNodes"):
        return None
    profile = next((each for each in steerable if each.record.encoding), steerable[0])
    configuration = profile.ptz
    assert configuration is not None
    options = _permitted(
        session, lambda: _ask(session, "GetConfigurationOptions", ConfigurationToken=configuration.token)
    )
    node = _permitted(session, lambda: _node(session, configuration.node_token))
    return _capabilities(profile, options, node, PtzLimitations.of(make))


def _permitted(session: CameraSession, read: Callable[[], Node | None]) -> Node | None:
    """Return what `read` reads; None where the camera keeps it from this user, whom it has let in."""
    try:
        return read()
    except DeviceFault as fault:
        if fault.kind not in REFUSED_LOGIN or session.login.refused:
            raise
        return None


def _node(session: CameraSession, token: str) -> Node | None:
    """Return the node of the head, from the list of all where the camera does not answer for one."""
    if not token:
        return None
    answer = _ask(session, "GetNode", NodeToken=token)
    if answer is not None:
        return answer
    listed = _ask(session, "GetNodes")
    nodes = list(listed.iter("{*}PTZNode")) if listed is not None else []
    return next((each for each in nodes if each.get("token") == token), None)


def _ask(session: CameraSession, operation: str, **parameters: Any) -> Node | None:
    try:
        return session.call(Service.PTZ, operation, **parameters)
    except DeviceFault as fault:
        if fault.kind in OTHER_WAY_MAY_WORK:
            return None
        raise


def _capabilities(
    profile: MediaProfile, options: Node | None, node: Node | None, limitations: PtzLimitations
) -> PtzCapabilities:
    defaults = profile.ptz.defaults if profile.ptz is not None else {}
    listed = {kind: _spaces(options, kind) or _spaces(node, kind) for kind in _KINDS}
    turning = _choose(listed[_PAN_TILT_SPEED], defaults.get("DefaultContinuousPanTiltVelocitySpace", ""))
    zooming = _choose(listed[_ZOOM_SPEED], defaults.get("DefaultContinuousZoomVelocitySpace", ""))
    # the standard itself misspells this one
    place = _choose(listed[_PAN_TILT_PLACE], defaults.get("DefaultAbsolutePantTiltPositionSpace", ""))
    lens = _choose(listed[_ZOOM_PLACE], defaults.get("DefaultAbsoluteZoomPositionSpace", ""))
    steps = listed[_PAN_TILT_STEP]
    default_step = defaults.get("DefaultRelativePanTiltTranslationSpace", "")
    fov = next((space for space in steps if FOV_SPACE in space.uri and FOV_SPACE in default_step), None)
    shortest = _hold(options, "Min", 0.0)
    return PtzCapabilities(
        profile_token=profile.record.token,
        abilities=_abilities(listed, defaults, node),
        pan_tilt_speed=turning or ANY_SPACE,
        zoom_speed=zooming or ANY_SPACE,
        pan_tilt_position=place or ANY_SPACE,
        zoom_position=lens or ZOOM_POSITION,
        fov_step=fov,
        pan_tilt_step=next((space for space in steps if FOV_SPACE not in space.uri), None),
        zoom_step=next(iter(listed[_ZOOM_STEP]), None),
        shortest_hold_s=shortest,
        longest_hold_s=max(shortest, _hold(options, "Max", 60.0)),
        limitations=limitations,
    )


def _abilities(listed: dict[str, list[Space]], defaults: dict[str, str], node: Node | None) -> PtzAbilities:
    """Derive the abilities.

    Dahua lists no speed spaces and moves all the same: then the default spaces decide, if any.
    """
    silent = not any(listed.values()) and not defaults
    steps = [space.uri for space in listed[_PAN_TILT_STEP]]
    most = number_of(text_of(node, ".//{*}MaximumNumberOfPresets")) if node is not None else None
    return PtzAbilities(
        pan_tilt=silent
        or bool(listed[_PAN_TILT_SPEED])
        or "DefaultContinuousPanTiltVelocitySpace" in defaults,
        zoom=silent or bool(listed[_ZOOM_SPEED]) or "DefaultContinuousZoomVelocitySpace" in defaults,
        absolute=bool(listed[_PAN_TILT_PLACE] or listed[_ZOOM_PLACE])
        or "DefaultAbsolutePantTiltPositionSpace" in defaults,
        relative=bool(steps),
        relative_fov=FOV_SPACE in defaults.get("DefaultRelativePanTiltTranslationSpace", "")
        and any(FOV_SPACE in uri for uri in steps),
        relative_zoom=bool(listed[_ZOOM_STEP]),
        absolute_zoom=bool(listed[_ZOOM_PLACE]),
        presets=most is None or most > 0,
        home=node is not None and text_of(node, ".//{*}HomeSupported").lower() in ("true", "1"),
        tours=node is not None and bool(number_of(text_of(node, ".//{*}MaximumNumberOfPresetTours"))),
        max_presets=None if most is None else int(most),
        auxiliary=_auxiliary(node),
    )


def _auxiliary(node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    commands = (tidy(each.text or "", LONGEST_COMMAND) for each in node.iter("{*}AuxiliaryCommands"))
    return tuple(dict.fromkeys(filter(None, commands)))


def _hold(options: Node | None, which: str, otherwise: float) -> float:
    text = text_of(options, f".//{{*}}PTZTimeout/{{*}}{which}") if options is not None else ""
    try:
        length = isodate.parse_duration(text)
        return min(60.0, max(0.0, length.total_seconds()))
    except (isodate.ISO8601Error, AttributeError, ValueError, OverflowError):
        return otherwise


def _spaces(about: Node | None, kind: str) -> list[Space]:
    """List the spaces of one kind in a camera's options or node; a range that cannot be true is the usual one."""
    usual = ZOOM_POSITION if kind == _ZOOM_PLACE else ANY_SPACE
    found = [
        Space(text_of(node, "{*}URI"), _range(node, "XRange", usual.x), _range(node, "YRange", usual.y))
        for node in (about.iter(f"{{*}}{kind}") if about is not None else ())
    ]
    return [space for space in found if space.uri]


def _choose(listed: Iterable[Space], default: str) -> Space | None:
    """Choose the space to use: the camera's default, else the generic one (neither need be named), else the first."""
    listed = list(listed)
    for wanted in (lambda space: space.uri == default, lambda space: "Generic" in space.uri):
        for space in listed:
            if wanted(space):
                return Space("", space.x, space.y)
    return listed[0] if listed else None


def _range(node: Node, name: str, usual: Range) -> Range:
    low, high = (
        number_of(node.findtext(f"{{*}}{name}/{{*}}Min")),
        number_of(node.findtext(f"{{*}}{name}/{{*}}Max")),
    )
    if low is None or high is None or low >= high:
        return usual
    return Range(low, high)
