"""The three kinds of picture a fleet can show: the rendered street, shared counter loops, or a video file."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import Protocol

import av
import cv2

from controlroom.clock import process_clock
from controlroom.simulator.arrays import Image
from controlroom.simulator.camera import Camera
from controlroom.simulator.media import encoder
from controlroom.simulator.media.clip import Clip, ClipSource
from controlroom.simulator.media.footage import Footage, open_footage
from controlroom.simulator.media.hub import Source
from controlroom.simulator.media.loops import make_loop
from controlroom.simulator.media.pace import Pace
from controlroom.simulator.media.rendered import RenderedSource
from controlroom.simulator.ptz_head import born_presets
from controlroom.simulator.scene.painter import Painter, Urgency
from controlroom.simulator.scene.sprites import SpriteStore
from controlroom.simulator.scene.stage import Stage
from controlroom.simulator.scene.view import View
from controlroom.simulator.settings import SHAPES, FleetOptions, StreamShape, checked_footage

_PREPARED_AT_MOST = 32
_JPEG_QUALITY = 88
_PAINTED_WITHIN_S = 20.0
_SPREAD = 0.618034  # golden section: phases of neighbouring cameras lie far apart


class PictureMode(Protocol):
    """Gives every camera its sources and snapshots."""

    shapes: dict[str, StreamShape]

    def source(self, camera: Camera, shape: StreamShape, loop: asyncio.AbstractEventLoop) -> Source:
        """What feeds one stream."""
        ...

    def snapshot(self, camera: Camera, stream: str) -> bytes:
        """A JPEG of this moment; called on any thread."""
        ...

    def ready(self) -> None:
        """Called when the servers listen: work ahead may begin."""
        ...

    def close(self) -> None:
        """End every thread."""
        ...


def picture_mode(options: FleetOptions) -> PictureMode:
    """The mode asked for; raises InvalidInput for footage that cannot be used."""
    cv2.setNumThreads(1)  # the streams are the parallelism
    logging.getLogger("libav").setLevel(logging.ERROR)
    if options.footage:
        return FootageMode(open_footage(checked_footage(options.footage)))
    if options.loops:
        return LoopMode(options)
    return StreetMode(options)


class StreetMode:
    """Every camera its own rendered street."""

    def __init__(self, options: FleetOptions) -> None:
        self.shapes = dict(SHAPES)
        self._options = options
        self._pace = Pace(options.threads)
        self._painter = Painter()
        self._sprites = SpriteStore()
        self._stages: dict[int, Stage] = {}
        self._cameras: list[Camera] = []

    def source(self, camera: Camera, shape: StreamShape, loop: asyncio.AbstractEventLoop) -> Source:
        """A rendered stream; both streams of a camera look at the same stage."""
        if camera.place not in self._stages:
            self._stages[camera.place] = Stage(camera.settings.seed, self._options.light, self._painter)
            self._cameras.append(camera)
        return RenderedSource(
            shape, lambda now: self._drawing(camera, now), self._pace, loop, camera.condition
        )

    def snapshot(self, camera: Camera, stream: str) -> bytes:
        """Drawn for the occasion."""
        stage = self._stages[camera.place]
        stage.order(camera.now())
        if not stage.painted.wait(_PAINTED_WITHIN_S):
            raise TimeoutError("the street was not painted in time")
        picture = self._drawing(camera, camera.shapes[stream])(0)
        assert picture is not None
        return jpeg(picture, camera.shapes[stream])

    def ready(self) -> None:
        """Paint the streets, first camera first, so that first pictures are quick."""
        if self._options.prepare:
            for camera in self._cameras[:_PREPARED_AT_MOST]:
                self._stages[camera.place].order(camera.now(), Urgency.AHEAD)

    def close(self) -> None:
        """End drawing and painting."""
        self._painter.close()
        self._pace.close()

    def _drawing(self, camera: Camera, shape: StreamShape) -> Callable[[int], Image | None]:
        stage = self._stages[camera.place]
        label = f"{camera.settings.number} {camera.settings.name}"
        view = View(stage, self._sprites, label, shape.width, shape.height)
        return lambda value: view.picture(camera.head.position(), camera.now(), monotonic(), value)


class LoopMode:
    """One street for all cameras, drawn and encoded once: costs little more than the sockets."""

    def __init__(self, options: FleetOptions) -> None:
        self.shapes = dict(SHAPES)
        self._executor = ThreadPoolExecutor(2, "loops")
        self._painter = Painter()
        clock = process_clock()
        stage = Stage(options.cameras[0].seed if options.cameras else 1, options.light, self._painter)
        stage.order(clock.now())
        sprites = SpriteStore()
        position = born_presets(stage.plan.seed)[-1].position
        self._first_picture: dict[str, Image] = {}

        def drawn(shape: StreamShape) -> Clip:
            view = View(stage, sprites, "Loop", shape.width, shape.height)
            stage.painted.wait()

            def draw(value: int) -> Image:
                picture = view.picture(position, clock.now(), value / shape.fps, value)
                assert picture is not None
                if not value:
                    self._first_picture[shape.name] = picture.copy()
                return picture

            return make_loop(shape, draw)

        # The sub stream first: walls want it, and it is made four times as fast.
        self._clips = {name: self._executor.submit(drawn, self.shapes[name]) for name in ("sub", "main")}

    def source(self, camera: Camera, shape: StreamShape, loop: asyncio.AbstractEventLoop) -> Source:
        """The shared loop, each camera at a different place of it."""
        phase = camera.place * _SPREAD % 1.0
        return ClipSource(
            self._clips[shape.name], encoder.parameter_sets(shape), loop, phase, camera.condition
        )

    def snapshot(self, camera: Camera, stream: str) -> bytes:
        """The loop's first picture."""
        self._clips[stream].result()
        return jpeg(self._first_picture[stream], self.shapes[stream])

    def ready(self) -> None:
        """Wait for the sub stream's loop: about a second."""
        self._clips["sub"].result()

    def close(self) -> None:
        """Give up loops not yet made."""
        self._painter.close()
        self._executor.shutdown(wait=False, cancel_futures=True)


