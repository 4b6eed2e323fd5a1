"""Work off the window's thread comes back to it, or not at all."""

import threading
from concurrent.futures import Future

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from controlroom.errors import Unavailable
from controlroom.ui.background import Background
from tests.ui.helpers import settle
from tests.waiting import LIMIT_S


def test_work_runs_elsewhere_and_its_result_arrives_here(qtbot: QtBot, background: Background):
    seen: list[tuple[str, object]] = []
    here = threading.get_ident()
    background.run(
        threading.get_ident,
        lambda there: seen.append(("done on this thread", threading.get_ident() == here and there != here)),
    )
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [("done on this thread", True)]


def test_the_result_for_a_closed_owner_is_dropped(qtbot: QtBot, background: Background):
    go_on, arrived = threading.Event(), []
    owner = QWidget()
    background.run(lambda: go_on.wait(LIMIT_S), arrived.append, owner=owner)
    owner.close()
    import shiboken6

    shiboken6.delete(owner)
    go_on.set()
    settle(qtbot, background)
    assert arrived == []


def test_a_cancelled_task_hands_nothing_over(qtbot: QtBot, background: Background):
    go_on, arrived = threading.Event(), []
    task = background.run(lambda: go_on.wait(LIMIT_S), arrived.append)
    task.cancel()
    go_on.set()
    settle(qtbot, background)
    assert arrived == []


def test_an_error_goes_to_the_one_who_asked(qtbot: QtBot, background: Background):
    errors: list[Exception] = []
    trouble = Unavailable("The database did not answer.")

    def fail() -> None:
        raise trouble

    background.run(fail, on_error=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert errors == [trouble]


def test_an_error_nobody_takes_is_shown(qtbot: QtBot):
    shown: list[Exception] = []
    background = Background(show_error=shown.append)

    def fail() -> None:
        raise Unavailable("The disk is full.")

    background.run(fail)
    qtbot.waitUntil(lambda: bool(shown))
    assert str(shown[0]) == "The disk is full."
    assert background.close(LIMIT_S)


def test_one_failing_callback_does_not_swallow_the_next(qtbot: QtBot):
    shown: list[Exception] = []
    arrived: list[object] = []
    background = Background(show_error=shown.append)

    def broken(_result: object) -> None:
        raise ValueError("a fault of the page")

    background.run(lambda: 1, broken)
    background.run(lambda: 2, arrived.append)
    qtbot.waitUntil(lambda: arrived == [2] and len(shown) == 1)
    assert background.close(LIMIT_S)


def test_a_future_from_elsewhere_arrives_on_this_thread(qtbot: QtBot, background: Background):
    future: Future[str] = Future()
    threads: list[int] = []
    background.follow(future, lambda _answer: threads.append(threading.get_ident()))
    threading.Thread(target=lambda: future.set_result("Axis")).start()
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == [threading.get_ident()]


def test_a_failed_future_gives_its_error(qtbot: QtBot, background: Background):
    future: Future[str] = Future()
    errors: list[Exception] = []
    background.follow(future, on_error=errors.append)
    future.set_exception(Unavailable("The camera is gone."))
    qtbot.waitUntil(lambda: bool(errors))
    assert str(errors[0]) == "The camera is gone."


def test_results_of_a_closed_background_are_dropped(qtbot: QtBot):
    background, arrived = Background(), []
    go_on = threading.Event()
    background.run(lambda: go_on.wait(LIMIT_S), arrived.append, owner=QObject())
    go_on.set()
    assert background.close(LIMIT_S)
    QApplication.processEvents()  # whatever was posted before the end
    assert arrived == []
