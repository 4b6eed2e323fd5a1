"""Answers desks about holds, under /holds on the recorder's HTTPS server.

    hello    {"desk", "session"}: a desk is here; answered with the name it has and the nonce that a proof is made for
    enter    {"desk", "session", "handle", "proof"}: a person sits there
    prove    {"proof"}: the same person, for a newer nonce
    claim    {"camera", "how", "number"}: may we move it?
    renew    {"holds": {camera: [number, idle_s, moves]}, "paused": {camera: [tours]}}
    release  {"camera", "number", "moves", "paused"}
    ask      {"camera"}: ask its holder for it;  give {"camera"}: the holder gives it
    meanwhile {"cameras"}: steered while the recorder was away
    watch    {"since"}: answered as soon as something changed, after a few seconds at the latest

"session" is the desk's own secret (`desks.py`), in every call: nobody else renews, releases or gives in its name.
Nothing that is answered to one desk tells another's.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from controlroom.cameras.holds.records import Claim, Holder
from controlroom.cameras.holds.rules import MOST_HOLDS
from controlroom.codec import to_plain
from controlroom.errors import PermissionRefused, Unavailable
from controlroom.recording.desks import Desk, DeskBook, NoRoom, one_line
from controlroom.recording.hold_people import Judge, unproven
from controlroom.recording.holds import MOST_NUMBER, HoldBook
from controlroom.recording.replies import MOST_ID, name, seconds, values_of, whole, words

WATCH_S = 3.0
MOST_IDLE_S = 86_400.0
MOST_MOVES = 1_000_000_000
GONE = 410  # the status that tells a desk to enter again
BUSY = 503  # the status that tells it to come back in a moment

_Answer = Callable[[Desk, dict[str, Any]], Awaitable[dict[str, Any]]]


class HoldRequests:
    """Serves holds on the server's loop; `judge` may wait for the database and is called aside."""

    def __init__(self, book: HoldBook, judge: Judge, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._book, self._judge = book, judge
        self.desks = DeskBook(monotonic, book.desks, book.forget)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: dict[str, asyncio.Future[None]] = {}
        book.ask_heirs(self.desks.is_there)
        book.listen(self._changed)

    def serve_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake those who wait for news on this loop."""
        self._loop = loop

    def routes(self) -> list[web.RouteDef]:
        """List what is answered, for the server."""
        answers: dict[str, _Answer] = {
            "prove": self._prove,
            "claim": self._claim,
            "renew": self._renew,
            "release": self._release,
            "ask": self._ask,
            "give": self._give,
            "meanwhile": self._meanwhile,
            "watch": self._watch,
        }
        made = [web.post(f"/holds/{path}", self._of_desk(answer)) for path, answer in answers.items()]
        return [web.post("/holds/hello", self._hello), web.post("/holds/enter", self._enter), *made]

    def look_at_people(self) -> None:
        """Judge every desk's person again: proofs age, roles change, accounts end."""
        self.desks.forget_silent()
        for desk in self.desks.known():
            try:
                person = self._judge(desk.name, desk.handle, desk.proof, self.desks.nonces(desk.key))
            except PermissionRefused:
                self.desks.forget(desk.key)
            except Unavailable:
                continue  # as they were known
            else:
                if self.desks.judged(desk, person):
                    self._book.know_as(person)

    async def _hello(self, request: web.Request) -> web.Response:
        arrived = await self._arrived(request)
        return arrived if isinstance(arrived, web.Response) else web.json_response(self._told(*arrived))

    async def _enter(self, request: web.Request) -> web.Response:
        arrived = await self._arrived(request)
        if isinstance(arrived, web.Response):
            return arrived
        desk, values = arrived
        handle, proof = one_line(str(values.get("handle", ""))), str(values.get("proof", ""))
        if len(handle) > MOST_ID or len(proof) > 2 * MOST_ID:
            return words("A desk enters with its name and its person's.", 400)
        if desk.handle != handle:
            self._book.leave(desk.name)
        try:
            person = await self._seated(desk, handle, proof)
        except PermissionRefused as error:
            return words(error.what, 403)
        return web.json_response({**self._told(desk, values), "person": to_plain(person)})

    async def _arrived(self, request: web.Request) -> tuple[Desk, dict[str, Any]] | web.Response:
        values = await values_of(request)
        values["session"] = values.get("session") or secrets.token_urlsafe(32)
        try:
            desk = self.desks.enter(str(values["session"]), str(values.get("desk", "")), request.remote or "")
        except NoRoom as error:
            return words(error.what, BUSY)
        except ValueError:
            return words("A desk enters with its name and its own secret.", 400)
        return desk, values

    def _told(self, desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
        """What a desk is told of itself alone."""
        return {
            "session": values["session"],
            "desk": desk.name,
            "nonce": self.desks.nonces(desk.key)[0],
        }

    async def _seated(self, desk: Desk, handle: str, proof: str) -> Holder:
        try:
            person = await asyncio.to_thread(self._judged, desk, handle, proof)
        except PermissionRefused:
            self.desks.forget(desk.key)
            raise
        self.desks.seat(desk.key, person, handle, proof)
        return person

    def _judged(self, desk: Desk, handle: str, proof: str) -> Holder:
        try:
            return self._judge(desk.name, handle, proof, self.desks.nonces(desk.key))
        except Unavailable:
            return unproven(desk.name, handle)

    def _of_desk(self, answer: _Answer) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answered(request: web.Request) -> web.StreamResponse:
            values = await values_of(request)
            desk = self.desks.of(values.get("session"))
            if desk is None:
                return words("This desk has to enter first.", GONE)
            try:
                return web.json_response(await answer(desk, values))
            except PermissionRefused as error:
                return words(error.what, 403)
            except (KeyError, TypeError, ValueError):
                return words("That cannot be read.", 400)

        return answered

    async def _prove(self, desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
        proof = str(values["proof"])
        if len(proof) > 2 * MOST_ID:
            raise ValueError("no proof")
        person = await self._seated(desk, desk.handle, proof)
        self._book.know_as(person)
        return {"person": to_plain(person)}

    async def _claim(self, desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
        how, number = Claim(values.get("how", Claim.STEER)), whole(values.get("number", 0), MOST_NUMBER)
        return to_plain(self._book.claim(name(values["camera"]), desk.person, how, number))

    async def _renew(self, desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
        holds = {
            name(camera): (whole(number, MOST_NUMBER), seconds(idle_s, MOST_IDLE_S), whole(moves, MOST_MOVES))
            for camera, (number, idle_s, moves) in _bounded(values["holds"]).items()
        }
        paused = {name(camera): _tours(each) for camera, each in _bounded(values.get("paused", {})).items()}
        kept, lost = self._book.renew(desk.name, holds, paused)
        return {"kept": kept, "lost": lost, "nonce": self.desks.nonces(desk.key)[0]}

    async def _release(self, desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
        number, moves = whole(values["number"], MOST_NUMBER), whole(values.get("moves", 0), MOST_MOVES)
        tours = _tours(values.get("paused", []))
        return {"done": self._book.release(name(values["camera"]), desk.name, number, moves, tours)}

    async def _ask(self, desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
        return to_plain(self._book.ask(name(values["camera"]), desk.person))

    async def _give(self, desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
        return {"done": self._book.give(name(values["camera"]), desk.name)}

    async def _meanwhile(self, desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
        for camera_id in dict.fromkeys(name(each) for each in list(values["cameras"])[:MOST_HOLDS]):
            self._book.steered_meanwhile(camera_id, desk.person)
        return {}

    async def _watch(self, desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
        """Wait for news; a desk that asks again while it waits is answered by the newer question alone."""
        since = whole(values.get("since", 0), MOST_NUMBER)
        loop = asyncio.get_running_loop()
        until, newest = loop.time() + WATCH_S, True
        self._wake(desk.key)
        while self._book.version == since and not self._book.has_notices(desk.name):
            left = until - loop.time()
            if left <= 0:
                break
            change = self._waiting[desk.key] = loop.create_future()
            try:
                await asyncio.wait({change}, timeout=left)
            finally:
                newest = self._waiting.get(desk.key) is change
                if newest:
                    del self._waiting[desk.key]
            if not newest:
                break
        self.desks.of(values["session"])
        version = self._book.version
        return {
            "version": version,
            "holds": to_plain(self._book.current()),
            "notices": to_plain(self._book.notices_for(desk.name)) if newest else [],
        }

    def _changed(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake_all)

    def _wake_all(self) -> None:
        for change in self._waiting.values():
            if not change.done():
                change.set_result(None)

    def _wake(self, key: str) -> None:
        """Let an older question of the same desk end."""
        if (change := self._waiting.pop(key, None)) is not None and not change.done():
            change.set_result(None)


def _bounded(given: object) -> dict[str, Any]:
    if not isinstance(given, dict) or len(given) > MOST_HOLDS:
        raise ValueError("no cameras")
    return given


def _tours(given: object) -> list[str]:
    if not isinstance(given, list):
        raise TypeError("no list of tours")
    return [str(each)[:MOST_ID] for each in given]
