"""Makes the elements that tell what a simulated head can do: its configuration, its node and their spaces."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from controlroom.simulator.onvif.ptz_spaces import FOV, PAN_TILT, ZOOM, Range, ranges
from controlroom.simulator.onvif.soap import Make, Node, duration, flag, tptz, tt
from controlroom.simulator.patrol import OPERATIONS
from controlroom.simulator.ptz_head import DEFAULT_TIMEOUT_S
from controlroom.simulator.settings import PtzQuirks

if TYPE_CHECKING:
    from controlroom.simulator.camera import VirtualCamera

NODE, CONFIGURATION = "ptz-node-0", "ptz-config-0"


def configuration(camera: "VirtualCamera", make: Make) -> Node:
    """Make the tt:PTZConfiguration, which is also part of every media profile."""
    quirks = camera.settings.ptz
    element = make(tt.Name("PTZ"), tt.UseCount("2"), tt.NodeToken(NODE), token=CONFIGURATION)
    for name, space in _defaults(quirks):
        element.append(getattr(tt, name)(space))
    turning = tt.PanTilt(x="1", y="1", space=PAN_TILT["speed"]) if quirks.pan_tilt else None
    zooming = tt.Zoom(x="1", space=ZOOM["speed"]) if quirks.zoom else None
    element.append(tt.DefaultPTZSpeed(*(each for each in (turning, zooming) if each is not None)))
    element.append(tt.DefaultPTZTimeout(duration(DEFAULT_TIMEOUT_S)))
    known = ranges(quirks.spaces, "position")
    if quirks.pan_tilt:
        element.append(tt.PanTiltLimits(_space(tt.Range, PAN_TILT["position"], known.pan, known.tilt)))
    if quirks.zoom:
        element.append(tt.ZoomLimits(_space(tt.Range, ZOOM["position"], known.zoom)))
    return element


def node(camera: "VirtualCamera", make: Make = tptz.PTZNode) -> Node:
    """Make the one node."""
    return make(
        tt.Name("Head"),
        tt.SupportedPTZSpaces(*space_elements(camera)),
        tt.MaximumNumberOfPresets(str(camera.settings.ptz.max_presets)),
        tt.HomeSupported(flag(camera.settings.ptz.home)),
        *(tt.AuxiliaryCommands(command) for command in camera.settings.ptz.auxiliary),
        *_tours(camera.settings.ptz.tours),
        token=NODE,
        FixedHomePosition="false",
    )


def _tours(most: int) -> Iterator[Node]:
    if most:
        operations = (tt.PTZPresetTourOperation(each) for each in OPERATIONS)
        yield tt.Extension(tt.SupportedPresetTour(tt.MaximumNumberOfPresetTours(str(most)), *operations))


def _defaults(quirks: PtzQuirks) -> Iterator[tuple[str, str]]:
    """The default space of every kind of move, in the order of the schema (which misspells the first)."""
    if quirks.absolute and quirks.pan_tilt:
        yield "DefaultAbsolutePantTiltPositionSpace", PAN_TILT["position"]
    if quirks.absolute and quirks.zoom:
        yield "DefaultAbsoluteZoomPositionSpace", ZOOM["position"]
    if quirks.relative and quirks.pan_tilt:
        yield "DefaultRelativePanTiltTranslationSpace", FOV if quirks.fov else PAN_TILT["translation"]
    if quirks.relative and quirks.zoom:
        yield "DefaultRelativeZoomTranslationSpace", ZOOM["translation"]
    if quirks.pan_tilt:
        yield "DefaultContinuousPanTiltVelocitySpace", PAN_TILT["velocity"]
    if quirks.zoom:
        yield "DefaultContinuousZoomVelocitySpace", ZOOM["velocity"]


def space_elements(camera: "VirtualCamera") -> list[Node]:
    """Make the spaces of every kind of move, in the order of the schema."""
    quirks = camera.settings.ptz
    turns, zooms, elements = quirks.pan_tilt, quirks.zoom, []

    def add(name: str, space: str, across: Range, up: Range | None = None) -> None:
        elements.append(_space(getattr(tt, name), space, across, up))

    position, way = ranges(quirks.spaces, "position"), ranges(quirks.spaces, "translation")
    velocity, speed = ranges(quirks.spaces, "velocity"), ranges(quirks.spaces, "speed")
    if quirks.absolute and turns:
        add("AbsolutePanTiltPositionSpace", PAN_TILT["position"], position.pan, position.tilt)
    if quirks.absolute and zooms:
        add("AbsoluteZoomPositionSpace", ZOOM["position"], position.zoom)
    if quirks.relative and turns:
        add("RelativePanTiltTranslationSpace", PAN_TILT["translation"], way.pan, way.tilt)
        if quirks.fov:
            add("RelativePanTiltTranslationSpace", FOV, (-1.0, 1.0), (-1.0, 1.0))
    if quirks.relative and zooms:
        add("RelativeZoomTranslationSpace", ZOOM["translation"], way.zoom)
    if turns:
        add("ContinuousPanTiltVelocitySpace", PAN_TILT["velocity"], velocity.pan, velocity.tilt)
    if zooms:
        add("ContinuousZoomVelocitySpace", ZOOM["velocity"], velocity.zoom)
    if turns:
        add("PanTiltSpeedSpace", PAN_TILT["speed"], speed.pan)
    if zooms:
        add("ZoomSpeedSpace", ZOOM["speed"], speed.zoom)
    return elements


def _space(make: Make, uri: str, across: Range, up: Range | None = None) -> Node:
    element = make(tt.URI(uri), tt.XRange(tt.Min(f"{across[0]:g}"), tt.Max(f"{across[1]:g}")))
    if up is not None:
        element.append(tt.YRange(tt.Min(f"{up[0]:g}"), tt.Max(f"{up[1]:g}")))
    return element
