"""A rendered stream: at its rate or with pictures left out, and going on when one picture cannot be made."""

import asyncio
import threading
from collections.abc import Callable

import numpy as np

from controlroom.simulator.arrays import Image
from controlroom.simulator.media.hub import AccessUnit
from controlroom.simulator.media.rendered import RenderedSource
from controlroom.simulator.settings import StreamShape

SMALL = StreamShape("sub", 160, 96, 50, 100)


def picture() -> Image:
    return np.full((144, 160), 90, np.uint8)


async def first_units(count: int, draw: Callable[[int], Image | None], at_once: int = 1) -> list[AccessUnit]:
    """The first pictures of a stream that draws so."""
    units: asyncio.Queue[AccessUnit] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    source = RenderedSource(SMALL, lambda _: draw, threading.Semaphore(at_once), loop)
    source.start(units.put_nowait)
    try:
        return [await units.get() for _ in range(count)]
    finally:
        source.stop()


def test_pictures_are_never_nearer_than_the_rate_allows_but_for_those_made_up() -> None:
    units = asyncio.run(first_units(26, lambda _: picture()))
    assert units[25].taken_at - units[0].taken_at >= (25 - 3) / SMALL.fps  # two late ones may be made up
    assert [unit.counter for unit in units] == list(range(1, 27))


def test_a_picture_that_cannot_be_made_is_left_out_and_the_stream_goes_on() -> None:
    def sometimes(value: int) -> Image | None:
        if next(turns) % 2:
            raise ValueError("this picture cannot be made")
        return picture()

    turns = iter(range(1000))
    assert len(asyncio.run(first_units(6, sometimes))) == 6


def test_no_more_streams_draw_at_once_than_are_allowed() -> None:
    inside, most = [0], [0]
    lock = threading.Lock()

    def draw(value: int) -> Image:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        threading.Event().wait(0.005)
        with lock:
            inside[0] -= 1
        return picture()

    async def two() -> None:
        at_once = threading.Semaphore(1)
        loop = asyncio.get_running_loop()
        units: asyncio.Queue[AccessUnit] = asyncio.Queue()
        sources = [RenderedSource(SMALL, lambda _: draw, at_once, loop) for _ in range(2)]
        for source in sources:
            source.start(units.put_nowait)
        for _ in range(12):
            await units.get()
        for source in sources:
            source.stop()

    asyncio.run(two())
    assert most[0] == 1


def test_nothing_is_drawn_after_the_last_watcher_has_left() -> None:
    drawn: list[int] = []

    def draw(value: int) -> Image:
        drawn.append(value)
        return picture()

    async def watched() -> int:
        units: asyncio.Queue[AccessUnit] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        source = RenderedSource(SMALL, lambda _: draw, threading.Semaphore(1), loop)
        source.start(units.put_nowait)
        await units.get()
        source.stop()
        renderers = [each for each in threading.enumerate() if each.name == "render"]
        for thread in renderers:
            await asyncio.to_thread(thread.join)
        return len(renderers)

    assert asyncio.run(watched()) <= 1
    assert not [each for each in threading.enumerate() if each.name == "render"]
