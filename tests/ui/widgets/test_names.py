"""Names of cameras where there is little room: what tells a camera from its neighbours stays."""

from collections import defaultdict

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from controlroom.simulator.borough.places import register
from controlroom.ui import theme
from controlroom.ui.widgets.painting import name_that_fits


@pytest.fixture(params=[1.0, 1.5])
def metrics(request: pytest.FixtureRequest, qapp: QApplication):
    theme.apply(qapp, text_scale=request.param)
    yield QFontMetricsF(theme.font(11))  # of the captions of sixteen tiles
    theme.apply(qapp)


def test_a_name_with_room_stands_whole(metrics: QFontMetricsF):
    name = "George Street, station"
    assert name_that_fits(name, metrics, metrics.horizontalAdvance(name)) == name


@pytest.mark.parametrize("room", [90, 120, 160])
def test_the_cameras_of_a_street_are_told_apart(metrics: QFontMetricsF, room: int):
    shown: dict[str, list[str]] = defaultdict(list)
    for camera in register():
        fitted = name_that_fits(camera.name, metrics, room)
        assert metrics.horizontalAdvance(fitted) <= room
        shown[camera.place.street].append(fitted)
    alike = {street: names for street, names in shown.items() if len(set(names)) < len(names)}
    assert alike == {}


def test_a_name_without_a_street_keeps_both_its_ends(metrics: QFontMetricsF):
    fitted = name_that_fits("Multi-storey entrance north", metrics, 100)
    assert fitted.startswith("M")
    assert fitted.endswith("h")
    assert "…" in fitted
