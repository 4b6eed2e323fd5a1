"""Reads where a device is, as people type it: a name, an IPv4 or an IPv6 address; never one that could be two.

Many programs take figures with a leading zero for octal ones (inet_aton(3): 010.020.030.040 is 8.16.24.32), 0x for
hexadecimal ones, and fewer than four for an address too. Whoever types them means something else, and the device there
would be sent a password. Name resolution brings letters to their usual form (NFKC, RFC 3491) before it does so, and
takes a name whose last part is a number for an address; therefore both are done here first, and whatever comes out is
one of three things: four decimal figures, an IPv6 address, or a name that no program takes for an address.
"""

import re
import unicodedata
from ipaddress import AddressValueError, IPv6Address

from controlroom.errors import InvalidInput

LONGEST = 253  # characters of a host name (RFC 1035)
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_NAME = re.compile(r"(?!-)[^\W]([\w-]{0,61}[^\W])?(\.[\w]([\w-]{0,61}[\w])?)*\.?")
_ZONE = re.compile(r"[A-Za-z0-9_.~-]{1,32}")  # of an IPv6 address: eth0, en0, 12


def read_host(typed: str) -> str:
    """Return the host that was typed, an IPv6 address without its brackets; raises InvalidInput."""
    host = _as_seen(typed[: LONGEST + 1])
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    if len(typed.strip()) > LONGEST or len(host) > LONGEST:
        raise _no_host(host)
    if ":" in host and "/" not in host:
        return _version_six(host)
    if "/" in host:
        raise _no_host(host)
    if _is_number(host.rstrip(".").rpartition(".")[2]):
        return _version_four(host)
    if not _NAME.fullmatch(host):
        raise _no_host(host)
    return host


def read_place(typed: str, port: int) -> tuple[str, int]:
    """Return host and port of `10.0.0.5:8080`, `[fe80::1]:8080` or a host alone, which has `port`.

    Raises InvalidInput.
    """
    text = _as_seen(typed[: LONGEST + 20])
    host, colon, figures = text.rpartition(":")
    if colon and figures.isdecimal() and (":" not in host or host.endswith("]")):
        if not (figures.isascii() and len(figures) <= 5 and 1 <= int(figures) <= 65_535):
            raise InvalidInput(f"{figures[:20]} is not a port.", remedy="Ports run from 1 to 65535.")
        return read_host(host), int(figures)
    return read_host(typed), port


def in_url(host: str) -> str:
    """Return a host as it stands in a URL: in its usual letters (NFKC), IPv6 in brackets, the sign before its zone
    written %25 (RFC 6874).
    """
    host = unicodedata.normalize("NFKC", host)
    return f"[{host.replace('%', '%25')}]" if ":" in host else host


def _is_number(label: str) -> bool:
    """True for the last part of what some program takes for an address; figures of every script count."""
    return _NUMBER.fullmatch(label) is not None or (label != "" and all(map(str.isdigit, label)))


def _version_four(host: str) -> str:
    parts = host.split(".")
    if not all(_is_number(part) for part in parts):
        raise _no_host(host, "The last part of a name is no number, and no part is empty.")
    figures = [_figure(part) for part in parts]
    if len(parts) != 4 or any(figure is None or figure > 255 for figure in figures):
        raise InvalidInput(
            f"“{host[:60]}” is not an address.", remedy="It has four figures from 0 to 255, as 10.0.0.5."
        )
    decimal = ".".join(map(str, figures))
    if decimal != host:
        why = "figures that are not decimal" if "x" in host.casefold() else "leading zeros"
        raise InvalidInput(
            f"“{host[:60]}” can be read in two ways, because of its {why}.",
            "Some programs would go to another device, with the camera's password.",
            f"Type {decimal} if that is meant.",
        )
    return host


def _figure(part: str) -> int | None:
    if not _NUMBER.fullmatch(part) or part.casefold() == "0x":
        return None
    return int(part, 16) if "x" in part.casefold() else int(part)


def _version_six(host: str) -> str:
    try:
        address = IPv6Address(host)
        if address.scope_id is None or _ZONE.fullmatch(address.scope_id):
            return str(address)
    except AddressValueError:
        pass
    raise InvalidInput(
        f"“{host[:60]}” is not an address.",
        remedy="An IPv6 address looks like fd00::14, its port is typed as [fd00::14]:8080.",
    )


def _as_seen(typed: str) -> str:
    """Return what is seen of a text: signs without width, which come with what is pasted, are left out."""
    usual = unicodedata.normalize("NFKC", typed)
    return "".join(each for each in usual if unicodedata.category(each) != "Cf").strip()


def _no_host(
    host: str, remedy: str = "Give it alone, without http:// and without a path, as 10.0.0.5 or camera-14."
) -> InvalidInput:
    return InvalidInput(f"“{host[:60]}” is not a host name or address.", remedy=remedy)
