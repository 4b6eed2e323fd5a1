"""Runs simulated cameras for tests, the demo and the bench: a child process that lives as long as the block.

    with Fleet(numbered_cameras(4)) as fleet:
        camera = fleet.cameras[0]
        probe(DeviceAddress(camera.host, camera.onvif_port, camera.username, camera.password))

Nothing heavy is imported here; the child does the work.
"""

import http.client
import json
import subprocess
import sys
import threading
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from controlroom.errors import Unavailable
from controlroom.simulator.settings import CameraSettings, FleetOptions, Light, PtzQuirks, numbered_cameras

READY_WITHIN_S = 60.0
_END_WITHIN_S = 8.0


@dataclass(frozen=True)
class SimulatedCamera:
    """The addresses and login of a simulated camera."""

    place: int
    number: str
    name: str
    host: str
    onvif_port: int
    rtsp_port: int
    main_url: str
    sub_url: str
    username: str
    password: str = field(repr=False)

    def stream_url(self, stream: str = "sub", *, with_login: bool = True) -> str:
        """Return the address of a stream, with the login in it as simple clients want it."""
        url = self.main_url if stream == "main" else self.sub_url
        return url.replace("rtsp://", f"rtsp://{self.username}:{self.password}@") if with_login else url


class Fleet:
    """A simulator process. As a context manager it is ready inside the block."""

    def __init__(
        self,
        cameras: list[CameraSettings] | int = 1,
        *,
        loops: bool = False,
        footage: str | Path = "",
        light: Light = Light.AUTO,
        send_log: str | Path = "",
        base_port: int = 0,
        discovery: bool = True,
        prepare: bool = False,
        control: bool = True,
        threads: int = 4,
        faults: dict[int, str] | None = None,
    ) -> None:
        listed = numbered_cameras(cameras) if isinstance(cameras, int) else cameras
        self.options = FleetOptions(
            cameras=listed,
            base_port=base_port,
            loops=loops,
            footage=str(footage),
            light=light,
            send_log=str(send_log),
            control_port=0 if control else None,
            discovery=discovery,
            threads=threads,
            prepare=prepare,
            faults=faults or {},
        )
        self.cameras: list[SimulatedCamera] = []
        self.rtsp_port = 0
        """The port at which every camera's streams are, besides the camera's own."""
        self.control_port: int | None = None
        self._process: subprocess.Popen[str] | None = None
        self._complaints: deque[str] = deque(maxlen=40)

    @classmethod
    def of_one(cls, ptz: PtzQuirks | None = None, /, **knobs: Any) -> Self:
        """Make one camera 001 with these quirks and settings: `Fleet.of_one(PtzQuirks(absolute=False), model="X")`."""
        settings = replace(numbered_cameras(1)[0], **knobs)
        return cls([replace(settings, ptz=ptz) if ptz else settings])

    @property
    def pid(self) -> int:
        """The simulator's process."""
        if self._process is None:
            raise Unavailable("The simulated cameras are not running.")
        return self._process.pid

    def start(self) -> Self:
        """Start the child and wait until every camera can be reached; raises Unavailable with its own words."""
        # `-m` finds the package through the interpreter's own path: an installed or an editable tree alike.
        process = subprocess.Popen(
            [sys.executable, "-m", "controlroom.simulator"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._process = process
        threading.Thread(target=self._collect_complaints, name="simulator stderr", daemon=True).start()
        assert process.stdin is not None and process.stdout is not None
        alarm = threading.Timer(READY_WITHIN_S, process.kill)
        alarm.start()
        try:
            process.stdin.write(json.dumps(self.options.to_json()) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline() or "{}")
        except (OSError, ValueError):
            answer = {}
        finally:
            alarm.cancel()
        if not answer.get("ready"):
            self.close()
            said = answer.get("error") or "\n".join(self._complaints) or "it said nothing"
            raise Unavailable(f"The simulated cameras did not start: {said}")
        self._read_answer(answer)
        return self

    def close(self) -> None:
        """End the child by closing its pipe, or by force if it does not exit."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            try:
                process.stdin.close()
            except OSError:
                pass
        try:
            process.wait(_END_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def kill(self) -> None:
        """Kill the child as a crash would, for tests of what is left behind."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def state(self) -> dict[str, Any]:
        """Return every camera's inner state, by the control API; see `VirtualCamera.state`."""
        return self.control("GET", "/cameras")

    def camera_state(self, place: int = 1) -> dict[str, Any]:
        """One camera's state."""
        return self.control("GET", f"/cameras/{place}")

    def set_clock(self, place: int, ahead_s: float) -> None:
        """Set a camera's clock so many seconds ahead (negative: behind)."""
        self.control("POST", f"/cameras/{place}/clock", {"ahead_s": ahead_s})

    def fault(self, place: int, fault: str) -> None:
        """Cause a fault of a camera, e.g. `freeze` or `packet-loss:0.2`; see `fault_kinds`."""
        self.control("POST", f"/cameras/{place}/fault", {"fault": fault})

    def clear_fault(self, place: int) -> None:
        """Make a camera healthy again."""
        self.control("DELETE", f"/cameras/{place}/fault")

    def control(self, method: str, path: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """Make one call of the control API; raises Unavailable when it is refused."""
        if self.control_port is None:
            raise Unavailable("The simulated cameras run without a control API.")
        connection = http.client.HTTPConnection("127.0.0.1", self.control_port, timeout=10)
        try:
            body = None if values is None else json.dumps(values)
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode()
        except OSError as error:
            raise Unavailable(f"The simulated cameras' control API does not answer: {error}.") from error
        finally:
            connection.close()
        if answer.status >= 400:
            raise Unavailable(f"The simulated cameras refused: {text}")
        return json.loads(text)

    def _read_answer(self, answer: dict[str, Any]) -> None:
        self.rtsp_port = answer["rtsp_port"]
        self.control_port = answer.get("control_port")
        passwords = [camera.password for camera in self.options.cameras]
        self.cameras = [
            SimulatedCamera(
                place=each["place"],
                number=each["number"],
                name=each["name"],
                host=each["host"],
                onvif_port=each["onvif_port"],
                rtsp_port=each["rtsp_port"],
                main_url=each["main"],
                sub_url=each["sub"],
                username=each["user"],
                password=password,
            )
            for each, password in zip(answer["cameras"], passwords, strict=True)
        ]

    def _collect_complaints(self) -> None:
        assert self._process is not None and self._process.stderr is not None
        with self._process.stderr as stream:
            for line in stream:
                self._complaints.append(line.rstrip())
