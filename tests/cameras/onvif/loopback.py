"""Servers on loopback that behave like cameras, good and bad, for the ONVIF tests."""

import base64
import hashlib
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from xml.etree import ElementTree

from controlroom.cameras.devices import DeviceAddress

USER, PASSWORD = "operator", "correct horse"
SOAP = "http://www.w3.org/2003/05/soap-envelope"
NAMESPACES = (
    f'xmlns:s="{SOAP}" xmlns:tt="http://www.onvif.org/ver10/schema" '
    'xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" '
    'xmlns:tr2="http://www.onvif.org/ver20/media/wsdl" xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl" '
    'xmlns:timg="http://www.onvif.org/ver20/imaging/wsdl" xmlns:ter="http://www.onvif.org/ver10/error"'
)
FOLDERS = {
    "http://www.onvif.org/ver10/device/wsdl": "device_management",
    "http://www.onvif.org/ver10/media/wsdl": "media1",
    "http://www.onvif.org/ver20/media/wsdl": "media2",
    "http://www.onvif.org/ver20/ptz/wsdl": "ptz",
}


@dataclass
class Request:
    """One call as a server received it."""

    operation: str
    namespace: str
    node: ElementTree.Element
    headers: dict[str, str]
    path: str

    def text(self, name: str) -> str:
        return next((each.text or "" for each in self.node.iter() if each.tag.endswith("}" + name)), "")

    def attribute(self, element: str, name: str) -> str | None:
        return next((each.get(name) for each in self.node.iter() if each.tag.endswith("}" + element)), None)

    def has(self, element: str) -> bool:
        return any(each.tag.endswith("}" + element) for each in self.node.iter())


@dataclass
class Reply:
    """What a server sends back."""

    body: str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Answer = Callable[[Request], "Reply | str"]


