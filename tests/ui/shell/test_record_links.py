"""Records are opened by kind and id, on whichever page shows them; nobody else knows that page."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Role
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.shell.main_window import MainWindow
from tests.clock import SetClock
from tests.ui.helpers import PlainPage, actor

NIGHT = datetime(2026, 11, 20, 22, 41, 7, tzinfo=UTC)


class Requests(PlainPage):
    """Shows and makes one kind of record."""

    def shows(self) -> dict[str, Callable[[str], None]]:
        return {"request": lambda key: self.seen.append(f"request {key}")}

    def begins(self) -> dict[str, Callable[[str], None]]:
        return {"request": lambda source: self.seen.append(f"from {source}")}


@pytest.fixture
def requests() -> Requests:
    return Requests("Requests", permission=Permission.READ_AUDIT)


@pytest.fixture
def live() -> PlainPage:
    return PlainPage("Live")


@pytest.fixture
def messages() -> Messages:
    return Messages()


@pytest.fixture
def window(
    qtbot: QtBot, requests: Requests, live: PlainPage, messages: Messages, request: pytest.FixtureRequest
) -> MainWindow:
    role = getattr(request, "param", Role.AUDITOR)
    made = MainWindow(DeskSession(actor(role)), messages, [live, requests], clock=SetClock(NIGHT))
    qtbot.addWidget(made)
    return made


def test_a_page_asks_for_a_record_of_another(window: MainWindow, live: PlainPage, requests: Requests):
    assert window.current is live
    live.record_wanted.emit("request", 7)
    assert window.current is requests
    assert requests.seen == ["entered", "request 7"]


def test_a_page_asks_for_a_new_record_of_another(window: MainWindow, live: PlainPage, requests: Requests):
    live.new_record_wanted.emit("request", "a picture")
    assert window.current is requests
    assert requests.seen == ["entered", "from a picture"]


@pytest.mark.parametrize("window", [Role.OPERATOR], indirect=True)
def test_who_may_not_open_the_page_is_told_why(
    window: MainWindow, live: PlainPage, requests: Requests, messages: Messages
):
    window.links.open("request", 7)
    assert window.current is live
    assert requests.seen == []
    assert messages.last is not None
    assert messages.last.text == "Your role does not allow it: read the audit trail."


def test_a_kind_no_page_shows_is_a_mistake_of_the_program(window: MainWindow):
    with pytest.raises(LookupError, match="evidence"):
        window.links.open("evidence", 1)


def test_a_page_is_found_by_its_class(window: MainWindow, requests: Requests):
    assert window.page(Requests) is requests
    with pytest.raises(LookupError, match="MainPage"):
        window.page(type("MainPage", (PlainPage,), {}))
