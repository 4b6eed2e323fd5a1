"""What the walk leaves behind: numbered pictures and `tour.json`."""

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Step:
    """One step: its number, title, picture, and what was measured or created in it."""

    step: int
    title: str
    png: str
    facts: dict[str, object] = field(default_factory=dict)


class TourRecord:
    """Writes into one folder; `tour.json` is complete after every step, so that a walk cut short is still read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for old in [*folder.glob("[0-9][0-9]-*.png"), folder / "tour.json"]:
            old.unlink(missing_ok=True)
        self.steps: list[Step] = []

    def next_png(self, title: str) -> Path:
        """Where the next step's picture belongs."""
        slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
        return self.folder / f"{len(self.steps) + 1:02d}-{slug}.png"

    def add(self, title: str, png: Path, facts: dict[str, object]) -> Step:
        """Note one finished step."""
        step = Step(len(self.steps) + 1, title, png.name, facts)
        self.steps.append(step)
        content = json.dumps([asdict(each) for each in self.steps], indent=1, default=str)
        (self.folder / "tour.json").write_text(content + "\n", encoding="utf-8")
        return step

    def fact(self, name: str) -> object:
        """The latest value of a fact, None when no step measured it."""
        return next((each.facts[name] for each in reversed(self.steps) if name in each.facts), None)
