"""Encrypts connections to devices that sign their own certificates, and names a certificate by its SHA-256.

Nobody vouches for such a certificate: whoever connects compares it with the one the device is known by.
"""

import hashlib
import socket
import ssl
from dataclasses import dataclass

from controlroom.errors import InvalidInput
from controlroom.hosts import read_host

HANDSHAKE_S = 3.0


@dataclass(frozen=True)
class Shown:
    """What a device shows at an address: the certificate's fingerprint, or in plain words why there is none."""

    certificate: str = ""
    trouble: str = ""


def tls_context(kind: type[ssl.SSLSocket] = ssl.SSLSocket) -> ssl.SSLContext:
    """Return what encrypts without asking who vouches for the device; old cameras have short keys."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.sslsocket_class = kind
    return context


def fingerprint(certificate: bytes) -> str:
    """Return a certificate's (DER) SHA-256 in 64 hexadecimal figures."""
    return hashlib.sha256(certificate).hexdigest()


def shown_at(host: str, port: int, within_s: float = HANDSHAKE_S) -> Shown:
    """Return the certificate shown at an address: a handshake, and nothing else is sent."""
    try:
        connection = socket.create_connection((read_host(host), port), within_s)
    except (OSError, ValueError, InvalidInput):
        return Shown(trouble="nothing answers there")
    try:
        with connection, tls_context().wrap_socket(connection) as line:
            return Shown(fingerprint(line.getpeercert(binary_form=True) or b""))
    except (OSError, ValueError):
        return Shown(trouble="it does not speak an encrypted way there")
