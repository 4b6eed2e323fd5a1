"""From an empty folder to a live picture: real windows, keys alone, a simulated camera, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.journey


def test_an_empty_folder_leads_to_a_live_picture_in_under_three_minutes(tmp_path: Path):
    command = [sys.executable, "-m", "controlroom.cli", "bench", "first-start", "--json"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["found"] >= 1
    assert figures["first_picture_ms"] > 0
    assert figures["person_s"] < 180
    assert not list(tmp_path.glob("controlroom-first-*"))
