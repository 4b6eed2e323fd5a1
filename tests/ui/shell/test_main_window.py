"""The window: five fixed places, pages that come and go, keys that reach them."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor, Role, User
from controlroom.clock import ShiftedClock
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.shell.main_window import MainWindow
from controlroom.ui.shell.rail import RailButton
from controlroom.ui.shell.top_bar import ClockLabel
from controlroom.ui.sign_in.page import SignInPage
from controlroom.ui.sign_in.switch_panel import SwitchPanel
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.window_state import WindowState
from tests.clock import SetClock
from tests.ui.helpers import PlainPage, actor, settle, show
from tests.waiting import LIMIT_S

NIGHT = datetime(2026, 11, 20, 22, 41, 7, tzinfo=UTC)


@pytest.fixture
def pages() -> list[PlainPage]:
    return [
        PlainPage("Live", "Alt+1", Permission.WATCH_LIVE),
        PlainPage("Log", "Alt+4", Permission.READ_LOG),
        PlainPage("Audit", "Alt+A", Permission.READ_AUDIT),
    ]


@pytest.fixture
def session() -> DeskSession:
    return DeskSession(actor(Role.SUPERVISOR, 1, "Supervisor 02"))


@pytest.fixture
def window(qtbot: QtBot, session: DeskSession, pages: list[PlainPage]) -> MainWindow:
    made = MainWindow(session, Messages(), pages, clock=SetClock(NIGHT))
    made.resize(1366, 768)
    qtbot.addWidget(made)
    show(qtbot, made)
    return made


def places_of(window: MainWindow) -> dict[str, QRect]:
    """The five places in the window's own coordinates."""
    parts: dict[str, QWidget] = {
        "rail": window.rail,
        "top bar": window.top_bar,
        "page": window.current or window,
        "log line": window.log_line,
        "status line": window.status,
    }
    return {name: QRect(part.mapTo(window, QPoint(0, 0)), part.size()) for name, part in parts.items()}


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768), (1280, 720), (1120, 640)])
def test_the_five_places_fill_the_window_without_overlapping(
    window: MainWindow, qtbot: QtBot, size: tuple[int, int]
):
    window.resize(*size)
    window.set_alarms(3)
    qtbot.waitUntil(lambda: window.size().toTuple() == size)
    rooms = list(places_of(window).values())
    assert all(window.rect().contains(room) for room in rooms)
    assert not any(a.intersects(b) for i, a in enumerate(rooms) for b in rooms[i + 1 :])
    assert sum(room.width() * room.height() for room in rooms) == size[0] * size[1]


def test_the_first_page_offered_is_in_front_at_the_start(window: MainWindow, pages: list[PlainPage]):
    assert window.current is pages[0]
    assert pages[0].seen == ["entered"]
    assert window.top_bar.title == "Live"


def test_a_pages_key_brings_it_to_the_front(window: MainWindow, pages: list[PlainPage], qtbot: QtBot):
    qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    assert window.current is pages[1]
    assert pages[0].seen == ["entered", "left"]
    assert pages[1].seen == ["entered"]
    assert window.rail.buttons[pages[1]].isChecked()


def test_one_panel_at_a_time_lies_over_the_page(window: MainWindow, qtbot: QtBot):
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.shortcuts.isVisible()
    for panel in (window.palette_panel, window.notifications, window.shortcuts):
        panel.open_panel()
        shown = [each for each in window._panels() if each.isVisible()]
        assert shown == [panel]
    qtbot.keyClick(window.shortcuts, Qt.Key.Key_Escape)
    assert not any(each.isVisible() for each in window._panels())


def test_the_rail_brings_pages_to_the_front(window: MainWindow, pages: list[PlainPage]):
    window.rail.buttons[pages[2]].click()
    assert window.current is pages[2]


def test_a_page_can_ask_to_be_shown(window: MainWindow, pages: list[PlainPage]):
    pages[1].shown_requested.emit()
    assert window.current is pages[1]


def test_only_permitted_pages_are_offered(window: MainWindow, pages: list[PlainPage], session: DeskSession):
    window.show_page(pages[2])
    session.sign_in(actor(Role.OPERATOR, 2, "Operator 07"))
    assert window.offered() == pages[:2]
    assert not window.rail.buttons[pages[2]].isVisible()
    assert window.current is pages[0], "the page in front was not permitted any more"
    window.show_page(pages[2])
    assert window.current is pages[0]


def test_the_person_stands_in_the_top_bar(window: MainWindow, session: DeskSession):
    assert window.top_bar.user.text() == "Supervisor 02"
    session.sign_in(actor(Role.OPERATOR, 2, "Operator 07"))
    assert window.top_bar.user.text() == "Operator 07"


def test_who_may_not_write_the_log_finds_the_line_closed(window: MainWindow, session: DeskSession):
    assert window.log_line.edit.isEnabled()
    session.sign_in(actor(Role.AUDITOR, 3, "Inspector"))
    assert window.log_line.isVisible()
    assert not window.log_line.edit.isEnabled()


