"""Links: each one on the desk's pages opens the record that its own words name, over the borough's records."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

import controlroom.ui.pages
from controlroom.app.desk import Desk
from controlroom.app.room import Room, open_room
from controlroom.clock import show_day
from controlroom.log.records import LogFilter
from controlroom.simulator.borough.build import build_borough
from controlroom.simulator.borough.people import DEMO_PASSWORD
from controlroom.ui.pages.cameras.page import CamerasPage
from controlroom.ui.pages.deployments.agenda_view import AgendaRow
from controlroom.ui.pages.deployments.page import DeploymentsPage
from controlroom.ui.pages.deployments.rows import PreparingRow, RankRow
from controlroom.ui.pages.deployments.words import long_day
from controlroom.ui.pages.incidents.page import IncidentsPage
from controlroom.ui.pages.live.page import LivePage
from controlroom.ui.pages.log.page import LogPage
from controlroom.ui.shell.palette_sources import records as record_source
from controlroom.ui.widgets.key_button import KeyButton
from tests.ui.conftest import _themed

__all__ = ["_themed"]

# The signals by which a page asks for a record to be shown, and the test that follows them.
FOLLOWED = {
    "outlook_panel.bid_requested": "test_a_row_of_the_ranking_opens_its_bid",
    "outlook_panel.deployment_requested": "test_what_is_past_its_end_or_under_way_opens_its_deployment",
    "deployment_panel.bid_requested": "test_a_deployment_opens_its_bid_and_the_bid_its_deployment",
    "timeline_tab.bid_requested": "test_a_deployment_opens_its_bid_and_the_bid_its_deployment",
    "bids_tab.deployment_requested": "test_a_deployment_opens_its_bid_and_the_bid_its_deployment",
    "meetings_tab.bid_requested": "test_each_item_of_an_agenda_opens_what_it_is_about",
    "meetings_tab.deployment_requested": "test_each_item_of_an_agenda_opens_what_it_is_about",
    "units_tab.deployment_requested": "test_each_unit_opens_the_deployment_that_holds_it",
}


def test_every_link_of_the_pages_is_followed_by_a_test_here():
    declared = set()
    for path in Path(controlroom.ui.pages.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if name.endswith(("bid_requested", "deployment_requested", "meeting_requested")):
                    declared.add(f"{path.stem}.{name}")
    assert declared == set(FOLLOWED)
    assert set(FOLLOWED.values()) <= set(globals())


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with open_room(tmp_path_factory.mktemp("room")) as made:
        build_borough(made.services.database, made.services.site_key, {})
        yield made


class Hands:
    """A supervisor's desk, and what a person does at it."""

    def __init__(self, desk: Desk, qtbot: QtBot) -> None:
        self.desk, self.qtbot = desk, qtbot

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.desk.background.busy)
        QApplication.processEvents()
        self.qtbot.waitUntil(lambda: not self.desk.background.busy)

    @property
    def page(self) -> DeploymentsPage:
        page = self.desk.window.page(DeploymentsPage)
        self.desk.window.show_page(page)
        self.settle()
        return page

    def tab(self, name: str) -> DeploymentsPage:
        page = self.page
        page.show_tab(name)
        self.settle()
        return page

    def follow(self, link: QWidget) -> None:
        """Click a link and wait for what it opens."""
        QTest.mouseClick(link, Qt.MouseButton.LeftButton)
        self.settle()


@pytest.fixture
def hands(room: Room, qtbot: QtBot) -> Iterator[Hands]:
    actor = room.services.sign_in.sign_in("supervisor01", DEMO_PASSWORD)
    desk = Desk(room, actor=actor)
    qtbot.addWidget(desk.window)
    desk.window.resize(1600, 1000)
    desk.show(restore=False)
    made = Hands(desk, qtbot)
    made.settle()
    yield made
    desk.close()


def button(inside: QWidget, text: str) -> KeyButton:
    return next(each for each in inside.findChildren(KeyButton) if each.text() == text)


def rows(inside: QWidget, kind: type[QWidget]) -> list[str]:
    """The rows of that kind, by their names: they are made anew when their page is read again."""
    return [each.accessibleName() for each in inside.findChildren(kind) if each.isVisible()]


def row(inside: QWidget, kind: type[QWidget], name: str) -> QWidget:
    return next(each for each in inside.findChildren(kind) if each.accessibleName() == name)


def test_the_next_meeting_opens_that_meeting(hands: Hands):
    page = hands.page
    said = page._next.text()
    hands.follow(page._next)
    shown = page.meetings.shown
    assert shown is not None
    assert long_day(shown.day, weekday=True) in said


def test_a_row_of_the_ranking_opens_its_bid(hands: Hands):
    outlook = hands.tab("Timeline").timeline.outlook
    names = rows(outlook, RankRow)
    assert names
    for name in names:
        page = hands.tab("Timeline")
        hands.follow(row(page.timeline.outlook, RankRow, name))
        shown = page.bids.shown
        assert shown is not None
        assert f", {shown.content.place}, score" in name


