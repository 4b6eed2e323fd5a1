"""Kills a desk again and again while it writes, to see whether any accepted entry gets lost or is written twice."""

import random
import time
from dataclasses import dataclass

from controlroom.bench.measure import percentile
from controlroom.bench.site import TypingFigures, new_site

FIRST_ENTRY_WITHIN_S = 60.0
LONGEST_LIFE_S = 1.2  # a desk dies at a random moment within this of its first entry


@dataclass(frozen=True)
class KillFigures(TypingFigures):
    """The figures of entries, and how long an entry took to be accepted."""

    engine: str
    kills: int
    accept_ms_median: float | None
    accept_ms_p95: float | None
    minutes: float


def run(times: int, url: str | None = None, *, longest_life_s: float = LONGEST_LIFE_S) -> KillFigures:
    """Kill a typing desk `times` times, let a last one write what is left, then count."""
    began = time.monotonic()
    accepted: list[str] = []
    waits: list[float] = []
    with new_site(url) as site:
        for _ in range(times):
            desk = site.typing_desk()
            desk.wait_ready()
            desk.wait(lambda: desk.told("accepted"), FIRST_ENTRY_WITHIN_S, "an entry was accepted")  # noqa: B023
            time.sleep(random.uniform(0.0, longest_life_s))
            desk.kill()
            told = desk.told("accepted")
            accepted += [each["text"] for each in told]
            waits += [each["ms"] for each in told if each["ms"] is not None]
        site.bring_in_the_rest()
        entries = site.look_for(accepted)
    return KillFigures(
        **vars(entries),
        engine="PostgreSQL" if url else "SQLite",
        kills=times,
        accept_ms_median=percentile(waits, 0.5),
        accept_ms_p95=percentile(waits, 0.95),
        minutes=round((time.monotonic() - began) / 60, 1),
    )