def test_signing_out_leaves_the_page_and_shows_the_sign_in(
    qtbot: QtBot, session: DeskSession, pages: list[PlainPage], background: Background
):
    sign_in = SignInPage(lambda _name, _password: session.actor, background)
    window = MainWindow(session, Messages(), pages, clock=SetClock(NIGHT), sign_in=sign_in)
    qtbot.addWidget(window)
    window.show()
    session.sign_out()
    assert pages[0].seen == ["entered", "left"]
    assert sign_in.isVisible()
    assert not window.rail.isVisible()
    session.sign_in(actor())
    assert window.rail.isVisible()
    assert window.current is pages[0]


def test_f6_walks_through_the_places_and_round_again(
    window: MainWindow, pages: list[PlainPage], qtbot: QtBot
):
    button = KeyButton("Something on the page")
    button.setParent(pages[0])
    button.show()
    button.setFocus()
    places = (window.log_line, window.rail, window.top_bar, pages[0], window.log_line)
    for place in places:
        qtbot.keyClick(window, Qt.Key.Key_F6)
        focused = window.focusWidget()
        assert focused is not None
        assert place is focused or place.isAncestorOf(focused), place


def test_ctrl_l_goes_to_the_log_line(window: MainWindow, qtbot: QtBot):
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.log_line.edit.hasFocus()


def test_ctrl_k_opens_the_palette_which_finds_pages_and_commands(
    window: MainWindow, pages: list[PlainPage], qtbot: QtBot
):
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.palette_panel.isVisible()
    qtbot.keyClicks(window.palette_panel.edit, "audit")
    qtbot.keyClick(window.palette_panel.edit, Qt.Key.Key_Return)
    assert window.current is pages[2]
    window.palette_panel.open("every key")
    assert [entry.keys for entry in window.palette_panel.entries()] == ["F1"]


def test_f1_lists_every_key_and_escape_closes_the_list(window: MainWindow, qtbot: QtBot):
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.shortcuts.isVisible()
    qtbot.keyClick(window.shortcuts, Qt.Key.Key_Escape)
    assert not window.shortcuts.isVisible()


@pytest.mark.parametrize("name", ["shortcuts", "notifications", "palette_panel"])
@pytest.mark.parametrize("key", [Qt.Key.Key_L, Qt.Key.Key_4], ids=["log line", "page"])
def test_no_panel_stays_open_over_what_the_keyboard_went_to_past_it(
    window: MainWindow, pages: list[PlainPage], qtbot: QtBot, name: str, key: Qt.Key
):
    panel = getattr(window, name)
    panel.open_panel()
    assert panel.isVisible()
    modifier = Qt.KeyboardModifier.ControlModifier if key == Qt.Key.Key_L else Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(window, key, modifier)
    assert not panel.isVisible()
    focused = window.focusWidget()
    wanted = window.log_line.edit if key == Qt.Key.Key_L else pages[1]
    assert focused is wanted or wanted.isAncestorOf(focused)


def test_alarms_show_in_the_top_bar_only_while_there_are_any(window: MainWindow, qtbot: QtBot):
    assert not window.top_bar.alarms.isVisible()
    window.set_alarms(1, "Camera 031 offline")
    assert window.top_bar.alarms.text() == "1 alarm"
    with qtbot.waitSignal(window.alarms_requested):
        window.top_bar.alarms.click()
    window.set_alarms(0)
    assert not window.top_bar.alarms.isVisible()


def test_a_badge_shows_what_waits_and_is_told_to_screen_readers(window: MainWindow, pages: list[PlainPage]):
    pages[1].badge_changed.emit(3)
    button = window.rail.buttons[pages[1]]
    assert button.badge == 3
    assert button.accessibleName() == "Log, 3 waiting"


def test_the_rail_draws_itself_smaller_in_a_low_window(window: MainWindow, qtbot: QtBot):
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: window.rail.width() == 76)
    window.resize(1366, 768)
    qtbot.waitUntil(lambda: window.rail.width() == 60)
    for button in window.rail.findChildren(RailButton):
        assert button.height() >= 32


def test_a_narrow_top_bar_gives_up_lesser_things_first(qtbot: QtBot, session: DeskSession):
    page = PlainPage("Live", "Alt+1")
    tools = [KeyButton("Town centre, night"), KeyButton("Three by three"), KeyButton("Sequence paused")]
    page.top_bar_widgets = lambda: list(tools)
    window = MainWindow(session, Messages(), [page], clock=SetClock(NIGHT))
    qtbot.addWidget(window)
    window.resize(1920, 1080)
    window.show()
    page.subtitle_changed.emit("a long remark about what is on the wall tonight, and who asked for it")
    window.set_alarms(12)
    bar = window.top_bar
    assert bar.finder.text().startswith("Find camera")
    window.resize(1120, 640)
    qtbot.waitUntil(lambda: bar.finder.text() == "Find")
    assert not bar._subtitle.isVisible()
    assert bar._title.isVisible()
    assert bar.clock.isVisible()
    assert bar.clock.geometry().right() <= bar.width()
    assert bar.clock.width() >= bar.clock.sizeHint().width()


