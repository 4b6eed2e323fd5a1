"""Answers the PTZ service: one node, one configuration, moves, presets and home."""

import re

from controlroom.simulator import patrol
from controlroom.simulator.field_of_view import looking_at
from controlroom.simulator.onvif.ptz_configuration import (
    CONFIGURATION,
    NODE,
    configuration,
    node,
    space_elements,
)
from controlroom.simulator.onvif.ptz_spaces import (
    Vector,
    in_field_of_view,
    read_share,
    read_vector,
    write_position,
)
from controlroom.simulator.onvif.soap import (
    Answer,
    Call,
    Node,
    SoapFaultReply,
    duration,
    flag,
    seconds,
    tptz,
    tt,
)
from controlroom.simulator.ptz_head import LEAST_TIMEOUT_S, MOST_TIMEOUT_S, StoredPreset

_RESTRICTED_NAME = re.compile(r"[A-Za-z0-9_.\-]*")


def get_service_capabilities(call: Call) -> Node:
    """What the PTZ service can do."""
    return tptz.GetServiceCapabilitiesResponse(service_capabilities(call))


def service_capabilities(call: Call) -> Node:
    """The element both GetServices and GetServiceCapabilities carry."""
    quirks = call.camera.settings.ptz
    return tptz.Capabilities(
        EFlip="false",
        Reverse="false",
        GetCompatibleConfigurations="false",
        MoveStatus=flag(quirks.move_status),
        StatusPosition="true",
    )


def get_nodes(call: Call) -> Node:
    """The one node."""
    return tptz.GetNodesResponse(node(call.camera))


def get_node(call: Call) -> Node:
    """The same by its token."""
    if call.text("NodeToken") != NODE:
        raise SoapFaultReply("There is no such node", "InvalidArgVal", "NoEntity")
    return tptz.GetNodeResponse(node(call.camera, tptz.PTZNode))


def get_configurations(call: Call) -> Node:
    """The one configuration."""
    return tptz.GetConfigurationsResponse(configuration(call.camera, tptz.PTZConfiguration))


def get_configuration(call: Call) -> Node:
    """The same by its token."""
    _check_configuration(call, "PTZConfigurationToken")
    return tptz.GetConfigurationResponse(configuration(call.camera, tptz.PTZConfiguration))


def get_configuration_options(call: Call) -> Node:
    """Spaces and the limits of Timeout."""
    _check_configuration(call, "ConfigurationToken")
    limits = tt.PTZTimeout(tt.Min(duration(LEAST_TIMEOUT_S)), tt.Max(duration(MOST_TIMEOUT_S)))
    return tptz.GetConfigurationOptionsResponse(
        tptz.PTZConfigurationOptions(tt.Spaces(*space_elements(call.camera)), limits)
    )


def continuous_move(call: Call) -> Node:
    """Move at a velocity until Stop, another move or the time-out."""
    _check_profile(call)
    quirks = call.camera.settings.ptz
    velocity = _vector(call, "Velocity", "velocity")
    if velocity == Vector():
        raise SoapFaultReply("A velocity is missing", "InvalidArgVal", "InvalidVelocity")
    if (velocity.zoom is not None and not quirks.zoom) or (velocity.pan is not None and not quirks.pan_tilt):
        raise SoapFaultReply("There is no such axis", "InvalidArgVal", "SpaceNotSupported")
    if quirks.one_axis_at_a_time and velocity.pan is not None and velocity.zoom is not None:
        raise SoapFaultReply("PanTilt and Zoom cannot move together", "InvalidArgVal", "InvalidVelocity")
    timeout = call.text("Timeout")
    if timeout and quirks.refuse_timeout:
        raise SoapFaultReply("Timeout is not supported", "InvalidArgVal", "TimeoutNotSupported")
    lasts = seconds(timeout) if timeout else None
    if lasts is not None and not LEAST_TIMEOUT_S <= lasts <= MOST_TIMEOUT_S:
        raise SoapFaultReply("Timeout is out of range", "InvalidArgVal", "TimeoutNotSupported")
    call.camera.head.go_on(velocity.pan, velocity.tilt, velocity.zoom, lasts)
    return tptz.ContinuousMoveResponse()


