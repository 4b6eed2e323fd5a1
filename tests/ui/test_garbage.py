"""Widgets in reference cycles are destroyed on the window's thread, however busy the others are."""

import gc
import threading

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from controlroom.ui import garbage

THRESHOLDS = gc.get_threshold()


class Cyclic(QWidget):
    """Refers to itself, and notes the thread it is collected on."""

    def __init__(self, ended: list[int]) -> None:
        super().__init__()
        self._clock = QTimer(self)
        self._clock.start(1000)
        self._witness = _Witness(ended, self)


class _Witness:
    def __init__(self, ended: list[int], seen: QWidget) -> None:
        self._ended, self._seen = ended, seen

    def __del__(self) -> None:
        self._ended.append(threading.get_ident())


def litter() -> None:
    """Enough allocations to make Python collect every generation."""
    for _ in range(40_000):
        each: list[object] = []
        each.append([each])


def test_a_busy_thread_collects_no_widget(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(garbage, "EVERY_MS", 10)
    ended: list[int] = []
    before = gc.isenabled()
    gc.enable()
    try:
        with garbage.collected_here():
            Cyclic(ended).show()
            busy = threading.Thread(target=litter)
            busy.start()
            busy.join()
            assert ended == []
            gc.set_threshold(700, 1, 1)
            qtbot.waitUntil(lambda: litter() or ended == [threading.get_ident()])
        assert gc.isenabled()
    finally:
        gc.set_threshold(*THRESHOLDS)
        if not before:
            gc.disable()
