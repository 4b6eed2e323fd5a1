"""Finds out whether a camera that does not answer by HTTP answers by HTTPS: a handshake, and nothing else is sent."""

from dataclasses import replace

from controlroom.cameras.devices import DeviceAddress, DeviceFault, FaultKind
from controlroom.cameras.onvif.faults import FaultWriter
from controlroom.device_tls import shown_at

HTTP, HTTPS = 80, 443
HANDSHAKE_S = 1.0
_MAY_MEAN_HTTPS = frozenset(
    {FaultKind.UNREACHABLE, FaultKind.NOT_ONVIF, FaultKind.BAD_ARGUMENT, FaultKind.FAILED}
)


def explained(fault: DeviceFault, address: DeviceAddress) -> DeviceFault:
    """Return the fault of a first call, or that the camera answers by HTTPS only where that is the reason."""
    if not may_be_https_only(fault, address):
        return fault
    port = https_port(address)
    return fault if port is None else FaultWriter(address).https_only(port)


def may_be_https_only(fault: DeviceFault, address: DeviceAddress) -> bool:
    """True where a camera by HTTPS only would have failed like this."""
    return not address.secure and fault.kind in _MAY_MEAN_HTTPS


def https_port(address: DeviceAddress) -> int | None:
    """Return the port at which the host speaks TLS: the one typed, or the usual one beside port 80."""
    ports = (address.port, HTTPS) if address.port == HTTP else (address.port,)
    return next((port for port in ports if shown_at(address.host, port, HANDSHAKE_S).certificate), None)


def at_https(address: DeviceAddress) -> DeviceAddress | None:
    """Return where the host speaks TLS, asked at one port only: the usual one instead of 80; None where it does not."""
    port = HTTPS if address.port == HTTP else address.port
    return (
        replace(address, port=port, secure=True)
        if shown_at(address.host, port, HANDSHAKE_S).certificate
        else None
    )