class FootageMode:
    """A video file, the same on every camera."""

    def __init__(self, footage: Footage) -> None:
        self._footage = footage
        self.shapes = {name: footage.shape_for(shape) for name, shape in SHAPES.items()}
        if footage.is_passed_on(SHAPES["main"]):
            main = SHAPES["main"]
            self.shapes["main"] = StreamShape("main", footage.width, footage.height, main.fps, main.kilobits)
        self._executor = ThreadPoolExecutor(2, "footage")
        self._clips: dict[str, Future[Clip]] = {
            name: self._executor.submit(footage.clip, SHAPES[name]) for name in ("sub", "main")
        }

    def source(self, camera: Camera, shape: StreamShape, loop: asyncio.AbstractEventLoop) -> Source:
        """The shared footage, each camera at a different place of it."""
        wanted = SHAPES[shape.name]
        phase = (camera.place - 1) * _SPREAD % 1.0
        return ClipSource(
            self._clips[shape.name], self._footage.parameter_sets(wanted), loop, phase, camera.condition
        )

    def snapshot(self, camera: Camera, stream: str) -> bytes:
        """The file's first picture."""
        with av.open(str(self._footage.path)) as container:
            first = next(container.decode(video=0))
            shape = self.shapes[stream]
            return jpeg(first.reformat(shape.width, shape.height, "nv12").to_ndarray(), shape)

    def ready(self) -> None:
        """Wait until the clips are made; raises InvalidInput when the file cannot be used after all."""
        for clip in self._clips.values():
            clip.result()

    def close(self) -> None:
        """Give up clips not yet made."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def jpeg(picture: Image, shape: StreamShape) -> bytes:
    """An NV12 picture as JPEG."""
    luma = picture[: shape.height]
    chroma = picture[shape.height :].reshape(shape.height // 2, shape.width // 2, 2)
    colour = cv2.cvtColorTwoPlane(luma, chroma, cv2.COLOR_YUV2BGR_NV12)
    return cv2.imencode(".jpg", colour, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()
