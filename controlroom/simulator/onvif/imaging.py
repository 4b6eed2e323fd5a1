"""Answers the imaging service: focus and iris of the one sensor."""

from controlroom.simulator.lens import MOST_IRIS_DB
from controlroom.simulator.onvif.media import SOURCE
from controlroom.simulator.onvif.soap import Answer, Call, Node, SoapFaultReply, timg, tt

SPEEDS = (-7.0, 7.0)
"""What Move announces and takes: a range of the camera's own."""


def get_service_capabilities(call: Call) -> Node:
    """What the imaging service can do."""
    return timg.GetServiceCapabilitiesResponse(service_capabilities(call))


def service_capabilities(_: Call) -> Node:
    """The element both GetServices and GetServiceCapabilities carry."""
    return timg.Capabilities(ImageStabilization="false")


def get_imaging_settings(call: Call) -> Node:
    """How exposure and focus are set."""
    _check_source(call)
    lens, quirks = call.camera.lens, call.camera.settings.lens
    settings = timg.ImagingSettings()
    if quirks.iris:
        exposure = tt.Exposure(tt.Mode("AUTO" if lens.auto_iris else "MANUAL"))
        exposure.extend([tt.ExposureTime("20000"), tt.Gain("0"), tt.Iris(f"{lens.iris_db:g}")])
        settings.append(exposure)
    if quirks.focus:
        settings.append(tt.Focus(tt.AutoFocusMode("AUTO" if lens.autofocus else "MANUAL")))
    return timg.GetImagingSettingsResponse(settings)


def set_imaging_settings(call: Call) -> Node:
    """Set what is named; what is left out stays."""
    _check_source(call)
    lens, quirks = call.camera.lens, call.camera.settings.lens
    focus, exposure = call.find("ImagingSettings", "Focus"), call.find("ImagingSettings", "Exposure")
    if (focus is not None and not quirks.focus) or (exposure is not None and not quirks.iris):
        raise _invalid()
    iris = call.text("ImagingSettings", "Exposure", "Iris")
    if exposure is not None and iris:
        try:
            wanted = float(iris)
        except ValueError as error:
            raise _invalid() from error
        if not 0.0 <= wanted <= MOST_IRIS_DB:
            raise _invalid()
        lens.iris_db = wanted
    if exposure is not None:
        lens.auto_iris = call.text("ImagingSettings", "Exposure", "Mode") == "AUTO"
    if focus is not None:
        lens.set_autofocus(call.text("ImagingSettings", "Focus", "AutoFocusMode") == "AUTO")
    return timg.SetImagingSettingsResponse()


def get_options(call: Call) -> Node:
    """What can be set."""
    _check_source(call)
    quirks, options = call.camera.settings.lens, timg.ImagingOptions()
    if quirks.iris:
        iris = tt.Iris(tt.Min("0"), tt.Max(f"{MOST_IRIS_DB:g}"))
        options.append(tt.Exposure(tt.Mode("AUTO"), tt.Mode("MANUAL"), iris))
    if quirks.focus:
        options.append(tt.Focus(tt.AutoFocusModes("AUTO"), tt.AutoFocusModes("MANUAL")))
    return timg.GetOptionsResponse(options)


def get_move_options(call: Call) -> Node:
    """How the focus can be moved."""
    _check_source(call)
    options = timg.MoveOptions()
    if call.camera.settings.lens.focus:
        speeds = tt.Speed(tt.Min(f"{SPEEDS[0]:g}"), tt.Max(f"{SPEEDS[1]:g}"))
        options.append(tt.Continuous(speeds))
    return timg.GetMoveOptionsResponse(options)


def move(call: Call) -> Node:
    """Move the focus until Stop."""
    _check_source(call)
    quirks, lens = call.camera.settings.lens, call.camera.lens
    given = call.text("Focus", "Continuous", "Speed")
    if not quirks.focus or given is None:
        raise SoapFaultReply("That focus move is not supported", "ActionNotSupported", sender=False)
    if quirks.manual_first and lens.autofocus:
        raise _invalid()
    try:
        speed = float(given)
    except ValueError as error:
        raise _invalid() from error
    if not SPEEDS[0] <= speed <= SPEEDS[1]:
        raise _invalid()
    lens.move(speed / SPEEDS[1])
    return timg.MoveResponse()


def stop(call: Call) -> Node:
    """Stop the focus."""
    _check_source(call)
    call.camera.lens.stop()
    return timg.StopResponse()


def get_status(call: Call) -> Node:
    """Say where the focus is and whether it moves."""
    _check_source(call)
    lens = call.camera.lens
    state = "MOVING" if lens.moving else "IDLE"
    focus = tt.FocusStatus20(tt.Position(f"{lens.focus:.4g}"), tt.MoveStatus(state))
    return timg.GetStatusResponse(timg.Status(focus))


def _check_source(call: Call) -> None:
    if call.text("VideoSourceToken") != SOURCE:
        raise SoapFaultReply("There is no such video source", "InvalidArgVal", "NoSource")


def _invalid() -> SoapFaultReply:
    return SoapFaultReply("The settings cannot be used", "InvalidArgVal", "SettingsInvalid")


OPEN: dict[str, Answer] = {"GetServiceCapabilities": get_service_capabilities}
CLOSED: dict[str, Answer] = {
    "GetImagingSettings": get_imaging_settings,
    "SetImagingSettings": set_imaging_settings,
    "GetOptions": get_options,
    "GetMoveOptions": get_move_options,
    "Move": move,
    "Stop": stop,
    "GetStatus": get_status,
}