class LoopbackServer:
    """An HTTP server on a free port that hands every call to `answer` and keeps it in `requests`."""

    def __init__(self, answer: Answer) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                outer.connections += 1
                super().setup()

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                request = read_request(content, dict(self.headers.items()), self.path)
                outer.requests.append(request)
                reply = answer(request)
                if isinstance(reply, str):
                    reply = Reply(reply)
                body = reply.body if isinstance(reply.body, bytes) else envelope(reply.body)
                (self.send_response_only if "Date" in reply.headers else self.send_response)(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # the client hung up, as it may

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> DeviceAddress:
        return DeviceAddress("127.0.0.1", self.port, USER, PASSWORD)

    def operations(self) -> list[str]:
        return [request.operation for request in self.requests]


def read_request(content: bytes, headers: dict[str, str], path: str) -> Request:
    root = ElementTree.fromstring(content)
    body = root.find(f"{{{SOAP}}}Body")
    assert body is not None
    namespace, _, operation = body[0].tag[1:].partition("}")
    return Request(operation, namespace, root, headers, path)


def envelope(body: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope {NAMESPACES}><s:Body>{body}</s:Body></s:Envelope>'
    ).encode()


def without_declarations(body: str) -> bytes:
    """The same answer from a camera that forgot to declare the prefixes of its names."""
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'.encode()


def fault(
    code: str = "s:Sender", subcode: str = "ter:InvalidArgVal", reason: str = "", status: int = 400
) -> Reply:
    return Reply(
        f"<s:Fault><s:Code><s:Value>{code}</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en">{reason}</s:Text></s:Reason></s:Fault>',
        status,
    )


def date_and_time(moment: datetime) -> str:
    return (
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>"
        f"<tt:UTCDateTime><tt:Time><tt:Hour>{moment.hour}</tt:Hour><tt:Minute>{moment.minute}</tt:Minute>"
        f"<tt:Second>{moment.second}</tt:Second></tt:Time><tt:Date><tt:Year>{moment.year}</tt:Year>"
        f"<tt:Month>{moment.month}</tt:Month><tt:Day>{moment.day}</tt:Day></tt:Date></tt:UTCDateTime>"
        "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )


def token_problem(request: Request, camera_time: datetime, seen: set[str], freshness_s: float = 5.0) -> str:
    """What is wrong with a UsernameToken, "" when it is good: user, digest, nonce used before, age."""
    if request.text("Username") != USER:
        return "user"
    nonce, created = request.text("Nonce"), request.text("Created")
    digest = hashlib.sha1(base64.b64decode(nonce) + created.encode() + PASSWORD.encode()).digest()
    if base64.b64encode(digest).decode() != request.text("Password"):
        return "password"
    if nonce in seen:
        return "nonce"
    seen.add(nonce)
    if not created.endswith("Z"):
        return "zone"
    age = (camera_time - datetime.fromisoformat(created)).total_seconds()
    return "age" if abs(age) > freshness_s else ""


class HandMadeCamera:
    """A camera with pan, tilt and zoom whose every answer a test may replace (`answers[operation]`)."""

    def __init__(self, *, clock_off_s: float = 0.0) -> None:
        self.clock_off = timedelta(seconds=clock_off_s)
        self.answers: dict[str, Answer | Reply | str] = {}
        self.presets: dict[str, str] = {"1": "North End"}
        self.velocity: tuple[float, float, float] = (0.0, 0.0, 0.0)
        self.log: list[str] = []
        self._seen: set[str] = set()
        self.server = LoopbackServer(self.answer)

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(self, *details: object) -> None:
        self.server.__exit__(*details)

    @property
    def address(self) -> DeviceAddress:
        return self.server.address

    @property
    def moving(self) -> bool:
        return any(self.velocity)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.clock_off

    def count(self, operation: str) -> int:
        return self.server.operations().count(operation)

    def answer(self, request: Request) -> "Reply | str":
        replacement = self.answers.get(request.operation)
        if isinstance(replacement, (Reply, str)):
            return replacement
        if replacement is not None:
            return replacement(request)
        return self.usual(request)

    def usual(self, request: Request) -> "Reply | str":
        """The answer of a camera in good order."""
        if request.operation == "GetSystemDateAndTime":
            return date_and_time(self.now())
        if token_problem(request, self.now(), self._seen):
            return fault(subcode="ter:NotAuthorized", reason="Sender not Authorized")
        method = getattr(self, f"do_{request.operation}", None)
        return method(request) if method else fault("s:Receiver", "ter:ActionNotSupported", status=500)

    def do_GetDeviceInformation(self, request: Request) -> str:
        return (
            "<tds:GetDeviceInformationResponse><tds:Manufacturer>Hand</tds:Manufacturer><tds:Model>Made</tds:Model>"
            "<tds:FirmwareVersion>1</tds:FirmwareVersion><tds:SerialNumber>7</tds:SerialNumber>"
            "<tds:HardwareId>x</tds:HardwareId></tds:GetDeviceInformationResponse>"
        )

    def do_GetServices(self, request: Request) -> str:
        services = "".join(
            f"<tds:Service><tds:Namespace>{namespace}</tds:Namespace>"
            f"<tds:XAddr>http://192.168.1.64:80/onvif/{folder}</tds:XAddr></tds:Service>"
            for namespace, folder in FOLDERS.items()
            if folder != "media2"
        )
        return f"<tds:GetServicesResponse>{services}</tds:GetServicesResponse>"

    def do_GetProfiles(self, request: Request) -> str:
        def profile(token: str, width: int, height: int) -> str:
            return (
                f'<trt:Profiles token="{token}"><tt:Name>{token}</tt:Name>'
                '<tt:VideoSourceConfiguration token="v"><tt:SourceToken>source</tt:SourceToken>'
                "</tt:VideoSourceConfiguration><tt:VideoEncoderConfiguration><tt:Encoding>H264</tt:Encoding>"
                f"<tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height></tt:Resolution>"
                "<tt:RateControl><tt:FrameRateLimit>25</tt:FrameRateLimit></tt:RateControl>"
                '</tt:VideoEncoderConfiguration><tt:PTZConfiguration token="ptz"><tt:NodeToken>node</tt:NodeToken>'
                "</tt:PTZConfiguration></trt:Profiles>"
            )

        both = profile("main", 1280, 720) + profile("sub", 640, 360)
        return f"<trt:GetProfilesResponse>{both}</trt:GetProfilesResponse>"

    def do_GetStreamUri(self, request: Request) -> str:
        return self.stream_reply(f"rtsp://192.168.1.64:554/{request.text('ProfileToken')}")

    def stream_reply(self, uri: str) -> str:
        media = f"<trt:MediaUri><tt:Uri>{uri}</tt:Uri></trt:MediaUri>"
        return f"<trt:GetStreamUriResponse>{media}</trt:GetStreamUriResponse>"

    def do_GetSnapshotUri(self, request: Request) -> str:
        return (
            "<trt:GetSnapshotUriResponse><trt:MediaUri><tt:Uri>http://192.168.1.64/snap.jpg</tt:Uri></trt:MediaUri>"
            "</trt:GetSnapshotUriResponse>"
        )

    def do_GetConfigurationOptions(self, request: Request) -> str:
        def space(kind: str, name: str, low: float, high: float, *, two: bool) -> str:
            y = f"<tt:YRange><tt:Min>{low}</tt:Min><tt:Max>{high}</tt:Max></tt:YRange>" if two else ""
            return (
                f"<tt:{kind}><tt:URI>http://www.onvif.org/ver10/tptz/{name}</tt:URI>"
                f"<tt:XRange><tt:Min>{low}</tt:Min><tt:Max>{high}</tt:Max></tt:XRange>{y}</tt:{kind}>"
            )

        spaces = (
            space("AbsolutePanTiltPositionSpace", "PanTiltSpaces/PositionGenericSpace", -1, 1, two=True)
            + space("AbsoluteZoomPositionSpace", "ZoomSpaces/PositionGenericSpace", 0, 1, two=False)
            + space("ContinuousPanTiltVelocitySpace", "PanTiltSpaces/VelocityGenericSpace", -1, 1, two=True)
            + space("ContinuousZoomVelocitySpace", "ZoomSpaces/VelocityGenericSpace", -1, 1, two=False)
        )
        return (
            "<tptz:GetConfigurationOptionsResponse><tptz:PTZConfigurationOptions>"
            f"<tt:Spaces>{spaces}</tt:Spaces>"
            "<tt:PTZTimeout><tt:Min>PT1S</tt:Min><tt:Max>PT60S</tt:Max></tt:PTZTimeout>"
            "</tptz:PTZConfigurationOptions></tptz:GetConfigurationOptionsResponse>"
        )

    def do_GetNodes(self, request: Request) -> str:
        return self.do_GetNode(request).replace("GetNodeResponse", "GetNodesResponse")

    def do_GetNode(self, request: Request) -> str:
        return (
            '<tptz:GetNodeResponse><tptz:PTZNode token="node">'
            "<tt:MaximumNumberOfPresets>16</tt:MaximumNumberOfPresets><tt:HomeSupported>true</tt:HomeSupported>"
            "</tptz:PTZNode></tptz:GetNodeResponse>"
        )

    def do_ContinuousMove(self, request: Request) -> str:
        pan, tilt, zoom = self.velocity
        if request.has("PanTilt"):
            pan = float(request.attribute("PanTilt", "x") or 0)
            tilt = float(request.attribute("PanTilt", "y") or 0)
        if request.has("Zoom"):
            zoom = float(request.attribute("Zoom", "x") or 0)
        self.velocity = (pan, tilt, zoom)
        self.log.append(f"move {pan} {tilt} {zoom}")
        return "<tptz:ContinuousMoveResponse/>"

    def do_Stop(self, request: Request) -> str:
        self.velocity = (0.0, 0.0, 0.0)
        self.log.append("stop")
        return "<tptz:StopResponse/>"

    def do_GetPresets(self, request: Request) -> str:
        listed = "".join(
            f'<tptz:Preset token="{token}"><tt:Name>{name}</tt:Name></tptz:Preset>'
            for token, name in self.presets.items()
        )
        return f"<tptz:GetPresetsResponse>{listed}</tptz:GetPresetsResponse>"

    def do_GotoPreset(self, request: Request) -> "Reply | str":
        token = request.text("PresetToken")
        if token not in self.presets:
            return fault(subcode="ter:NoToken", reason="no such preset")
        self.log.append(f"goto {token}")
        return "<tptz:GotoPresetResponse/>"

    def do_SetPreset(self, request: Request) -> str:
        token = str(len(self.presets) + 1)
        self.presets[token] = request.text("PresetName")
        return (
            f"<tptz:SetPresetResponse><tptz:PresetToken>{token}</tptz:PresetToken></tptz:SetPresetResponse>"
        )

    def do_GetStatus(self, request: Request) -> str:
        moving = "MOVING" if self.moving else "IDLE"
        return (
            '<tptz:GetStatusResponse><tptz:PTZStatus><tt:Position><tt:PanTilt x="0.25" y="-0.5"/><tt:Zoom x="0.75"/>'
            f"</tt:Position><tt:MoveStatus><tt:PanTilt>{moving}</tt:PanTilt><tt:Zoom>{moving}</tt:Zoom></tt:MoveStatus>"
            "</tptz:PTZStatus></tptz:GetStatusResponse>"
        )


def corpus_camera(folder: Path) -> LoopbackServer:
    """A server that answers each operation with what one real camera was recorded saying."""

    def answer(request: Request) -> "Reply | str":
        file = folder / FOLDERS.get(request.namespace, "none") / f"{request.operation}Response.xml"
        if file.exists():
            return Reply(file.read_bytes())
        recorded = folder / "device_management" / "Fault.xml"
        if recorded.exists():
            return Reply(recorded.read_bytes(), 500)
        return fault("s:Receiver", "ter:ActionNotSupported", status=500)

    return LoopbackServer(answer)


@contextmanager
def raw_server(serve: Callable[[socket.socket, threading.Event], None]) -> Iterator[int]:
    """A TCP server on a free port; `serve` gets each connection and an event set at the end. Yields the port."""
    over = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                serve(self.request, over)
            except OSError:
                pass  # the client hung up, as it may

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            over.set()
            server.shutdown()
            thread.join()
