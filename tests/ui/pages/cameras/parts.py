"""Stand-ins for what the Cameras page reaches cameras by: the control process and the picture workers."""

from concurrent.futures import Future
from pathlib import Path

from PySide6.QtGui import QImage

from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import (
    DeviceAddress,
    DeviceReport,
    DiscoveredDevice,
    PtzAbilities,
    StreamProfile,
)
from controlroom.video.one_picture import NoPicture
from controlroom.video.records import Look, StreamAddress

REPORT = DeviceReport(
    make="Axis",
    model="Q6225",
    firmware="11.8",
    profiles=(
        StreamProfile("1", "Main", "H264", 1280, 720, 25, "rtsp://10.0.0.5/main", has_ptz=True),
        StreamProfile("2", "Sub", "H264", 640, 360, 15, "rtsp://10.0.0.5/sub"),
    ),
    ptz=PtzAbilities(pan_tilt=True, zoom=True, presets=True),
    clock_drift_s=0.4,
    snapshot=True,
)


class Control(ControlClient):
    """Stands for the control process: answers what the test says, or nothing yet."""

    def __init__(self) -> None:
        self.answer: DeviceReport | Exception | None = REPORT
        self.found: list[DiscoveredDevice] = []
        self.asked: list[DeviceAddress] = []

    def probe(self, address: DeviceAddress) -> "Future[DeviceReport]":
        """As the real client's."""
        self.asked.append(address)
        future: Future[DeviceReport] = Future()
        if isinstance(self.answer, Exception):
            future.set_exception(self.answer)
        elif self.answer is not None:
            future.set_result(self.answer)
        return future

    def discover(self) -> "Future[list[DiscoveredDevice]]":
        """As the real client's."""
        future: Future[list[DiscoveredDevice]] = Future()
        future.set_result(self.found)
        return future


class Eye:
    """Stands for the picture workers: a picture of every stream, or what the test says."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "test-picture.jpg"
        picture = QImage(64, 36, QImage.Format.Format_RGB32)
        picture.fill(0x336699)
        picture.save(str(self.path))
        self.error: Exception | None = None
        self.asked: list[StreamAddress] = []

    def __call__(self, stream: StreamAddress) -> Look:
        """As `controlroom.app.pictures.test_picture`."""
        self.asked.append(stream)
        if self.error is not None:
            raise self.error
        size = (640, 360) if stream.url.endswith("/sub") else (1280, 720)
        return Look(self.path, *size, "H264", 25.0)


def no_picture(_stream: StreamAddress) -> Look:
    raise NoPicture("No picture came.", None)
