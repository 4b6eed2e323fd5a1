"""`controlroom bench wall` measures what it says, on the simulator's streams and on anybody's."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from controlroom.bench.window_meters import LagMeter, LatencySampler, PaintCounter, wait_for
from controlroom.simulator import counter
from controlroom.simulator.send_log import SendLog
from tests.video.loop_camera import LoopCamera
from tests.waiting import LIMIT_S, wait_until

ROOT = Path(__file__).parents[2]
KEYS = (
    "cameras, live, source_fps, shown_fps_per_camera, first_picture_p95_s, gui_lag_p99_ms, latency_p95_ms, "
    "cpu_percent_desk, cpu_percent_workers, decode_only_cpu_percent, rss_mb"
)


def bench(*arguments, **environment):
    command = [sys.executable, "-m", "controlroom.cli", "bench", "wall", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
        capture_output=True,
        text=True,
        timeout=4 * LIMIT_S,
        check=False,
    )


@pytest.mark.slow
def test_simulated_cameras_are_measured_to_the_last_key():
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    done = bench("--cameras", "2", "--seconds", "2", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert list(figures) == KEYS.split(", ")
    assert (figures["cameras"], figures["live"]) == (2, 2)
    assert figures["gui_lag_p99_ms"] >= 0
    for name in (
        "source_fps",
        "shown_fps_per_camera",
        "latency_p95_ms",
        "first_picture_p95_s",
        "cpu_percent_desk",
        "cpu_percent_workers",
        "decode_only_cpu_percent",
        "rss_mb",
    ):
        assert figures[name] > 0, name
    assert {process.pid for process in psutil.Process().children(recursive=True)} <= before


@pytest.mark.slow
def test_streams_of_ones_own_are_measured_without_a_latency_and_without_showing_the_password():
    with LoopCamera("viewer", "s3cret word") as camera:
        source = camera.url("{n}/sub")
        login = ("--user", "viewer", "--password-env", "BENCH_PASSWORD")
        arguments = ("--cameras", "2", "--seconds", "2", "--source", source, *login, "--json")
        done = bench(*arguments, BENCH_PASSWORD="s3cret word")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["live"] == 2
    assert figures["latency_p95_ms"] is None
    assert figures["source_fps"] > 0
    assert "s3cret" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--source", "rtsp://127.0.0.1/all"), "{n}"),
        (("--source", "file:///{n}"), "rtsp, rtsps, http or https"),
        (("--cameras", "0"), "1 to 500"),
        (("--seconds", "1"), "2 to 3600"),
    ],
)
def test_what_cannot_be_measured_is_one_plain_line(arguments, words):
    done = bench(*arguments)
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("told", ["SIGTERM", "SIGINT"])
def test_a_bench_that_is_ended_leaves_nothing_behind(told):
    with LoopCamera() as camera:
        arguments = ("--cameras", "2", "--seconds", "60", "--source", camera.url("{n}"))
        command = [sys.executable, "-m", "controlroom.cli", "bench", "wall", *arguments]
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) as process:
            wait_until(lambda: camera.watched == 2, why="both are watched")
            family = psutil.Process(process.pid).children(recursive=True)
            process.send_signal(getattr(signal, told))
            assert process.wait(LIMIT_S) == 130
        _, alive = psutil.wait_procs(family, timeout=LIMIT_S)
        assert alive == []
        wait_until(lambda: camera.watched == 0)


class CounterTile(QWidget):
    """Paints a picture that is only a counter."""

    def __init__(self, value):
        super().__init__()
        self.value = value
        self.picture = QRect(10, 20, 320, 180)
        self.after_paint = lambda: None

    def paintEvent(self, _event):
        import numpy as np
        from PySide6.QtGui import QImage

        pixels = np.full((180, 320, 4), 90, np.uint8)
        counter.draw(pixels, self.value)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0))
        painter.drawImage(
            self.picture.topLeft(), QImage(pixels.data, 320, 180, 1280, QImage.Format.Format_RGB32)
        )
        painter.end()
        self.after_paint()


def test_the_counter_is_read_back_from_painted_pixels(qtbot, tmp_path):
    log = SendLog.create(tmp_path / "sent", 3)
    log.note(2, 1, 4711)
    sent_at = log.sent_at(2, 1, 4711)
    assert sent_at is not None
    sampler = LatencySampler(log, 1)
    tile = CounterTile(4711)
    qtbot.addWidget(tile)
    tile.resize(400, 240)
    tile.after_paint = lambda: sampler.painted(2, tile, tile.picture, sent_at / 1e9 + 0.123)
    tile.show()
    qtbot.waitExposed(tile)
    assert sampler.latencies_ms == []  # not asked for yet
    sampler.active = True
    tile.update()
    assert wait_for(lambda: sampler.latencies_ms, LIMIT_S)
    assert sampler.latencies_ms == [pytest.approx(123, abs=0.01)]
    tile.value = 4712  # never sent
    sampler._last = 0.0
    tile.update()
    assert wait_for(lambda: sampler.taken >= 2, LIMIT_S)
    assert len(sampler.latencies_ms) == 1


def test_pictures_count_only_while_counted():
    pictures = PaintCounter(2)
    pictures.painted(0, 1.0)
    pictures.counting = True
    pictures.painted(0, 2.0)
    pictures.painted(1, 3.0)
    pictures.counting = False
    pictures.painted(1, 4.0)
    assert (pictures.counted, pictures.first_at, pictures.last_at) == (2, {0: 1.0, 1: 3.0}, {0: 2.0, 1: 4.0})


def test_a_busy_window_is_seen_to_lag(qtbot):
    now = [0.0]
    lag = LagMeter(lambda: now[0])
    lag.start()
    qtbot.waitUntil(lambda: len(lag.samples) == 1)  # the window's timer drives it
    lag.stop()
    assert lag.samples == [0.0], "no time has gone by"
    for at in (0.01, 0.17, 0.18):
        now[0] = at
        lag._fired()
    assert lag.samples[1:] == [0.0, pytest.approx(150), 0.0]
