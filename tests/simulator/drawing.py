"""Streets drawn in the test's own process, without any server."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import cv2

from controlroom.simulator.arrays import Image
from controlroom.simulator.ptz_head import HeadPosition, born_presets
from controlroom.simulator.scene.stage import Painter, Stage
from controlroom.simulator.scene.view import View
from controlroom.simulator.settings import MAIN, SUB, Light, StreamShape

NOON = datetime(2026, 6, 21, 12, 0, 0, tzinfo=UTC)


@contextmanager
def painter() -> Iterator[Painter]:
    """A painter that ends with the block."""
    made = Painter()
    try:
        yield made
    finally:
        made.close()


def painted_stage(seed: int, painter: Painter, light: Light = Light.NIGHT) -> Stage:
    """A stage that can be looked at."""
    stage = Stage(seed, light, painter)
    stage.order(NOON)
    assert stage.painted.wait(30)
    return stage


def home(seed: int) -> HeadPosition:
    """Where a camera with this seed looks when it is new."""
    return born_presets(seed)[-1].position


class Draughtsman:
    """Draws BGR pictures of one stage."""

    def __init__(self, stage: Stage, shape: StreamShape = SUB) -> None:
        self.shape = shape
        self._view = View(stage, "014 George Street", shape.width, shape.height)

    def draw(
        self, position: HeadPosition, seconds: float = 0.0, value: int = 0, moment: datetime = NOON
    ) -> Image:
        """The picture at this position and time, copied."""
        picture = self._view.picture(position, moment, seconds, value)
        assert picture is not None
        return cv2.cvtColor(picture.to_ndarray(), cv2.COLOR_YUV2BGR_NV12)


__all__ = ["MAIN", "NOON", "SUB", "Draughtsman", "home", "painted_stage", "painter"]
