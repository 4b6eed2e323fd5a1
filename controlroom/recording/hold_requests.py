"""Answers desks about holds, under /holds on the recorder's HTTPS server.

    enter    {"desk", "handle", "proof", "session"}: a person sits there; every other call names the session answered
    claim    {"camera", "how", "number"}: may we move it?
    renew    {"holds": {camera: [number, idle_s, moves]}, "paused": {camera: [tours]}}
    release  {"camera", "number", "moves", "paused"}
    ask      {"camera"}: ask its holder for it;  give {"camera"}: the holder gives it
    meanwhile {"cameras"}: steered while the recorder was away
    watch    {"since"}: answered as soon as something changed, after a few seconds at the latest

A session is a secret of one desk: nobody else renews, releases or gives in its name.
"""

import asyncio
import secrets
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from controlroom.cameras.holds.records import Claim, Holder
from controlroom.codec import to_plain
from controlroom.errors import PermissionRefused, Unavailable
from controlroom.recording.hold_people import Judge, unproven
from controlroom.recording.holds import HoldBook
from controlroom.recording.leases import MOST_ID
from controlroom.recording.replies import values_of, words

WATCH_S = 3.0
SESSION_S = 60.0  # one that says nothing for so long is forgotten
MOST_SESSIONS = 200
GONE = 410  # the status that tells a desk to enter again


@dataclass(frozen=True)
class _Session:
    holder: Holder
    handle: str
    proof: str
    heard_at: float


