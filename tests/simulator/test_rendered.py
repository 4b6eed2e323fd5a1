"""A rendered stream: at its rate or with pictures left out, and going on when one picture cannot be made."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import av
import numpy as np

from controlroom.simulator.media.hub import AccessUnit
from controlroom.simulator.media.rendered import RenderedSource
from controlroom.simulator.settings import StreamShape

SMALL = StreamShape("sub", 160, 96, 50, 100)


def picture() -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.full((144, 160), 90, np.uint8), "nv12")


async def first_units(count: int, draw: Callable[[int], av.VideoFrame | None]) -> list[AccessUnit]:
    """The first pictures of a stream that draws so."""
    units: asyncio.Queue[AccessUnit] = asyncio.Queue()
    with ThreadPoolExecutor(1) as drawers:
        source = RenderedSource(SMALL, lambda _: draw, drawers)
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
    def sometimes(value: int) -> av.VideoFrame | None:
        if next(turns) % 2:
            raise ValueError("this picture cannot be made")
        return picture()

    turns = iter(range(1000))
    assert len(asyncio.run(first_units(6, sometimes))) == 6


def test_nothing_is_drawn_after_the_last_watcher_has_left() -> None:
    drawn: list[int] = []

    def draw(value: int) -> av.VideoFrame:
        drawn.append(value)
        return picture()

    async def watched() -> None:
        units: asyncio.Queue[AccessUnit] = asyncio.Queue()
        with ThreadPoolExecutor(1) as drawers:
            source = RenderedSource(SMALL, lambda _: draw, drawers)
            source.start(units.put_nowait)
            await units.get()
            source.stop()
            drawers.submit(drawn.clear).result()  # after the picture that was being drawn
            other = RenderedSource(SMALL, lambda _: lambda _: picture(), drawers)
            other.start(units.put_nowait)
            for _ in range(6):  # the time of six pictures
                await units.get()
            other.stop()

    asyncio.run(watched())
    assert not drawn


def test_streams_that_share_the_drawers_all_go_on() -> None:
    async def two() -> list[int]:
        counts = [0, 0]
        seen: asyncio.Queue[int] = asyncio.Queue()
        with ThreadPoolExecutor(1) as drawers:
            sources = [RenderedSource(SMALL, lambda _: lambda _: picture(), drawers) for _ in counts]
            for place, source in enumerate(sources):
                source.start(lambda _, place=place: seen.put_nowait(place))
            while min(counts) < 5:
                counts[await seen.get()] += 1
            for source in sources:
                source.stop()
        return counts

    assert min(asyncio.run(two())) == 5