def test_what_is_past_its_end_or_under_way_opens_its_deployment(hands: Hands):
    page = hands.tab("Timeline")
    outlook = page.timeline.outlook
    names = rows(outlook, PreparingRow)
    assert names
    for name in names:
        hands.follow(row(page.timeline.outlook, PreparingRow, name))
        shown = page.timeline.panel.deployment
        assert shown is not None
        assert name.startswith(shown.title)
        page.timeline.panel.closed.emit()
    overdue = button(outlook, "Open")
    card = overdue.parentWidget()
    while card is not None and not any("past its end" in each.text() for each in card.findChildren(QLabel)):
        card = card.parentWidget()
    assert card is not None
    said = next(each.text() for each in card.findChildren(QLabel) if "past its end" in each.text())
    hands.follow(overdue)
    shown = page.timeline.panel.deployment
    assert shown is not None
    assert said.startswith(shown.title)


def test_a_deployment_opens_its_bid_and_the_bid_its_deployment(hands: Hands, room: Room):
    actor, services = hands.desk.session.actor, room.services.deployments
    for wanted in services.deployments.deployments(actor)[:3]:
        page = hands.page
        page.show_deployment(wanted.id)
        hands.settle()
        panel = page.timeline.panel
        assert panel.deployment is not None
        assert panel.deployment.reference == wanted.reference
        hands.follow(button(panel, "Bid"))
        assert page.bids.shown is not None
        assert page.bids.shown.reference == wanted.bid_reference
        if page.bids.shown.deployment != wanted.reference:
            continue  # it was aborted, and another one stands for the bid
        press_about(page.bids, wanted.reference.lower())
        hands.settle()
        assert panel.deployment is not None
        assert panel.deployment.reference == wanted.reference


def press_about(tab: QWidget, word: str) -> None:
    """Press the button that shows the record's other side."""
    made = [each for each in tab.findChildren(KeyButton) if each.isVisible() and word in each.text().lower()]
    QTest.mouseClick(made[0], Qt.MouseButton.LeftButton)


def test_each_unit_opens_the_deployment_that_holds_it(hands: Hands):
    page = hands.tab("Units")
    held = [unit for unit in page.units.table.shown_records() if unit.deployment_id is not None]
    assert held
    for unit in held:
        page = hands.tab("Units")
        page.units.show_record(unit.id)
        hands.settle()
        press_about(page.units, "deployment")
        hands.settle()
        shown = page.timeline.panel.deployment
        assert shown is not None
        assert (shown.reference, shown.asset) == (unit.deployment, unit.asset)


def test_each_item_of_an_agenda_opens_what_it_is_about(hands: Hands):
    page = hands.page
    hands.follow(page._next)
    meeting = page.meetings.shown
    assert meeting is not None
    count = len(page.meetings.items.findChildren(AgendaRow))
    assert count
    for number in range(count):
        page = hands.page
        page.show_meeting(meeting.id)
        hands.settle()
        item = page.meetings.items.findChildren(AgendaRow)[number]
        said = " ".join(each.text() for each in item.findChildren(QLabel))
        hands.follow(button(item, "Open"))
        bid, deployment = page.bids.shown, page.timeline.panel.deployment
        if page.choices.index == 0:
            assert deployment is not None and deployment.place in said, said
        else:
            assert bid is not None and bid.content.place in said, said


def test_an_entry_opens_its_incident(hands: Hands, room: Room):
    actor = hands.desk.session.actor
    found = room.services.log.entries(actor, LogFilter(), limit=200).records
    entry = next(each for each in found if each.incident_reference)
    log = hands.desk.window.page(LogPage)
    hands.desk.window.show_page(log)
    hands.settle()
    log.show_entry(entry.id)
    hands.settle()
    press_about(log, entry.incident_reference.lower())
    hands.settle()
    page = hands.desk.window.page(IncidentsPage)
    assert hands.desk.window.current is page
    assert page.shown is not None
    assert page.shown.reference == entry.incident_reference


@pytest.mark.parametrize("typed", ["INC-20", "BID-20", "DEP-20", "RDC-0", "JAG"])
def test_what_the_palette_finds_opens_what_it_names(hands: Hands, room: Room, typed: str):
    find = record_source(hands.desk.session, room.services.search, hands.desk.window.links.open)
    work = find(typed)
    assert work is not None
    for entry in work():
        entry.run()
        hands.settle()
        assert (entry.lead or entry.title) in fronts(hands.desk), entry


def fronts(desk: Desk) -> str:
    """The references of the record in front, on whichever page that is."""
    page = desk.window.current
    if isinstance(page, IncidentsPage):
        return page.shown.reference if page.shown is not None else ""
    if isinstance(page, DeploymentsPage):
        shown: list[Callable[[], object]] = [
            lambda: page.timeline.panel.deployment,
            lambda: page.bids.shown,
            lambda: page.meetings.shown,
            lambda: page.units.shown,
        ]
        record = shown[page.choices.index]()
        day = getattr(record, "day", None)
        return f"{getattr(record, 'reference', '')} {getattr(record, 'asset', '')} {show_day(day) if day else ''}"
    return ""


def test_a_camera_of_the_register_opens_on_the_wall(hands: Hands):
    page = hands.desk.window.page(CamerasPage)
    hands.desk.window.show_page(page)
    hands.settle()
    line = page.table.shown_records()[3]
    page.camera_chosen.emit(line.camera)
    hands.settle()
    live = hands.desk.window.page(LivePage)
    assert hands.desk.window.current is live
    assert line.camera.number in {each.number for each in live.wall.cameras() if each}
