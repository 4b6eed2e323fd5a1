"""A record's form where there is little room: it scrolls, and the field with the keyboard is in view."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from controlroom.ui.background import Background
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormSpec
from controlroom.ui.kit.form_place import FormPlace
from controlroom.ui.kit.form_scroll import FormScroll
from controlroom.ui.session import DeskSession
from controlroom.ui.widgets.layout import column, grow
from tests.ui.helpers import actor

SPEC = FormSpec("Conclude", "Save", print, [Field(f"f{each}", f"Field {each}") for each in range(8)])


@pytest.fixture
def place(background: Background, qtbot: QtBot) -> FormPlace:
    return FormPlace(background, DeskSession(actor()))


def in_view(widget: QWidget, area: FormScroll) -> bool:
    seen = QRect(area.viewport().mapToGlobal(QPoint(0, 0)), area.viewport().size())
    return seen.contains(QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size()))


@pytest.mark.parametrize("height", [900, 300])
def test_each_field_comes_into_view_with_the_keyboard(place: FormPlace, qtbot: QtBot, height: int):
    window, scroll = QWidget(), FormScroll(place)
    qtbot.addWidget(window)
    column(scroll, grow(QWidget()), on=window)
    window.resize(500, height)
    window.show()
    qtbot.waitExposed(window)
    assert not scroll.isVisible(), "there is no form yet"
    form = place.open(SPEC)
    qtbot.waitUntil(lambda: scroll.isVisible() and scroll.height() > 100)
    assert scroll.height() <= height
    for field in SPEC.every_field:
        form.input(field.key).setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.waitUntil(lambda field=field: in_view(form.input(field.key), scroll))
    place.close_form()
    assert not scroll.isVisible()


def test_with_room_enough_nothing_scrolls(place: FormPlace, qtbot: QtBot):
    window, scroll = QWidget(), FormScroll(place)
    qtbot.addWidget(window)
    column(scroll, grow(QWidget()), on=window)
    window.resize(500, 1200)
    window.show()
    place.open(SPEC)
    bar = scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: scroll.height() > 100 and not bar.isVisible() and bar.maximum() == 0)
