"""Messages stay above the page that comes to the front, and what was done says so once."""

from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from controlroom.ui.messages import Messages
from controlroom.ui.shell.message_strip import MessageStrip


def test_a_message_lies_over_the_page_that_comes_to_the_front(qtbot: QtBot) -> None:
    ground = QStackedWidget()
    qtbot.addWidget(ground)
    pages = [QWidget(), QWidget()]
    for page in pages:
        ground.addWidget(page)
    ground.resize(900, 600)
    messages = Messages()
    strip = MessageStrip(messages, ground)
    ground.show()
    messages.show("Saved.", kind="done")
    ground.setCurrentWidget(pages[1])
    at = strip.geometry().center()
    found = ground.childAt(at)
    assert found is not None
    assert strip.isAncestorOf(found)


def test_what_was_done_before_makes_room_for_what_was_done_now(qtbot: QtBot) -> None:
    ground = QWidget()
    qtbot.addWidget(ground)
    messages = Messages()
    strip = MessageStrip(messages, ground)
    for text in ("Scheduled.", "Installed.", "Live."):
        messages.show(text, kind="done")
    messages.show("The recorder is slow.", kind="warn")
    assert [each.text for each in strip.messages()] == ["Live.", "The recorder is slow."]


def test_a_message_lies_over_the_part_of_the_page_meant_for_it_and_beside_an_open_panel(qtbot: QtBot) -> None:
    ground = QWidget()
    qtbot.addWidget(ground)
    ground.resize(1300, 700)
    pictures, side, panel = QWidget(ground), QWidget(ground), QWidget(ground)
    pictures.setGeometry(0, 0, 1000, 700)
    side.setGeometry(1000, 0, 300, 700)
    panel.setGeometry(900, 0, 400, 700)
    panel.hide()
    messages = Messages()
    strip = MessageStrip(messages, ground)
    strip.part = lambda: side
    strip.leave_room_for(panel)
    ground.show()
    messages.show("Camera 014 may still be moving: it has not confirmed Stop.", "alarm")
    assert not strip.geometry().intersects(pictures.geometry())
    assert ground.rect().contains(strip.geometry())
    panel.show()
    qtbot.waitUntil(lambda: not strip.geometry().intersects(panel.geometry()))
    panel.hide()
    side.hide()
    qtbot.waitUntil(lambda: strip.geometry().center().x() in range(640, 660))


def test_a_message_has_room_for_its_words_whenever_their_size_changes(qtbot: QtBot) -> None:
    ground = QWidget()
    qtbot.addWidget(ground)
    ground.resize(312, 700)
    messages = Messages()
    strip = MessageStrip(messages, ground)
    ground.show()
    messages.show("Supervisor 02 asks for control of camera 014.", "warn", lambda: None, "Give control")
    words = next(each for each in strip.findChildren(QLabel) if each.text().startswith("Supervisor"))
    font = words.font()
    font.setPixelSize(font.pixelSize() * 2)
    words.setFont(font)  # as the style sheet does that reaches a hidden part when it is shown
    lines = strip.layout()
    assert lines is not None
    qtbot.waitUntil(lambda: strip.height() >= lines.totalHeightForWidth(strip.width()))
    assert ground.rect().contains(strip.geometry())
