"""Reads where a device is, as people type it: a name, an IPv4 or an IPv6 address; never one that could be two.

Many programs take figures with a leading zero for octal ones (inet_aton(3): 010.020.030.040 is 8.16.24.32), and fewer
than four for an address too. Whoever types them means something else, and the device there would be sent a password.
"""

import re
from ipaddress import AddressValueError, IPv6Address

from controlroom.errors import InvalidInput

LONGEST = 253  # characters of a host name (RFC 1035)
_FIGURES = re.compile(r"[0-9.]*[0-9][0-9.]*|0[xX][0-9a-fA-F.xX]+")
_NAME = re.compile(r"(?!-)[^\W]([\w-]{0,61}[^\W])?(\.[\w]([\w-]{0,61}[\w])?)*\.?")


def read_host(typed: str) -> str:
    """Return the host that was typed, an IPv6 address without its brackets; raises InvalidInput."""
    host = typed.strip()
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    if ":" in host and "/" not in host:
        return _version_six(host)
    if _FIGURES.fullmatch(host):
        return _version_four(host)
    if len(host) > LONGEST or not _NAME.fullmatch(host):
        raise InvalidInput(
            f"“{host[:60]}” is not a host name or address.",
            remedy="Give it alone, without http:// and without a path, as 10.0.0.5 or camera-14.",
        )
    return host


def read_place(typed: str, port: int) -> tuple[str, int]:
    """Return host and port of `10.0.0.5:8080`, `[fe80::1]:8080` or a host alone, which has `port`.

    Raises InvalidInput.
    """
    text = typed.strip()
    host, colon, figures = text.rpartition(":")
    if colon and figures.isdecimal() and (":" not in host or host.endswith("]")):
        if not 1 <= int(figures) <= 65_535:
            raise InvalidInput(f"{figures} is not a port.", remedy="Ports run from 1 to 65535.")
        return read_host(host), int(figures)
    return read_host(text), port


def in_url(host: str) -> str:
    """Return a host as it stands in a URL: IPv6 in brackets, the sign before its zone written %25 (RFC 6874)."""
    return f"[{host.replace('%', '%25')}]" if ":" in host else host


def _version_four(host: str) -> str:
    parts = host.split(".")
    decimal = [str(int(part)) for part in parts if part.isascii() and part.isdecimal()]
    if len(parts) != 4 or len(decimal) != 4 or any(int(part) > 255 for part in decimal):
        raise InvalidInput(
            f"“{host[:60]}” is not an address.", remedy="It has four figures from 0 to 255, as 10.0.0.5."
        )
    if decimal != parts:
        raise InvalidInput(
            f"“{host}” can be read in two ways, because of its leading zeros.",
            "Some programs would go to another device, with the camera's password.",
            f"Type {'.'.join(decimal)} if that is meant.",
        )
    return host


def _version_six(host: str) -> str:
    try:
        return str(IPv6Address(host))
    except AddressValueError as error:
        raise InvalidInput(
            f"“{host[:60]}” is not an address.",
            remedy="An IPv6 address looks like fd00::14, its port is typed as [fd00::14]:8080.",
        ) from error
