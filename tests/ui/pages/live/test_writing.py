"""An incident written beside the live pictures: keys go to the form, the camera stays in hand, entries may join."""

from dataclasses import dataclass

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from controlroom.cameras.records import Camera, NewCamera, Place
from controlroom.incidents.restrictions import RestrictionService
from controlroom.log.records import LogEntry, NewLogEntry
from controlroom.ui.kit.chooser import Chooser
from controlroom.ui.kit.sighting import Sighting
from controlroom.ui.pages.incidents.forms import IncidentForms
from controlroom.ui.pages.live.page import LivePage
from controlroom.ui.pages.live.writing import IncidentWriting, WritingPanel
from tests.log.writing import write_entry
from tests.ui.helpers import show, words_in
from tests.ui.pages.live.fakes import FakeClock, FakeControl, FakePool
from tests.ui.pages.log.parts import Parts, parts

__all__ = ["parts"]
KEY, ALT, CONTROL = Qt.Key, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
PLACE = Place("George Street", "Town centre", "Fairfield")


@dataclass
class Writing:
    """The page with its panel."""

    parts: Parts
    page: LivePage
    control: FakeControl
    camera: Camera
    other: Camera

    @property
    def panel(self) -> WritingPanel:
        assert self.page.writing is not None
        return self.page.writing

    def begin(self) -> None:
        """F2 on the wall: the form of a new incident about the camera stands beside it."""
        QTest.keyClick(self.page.wall, KEY.Key_F2)
        self.parts.settle()
        assert self.panel.forms.form is not None

    def field(self, key: str) -> QWidget:
        assert self.panel.forms.form is not None
        return self.panel.forms.form.input(key)

    def open(self, text: str = "Two males fighting") -> None:
        """Write a new incident and open it."""
        self.begin()
        category = self.field("category")
        assert isinstance(category, Chooser)
        QTest.keyClicks(category, "robbery")
        QTest.keyClick(category, KEY.Key_Return)
        QTest.keyClicks(self.field("text"), text)
        said = "From the text: 77/20NOV" if "CAD 77" in text else ""
        assert self.panel.forms.form is not None
        assert self.panel.forms.form.told("cad") == said
        QTest.keyClick(self.field("text"), KEY.Key_Return)
        self.parts.qtbot.waitUntil(lambda: self.panel.incident is not None)
        self.parts.settle()

    def log(self, text: str, camera: Camera) -> LogEntry:
        desk = self.parts.desk
        return write_entry(desk.log, desk.operator, NewLogEntry(text, camera_id=camera.id))

    def offers(self, count: int) -> None:
        """Wait until so many entries are offered."""
        self.parts.qtbot.waitUntil(lambda: self.panel.brief.offered == count)
        self.parts.settle()


@pytest.fixture
def writing(parts):
    desk = parts.desk
    room, restrictions = desk.room, RestrictionService(desk.room.database)
    for number in ("021", "022"):
        stream = f"rtsp://c{number}.invalid/main"
        new = NewCamera(number, "Station", PLACE, host=f"c{number}.invalid", main_stream=stream, has_ptz=True)
        room.cameras.add(room.supervisor, new)
    parts.session.sign_in(desk.operator)
    forms = IncidentForms(desk.incidents, restrictions, parts.session, parts.pending)
    clock, control = FakeClock(), FakeControl()
    page = LivePage(
        parts.context,
        room.cameras,
        desk.log,
        FakePool(clock),
        control,
        monotonic=clock,
        writing=IncidentWriting(forms.new, forms.entry, desk.incidents.incident, desk.incidents.join_entries),
    )
    cameras = {each.number: each for each in room.cameras.cameras(room.supervisor)}
    by_id = {each.id: each for each in cameras.values()}
    panel = page.writing
    assert panel is not None
    page.incident_wanted.connect(
        lambda camera_id, picture, at: panel.begin(Sighting(by_id[camera_id], picture, at))
    )
    for widget in page.top_bar_widgets():
        widget.setParent(page)
    page.resize(1600, 900)
    parts.qtbot.addWidget(page)
    show(parts.qtbot, page)
    page.entered()
    parts.settle()
    page.arranging.show([cameras["021"].id, cameras["022"].id])
    page.wall.select(0)
    page.wall.setFocus()
    parts.settle()
    control.orders.clear()
    yield Writing(parts, page, control, cameras["021"], cameras["022"])
    page.left()


def test_the_form_stands_beside_the_wall_which_goes_on(writing):
    assert not writing.page.list.isHidden()
    writing.begin()
    page, panel = writing.page, writing.panel
    assert page.isVisible() and page.wall.isVisible() and panel.isVisible()
    assert page.list.isHidden()  # gave its place to the form
    assert panel.geometry().right() < page.wall.geometry().left()
    camera = panel.forms.form.values()["camera"]
    assert camera.number == "021"


def test_in_a_narrow_panel_every_field_has_a_line_of_its_own(writing):
    writing.panel.set_narrow(True)
    writing.begin()
    form = writing.panel.forms.form
    tops = [form.input(key).mapTo(form, QPoint(0, 0)).y() for key in ("source", "cad", "at", "place")]
    assert tops == sorted(set(tops))
    assert form.input("place").width() > 200


