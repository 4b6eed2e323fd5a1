"""What holds for every test: windows are drawn off screen, and structure checks come first."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

# Before anything imports Qt. A developer who wants to watch sets QT_QPA_PLATFORM themselves.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

STRUCTURE_TESTS = Path(__file__).with_name("test_structure.py")
QT_PATHS_SET_BY_OPENCV = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Rules about the source text first: they are the cheapest to break and the quickest to mend."""
    items.sort(key=lambda item: item.path != STRUCTURE_TESTS)


def pytest_runtest_setup() -> None:
    """`import cv2` points Qt at the plug-ins OpenCV bundles, of another Qt: no window would open after it.

    The program never has both in one process; a test run does.
    """
    for name in QT_PATHS_SET_BY_OPENCV:
        if "cv2" in os.environ.get(name, ""):
            del os.environ[name]


@pytest.fixture(autouse=True)
def _close_databases() -> Iterator[None]:
    """Rooms made by the builders give their connections back, whoever forgot."""
    yield
    builders = sys.modules.get("tests.builders")
    while builders is not None and builders.OPENED:
        builders.OPENED.pop().close()
