"""Turns the bytes a camera sent into the answer of one operation, or into the fault they stand for."""

from controlroom.cameras.devices import DeviceFault, FaultKind
from controlroom.cameras.onvif.faults import FaultWriter, SoapFault, in_words
from controlroom.cameras.onvif.limited_http import HttpReply
from controlroom.cameras.onvif.safe_xml import Node, local_name, parse_safely

MISSING = frozenset({404, 405, 501})
TOO_BUSY = frozenset({429, 503})
REFUSED = frozenset({401, 403})
BAD_REQUEST = 400
FIRST_CONTACT = frozenset({"GetSystemDateAndTime", "GetDeviceInformation"})


class LoginRefusedError(Exception):
    """The camera did not accept the login; `said` are its own words, if any."""

    def __init__(self, said: str = "") -> None:
        super().__init__(said)
        self.said = said


def read(reply: HttpReply, operation: str, write: FaultWriter, *, did_before: bool = False) -> Node:
    """Return the node that answers `operation`; raises LoginRefusedError or a DeviceFault.

    It is read by path and not through the description's types, so that elements which cameras leave out or
    misplace do not cost the rest of the answer. `did_before`: the camera has done as much already, so that without
    a word from its service now it is starting up.
    """
    node = _first_in_body(reply)
    if reply.status in REFUSED:
        raise LoginRefusedError(_said(node))
    if node is None:
        raise _without_answer(reply, operation, write, did_before)
    if local_name(node) == "Fault":
        fault = SoapFault.read(node)
        if fault.kind is FaultKind.NOT_AUTHORISED:
            raise LoginRefusedError(fault.reason)
        raise write.from_soap(fault, operation)
    if local_name(node) != f"{operation}Response":
        raise write.not_onvif(f"asked for {in_words(operation)}, it answered something else")
    return node


def _said(node: Node | None) -> str:
    return SoapFault.read(node).reason if node is not None and local_name(node) == "Fault" else ""


def _first_in_body(reply: HttpReply) -> Node | None:
    if _is_web_page(reply):
        return None
    root = parse_safely(reply.content)
    body = next(root.iter("{*}Body"), None) if root is not None else None
    if body is None:
        return None
    return next((node for node in body if isinstance(node.tag, str)), None)


def _is_web_page(reply: HttpReply) -> bool:
    start = reply.content[:2000].lower()
    return b"<!doctype html" in start or b"<html" in start


def _without_answer(reply: HttpReply, operation: str, write: FaultWriter, did_before: bool) -> DeviceFault:
    if reply.status in TOO_BUSY:
        return write.busy(operation)
    if did_before and (reply.status in MISSING or reply.status < BAD_REQUEST):
        return write.not_now(operation)
    if reply.status in MISSING:
        if operation in FIRST_CONTACT:
            return write.not_onvif("there is no ONVIF service at this port")
        return write.not_supported(operation)
    if reply.status >= BAD_REQUEST:
        return write.failed(operation, reply.status)
    if _is_web_page(reply):
        return write.not_onvif("a web page answers")
    if not reply.content:
        return write.not_onvif("its answer is empty")
    return write.not_onvif("its answer is not one that may be read")
