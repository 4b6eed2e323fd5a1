"""Handles one RTSP client: its requests, its one session, its login."""

import asyncio
import secrets
import time
from typing import TYPE_CHECKING

from controlroom.simulator.login_checker import LoginVerdict
from controlroom.simulator.media.hub import Hub
from controlroom.simulator.rtsp.hostile import hostile_reply
from controlroom.simulator.rtsp.messages import BadRequest, RtspReply, RtspRequest, Splitter
from controlroom.simulator.rtsp.outlet import Outlet
from controlroom.simulator.rtsp.sdp import describe
from controlroom.simulator.rtsp.transport import Client, RequestedTransport, TcpWire, UdpWire, Wire, choose

if TYPE_CHECKING:
    from controlroom.simulator.rtsp.server import RtspServer, StreamEntry

METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER"
SESSION_TIMEOUT_S = 60
_STUCK_AFTER_S = 20.0
_MOST_REPLIES_WAITING = 256_000
_MOVED = "?moved"


class RtspConnection(asyncio.Protocol):
    """Answers requests in order; a playing client is fed by the hub, not from here."""

    def __init__(self, server: "RtspServer", place: int | None = None) -> None:
        self.place = place
        """The camera this client is at: known from its port, or from its first request at the port shared by all."""
        self._server = server
        self._splitter = Splitter()
        self._transport: asyncio.Transport | None = None
        self._outlet: Outlet | None = None
        self._peer = ""
        self._logged_in_to: int | None = None
        self._session = ""
        self._hub: Hub | None = None
        self._client: Client | None = None
        self._playing = False
        self._asked_for: StreamEntry | None = None  # described, and not played yet
        self.heard_at = time.monotonic()

    @property
    def session(self) -> str:
        """The session's name, empty before SETUP."""
        return self._session

    @property
    def report_address(self) -> tuple[str, int] | None:
        """Where a UDP client's own RTCP comes from."""
        wire = self._client.wire if self._client else None
        return wire.report_to if isinstance(wire, UdpWire) else None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over a client that has connected."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._outlet = Outlet(transport, self._server.condition(self.place))
        self._peer = transport.get_extra_info("peername")[0]
        self._server.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the session of a client that has gone."""
        self._end_session()
        if self._asked_for is not None:
            self._asked_for.demand.left(self._asked_for.hub.condition)
        self._server.closed(self)

    def data_received(self, data: bytes) -> None:
        """Take requests and RTCP, in any portions."""
        self.heard_at = time.monotonic()
        if self._server.condition(self.place).mute:
            return
        try:
            items = self._splitter.feed(data)
        except BadRequest:
            self._send(RtspReply(400), "0")
            self.close()
            return
        for item in items:
            if isinstance(item, RtspRequest):
                self._answer(item)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()

    def check(self, now: float) -> None:
        """Disconnect a client that sends nothing any more or accepts nothing."""
        silent_for = now - self.heard_at
        wire = self._client.wire if self._client else None
        if isinstance(wire, TcpWire) and self._playing:  # its taking the packets shows that it lives
            if wire.stuck_for_s > _STUCK_AFTER_S:
                self.close()
        elif silent_for > SESSION_TIMEOUT_S + 10:
            self.close()

    def _answer(self, request: RtspRequest) -> None:
        assert self._transport is not None
        if (
            self._transport.is_closing()
            or self._transport.get_write_buffer_size() > 8 * _MOST_REPLIES_WAITING
        ):
            self.close()
            return
        cseq = request.headers.get("cseq", "0")[:32]
        if not self._is_in_order(request, cseq):
            return
        if request.version != 1:
            self._send(RtspReply(505), cseq)
            return
        handler = _HANDLERS.get(request.method)
        self._send(handler(self, request) if handler else RtspReply(501), cseq)
        if request.method == "PLAY" and self._playing and self._hub and self._client:
            self._hub.join(self._client)  # after the reply: packets must not overtake it
        elif request.method == "TEARDOWN":
            self._end_session()

    def _is_in_order(self, request: RtspRequest, cseq: str) -> bool:
        """Return False when the camera's condition has dealt with the request already."""
        stream = request.stream
        if stream is not None:
            self.place = stream[0]
        condition = self._server.condition(self.place)
        if self._outlet is not None:
            self._outlet.condition = condition
        if condition.shut:
            self.close()
        elif condition.hostility is not None and self._transport is not None:
            harm = hostile_reply(condition, cseq)
            if harm:
                self._transport.write(harm)
                return False
        return not (condition.shut or condition.mute)

    def _send(self, reply: RtspReply, cseq: str) -> None:
        if reply.after_s:
            later, reply.after_s = reply.after_s, 0.0
            asyncio.get_running_loop().call_later(later, self._send, reply, cseq)
        elif self._outlet is not None:
            reply.headers.setdefault("Server", "Control Room simulator")
            self._outlet.write(reply.encoded(cseq))

    def _options(self, _: RtspRequest) -> RtspReply:
        return RtspReply(200, {"Public": METHODS})

    def _describe(self, request: RtspRequest) -> RtspReply:
        entry = self._entry(request)
        if isinstance(entry, RtspReply):
            return entry
        condition = entry.hub.condition
        if condition.moved and _MOVED not in request.target:
            return RtspReply(302, {"Location": request.target.partition("?")[0] + _MOVED})
        status, after_s = entry.demand.asked(condition, watched=entry.hub.watchers > 0)
        if not status:
            self.close()
        if status != 200:
            return RtspReply(503)
        self._asked_for = entry
        local = self._transport.get_extra_info("sockname")[0] if self._transport else "127.0.0.1"
        body = describe(entry.hub, entry.name, local)
        base = request.target.partition("?")[0].rstrip("/") + "/"
        return RtspReply(200, {"Content-Type": "application/sdp", "Content-Base": base}, body, after_s)

    def _set_up(self, request: RtspRequest) -> RtspReply:
        entry = self._entry(request)
        if isinstance(entry, RtspReply):
            return entry
        if self._playing:
            return RtspReply(455)
        if self._session and request.headers.get("session", "").partition(";")[0] != self._session:
            return RtspReply(459)  # one session for one connection, one track for one session
        asked = choose(request.headers.get("transport", ""))
        if asked is None or (asked.tcp and entry.hub.condition.udp_only):
            return RtspReply(461)
        wire, transport = self._wire(asked, entry.hub)
        self._session = self._session or secrets.token_hex(8)
        self._hub, self._client = entry.hub, Client(wire, entry.hub.ssrc)
        return RtspReply(200, {"Transport": transport, "Session": self._session_header()})

    def _play(self, request: RtspRequest) -> RtspReply:
        if (refusal := self._wrong_session(request)) is not None:
            return refusal
        if self._hub is None or self._client is None:
            return RtspReply(455)
        self._playing, self._asked_for = True, None
        url = request.target.partition("?")[0].rstrip("/").removesuffix("/trackID=0") + "/trackID=0"
        info = f"url={url};seq={self._hub.next_sequence};rtptime={self._hub.now()}"
        headers = {"Session": self._session_header(), "Range": "npt=0.000-", "RTP-Info": info}
        return RtspReply(200, headers)

    def _pause(self, request: RtspRequest) -> RtspReply:
        if (refusal := self._wrong_session(request)) is not None:
            return refusal
        if self._hub and self._client:
            self._hub.leave(self._client)
        self._playing = False
        return RtspReply(200, {"Session": self._session_header()})

    def _tear_down(self, request: RtspRequest) -> RtspReply:
        return self._wrong_session(request) or RtspReply(200, {"Session": self._session})

    def _parameter(self, request: RtspRequest) -> RtspReply:
        if "session" in request.headers and (refusal := self._wrong_session(request)) is not None:
            return refusal
        return RtspReply(200, {"Session": self._session_header()} if self._session else {})

    def _entry(self, request: RtspRequest) -> "StreamEntry | RtspReply":
        """Return the stream asked for, or the reply that refuses it."""
        stream = request.stream
        entry = self._server.entry(*stream) if stream else None
        if stream is None or entry is None:
            return RtspReply(404)
        if self._logged_in_to == stream[0]:
            return entry
        verdict = entry.logins.digest(request.headers.get("authorization"), request.method, request.target)
        if verdict is LoginVerdict.ACCEPTED:
            self._logged_in_to = stream[0]
            return entry
        challenge = entry.logins.challenge(stale=verdict is LoginVerdict.STALE, with_qop=False)
        return RtspReply(401, {"WWW-Authenticate": challenge})

    def _wrong_session(self, request: RtspRequest) -> RtspReply | None:
        named = request.headers.get("session", "").partition(";")[0].strip()
        return None if self._session and named == self._session else RtspReply(454)

    def _wire(self, asked: RequestedTransport, hub: Hub) -> tuple[Wire, str]:
        assert self._outlet is not None
        if asked.tcp:
            first, second = (0, 1) if asked.first < 0 else (asked.first, asked.second)
            spoken = f"RTP/AVP/TCP;unicast;interleaved={first}-{second};ssrc={hub.ssrc:08X}"
            return TcpWire(self._outlet, first, second), spoken
        own = (asked.first, asked.second)
        wire = UdpWire(self._server.datagrams, self._peer, own, hub.condition)
        ports = self._server.datagram_ports
        spoken = f"RTP/AVP;unicast;client_port={asked.first}-{asked.second};server_port={ports[0]}-{ports[1]}"
        return wire, f"{spoken};ssrc={hub.ssrc:08X}"

    def _session_header(self) -> str:
        return f"{self._session};timeout={SESSION_TIMEOUT_S}"

    def _end_session(self) -> None:
        if self._hub and self._client:
            self._hub.leave(self._client)
        self._hub = self._client = None
        self._session, self._playing = "", False


_HANDLERS = {
    "OPTIONS": RtspConnection._options,
    "DESCRIBE": RtspConnection._describe,
    "SETUP": RtspConnection._set_up,
    "PLAY": RtspConnection._play,
    "PAUSE": RtspConnection._pause,
    "TEARDOWN": RtspConnection._tear_down,
    "GET_PARAMETER": RtspConnection._parameter,
    "SET_PARAMETER": RtspConnection._parameter,
}
