"""The fields of the forms: a choice by typing, a camera by its number."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from controlroom.cameras.records import Camera, Place
from controlroom.log import vocabulary
from controlroom.ui.kit.camera_field import CameraField
from controlroom.ui.kit.chooser import Chooser
from controlroom.ui.kit.entries import category
from controlroom.ui.kit.fields import make
from tests.ui.helpers import show


@pytest.fixture
def window(qtbot):
    window = QWidget()
    column = QVBoxLayout(window)
    field = make(category(vocabulary.load(), of_incident=True))
    column.addWidget(field)
    column.addWidget(QLineEdit())
    column.addStretch(1)
    qtbot.addWidget(window)
    window.resize(400, 500)
    show(qtbot, window)
    return window


@pytest.fixture
def chooser(qtbot, window):
    field = window.findChild(Chooser)
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(field.hasFocus)
    return field


def test_typing_narrows_and_enter_takes_the_first(chooser, qtbot):
    qtbot.keyClicks(chooser, "shopl")
    assert chooser.options == ["theft from shop"]
    with qtbot.waitSignal(chooser.chosen) as told:
        qtbot.keyClick(chooser, Qt.Key.Key_Return)
    assert told.args == ["theft from shop"]
    assert chooser.value == "theft from shop"
    assert chooser.options == []
    with qtbot.waitSignal(chooser.entered):
        qtbot.keyClick(chooser, Qt.Key.Key_Return)


def test_the_arrows_move_and_tab_takes(chooser, qtbot):
    qtbot.keyClicks(chooser, "theft")
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    qtbot.keyClick(chooser, Qt.Key.Key_Tab)
    assert chooser.value == "theft from shop"
    assert not chooser.hasFocus()


def test_escape_leaves_the_choice_as_it_was(chooser, qtbot):
    chooser.set_value("robbery")
    chooser.selectAll()
    qtbot.keyClicks(chooser, "fi")
    assert "fire" in chooser.options
    qtbot.keyClick(chooser, Qt.Key.Key_Escape)
    assert chooser.value == "robbery"


def test_what_was_typed_is_settled_when_the_field_is_left(chooser, qtbot):
    qtbot.keyClicks(chooser, "misper")
    qtbot.keyClick(chooser, Qt.Key.Key_Escape)
    assert (chooser.value, chooser.text()) == ("", "misper")
    chooser.nextInFocusChain().setFocus()
    assert chooser.value == "missing person"


def test_words_that_name_nothing_choose_nothing(chooser, qtbot):
    qtbot.keyClicks(chooser, "xyzzy")
    assert chooser.options == []
    assert chooser.value == ""


def camera(number, name):
    return Camera(
        int(number), number, name, Place(name.split(",", maxsplit=1)[0], "Town centre", "Fairfield")
    )


def test_a_camera_is_named_by_number_or_by_words_that_fit_only_one(qtbot):
    field = CameraField()
    qtbot.addWidget(field)
    field.set_cameras([camera("014", "George Street, station"), camera("015", "George Street, arcade")])
    for typed, expected in (
        ("14", "014"),
        ("014", "014"),
        ("arcade", "015"),
        ("george", None),
        ("99", None),
        ("", None),
    ):
        field.edit.setText(typed)
        assert (field.camera.number if field.camera else None) == expected, typed
        assert field.is_unknown == (bool(typed) and expected is None)