def test_a_demonstrations_set_clock_says_so_also_where_there_is_little_room(qtbot: QtBot):
    made = ClockLabel(ShiftedClock(timedelta(days=365)))
    qtbot.addWidget(made)
    assert made.text.endswith(", set")
    made.set_short(True)
    assert made.text.endswith(", set")
    usual = ClockLabel(SetClock(NIGHT))
    qtbot.addWidget(usual)
    assert "set" not in usual.text


def test_a_tool_its_page_hides_stays_hidden_however_wide_the_bar(qtbot: QtBot, session: DeskSession):
    page = PlainPage("Cameras")
    tool = KeyButton("Add camera", "N")
    page.top_bar_widgets = lambda: [tool]
    window = MainWindow(session, Messages(), [page], clock=SetClock(NIGHT))
    qtbot.addWidget(window)
    show(qtbot, window)
    assert tool.isVisible()
    tool.hide()
    for width in (1200, 1900):
        window.resize(width, 800)
        qtbot.waitUntil(lambda wanted=width: window.width() == wanted)
        assert not tool.isVisible()


def test_closing_leaves_the_page_and_remembers_the_place(
    qtbot: QtBot, session: DeskSession, pages: list[PlainPage], tmp_path: Path
):
    state = WindowState(tmp_path / "window.json")
    window = MainWindow(session, Messages(), pages, clock=SetClock(NIGHT), state=state)
    qtbot.addWidget(window)
    window.restore()
    window.show()
    assert window.close()
    assert pages[0].seen == ["entered", "left"]
    assert state.get("window.geometry")
    window.restore()


def test_the_status_line_names_its_items(window: MainWindow):
    window.status.set_item("cameras", "15 of 16 cameras live", "warn")
    window.status.set_item("database", "Database 3 ms", "live")
    window.status.set_item("cameras", "16 of 16 cameras live", "live")
    assert window.status.texts() == {"cameras": "16 of 16 cameras live", "database": "Database 3 ms"}
    assert window.status.states()["cameras"] == "live"
    window.status.remove_item("database")
    assert list(window.status.texts()) == ["cameras"]


def test_the_clock_shows_london_and_tells_the_repeated_hour_apart(qtbot: QtBot):
    clock = SetClock(datetime(2026, 10, 25, 0, 30, 0, tzinfo=UTC))
    shown = ClockLabel(clock)
    qtbot.addWidget(shown)
    assert shown.text == "01:30:00 BST Sun 25 Oct"
    clock.advance(timedelta(hours=1))
    shown.set_short(False)
    assert shown.text == "01:30:00 GMT Sun 25 Oct"


def test_switching_user_takes_one_choice_in_a_demonstration(
    qtbot: QtBot, session: DeskSession, pages: list[PlainPage], background: Background
):
    users = [
        User(1, "sup02", "Supervisor 02", frozenset({Role.SUPERVISOR})),
        User(2, "op07", "Operator 07", frozenset({Role.OPERATOR})),
        User(3, "gone", "Operator 99", frozenset({Role.OPERATOR}), active=False),
    ]
    gone: list[str] = []
    panel = SwitchPanel(
        session,
        background,
        lambda _name, _password: session.actor,
        users=lambda: users,
        leave=lambda before: gone.append(before.handle),
        quick=lambda user: Actor(user.id, user.handle, user.roles),
    )
    window = MainWindow(session, Messages(), pages, clock=SetClock(NIGHT), switch=panel)
    qtbot.addWidget(window)
    show(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    window.show_page(pages[1])
    assert not panel.isVisible(), "nobody switches user over a page gone to meanwhile"
    qtbot.keyClick(window, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(panel.rows) == 2)
    assert not panel.isModal()
    assert not panel.rows[0].isEnabled(), "the person at the desk is not offered"
    panel.rows[1].click()
    qtbot.waitUntil(lambda: session.actor.handle == "Operator 07")
    settle(qtbot, background)
    assert gone == ["Supervisor 02"]
    assert not panel.isVisible()
    assert window.focusWidget() is window.current, "keys go to the page, not to the rail"


def test_enter_before_the_people_are_there_waits_for_them_and_no_password_is_typed_to_be_read(
    qtbot: QtBot, session: DeskSession, pages: list[PlainPage], background: Background
):
    there = threading.Event()

    def users() -> list[User]:
        assert there.wait(LIMIT_S)
        return [User(2, "op07", "Operator 07", frozenset({Role.OPERATOR}))]

    panel = SwitchPanel(
        session, background, lambda _name, _password: session.actor, users=users, leave=lambda _before: None
    )
    window = MainWindow(session, Messages(), pages, clock=SetClock(NIGHT), switch=panel)
    qtbot.addWidget(window)
    show(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(panel.beginning, "7")
    qtbot.keyClick(panel.beginning, Qt.Key.Key_Return)
    qtbot.keyClicks(panel.beginning, "three")
    assert panel.beginning.text() == "7"
    there.set()
    qtbot.waitUntil(panel.form.isVisible)
    assert panel.form.name.text() == "op07"
    assert panel.form.password.hasFocus()