def test_keys_are_text_in_the_form_and_with_alt_they_steer(writing):
    writing.begin()
    text = writing.field("text")
    text.setFocus()
    QTest.keyClicks(text, "14 males")
    QTest.keyClick(text, KEY.Key_Left)
    assert writing.page.placing.typed == ""
    assert writing.control.moves == []
    QTest.keyPress(text, KEY.Key_Right, ALT)
    assert writing.page.steering.moving
    (velocity,) = writing.control.moves
    assert velocity[0] > 0
    QTest.keyClicks(text, "x")  # somebody goes on writing with the other hand
    assert writing.page.steering.moving
    for kind in (
        QEvent.Type.KeyRelease,
        QEvent.Type.KeyPress,
    ):  # Alt came up first; the arrow is held, and repeats
        repeat = QKeyEvent(kind, KEY.Key_Right, Qt.KeyboardModifier.NoModifier, "", True)
        QApplication.sendEvent(text, repeat)
    assert writing.page.steering.moving
    QTest.keyRelease(text, KEY.Key_Right)
    assert writing.control.stops == [str(writing.camera.id)]
    assert text.toPlainText() == "14 malexs"
    QTest.keyPress(text, KEY.Key_PageUp, ALT)
    assert writing.control.moves[-1][2] > 0
    writing.page.wall.setFocus()  # the hand left the field: it stops
    assert writing.control.stops == [str(writing.camera.id)] * 2


def test_esc_gives_the_keyboard_to_the_wall_and_f2_gives_it_back_with_every_word(writing):
    writing.begin()
    text = writing.field("text")
    QTest.keyClicks(text, "Male in red")
    QTest.keyClick(text, KEY.Key_Escape)
    assert writing.page.wall.hasFocus() and writing.panel.isVisible()
    writing.page.arranging.select(1)  # follows to another camera
    QTest.keyPress(writing.page.wall, KEY.Key_Up)
    QTest.keyRelease(writing.page.wall, KEY.Key_Up)
    assert writing.control.stops == [str(writing.other.id)]
    QTest.keyClick(writing.page.wall, KEY.Key_F2)
    writing.parts.settle()
    values = writing.panel.forms.form.values()
    assert (values["text"], values["camera"].number) == ("Male in red", "021")
    QTest.keyClick(writing.page.wall, KEY.Key_F8)
    assert not writing.panel.isVisible() and not writing.page.list.isHidden()
    writing.page.arranging.select(0)
    writing.begin()
    assert writing.panel.forms.form.values()["text"] == "Male in red"


def test_entries_logged_meanwhile_on_its_cameras_are_offered_and_join_by_one_key(writing):
    writing.log("before anybody began", writing.other)
    writing.open("Two males fighting, CAD 77")
    incident = writing.panel.incident
    assert incident.cad == "77/20NOV"
    assert writing.page.wall.hasFocus() and writing.page.isVisible()  # still watching
    assert incident.reference in words_in(writing.panel)
    writing.log("ran north, red jacket", writing.camera)
    writing.log("quiet", writing.other)
    writing.offers(1)
    writing.parts.qtbot.waitUntil(lambda: "ran north" in words_in(writing.panel.brief))
    file = writing.parts.desk.incidents.incident(writing.parts.desk.operator, incident.id)
    assert len(file.timeline) == 2  # nothing joined by itself
    QTest.keyClick(writing.page.wall, KEY.Key_J, CONTROL)
    writing.offers(0)
    file = writing.parts.desk.incidents.incident(writing.parts.desk.operator, incident.id)
    assert [each.text for each in file.timeline if "north" in each.text] == ["ran north, red jacket"]
    assert writing.parts.messages.last.text == f"{incident.reference} has one more entry."


def test_an_entry_of_the_incident_is_written_about_the_camera_in_hand(writing):
    writing.open()
    writing.page.arranging.select(1)
    QTest.keyClick(writing.page.wall, KEY.Key_F4)
    text = writing.field("text")
    QTest.keyClicks(text, "now at the tram stop")
    QTest.keyClick(text, KEY.Key_Return)
    writing.parts.qtbot.waitUntil(lambda: writing.panel.forms.form is None)
    writing.parts.settle()
    writing.parts.qtbot.waitUntil(lambda: "022" in writing.panel.incident.cameras)
    assert writing.page.wall.hasFocus()


def test_another_person_finds_nothing_of_it_and_the_first_finds_their_words_again(writing):
    desk, session = writing.parts.desk, writing.parts.session
    writing.begin()
    QTest.keyClicks(writing.field("text"), "Male in red")
    session.sign_in(desk.supervisor)
    writing.parts.settle()
    assert not writing.panel.isVisible()
    session.sign_in(desk.operator)
    writing.parts.settle()
    writing.page.wall.setFocus()
    writing.begin()
    assert writing.panel.forms.form.values()["text"] == "Male in red"


def test_alt_steers_from_every_field_of_the_window_while_the_page_is_in_front(writing):
    line = QLineEdit(writing.page)  # as the log line stands beside the page in one window
    line.show()
    line.setFocus()
    QTest.keyPress(line, KEY.Key_Left, ALT)
    assert writing.control.moves[-1][0] < 0
    QTest.keyRelease(line, KEY.Key_Left, ALT)
    assert writing.control.stops == [str(writing.camera.id)]
    QTest.keyPress(line, KEY.Key_Left)
    assert len(writing.control.moves) == 1
