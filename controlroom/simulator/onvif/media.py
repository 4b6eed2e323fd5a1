"""Answers the media service: two profiles, main and sub, with their stream and snapshot addresses."""

from controlroom.simulator.condition import Hostility
from controlroom.simulator.onvif.ptz_configuration import configuration as ptz_configuration
from controlroom.simulator.onvif.soap import Answer, Call, Make, Node, SoapFaultReply, duration, trt, tt
from controlroom.simulator.settings import StreamShape

SOURCE, SOURCE_CONFIGURATION = "source-0", "source-config-0"


def get_service_capabilities(call: Call) -> Node:
    """What the media service can do."""
    return trt.GetServiceCapabilitiesResponse(service_capabilities(call))


def service_capabilities(_: Call) -> Node:
    """The element both GetServices and GetServiceCapabilities carry."""
    return trt.Capabilities(
        trt.ProfileCapabilities(MaximumNumberOfProfiles="2"),
        trt.StreamingCapabilities(RTPMulticast="false", RTP_TCP="true", RTP_RTSP_TCP="true"),
        SnapshotUri="true",
        Rotation="false",
    )


def get_profiles(call: Call) -> Node:
    """Main and sub."""
    return trt.GetProfilesResponse(
        *(_profile(call, shape, trt.Profiles) for shape in call.camera.shapes.values())
    )


def get_profile(call: Call) -> Node:
    """One of them."""
    return trt.GetProfileResponse(_profile(call, _shape(call), trt.Profile))


def get_stream_uri(call: Call) -> Node:
    """Where the profile's video is; the same address for TCP and UDP."""
    shape = _shape(call)
    protocol = call.text("StreamSetup", "Transport", "Protocol")
    if protocol not in {"UDP", "TCP", "RTSP"} or call.text("StreamSetup", "Stream") == "RTP-Multicast":
        raise SoapFaultReply("That way of streaming is not supported", "InvalidArgVal", "InvalidStreamSetup")
    if call.camera.condition.hostility is Hostility.FILE_URI:
        return trt.GetStreamUriResponse(_media_uri("file:///etc/passwd"))
    return trt.GetStreamUriResponse(_media_uri(call.camera.stream_url(shape.name, call.host)))


def get_snapshot_uri(call: Call) -> Node:
    """Where a still picture of the profile is."""
    return trt.GetSnapshotUriResponse(_media_uri(f"{call.address}/snapshot/{_shape(call).name}.jpg"))


def get_video_sources(call: Call) -> Node:
    """The one sensor."""
    main = call.camera.shapes["main"]
    return trt.GetVideoSourcesResponse(
        trt.VideoSources(tt.Framerate(str(main.fps)), _resolution(main), token=SOURCE),
    )


def get_video_source_configurations(call: Call) -> Node:
    """The one way the sensor is used."""
    return trt.GetVideoSourceConfigurationsResponse(_source(call, trt.Configurations))


def get_video_source_configuration(call: Call) -> Node:
    """The same by its token."""
    if call.text("ConfigurationToken") != SOURCE_CONFIGURATION:
        raise _no_configuration()
    return trt.GetVideoSourceConfigurationResponse(_source(call, trt.Configuration))


def get_video_encoder_configurations(call: Call) -> Node:
    """How main and sub are encoded."""
    return trt.GetVideoEncoderConfigurationsResponse(
        *(_encoder(shape, trt.Configurations) for shape in call.camera.shapes.values())
    )


def get_video_encoder_configuration(call: Call) -> Node:
    """One of them by its token."""
    return trt.GetVideoEncoderConfigurationResponse(_encoder(_encoder_shape(call), trt.Configuration))


def get_video_encoder_configuration_options(call: Call) -> Node:
    """What could be chosen: exactly what is."""
    token = call.text("ConfigurationToken") or call.text("ProfileToken")
    shapes = [
        each for each in call.camera.shapes.values() if token in {None, each.name, _encoder_token(each)}
    ]
    if not shapes:
        raise _no_configuration()
    h264 = tt.H264(
        *(_resolution(shape, tt.ResolutionsAvailable) for shape in shapes),
        tt.GovLengthRange(tt.Min("1"), tt.Max(str(max(shape.fps for shape in shapes)))),
        tt.FrameRateRange(tt.Min("1"), tt.Max(str(max(shape.fps for shape in shapes)))),
        tt.EncodingIntervalRange(tt.Min("1"), tt.Max("1")),
        tt.H264ProfilesSupported("Baseline"),
    )
    options = trt.Options(tt.QualityRange(tt.Min("0"), tt.Max("10")), h264)
    return trt.GetVideoEncoderConfigurationOptionsResponse(options)


