"""What holds for every test: windows off screen, structure checks first, the database engine it asks for."""

import gc
import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Before anything imports Qt. A developer who wants to watch sets QT_QPA_PLATFORM themselves.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Desks of tests leave nothing behind: a recorder outlives its desk by design. Tests of the recorder start their own.
os.environ.setdefault("CONTROLROOM_RECORDER", "off")

import pytest
from PySide6.QtWidgets import QApplication

from tests import compiled_statements, quick_passwords
from tests.waiting import PatientQtBot

# Collected between tests, on this thread: on another one a widget's end hangs Qt (controlroom/ui/garbage.py).
gc.disable()
compiled_statements.share()
quick_passwords.hash_quickly()

STRUCTURE_TESTS = Path(__file__).with_name("test_structure.py")
ENGINES = {"postgresql": ["postgresql"], "both_engines": ["sqlite", "postgresql"]}
QT_PATHS_SET_BY_OPENCV = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Rules about the source text first: they are the cheapest to break and the quickest to mend."""
    items.sort(key=lambda item: item.path != STRUCTURE_TESTS)


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist, which need not run
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Which worker runs what (`tests/spread.py`)."""
    return importlib.import_module("tests.spread").make(config, log)


def pytest_report_header() -> str:
    """The moment of the tour stands at the head of every run's log: with another commit it is another."""
    moment = importlib.import_module("tests.journeys.moments").chosen_moment()
    return f"the tour is taken at {moment} (controlroom demo --tour DIR --at {moment})"


def pytest_runtest_setup() -> None:
    """`import cv2` points Qt at the plug-ins OpenCV bundles, of another Qt: no window would open after it.

    The program never has both in one process; a test run does.
    """
    for name in QT_PATHS_SET_BY_OPENCV:
        if "cv2" in os.environ.get(name, ""):
            del os.environ[name]


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Collect garbage as Python would by its own thresholds."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    due = [generation for generation in (2, 1, 0) if counts[generation] > max(1, thresholds[generation])]
    if due:
        gc.collect(due[0])


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientQtBot:
    """pytest-qt's own, with the patience of a busy machine."""
    return PatientQtBot(request)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`both_engines` runs a test on SQLite and on PostgreSQL, `postgresql` on that alone (tests/engines.py)."""
    for mark, kinds in ENGINES.items():
        if metafunc.definition.get_closest_marker(mark):
            metafunc.parametrize("engine_kind", kinds, indirect=True)
            return


@pytest.fixture(autouse=True)
def engine_kind(request: pytest.FixtureRequest) -> Iterator[str]:
    """The engine rooms are made on. Afterwards their connections are given back, whoever forgot."""
    kind = getattr(request, "param", "sqlite")
    before = sys.modules.get("tests.engines")
    keep = len(before.OPENED) if before is not None else 0
    if kind != "sqlite":
        importlib.import_module("tests.engines").begin(kind)
    yield kind
    if (engines := sys.modules.get("tests.engines")) is not None:
        engines.end(keep)
