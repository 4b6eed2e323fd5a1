"""Every test of the desk draws offscreen, in the desk's own theme."""

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication  # noqa: E402  (the platform is chosen before Qt is imported)

from controlroom.ui import theme  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def _themed(qapp: QApplication) -> None:
    theme.apply(qapp)
