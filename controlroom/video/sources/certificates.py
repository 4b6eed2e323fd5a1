"""Compares the certificate an encrypted stream shows with the one its camera is known by.

Cameras sign their own certificates, so nobody vouches for them; as with SSH, the first one is trusted and a later one
must be the same. The one that is known stands in the register, for every desk and the recorder.
"""

from controlroom.device_tls import fingerprint
from controlroom.video.records import StreamAddress, StreamFault
from controlroom.video.rules import StreamError


def compare(address: StreamAddress, certificate: bytes) -> str:
    """Return the fingerprint of the `certificate` (DER) shown; raise StreamError for another than is known."""
    shown = fingerprint(certificate)
    if address.certificate not in ("", shown):
        raise StreamError(
            StreamFault.CERTIFICATE_CHANGED,
            "The camera shows another certificate than before.",
            "It was reset or replaced, or something else answers in its place; no password was sent.",
            "Find out which; who may change cameras then looks at the new one on the Cameras page (C).",
            shown,
        )
    return shown
