"""Draws single pictures of simulated cameras into files, in a process of its own: no desk needs OpenCV for them."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from controlroom.errors import Unavailable

WIDTH, HEIGHT = 640, 360
_WITHIN_S = 180.0


@dataclass(frozen=True)
class Still:
    """What one camera saw: `seed` makes its street, `moment` (ISO, aware) is what its clock shows; `file` takes it."""

    file: str
    seed: int
    label: str
    moment: str


def draw_stills(stills: Sequence[Still]) -> None:
    """Draw them all as JPEG files; raises Unavailable when that fails."""
    command = [sys.executable, "-m", "controlroom.simulator.stills"]
    asked = json.dumps([asdict(each) for each in stills])
    try:
        done = subprocess.run(
            command, input=asked, capture_output=True, encoding="utf-8", timeout=_WITHIN_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"The simulated cameras' test pictures were not drawn: {error}") from error
    if done.returncode:
        raise Unavailable(f"The simulated cameras' test pictures were not drawn: {done.stderr[-500:]}")


def _draw(stills: Sequence[Still]) -> None:
    """Each camera looks where it looks when it is new; its street is painted once for each light it is seen in."""
    from pathlib import Path

    import cv2

    from controlroom.simulator.picture_modes import jpeg
    from controlroom.simulator.ptz_head import born_presets
    from controlroom.simulator.scene.still_street import StillStreet
    from controlroom.simulator.scene.view import View

    cv2.setNumThreads(1)
    views: dict[tuple[int, str], View] = {}
    for each in stills:
        if (camera := (each.seed, each.label)) not in views:
            views[camera] = View(StillStreet(each.seed), each.label, WIDTH, HEIGHT)
        moment, home = datetime.fromisoformat(each.moment), born_presets(each.seed)[-1].position
        seen = views[camera].picture(home, moment, moment.timestamp() % 86_400, 0)
        Path(each.file).write_bytes(jpeg(seen))


if __name__ == "__main__":
    _draw([Still(**each) for each in json.load(sys.stdin)])