def absolute_move(call: Call) -> Node:
    """Go to a position."""
    _check_profile(call)
    if not call.camera.settings.ptz.absolute:
        raise _not_supported("AbsoluteMove")
    target = _vector(call, "Position", "position")
    if target == Vector():
        raise SoapFaultReply("A position is missing", "InvalidArgVal", "InvalidPosition")
    call.camera.head.go_to(target.pan, target.tilt, target.zoom, _speed(call))
    return tptz.AbsoluteMoveResponse()


def relative_move(call: Call) -> Node:
    """Go by a distance."""
    _check_profile(call)
    if not call.camera.settings.ptz.relative:
        raise _not_supported("RelativeMove")
    head, translation = call.camera.head, call.find("Translation")
    share = in_field_of_view(translation)
    if translation is not None and share is not None:
        if not head.quirks.fov:
            raise SoapFaultReply(
                "That coordinate space is not supported", "InvalidArgVal", "SpaceNotSupported"
            )
        target = looking_at(head.position(), *read_share(share))
        translation.remove(share)
        zoom = _vector(call, "Translation", "translation").zoom or 0.0
        head.go_to(target.pan, target.tilt, target.zoom + zoom, _speed(call), "relative")
        return tptz.RelativeMoveResponse()
    way = _vector(call, "Translation", "translation")
    head.go_by(way.pan or 0.0, way.tilt or 0.0, way.zoom or 0.0, _speed(call))
    return tptz.RelativeMoveResponse()


def stop(call: Call) -> Node:
    """Stop. An axis that is not named stops too (so the service description); only `false` spares it."""
    _check_profile(call)
    if call.camera.settings.ptz.stop_unsupported:
        raise _not_supported("Stop")
    spared = {name: call.text(name) in {"false", "0"} for name in ("PanTilt", "Zoom")}
    call.camera.head.stop(pan_tilt=not spared["PanTilt"], zoom=not spared["Zoom"])
    return tptz.StopResponse()


def get_status(call: Call) -> Node:
    """Say where the head is and whether it moves, with the camera's own time."""
    _check_profile(call)
    head = call.camera.head
    status = tptz.PTZStatus(write_position(head.position(), head.quirks.spaces))
    if head.quirks.move_status:
        state = "MOVING" if head.says_moving() else "IDLE"
        status.append(tt.MoveStatus(tt.PanTilt(state), tt.Zoom(state)))
    status.append(tt.UtcTime(f"{call.camera.now():%Y-%m-%dT%H:%M:%SZ}"))
    return tptz.GetStatusResponse(status)


def get_presets(call: Call) -> Node:
    """Every preset."""
    _check_profile(call)
    spaces = call.camera.settings.ptz.spaces
    presets = [
        tptz.Preset(
            tt.Name(preset.name),
            write_position(preset.position, spaces, tt.PTZPosition),
            token=preset.token,
        )
        for preset in call.camera.head.presets()
    ]
    return tptz.GetPresetsResponse(*presets)


def set_preset(call: Call) -> Node:
    """Store the present position under a new token or a known one."""
    _check_profile(call)
    head = call.camera.head
    name, token = call.text("PresetName") or "", call.text("PresetToken") or None
    if len(name) > 64 or (head.quirks.preset_names_restricted and not _RESTRICTED_NAME.fullmatch(name)):
        raise SoapFaultReply("The preset name cannot be used", "InvalidArgVal", "InvalidPresetName")
    if token is not None:
        _preset(call)
    if token is None and name and any(preset.name == name for preset in head.presets()):
        raise SoapFaultReply("The preset name exists already", "InvalidArgVal", "PresetExist")
    stored = head.store_preset(name, token)
    if stored is None:
        raise SoapFaultReply("No further preset can be stored", "Action", "TooManyPresets", sender=False)
    return tptz.SetPresetResponse(tptz.PresetToken(stored.token))


def goto_preset(call: Call) -> Node:
    """Go to a preset."""
    _check_profile(call)
    position = _preset(call).position
    call.camera.head.go_to(position.pan, position.tilt, position.zoom, _speed(call), "preset")
    return tptz.GotoPresetResponse()


def remove_preset(call: Call) -> Node:
    """Forget a preset."""
    _check_profile(call)
    call.camera.head.forget_preset(_preset(call).token)
    return tptz.RemovePresetResponse()


