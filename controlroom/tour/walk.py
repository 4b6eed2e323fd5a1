"""Runs the walk through a desk: works its windows, and writes pictures and facts into a folder."""

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from controlroom.app.desk import Desk
from controlroom.simulator.borough.build import Endpoint
from controlroom.tour.driver import Driver, TourStuck
from controlroom.ui.kit.page import Page
from controlroom.ui.sign_in.switch_panel import UserLine

P = TypeVar("P", bound=Page)


@dataclass
class Walk:
    """A desk, the hands on it, and a spare camera that answers and is not on the register.

    `folder` gets numbered pictures and `tour.json`, complete after every step, so that a walk cut short can be read.
    """

    desk: Desk
    folder: Path
    spare: Endpoint

    def __post_init__(self) -> None:
        self.driver = Driver(self.desk.window)
        self.steps: list[dict[str, Any]] = []
        self.facts: dict[str, object] = {}
        """The latest value of each fact."""
        self.started = time.monotonic()
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in [*self.folder.glob("[0-9][0-9]-*.png"), self.folder / "tour.json"]:
            old.unlink(missing_ok=True)

    def show(self, title: str, **facts: object) -> None:
        """Finish a step: take its picture, and note what was measured or made in it."""
        self.settle()
        png = self.picture(title)
        self.steps.append({"step": len(self.steps) + 1, "title": title, "png": png.name, "facts": facts})
        self.facts |= facts
        content = json.dumps(self.steps, indent=1, default=str)
        (self.folder / "tour.json").write_text(content + "\n", encoding="utf-8")
        said = ", ".join(f"{name} {value}" for name, value in facts.items())
        print(f"{len(self.steps):2d} {title}{': ' + said if said else ''}", flush=True)

    def picture(self, title: str) -> Path:
        """Take the next picture; returns its file."""
        slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
        png = self.folder / f"{len(self.steps) + 1:02d}-{slug}.png"
        self.driver.picture(png)
        return png

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
        driver.wait(lambda: driver.visible(UserLine, lambda _: True), "the list of people")
        rows = driver.visible(UserLine, lambda row: row.user.handle == handle)
        if not rows:
            raise TourStuck(f"'{handle}' is not offered")
        driver.click(rows[0])
        driver.wait(
            lambda: self.desk.session.signed_in and self.desk.session.actor.handle == handle,
            f"{handle} at the desk",
        )
        self.settle()
