"""The walk: what it is given, how a step is taken, and how it ends."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from controlroom.tour.driver import Driver, TourStuck
from controlroom.tour.record import TourRecord
from controlroom.ui.background import Background
from controlroom.ui.kit.page import Page
from controlroom.ui.session import DeskSession
from controlroom.ui.shell.main_window import MainWindow
from controlroom.ui.sign_in.user_row import UserRow

P = TypeVar("P", bound=Page)


class WalkedDesk(Protocol):
    """What the walk needs of a desk."""

    @property
    def window(self) -> MainWindow: ...
    @property
    def session(self) -> DeskSession: ...
    @property
    def background(self) -> Background: ...


class SpareCamera(Protocol):
    """A camera that answers and is not on the register."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def username(self) -> str: ...
    @property
    def password(self) -> str: ...


@dataclass
class Walk:
    """A desk, the hands on it, and the record being written."""

    desk: WalkedDesk
    folder: Path
    spare: SpareCamera

    def __post_init__(self) -> None:
        self.driver = Driver(self.desk.window)
        self.record = TourRecord(self.folder)
        self.started = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[dict[str, object]]:
        """One step: act inside the block, put facts into what it yields; the picture is taken at its end."""
        facts: dict[str, object] = {}
        yield facts
        self.settle()
        png = self.record.next_png(title)
        self.driver.picture(png)
        taken = self.record.add(title, png, facts)
        said = ", ".join(f"{name} {value}" for name, value in facts.items())
        print(f"{taken.step:2d} {title}{': ' + said if said else ''}", flush=True)

    def page(self, kind: type[P]) -> P:
        """The desk's page of that class."""
        return self.desk.window.page(kind)

    def settle(self) -> None:
        """Until nothing is under way and what came back has been drawn."""
        self.driver.rest(0.15)
        self.driver.wait(lambda: not self.desk.background.busy, "work in the background to end")
        self.driver.rest(0.35)

    def go(self, page: Page) -> None:
        """Open a page by its key."""
        self.driver.keys(page.shortcut, self.desk.window)
        self.driver.wait(lambda: self.desk.window.current is page, f"the page {page.title}")
        self.settle()

    def become(self, handle: str) -> None:
        """Change who sits at the desk, through the switch."""
        driver = self.driver
        driver.keys("Ctrl+U", self.desk.window)
        driver.wait(lambda: driver.visible(UserRow, lambda _: True), "the list of people")
        rows = driver.visible(UserRow, lambda row: row.user.handle == handle)
        if not rows:
            raise TourStuck(f"'{handle}' is not offered")
        driver.click(rows[0])
        driver.wait(
            lambda: self.desk.session.signed_in and self.desk.session.actor.handle == handle,
            f"{handle} at the desk",
        )
        self.settle()


def take_the_tour(walk: Walk) -> int:
    """Take every step; returns 0, or 1 when the walk got stuck (what it saw until then is kept)."""
    from controlroom.tour.steps import STEPS

    steps: tuple[Callable[[Walk], None], ...] = STEPS
    window = walk.desk.window
    window.activateWindow()  # without a window manager nobody else gives it the keyboard
    try:
        walk.driver.wait(window.isActiveWindow, "the window to have the keyboard")
        for take in steps:
            take(walk)
    except TourStuck as stuck:
        png = walk.record.next_png("stuck")
        walk.driver.picture(png)
        print(f"The tour got stuck: {stuck}. The last picture is {png}.", file=sys.stderr)
        return 1
    live, total = walk.record.fact("tiles_live"), walk.record.fact("tiles_total")
    seconds = time.monotonic() - walk.started
    print(
        f"Tour of {len(walk.record.steps)} steps in {seconds:.0f} s: {live} of {total} tiles live, the scene moved "
        f"{walk.record.fact('scene_shift_px')} px, {walk.record.fact('incident')}, {walk.record.fact('bid')}, "
        f"{walk.record.fact('deployment')} live. Pictures and tour.json are in {walk.folder}."
    )
    return 0
