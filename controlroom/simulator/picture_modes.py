"""The three kinds of picture a fleet can show: the rendered street, shared counter loops, or a video file."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from time import monotonic

import av
import cv2

from controlroom.clock import process_clock
from controlroom.simulator.camera import VirtualCamera
from controlroom.simulator.media import encoder
from controlroom.simulator.media.clip import Clip, ClipSource, encode_clip
from controlroom.simulator.media.footage import Footage, open_footage
from controlroom.simulator.media.hub import PictureSource
from controlroom.simulator.media.rendered import Draw, RenderedSource
from controlroom.simulator.ptz_head import born_presets
from controlroom.simulator.scene.stage import Painter, Stage, Urgency
from controlroom.simulator.scene.view import View
from controlroom.simulator.settings import SHAPES, CameraSettings, FleetOptions, StreamShape, checked_footage

_PREPARED_AT_MOST = 32
_JPEG_QUALITY = 88
_PAINTED_WITHIN_S = 20.0
LOOP_S = 10
_KEYS_A_SECOND = 2
"""A key frame cannot be made on demand in a loop, and FFmpeg without buffering throws away the first it is sent."""
_SPREAD = 0.618034  # golden section: phases of neighbouring cameras lie far apart


def picture_mode(options: FleetOptions) -> "PictureMode":
    """The mode asked for; raises InvalidInput for footage that cannot be used."""
    cv2.setNumThreads(1)  # the streams are the parallelism
    logging.getLogger("libav").setLevel(logging.ERROR)
    if options.footage:
        return footage_mode(open_footage(checked_footage(options.footage)))
    return loop_mode(options) if options.loops else StreetMode(options)


class StreetMode:
    """Every camera its own rendered street.

    Both modes have these methods. `snapshot` may be called on any thread; `ready` is called when the servers listen and
    raises InvalidInput for unusable footage; `close` ends every thread.
    """

    def __init__(self, options: FleetOptions) -> None:
        self.shapes = dict(SHAPES)
        self._options = options
        self._drawers = ThreadPoolExecutor(options.threads, "render")
        self._painter = Painter()
        self._stages: dict[int, Stage] = {}
        self._cameras: list[VirtualCamera] = []

    def source(
        self, camera: VirtualCamera, shape: StreamShape, loop: asyncio.AbstractEventLoop
    ) -> PictureSource:
        """A rendered stream; both streams of a camera look at the same stage."""
        if camera.place not in self._stages:
            self._stages[camera.place] = Stage(camera.settings.seed, self._options.light, self._painter)
            self._cameras.append(camera)
        return RenderedSource(shape, lambda now: self._drawing(camera, now), self._drawers, camera.condition)

    def snapshot(self, camera: VirtualCamera, stream: str) -> bytes:
        """Drawn for the occasion."""
        shape = camera.shapes[stream]
        _wait_for(self._stages[camera.place], camera.now())
        return jpeg(self._drawing(camera, shape)(0))

    def ready(self) -> None:
        """Paint the streets, first camera first, so that first pictures are quick."""
        if self._options.prepare:
            for camera in self._cameras[:_PREPARED_AT_MOST]:
                self._stages[camera.place].order(camera.now(), Urgency.AHEAD)

    def close(self) -> None:
        """End painting and drawing."""
        self._drawers.shutdown(wait=False, cancel_futures=True)
        self._painter.close()

    def _drawing(self, camera: VirtualCamera, shape: StreamShape) -> Draw:
        stage = self._stages[camera.place]
        label = f"{camera.settings.number} {camera.settings.name}"
        view = View(stage, label, shape.width, shape.height)
        return lambda value: view.picture(camera.head.position(), camera.now(), monotonic(), value)


class ClipMode:
    """Pictures encoded once and shared by all cameras: costs little more than the sockets.

    Each of the three functions takes a stream's shape as cameras have it without footage: what makes its clip, the
    parameter sets it announces, and its first picture.
    """

    def __init__(
        self,
        shapes: dict[str, StreamShape],
        make: Callable[[StreamShape], Clip],
        sets: Callable[[StreamShape], tuple[bytes, ...]],
        first_picture: Callable[[StreamShape], av.VideoFrame],
    ) -> None:
        self.shapes = shapes
        self._sets, self._first_picture = sets, first_picture
        self._executor = ThreadPoolExecutor(2, "clips")
        # The sub stream first: walls want it, and it is made four times as fast.
        self._clips = {name: self._executor.submit(make, SHAPES[name]) for name in ("sub", "main")}

    def source(
        self, camera: VirtualCamera, shape: StreamShape, loop: asyncio.AbstractEventLoop
    ) -> PictureSource:
        """The shared clip, each camera at a different place of it."""
        phase = (camera.place - 1) * _SPREAD % 1.0
        sets = self._sets(SHAPES[shape.name])
        return ClipSource(self._clips[shape.name], sets, loop, phase, camera.condition)

    def snapshot(self, camera: VirtualCamera, stream: str) -> bytes:
        """The clip's first picture."""
        return jpeg(self._first_picture(self.shapes[stream]))

    def ready(self) -> None:
        """Wait for the sub stream's clip: about a second."""
        self._clips["sub"].result()

    def close(self) -> None:
        """Give up clips not yet made."""
        self._executor.shutdown(wait=False, cancel_futures=True)


PictureMode = StreetMode | ClipMode


def loop_mode(options: FleetOptions) -> ClipMode:
    """One street for all cameras with a running counter, drawn and encoded once."""
    settings = options.cameras[0] if options.cameras else CameraSettings("1", "Loop", seed=1)
    painter = Painter()
    stage = Stage(settings.seed, options.light, painter)
    clock = process_clock()
    position = born_presets(settings.seed)[-1].position

    def drawn(shape: StreamShape) -> Callable[[int], av.VideoFrame]:
        view = View(stage, "Loop", shape.width, shape.height)
        _wait_for(stage, clock.now())
        return lambda value: _whole(view.picture(position, clock.now(), value / shape.fps, value))

    def make(shape: StreamShape) -> Clip:
        draw, count = drawn(shape), LOOP_S * shape.fps
        return encode_clip(shape, (draw(number) for number in range(count)), shape.fps // _KEYS_A_SECOND)

    return ClipMode(dict(SHAPES), make, encoder.parameter_sets, lambda shape: drawn(shape)(0))


def footage_mode(footage: Footage) -> ClipMode:
    """A video file, the same on every camera."""
    shapes = {name: footage.shape_for(shape) for name, shape in SHAPES.items()}
    return ClipMode(shapes, footage.clip, footage.parameter_sets, footage.first_picture)


def _wait_for(stage: Stage, moment: datetime) -> None:
    stage.order(moment)
    if not stage.painted.wait(_PAINTED_WITHIN_S):
        raise TimeoutError("the street was not painted in time")


def _whole(picture: av.VideoFrame | None) -> av.VideoFrame:
    assert picture is not None, "the street is painted"
    return picture


def jpeg(picture: av.VideoFrame | None) -> bytes:
    """An NV12 picture as JPEG."""
    colour = cv2.cvtColor(_whole(picture).to_ndarray(), cv2.COLOR_YUV2BGR_NV12)
    return cv2.imencode(".jpg", colour, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()
