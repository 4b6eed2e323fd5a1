"""Answers the device service: who the camera is, what it offers, and its clock."""

from datetime import UTC, datetime

from controlroom.clock import local
from controlroom.simulator.onvif.soap import (
    DEVICE,
    IMAGING,
    MEDIA,
    PTZ,
    Answer,
    Call,
    Node,
    SoapFaultReply,
    flag,
    tds,
    tt,
)

TIME_ZONE = "GMT0BST,M3.5.0/1,M10.5.0"
PATHS = {
    DEVICE: "/onvif/device_service",
    MEDIA: "/onvif/media_service",
    PTZ: "/onvif/ptz_service",
    IMAGING: "/onvif/imaging_service",
}
_VERSIONS = dict.fromkeys(PATHS, (2, 60))


def get_system_date_and_time(call: Call) -> Node:
    """Answer with the camera's own clock, which may be wrong."""
    now = call.camera.now()
    return tds.GetSystemDateAndTimeResponse(
        tds.SystemDateAndTime(
            tt.DateTimeType("Manual"),
            tt.DaylightSavings(flag(bool(local(now).dst()))),
            tt.TimeZone(tt.TZ(TIME_ZONE)),
            tt.UTCDateTime(*_time_and_date(now)),
            tt.LocalDateTime(*_time_and_date(local(now))),
        )
    )


def set_system_date_and_time(call: Call) -> Node:
    """Set the clock (Manual) or take the computer's (NTP)."""
    kind = call.text("DateTimeType")
    if kind == "NTP":
        call.camera.set_clock_ahead(0)
    elif kind == "Manual":
        parts = {}
        for group, names in (("Time", ("Hour", "Minute", "Second")), ("Date", ("Year", "Month", "Day"))):
            for name in names:
                parts[name.lower()] = _whole(call.text("UTCDateTime", group, name))
        try:
            call.camera.set_clock(datetime(**parts, tzinfo=UTC))
        except (TypeError, ValueError) as error:
            raise SoapFaultReply(
                "An invalid date or time was specified", "InvalidArgVal", "InvalidDateTime"
            ) from error
    else:
        raise SoapFaultReply("DateTimeType is Manual or NTP", "InvalidArgVal", "InvalidDateTime")
    return tds.SetSystemDateAndTimeResponse()


def get_device_information(call: Call) -> Node:
    """Make, model, firmware, serial number."""
    settings = call.camera.settings
    return tds.GetDeviceInformationResponse(
        tds.Manufacturer(settings.make),
        tds.Model(settings.model),
        tds.FirmwareVersion(settings.firmware),
        tds.SerialNumber(call.camera.serial),
        tds.HardwareId("sim-1"),
    )


def get_services(call: Call) -> Node:
    """List every service with its address and, when asked, its capabilities."""
    with_capabilities = (call.text("IncludeCapability") or "").lower() in {"true", "1"}
    services = []
    for namespace, path in _paths(call).items():
        service = tds.Service(tds.Namespace(namespace), tds.XAddr(call.address + path))
        if with_capabilities:
            service.append(tds.Capabilities(_SERVICE_CAPABILITIES[namespace](call)))
        major, minor = _VERSIONS[namespace]
        service.append(tds.Version(tt.Major(str(major)), tt.Minor(str(minor))))
        services.append(service)
    return tds.GetServicesResponse(*services)


def get_service_capabilities(call: Call) -> Node:
    """What the device service can do."""
    return tds.GetServiceCapabilitiesResponse(service_capabilities(call))


def service_capabilities(_: Call) -> Node:
    """Make the element that both GetServices and GetServiceCapabilities carry."""
    return tds.Capabilities(
        tds.Network(NTP="0", HostnameFromDHCP="false"),
        tds.Security(UsernameToken="true", HttpDigest="true", MaxUsers="1"),
        tds.System(
            DiscoveryResolve="true", DiscoveryBye="true", RemoteDiscovery="false", SystemLogging="false"
        ),
    )


def get_capabilities(call: Call) -> Node:
    """List the services the older way."""
    wanted = {(each.text or "All").strip() for each in call.node if isinstance(each.tag, str)} or {"All"}
    paths = _paths(call)
    offered = {"PTZ"} if PTZ in paths else set()
    offered |= {"Imaging"} if IMAGING in paths else set()
    if not wanted <= {"All", "Device", "Media"} | offered:
        raise SoapFaultReply("There is no such service", "ActionNotSupported", "NoSuchService", sender=False)
    capabilities = tds.Capabilities()
    if wanted & {"All", "Device"}:
        capabilities.append(_device_capabilities(call.address + paths[DEVICE]))
    if wanted & {"All", "Imaging"} and IMAGING in paths:
        capabilities.append(tt.Imaging(tt.XAddr(call.address + paths[IMAGING])))
    if wanted & {"All", "Media"}:
        streaming = tt.StreamingCapabilities(
            tt.RTPMulticast("false"), tt.RTP_TCP("true"), tt.RTP_RTSP_TCP("true")
        )
        capabilities.append(tt.Media(tt.XAddr(call.address + paths[MEDIA]), streaming))
    if wanted & {"All", "PTZ"} and PTZ in paths:
        capabilities.append(tt.PTZ(tt.XAddr(call.address + paths[PTZ])))
    return tds.GetCapabilitiesResponse(capabilities)


