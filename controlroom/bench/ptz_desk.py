"""A desk without a window that presses keys at random, for `bench ptz`: `python -m controlroom.bench.ptz_desk`.

It reads what it needs from one line of JSON and tells every press, release and held-back key with the monotonic
nanoseconds, until it is killed or its pipe closes. Each press has a speed that no other press of the run has, so that
the camera's own log says whose order arrived.
"""

import json
import os
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from controlroom.audit.signatures import sign
from controlroom.cameras.control.messages import HoldWord
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import ControlEvent, DeviceAddress
from controlroom.cameras.holds.records import GuardKind, HoldNews, HoldsSeen, proof_facts
from controlroom.codec import from_plain
from controlroom.processes.pinned_https import PinnedEndpoint
from controlroom.processes.run_folder import RunFolder
from controlroom.processes.supervisor import Supervisor

REPEAT_S = 0.25  # as the window repeats a held key
SPEEDS = 1500  # a desk's presses before its speeds begin anew
BAND = 0.3


def speed_of(desk: int, press: int) -> float:
    """The speed of a press: no other desk has it, and this one not for the next SPEEDS presses."""
    return round(0.05 + desk * BAND + (press % SPEEDS) * 0.0001, 4)


def desk_of(speed: float) -> int:
    """Whose press that speed was."""
    return int((abs(speed) - 0.05 + 1e-6) / BAND)


class RandomHands:
    """Presses and releases keys at random moments, and now and then asks for a camera, takes it over or gives it."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told
        self._dice = random.Random(told["seed"])
        self._cameras: list[str] = [each["id"] for each in told["cameras"]]
        self._seen = HoldsSeen()
        self._reached: set[str] = set()
        self._lock = threading.Lock()
        self._press = int(told["first_press"])
        self._supervisor = Supervisor(RunFolder(Path(told["folder"])))
        self._client = ControlClient(self._supervisor)
        self._client.on_event = self._take_event
        self._client.on_hold_news = self._take_news
        self._client.on_holds = self._take_holds

    def run(self) -> None:
        """Work until the process ends."""
        told, client = self._told, self._client
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(told["key"]))

        def prove(recorder: str, desk: str, nonce: str) -> str:
            return sign(key, *proof_facts(recorder, desk, nonce, told["handle"]))

        client.lease_at(from_plain(PinnedEndpoint, told["end"]), told["name"])
        client.sit_down(told["handle"], prove)
        for each in told["cameras"]:
            client.connect(each["id"], from_plain(DeviceAddress, each["address"]))
        while not self._seen.guarded or self._seen.away or len(self._reached) < len(self._cameras):
            time.sleep(0.02)
        while True:
            self._hold_a_key(self._dice.choice(self._cameras))
            time.sleep(self._dice.uniform(0.05, 0.5))

    def _hold_a_key(self, camera_id: str) -> None:
        dice = self._dice
        self._press += 1
        speed = speed_of(self._told["desk"], self._press)
        pan = speed if dice.random() < 0.5 else -speed
        until = time.monotonic() + dice.uniform(0.1, 1.2)
        self._say("press", camera=camera_id, pan=pan, control=self._supervisor.health()[0].pid)
        while True:
            self._client.move(camera_id, pan, 0, 0)
            left = until - time.monotonic()
            if left <= 0:
                break
            time.sleep(min(REPEAT_S, left))
        self._say("release", camera=camera_id, pan=pan)
        self._client.stop(camera_id)
        if dice.random() < 0.3:
            word = dice.choice((HoldWord.TAKE, HoldWord.ASK, HoldWord.GIVE, HoldWord.GIVE))
            self._client.say(camera_id, word)

    def _take_event(self, event: ControlEvent) -> None:
        """A camera whose link is down at the start is not waited for."""
        self._reached.add(event.camera_id)

    def _take_news(self, news: HoldNews) -> None:
        if news.guard is GuardKind.UNGUARDED:
            self._client.say(news.camera_id, HoldWord.ANYWAY)
        self._say("held_back", camera=news.camera_id, why=str(news.guard or news.notice))

    def _take_holds(self, seen: HoldsSeen) -> None:
        self._seen = seen
        for each in seen.holds:
            if each.asked_by and each.camera_id in seen.ours:
                self._client.say(each.camera_id, HoldWord.GIVE)

    def _say(self, event: str, **facts: Any) -> None:
        with self._lock:
            print(json.dumps({"event": event, "at_ns": time.monotonic_ns(), **facts}), flush=True)


def _end_with_the_pipe() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    hands = RandomHands(json.loads(sys.stdin.readline()))
    threading.Thread(target=_end_with_the_pipe, daemon=True).start()
    hands.run()