class HoldRequests:
    """Serves holds on the server's loop; `judge` may wait for the database and is called aside."""

    def __init__(self, book: HoldBook, judge: Judge, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._book, self._judge, self._monotonic = book, judge, monotonic
        self._lock = threading.Lock()
        self._sessions: dict[str, _Session] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Future[None]] = set()
        book.listen(self._changed)

    def serve_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake those who wait for news on this loop."""
        self._loop = loop

    def routes(self) -> list[web.RouteDef]:
        """List what is answered, for the server."""
        answers: dict[str, Callable[[Holder, dict[str, Any]], Awaitable[dict[str, Any]]]] = {
            "claim": self._claim,
            "renew": self._renew,
            "release": self._release,
            "ask": self._ask,
            "give": self._give,
            "meanwhile": self._meanwhile,
            "watch": self._watch,
        }
        made = [web.post(f"/holds/{name}", self._of_session(answer)) for name, answer in answers.items()]
        return [web.post("/holds/enter", self._enter), *made]

    def look_at_people(self) -> None:
        """Judge every session's person again: roles may have changed, or the account been switched off."""
        now = self._monotonic()
        with self._lock:
            sessions = list(self._sessions.items())
        for token, known in sessions:
            if now - known.heard_at > SESSION_S:
                self._forget(token)
                continue
            try:
                holder = self._judge(known.holder.desk, known.handle, known.proof)
            except PermissionRefused:
                self._forget(token)
            except Unavailable:
                continue  # as they were known
            else:
                with self._lock:
                    if token in self._sessions:
                        self._sessions[token] = replace(self._sessions[token], holder=holder)

    async def _enter(self, request: web.Request) -> web.Response:
        values = await values_of(request)
        desk, handle, proof = (str(values.get(name, "")) for name in ("desk", "handle", "proof"))
        if not desk or max(len(desk), len(handle)) > MOST_ID or len(proof) > 2 * MOST_ID:
            return words("A desk enters with its name and its person's.", 400)
        try:
            holder = await asyncio.to_thread(self._judged, desk, handle, proof)
        except PermissionRefused as error:
            return words(error.what, 403)
        former = str(values.get("session", ""))
        with self._lock:
            known = self._sessions.pop(former, None)
            if len(self._sessions) >= MOST_SESSIONS:
                return words("Too many desks at once.", 503)
            token = secrets.token_urlsafe(24)
            self._sessions[token] = _Session(holder, handle, proof, self._monotonic())
        if known is not None and known.handle != handle:
            self._book.leave(known.holder.desk)
        return web.json_response({"session": token, "person": to_plain(holder)})

    def _judged(self, desk: str, handle: str, proof: str) -> Holder:
        try:
            return self._judge(desk, handle, proof)
        except Unavailable:
            return unproven(desk, handle)

    def _of_session(
        self, answer: Callable[[Holder, dict[str, Any]], Awaitable[dict[str, Any]]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answered(request: web.Request) -> web.StreamResponse:
            values = await values_of(request)
            token = str(values.get("session", ""))
            with self._lock:
                known = self._sessions.get(token)
                if known is not None:
                    self._sessions[token] = replace(known, heard_at=self._monotonic())
            if known is None:
                return words("This desk has to enter first.", GONE)
            try:
                return web.json_response(await answer(known.holder, values))
            except (KeyError, TypeError, ValueError):
                return words("That cannot be read.", 400)

        return answered

    async def _claim(self, who: Holder, values: dict[str, Any]) -> dict[str, Any]:
        how, number = Claim(values.get("how", Claim.STEER)), int(values.get("number", 0))
        return to_plain(self._book.claim(_camera(values), who, how, number))

    async def _renew(self, who: Holder, values: dict[str, Any]) -> dict[str, Any]:
        holds = {
            str(camera): (int(number), float(idle_s), int(moves))
            for camera, (number, idle_s, moves) in dict(values["holds"]).items()
        }
        paused = {str(camera): _tours(tours) for camera, tours in dict(values.get("paused", {})).items()}
        kept, lost = self._book.renew(who.desk, holds, paused)
        return {"kept": kept, "lost": lost}

    async def _release(self, who: Holder, values: dict[str, Any]) -> dict[str, Any]:
        number, moves = int(values["number"]), int(values.get("moves", 0))
        tours = _tours(values.get("paused", []))
        return {"done": self._book.release(_camera(values), who.desk, number, moves, tours)}

    async def _ask(self, who: Holder, values: dict[str, Any]) -> dict[str, Any]:
        return to_plain(self._book.ask(_camera(values), who))

    async def _give(self, who: Holder, values: dict[str, Any]) -> dict[str, Any]:
        return {"done": self._book.give(_camera(values), who.desk)}

    async def _meanwhile(self, who: Holder, values: dict[str, Any]) -> dict[str, Any]:
        for camera_id in list(values["cameras"])[:MOST_SESSIONS]:
            self._book.steered_meanwhile(_camera({"camera": camera_id}), who)
        return {}

    async def _watch(self, who: Holder, values: dict[str, Any]) -> dict[str, Any]:
        since = int(values.get("since", 0))
        loop = asyncio.get_running_loop()
        until = loop.time() + WATCH_S
        while self._book.version == since and not self._book.has_notices(who.desk):
            left = until - loop.time()
            if left <= 0:
                break
            change: asyncio.Future[None] = loop.create_future()
            self._waiting.add(change)
            try:
                await asyncio.wait_for(change, left)
            except TimeoutError:
                break
            finally:
                self._waiting.discard(change)
        version = self._book.version
        return {
            "version": version,
            "holds": to_plain(self._book.current()),
            "notices": to_plain(self._book.notices_for(who.desk)),
        }

    def _changed(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for change in list(self._waiting):
            if not change.done():
                change.set_result(None)

    def _forget(self, token: str) -> None:
        with self._lock:
            self._sessions.pop(token, None)


def _camera(values: dict[str, Any]) -> str:
    camera_id = str(values["camera"])
    if not 0 < len(camera_id) <= MOST_ID:
        raise ValueError("no camera's id")
    return camera_id


def _tours(given: object) -> list[str]:
    if not isinstance(given, list):
        raise TypeError("no list of tours")
    return [str(each)[:MOST_ID] for each in given]
