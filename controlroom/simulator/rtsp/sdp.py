"""Writes the session description that a client receives (RFC 4566)."""

from controlroom.clock import process_clock
from controlroom.simulator.media.hub import PAYLOAD_TYPE, Hub


def describe(hub: Hub, name: str, host: str) -> bytes:
    """Describe one video track, under `trackID=0` of the stream's own address."""
    shape = hub.shape
    absurd = hub.condition.absurd  # then the claim comes with the pictures
    parameters = "packetization-mode=1" if absurd else hub.source.parameters()
    lines = [
        "v=0",
        f"o=- {int(process_clock().now().timestamp())} 1 IN IP4 {host}",
        f"s={name or 'camera'}",
        "t=0 0",
        "a=control:*",
        "a=range:npt=now-",
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
        "c=IN IP4 0.0.0.0",
        f"b=AS:{shape.kilobits}",
        f"a=rtpmap:{PAYLOAD_TYPE} {shape.encoding}/90000",
        f"a=fmtp:{PAYLOAD_TYPE} {parameters}",
        f"a=framerate:{shape.fps}",
        f"a=x-dimensions:{shape.width},{shape.height}",
        "a=control:trackID=0",
        "a=recvonly",
    ]
    return ("\r\n".join(lines) + "\r\n").encode()