def get_scopes(call: Call) -> Node:
    """List the scopes discovery matches on."""
    items = [
        tds.Scopes(tt.ScopeDef("Fixed" if place < 3 else "Configurable"), tt.ScopeItem(scope))
        for place, scope in enumerate(call.camera.scopes)
    ]
    return tds.GetScopesResponse(*items)


def get_hostname(call: Call) -> Node:
    """The camera's name on the network."""
    return tds.GetHostnameResponse(
        tds.HostnameInformation(tt.FromDHCP("false"), tt.Name(f"camera-{call.camera.place}"))
    )


def get_endpoint_reference(call: Call) -> Node:
    """Give the name under which discovery knows this camera."""
    return tds.GetEndpointReferenceResponse(tds.GUID(call.camera.endpoint))


def get_network_interfaces(call: Call) -> Node:
    """List one interface, the loopback."""
    octets = call.camera.place.to_bytes(2)
    return tds.GetNetworkInterfacesResponse(
        tds.NetworkInterfaces(
            tt.Enabled("true"),
            tt.Info(
                tt.Name("lo"), tt.HwAddress(f"02:00:5e:10:{octets[0]:02x}:{octets[1]:02x}"), tt.MTU("65536")
            ),
            token="eth0",  # noqa: S106
        )
    )


def get_users(call: Call) -> Node:
    """List the one account, without its password."""
    user = tds.User(tt.Username(call.camera.settings.username), tt.UserLevel("Administrator"))
    return tds.GetUsersResponse(user)


def get_ntp(_: Call) -> Node:
    """Say that no time server is set."""
    return tds.GetNTPResponse(tds.NTPInformation(tt.FromDHCP("false")))


def get_wsdl_url(_: Call) -> Node:
    """Say where the service descriptions are published."""
    return tds.GetWsdlUrlResponse(tds.WsdlUrl("https://www.onvif.org/profiles/specifications/"))


def system_reboot(call: Call) -> Node:
    """Restart: clients are cut off and the camera is away for a few seconds."""
    call.camera.reboot()
    return tds.SystemRebootResponse(tds.Message("Rebooting"))


def _paths(call: Call) -> dict[str, str]:
    settings = call.camera.settings
    missing = {PTZ: not settings.has_ptz, IMAGING: not settings.lens.fitted}
    return {namespace: path for namespace, path in PATHS.items() if not missing.get(namespace)}


def _device_capabilities(address: str) -> Node:
    return tt.Device(
        tt.XAddr(address),
        tt.Network(
            tt.IPFilter("false"), tt.ZeroConfiguration("false"), tt.IPVersion6("false"), tt.DynDNS("false")
        ),
        tt.System(
            tt.DiscoveryResolve("true"),
            tt.DiscoveryBye("true"),
            tt.RemoteDiscovery("false"),
            tt.SystemBackup("false"),
            tt.SystemLogging("false"),
            tt.FirmwareUpgrade("false"),
            tt.SupportedVersions(tt.Major("2"), tt.Minor("60")),
        ),
        tt.Security(
            getattr(tt, "TLS1.1")("false"),
            getattr(tt, "TLS1.2")("false"),
            tt.OnboardKeyGeneration("false"),
            tt.AccessPolicyConfig("false"),
            getattr(tt, "X.509Token")("false"),
            tt.SAMLToken("false"),
            tt.KerberosToken("false"),
            tt.RELToken("false"),
        ),
    )


def _time_and_date(moment: datetime) -> tuple[Node, Node]:
    time = tt.Time(tt.Hour(str(moment.hour)), tt.Minute(str(moment.minute)), tt.Second(str(moment.second)))
    return time, tt.Date(tt.Year(str(moment.year)), tt.Month(str(moment.month)), tt.Day(str(moment.day)))


def _whole(text: str | None) -> int:
    try:
        return int(text or "")
    except ValueError as error:
        raise SoapFaultReply(
            "An invalid date or time was specified", "InvalidArgVal", "InvalidDateTime"
        ) from error


def _media_capabilities(call: Call) -> Node:
    from controlroom.simulator.onvif.media import service_capabilities as media

    return media(call)


def _ptz_capabilities(call: Call) -> Node:
    from controlroom.simulator.onvif.ptz import service_capabilities as ptz

    return ptz(call)


def _imaging_capabilities(call: Call) -> Node:
    from controlroom.simulator.onvif.imaging import service_capabilities as imaging

    return imaging(call)


_SERVICE_CAPABILITIES: dict[str, Answer] = {
    DEVICE: service_capabilities,
    MEDIA: _media_capabilities,
    PTZ: _ptz_capabilities,
    IMAGING: _imaging_capabilities,
}

OPEN: dict[str, Answer] = {
    "GetSystemDateAndTime": get_system_date_and_time,
    "GetServices": get_services,
    "GetServiceCapabilities": get_service_capabilities,
    "GetCapabilities": get_capabilities,
    "GetHostname": get_hostname,
    "GetEndpointReference": get_endpoint_reference,
    "GetWsdlUrl": get_wsdl_url,
}
"""Operations of access class PRE_AUTH (ONVIF Core, 5.9.4.3): a client may call them before it has a login."""

CLOSED: dict[str, Answer] = {
    "SetSystemDateAndTime": set_system_date_and_time,
    "GetDeviceInformation": get_device_information,
    "GetScopes": get_scopes,
    "GetNetworkInterfaces": get_network_interfaces,
    "GetUsers": get_users,
    "GetNTP": get_ntp,
    "SystemReboot": system_reboot,
}
