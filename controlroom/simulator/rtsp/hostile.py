"""Makes what a hostile camera sends instead of an RTSP reply."""

from controlroom.simulator.condition import Condition, Hostility

_HUGE = 2_000_000_000


def hostile_reply(condition: Condition, cseq: str) -> bytes:
    """Return the bytes for this kind of hostility; empty where RTSP is answered as usual."""
    if condition.hostility is Hostility.GARBAGE:
        return condition.garbage(4096)
    if condition.hostility is Hostility.HUGE:
        head = f"RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nContent-Type: application/sdp\r\nContent-Length: {_HUGE}\r\n\r\n"
        return head.encode() + b"a=x\r\n" * 4096
    if condition.hostility is Hostility.REDIRECT:
        target = "rtsp://127.0.0.1:1/elsewhere"
        return f"RTSP/1.0 302 Moved Temporarily\r\nCSeq: {cseq}\r\nLocation: {target}\r\n\r\n".encode()
    return b""
