"""The whole product at once: the demonstration's tour, in a process of its own, against simulated cameras.

It is taken at an awkward moment, another with each commit (`moments.py`). The run's first lines and a failure name the
moment; `controlroom demo --tour DIR --at MOMENT`, or CONTROLROOM_TOUR_AT=MOMENT with this test, repeats it.
"""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pytest

from controlroom.clock import local_date
from controlroom.demo.moment import read_moment
from controlroom.deployments.dates import last_day
from controlroom.tour.deployment_steps import PLACE
from tests.journeys.moments import chosen_moment

CAMERAS = 4


@pytest.fixture(scope="module")
def moment() -> str:
    """When it is in this tour; printed, so that every failure of these tests shows it."""
    chosen = chosen_moment()
    print(f"The tour is taken at {chosen}")
    return chosen


@pytest.fixture(scope="module")
def tour(moment: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]], str]:
    """Take the tour once; its folder, its steps, and what it said."""
    folder = tmp_path_factory.mktemp("tour")
    temporary = tmp_path_factory.mktemp("temporary")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(temporary)}
    words = ["demo", "--cameras", str(CAMERAS), "--tour", str(folder), "--at", moment]
    command = [sys.executable, "-m", "controlroom.cli", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=1200, check=False)
    repeat = f"To repeat it: controlroom demo --tour DIR --at {moment}\n"
    assert done.returncode == 0, repeat + done.stdout[-2000:] + done.stderr[-4000:]
    assert list(temporary.glob("controlroom-demo-*")) == [], "the disposable folder is still there"
    return folder, json.loads((folder / "tour.json").read_text()), done.stdout


def facts(steps: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: value for step in steps for name, value in step["facts"].items()}


@pytest.mark.timeout(1300)
def test_every_camera_is_live_and_a_held_key_moves_the_scene(tour):
    found = facts(tour[1])
    assert (found["tiles_live"], found["tiles_total"]) == (CAMERAS, CAMERAS)
    assert found["scene_shift_px"] > 100
    assert found["moving_after_release"] is False
    assert found["main_stream"] == "1280x720"


@pytest.mark.timeout(1300)
def test_an_incident_is_opened_from_a_tile_with_its_picture_and_approved(tour):
    found = facts(tour[1])
    assert found["incident"].startswith("INC-")
    assert found["camera"] == "014"
    assert found["has_snapshot"] is True
    assert found["incident_state"] == "approved"
    assert found["restricted"].startswith("INC-")
    assert found["operator_finds"] == 0
    assert found["chain_sound"] is True


@pytest.mark.timeout(1300)
def test_a_bid_becomes_a_live_deployment(tour, moment):
    found = facts(tour[1])
    assert found["bid"].startswith("BID-")
    assert found["deployment"].startswith("DEP-")
    live_on = date.fromisoformat(found["live_on"])
    assert live_on == local_date(read_moment(moment))
    assert found["last_day"] == str(last_day(live_on))
    assert found["days_left"] == (last_day(live_on) - live_on).days
    assert found["deployable"] == found["unit"]
    assert found["hangs_at"] == PLACE


@pytest.mark.timeout(1300)
def test_every_step_has_its_picture_and_nothing_failed_on_the_way(tour):
    folder, steps, _said = tour
    assert [step["step"] for step in steps] == list(range(1, len(steps) + 1))
    assert all((folder / step["png"]).stat().st_size > 20_000 for step in steps)
    assert not list(folder.glob("*stuck*"))


@pytest.mark.timeout(1300)
def test_nothing_is_left_running(tour):
    assert tour[1]
    words = ("controlroom.video.worker", "controlroom.cameras.control", "controlroom.simulator")
    mine = psutil.Process().children(recursive=True)
    left = [each.cmdline() for each in mine if any(word in " ".join(each.cmdline()) for word in words)]
    assert left == []


@pytest.mark.timeout(1300)
def test_a_password_is_reset_and_the_desk_is_locked_and_changes_hands(tour):
    found = facts(tour[1])
    assert found["reset"] == "Operator 11"
    assert found["accounts"] >= 18
    assert found["switch_ms"] > 0
    assert (tour[0] / "tour.json").exists()
    assert any("locked" in step["title"] for step in tour[1])
