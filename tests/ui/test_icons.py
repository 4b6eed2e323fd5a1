"""Icons: drawn in the colour of their role, fainter where what bears them is switched off."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon

from controlroom.ui import icons, theme


@pytest.fixture(autouse=True)
def themed(qapp):
    theme.apply(qapp)


def colours(pixmap):
    image = pixmap.toImage()
    spots = (QColor.fromRgba(image.pixel(x, y)) for x in range(image.width()) for y in range(image.height()))
    return {spot.name() for spot in spots if spot.alpha() == 255}


def test_an_icon_is_drawn_in_the_colour_of_its_role():
    assert colours(icons.pixmap("video-camera", "alarm", 32)) == {theme.color("alarm").name()}


def test_an_icon_takes_its_other_colour_under_the_mouse_and_is_faint_when_off():
    made = icons.icon("video-camera", "text", "accent")
    shown = {
        mode: colours(made.pixmap(QSize(32, 32), mode)) for mode in (QIcon.Mode.Active, QIcon.Mode.Disabled)
    }
    assert shown == {
        QIcon.Mode.Active: {theme.color("accent").name()},
        QIcon.Mode.Disabled: {theme.color("text_faint").name()},
    }


def test_a_name_the_font_does_not_have_is_an_error():
    with pytest.raises(KeyError):
        icons.icon("no-such-thing")