def goto_home_position(call: Call) -> Node:
    """Go home."""
    _check_profile(call)
    if not call.camera.settings.ptz.home:
        raise _not_supported("GotoHomePosition")
    call.camera.head.go_home(_speed(call))
    return tptz.GotoHomePositionResponse()


def set_home_position(call: Call) -> Node:
    """Make the present position home."""
    _check_profile(call)
    if not call.camera.settings.ptz.home:
        raise _not_supported("SetHomePosition")
    call.camera.head.store_home()
    return tptz.SetHomePositionResponse()


def send_auxiliary_command(call: Call) -> Node:
    """Carry out one of the commands that the node lists."""
    _check_profile(call)
    command = call.text("AuxiliaryData") or ""
    if command not in call.camera.settings.ptz.auxiliary:
        raise SoapFaultReply("There is no such auxiliary command", "InvalidArgVal", "InvalidAuxiliaryCommand")
    call.camera.head.do_extra(command)
    return tptz.SendAuxiliaryCommandResponse(tptz.AuxiliaryResponse(command))


def get_preset_tours(call: Call) -> Node:
    """The camera's own tour, where it has one."""
    _check_profile(call)
    head = call.camera.head
    if not head.quirks.tours:
        return tptz.GetPresetToursResponse()
    state = tt.Status(tt.State(head.patrol.state))
    tour = tptz.PresetTour(
        tt.Name(patrol.NAME), state, tt.AutoStart("false"), tt.StartingCondition(), token=patrol.TOKEN
    )
    return tptz.GetPresetToursResponse(tour)


def operate_preset_tour(call: Call) -> Node:
    """Start, stop or pause it."""
    _check_profile(call)
    head = call.camera.head
    if not head.quirks.tours or call.text("PresetTourToken") != patrol.TOKEN:
        raise SoapFaultReply("There is no such tour", "InvalidArgVal", "NoToken")
    if not head.tour(call.text("Operation") or ""):
        raise SoapFaultReply("There is no such operation", "InvalidArgVal", "InvalidOperation")
    return tptz.OperatePresetTourResponse()


def _vector(call: Call, name: str, kind: str) -> Vector:
    return read_vector(call.find(name), kind, call.camera.settings.ptz.spaces)


def _speed(call: Call) -> float:
    """Read the one speed of a whole move, 0…1; full if there is none."""
    speed = _vector(call, "Speed", "speed")
    given = [value for value in (speed.pan, speed.tilt, speed.zoom) if value]
    return max(given) if given else 1.0


def _check_profile(call: Call) -> None:
    if (call.text("ProfileToken") or "") not in call.camera.shapes:
        raise SoapFaultReply("The requested profile token does not exist", "InvalidArgVal", "NoProfile")


def _check_configuration(call: Call, name: str) -> None:
    if call.text(name) != CONFIGURATION:
        raise SoapFaultReply("The requested configuration does not exist", "InvalidArgVal", "NoConfig")


def _preset(call: Call) -> StoredPreset:
    preset = call.camera.head.preset(call.text("PresetToken") or "")
    if preset is None:
        raise SoapFaultReply("The requested preset token does not exist", "InvalidArgVal", "NoToken")
    return preset


def _not_supported(operation: str) -> SoapFaultReply:
    return SoapFaultReply(f"{operation} is not supported", "ActionNotSupported", sender=False)


OPEN: dict[str, Answer] = {"GetServiceCapabilities": get_service_capabilities}
CLOSED: dict[str, Answer] = {
    "GetNodes": get_nodes,
    "GetNode": get_node,
    "GetConfigurations": get_configurations,
    "GetConfiguration": get_configuration,
    "GetConfigurationOptions": get_configuration_options,
    "ContinuousMove": continuous_move,
    "AbsoluteMove": absolute_move,
    "RelativeMove": relative_move,
    "Stop": stop,
    "GetStatus": get_status,
    "GetPresets": get_presets,
    "SetPreset": set_preset,
    "GotoPreset": goto_preset,
    "RemovePreset": remove_preset,
    "GotoHomePosition": goto_home_position,
    "SetHomePosition": set_home_position,
    "SendAuxiliaryCommand": send_auxiliary_command,
    "GetPresetTours": get_preset_tours,
    "OperatePresetTour": operate_preset_tour,
}
