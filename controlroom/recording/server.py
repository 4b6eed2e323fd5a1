"""Serves desks over HTTPS: every request needs a bearer token; replies and times are limited.

    GET  /state     version, age, memory, processes, jobs, leases, camera health
    POST /leases    {"desk", "session", "cameras", "for_s", "owed"}: all cameras that desk steers now; "owed" are
                    those that do not acknowledge its Stop: the recorder stops them, and answers which were ("stopped")
    POST /holds/…   who steers which camera: `hold_requests.py`
    POST /restart   {"process"}: start one of the recorder's own processes again
    POST /stop      end the recorder in order

Recordings will be served from here, by range requests under /recordings, checked for each user and camera.
"""

import asyncio
import hmac
import logging
import ssl
import tempfile
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from controlroom.codec import to_plain
from controlroom.errors import Unavailable
from controlroom.recording.desks import NoRoom
from controlroom.recording.hold_requests import HoldRequests
from controlroom.recording.leases import LONGEST_S, MOST_OF_A_DESK, LeaseBook
from controlroom.recording.records import RecorderState
from controlroom.recording.replies import Bodies, name, seconds, values_of, words
from controlroom.recording.storage_folder import RecorderSecrets

log = logging.getLogger(__name__)

PROTOCOL = 1  # of what desk and recorder say to each other
MOST_BODY = 64 * 1024
REQUEST_S = 5.0
AT_ONCE = 128  # requests under way, those who wait for news of holds left out; more are told to come back
WAITING = "/holds/watch"
READY_WITHIN_S = 10.0
_Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class RequestHandlers:
    """The functions that requests call, on the server's thread: they must return soon."""

    state: Callable[[], RecorderState]
    leases: LeaseBook
    holds: HoldRequests
    restart: Callable[[str], bool]
    stop: Callable[[], None]
    hand_over: Callable[[str, Sequence[str]], list[str]] = lambda _desk, _cameras: []


class RecorderServer:
    """Serves on a thread of its own until closed."""

    def __init__(self, handlers: RequestHandlers, secrets: RecorderSecrets) -> None:
        self._handlers, self._secrets = handlers, secrets
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._ready = threading.Event()
        self._failure: OSError | None = None
        self._busy = 0
        self._bodies = Bodies()
        self._thread = threading.Thread(target=self._run, name="recorder server", daemon=True)
        self.host, self.port = "", 0

    def start(self, host: str, port: int) -> None:
        """Listen; port 0 lets the system choose. Raises Unavailable when the port is taken."""
        self.host, self.port = host, port
        self._thread.start()
        self._ready.wait(READY_WITHIN_S)
        if self._failure is not None:
            raise Unavailable(
                f"The recorder cannot listen at {host}:{port}: {self._failure.strerror or self._failure}.",
                remedy="Choose another address or port in the settings.",
            )

    def close(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join(5)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except OSError as error:
            self._failure = error
        finally:
            self._ready.set()
            self._loop.close()

    async def _serve(self) -> None:
        self._handlers.holds.serve_on(self._loop)
        app = web.Application(client_max_size=MOST_BODY, middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/state", self._state),
                web.post("/leases", self._leases),
                web.post("/restart", self._restart),
                web.post("/stop", self._stop),
                *self._handlers.holds.routes(),
            ]
        )
        runner = web.AppRunner(app, access_log=None, keepalive_timeout=30, shutdown_timeout=0.5)
        await runner.setup()
        try:
            assert runner.server is not None
            server = await self._loop.create_server(
                runner.server, self.host, self.port, ssl=_context(self._secrets), backlog=128
            )
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._ended.wait()
            server.close()
        finally:
            await runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Answer) -> web.StreamResponse:
        """Refuse requests without the token, end those that take too long, and give no details of an error away."""
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._secrets.token}".encode()):
            return words("This needs the recorder's token.", 401)
        counts = request.path != WAITING
        if counts and self._busy >= AT_ONCE:
            return words("Too much at once; come back in a moment.", 503)
        try:
            await self._bodies.wait_for(request)
            self._busy += counts
            try:
                return await asyncio.wait_for(handler(request), REQUEST_S)
            finally:
                self._busy -= counts
        except TimeoutError:
            return words("That took too long.", 408)
        except web.HTTPException as error:
            return words(error.reason, error.status)
        except Exception:
            log.exception("a request failed: %s %s", request.method, request.path)
            return words("The recorder failed at that.", 500)

    async def _state(self, _: web.Request) -> web.Response:
        state = await asyncio.to_thread(self._handlers.state)
        return web.json_response({"protocol": PROTOCOL, **to_plain(state)})

    async def _leases(self, request: web.Request) -> web.Response:
        """A desk that the recorder does not know yet enters with its first lease; nobody sits there so far."""
        values = await values_of(request)
        cameras = values.get("cameras")
        if not isinstance(cameras, list) or len(cameras) > MOST_OF_A_DESK:
            return words("A lease names a desk's cameras.", 400)
        secret, called = str(values.get("session", "")), str(values.get("desk", ""))
        try:
            camera_ids, for_s = [name(each) for each in cameras], seconds(values.get("for_s"), LONGEST_S)
            owed = [name(each) for each in list(values.get("owed", []))[:MOST_OF_A_DESK]]
            desk = self._handlers.holds.desks.enter(secret, called, request.remote or "")
        except NoRoom as error:
            return words(error.what, 503)
        except (TypeError, ValueError):
            return words("A lease is of a desk, by its own secret, and lasts so many seconds.", 400)
        self._handlers.leases.renew(desk.name, camera_ids, for_s, key=desk.key)
        stopped = self._handlers.hand_over(desk.name, owed)
        return web.json_response({"renewed": len(cameras), "stopped": stopped})

    async def _restart(self, request: web.Request) -> web.Response:
        name = str((await values_of(request)).get("process", ""))
        done = await asyncio.to_thread(self._handlers.restart, name)
        return web.json_response({"restarted": name}) if done else words("There is no such process.", 404)

    async def _stop(self, _: web.Request) -> web.Response:
        self._loop.call_later(0.05, self._handlers.stop)
        return web.json_response({"stopping": True})


def _context(secrets: RecorderSecrets) -> ssl.SSLContext:
    """Make the TLS context. The ssl module takes keys from files only, so the key is in a private file for a moment."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.TemporaryDirectory(prefix="controlroom-") as folder:
        path = Path(folder) / "recorder.pem"
        path.touch(mode=0o600)
        path.write_text(secrets.certificate + secrets.key)
        context.load_cert_chain(path)
    return context