def set_synchronization_point(call: Call) -> Node:
    """A key frame, please."""
    call.camera.want_key(_shape(call).name)
    return trt.SetSynchronizationPointResponse()


def _shape(call: Call) -> StreamShape:
    shape = call.camera.shapes.get(call.text("ProfileToken") or "")
    if shape is None:
        raise SoapFaultReply("The requested profile token does not exist", "InvalidArgVal", "NoProfile")
    return shape


def _encoder_shape(call: Call) -> StreamShape:
    token = call.text("ConfigurationToken")
    shape = next((each for each in call.camera.shapes.values() if _encoder_token(each) == token), None)
    if shape is None:
        raise _no_configuration()
    return shape


def _no_configuration() -> SoapFaultReply:
    return SoapFaultReply("The requested configuration does not exist", "InvalidArgVal", "NoConfig")


def _profile(call: Call, shape: StreamShape, make: Make) -> Node:
    profile = make(tt.Name(shape.name), token=shape.name, fixed="true")
    profile.append(_source(call, tt.VideoSourceConfiguration))
    profile.append(_encoder(shape, tt.VideoEncoderConfiguration))
    if call.camera.settings.has_ptz:
        profile.append(ptz_configuration(call.camera, tt.PTZConfiguration))
    return profile


def _source(call: Call, make: Make) -> Node:
    main = call.camera.shapes["main"]
    return make(
        tt.Name("Sensor"),
        tt.UseCount("2"),
        tt.SourceToken(SOURCE),
        tt.Bounds(x="0", y="0", width=str(main.width), height=str(main.height)),
        token=SOURCE_CONFIGURATION,
    )


def _encoder(shape: StreamShape, make: Make) -> Node:
    return make(
        tt.Name(f"H.264 {shape.name}"),
        tt.UseCount("1"),
        tt.Encoding("H264"),
        _resolution(shape),
        tt.Quality("5"),
        tt.RateControl(
            tt.FrameRateLimit(str(shape.fps)), tt.EncodingInterval("1"), tt.BitrateLimit(str(shape.kilobits))
        ),
        tt.H264(tt.GovLength(str(shape.fps)), tt.H264Profile("Baseline")),
        tt.Multicast(
            tt.Address(tt.Type("IPv4"), tt.IPv4Address("0.0.0.0")),  # noqa: S104
            tt.Port("0"),
            tt.TTL("1"),
            tt.AutoStart("false"),
        ),
        tt.SessionTimeout(duration(60)),
        token=_encoder_token(shape),
    )


def _encoder_token(shape: StreamShape) -> str:
    return f"encoder-{shape.name}"


def _resolution(shape: StreamShape, make: Make = tt.Resolution) -> Node:
    return make(tt.Width(str(shape.width)), tt.Height(str(shape.height)))


def _media_uri(address: str) -> Node:
    return trt.MediaUri(
        tt.Uri(address),
        tt.InvalidAfterConnect("false"),
        tt.InvalidAfterReboot("false"),
        tt.Timeout(duration(0)),
    )


OPEN: dict[str, Answer] = {"GetServiceCapabilities": get_service_capabilities}
CLOSED: dict[str, Answer] = {
    "GetProfiles": get_profiles,
    "GetProfile": get_profile,
    "GetStreamUri": get_stream_uri,
    "GetSnapshotUri": get_snapshot_uri,
    "GetVideoSources": get_video_sources,
    "GetVideoSourceConfigurations": get_video_source_configurations,
    "GetVideoSourceConfiguration": get_video_source_configuration,
    "GetVideoEncoderConfigurations": get_video_encoder_configurations,
    "GetVideoEncoderConfiguration": get_video_encoder_configuration,
    "GetVideoEncoderConfigurationOptions": get_video_encoder_configuration_options,
    "SetSynchronizationPoint": set_synchronization_point,
}
