"""The look: readable in every theme, and drawn with the shipped typeface alone."""

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontDatabase, QFontInfo, QFontMetrics, QRawFont
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

import controlroom.ui
from controlroom.resources import resource
from controlroom.ui import icons, theme
from controlroom.ui.shell.message_strip import STATES
from controlroom.ui.widgets.marks import SHAPES

SURFACES = ("ground", "rail", "bar", "card")


@pytest.fixture
def restored(qapp: QApplication):
    yield qapp
    theme.apply(qapp)


def luminance(colour: QColor) -> float:
    """Relative luminance after WCAG 2."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: QColor, second: QColor) -> float:
    """Contrast ratio after WCAG 2."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_every_theme_has_the_same_roles():
    loaded = {name: set(theme._load(name)) for name in theme.names()}
    assert set(loaded) == {"dark", "light"}
    assert loaded["dark"] == loaded["light"]


@pytest.mark.parametrize("name", ["dark", "light"])
def test_text_reads_at_four_and_a_half_to_one(restored: QApplication, name: str):
    theme.apply(restored, name)
    for surface in SURFACES:
        for text in ("text", "text_dim", "text_faint"):
            assert contrast(theme.color(text), theme.color(surface)) >= 4.5, (text, surface)
    for surface in ("raised", "selected", "hover"):
        for text in ("text", "text_dim"):
            assert contrast(theme.color(text), theme.color(surface)) >= 4.5, (text, surface)
    for state in theme.STATES:
        assert contrast(theme.on_fill(state), theme.fill(state)) >= 4.5, state
    for filled in ("accent_fill", "badge"):
        assert contrast(theme.color("on_accent"), theme.color(filled)) >= 4.5, filled


@pytest.mark.parametrize("name", ["dark", "light"])
def test_state_marks_read_at_three_to_one(restored: QApplication, name: str):
    theme.apply(restored, name)
    for surface in SURFACES:
        for state in theme.STATES:
            assert contrast(theme.color(state), theme.color(surface)) >= 3, (state, surface)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_focus_ring_reads_at_three_to_one_wherever_it_is_drawn(restored: QApplication, name: str):
    theme.apply(restored, name)
    for surface in (*SURFACES, "raised", "hover", "selected"):
        assert contrast(theme.color("accent"), theme.color(surface)) >= 3, surface
    assert contrast(theme.color("text"), theme.color("accent_fill")) >= 3, "around a filled button"


@pytest.mark.parametrize("name", ["dark", "light"])
def test_text_in_a_states_colour_reads_too(restored: QApplication, name: str):
    theme.apply(restored, name)
    for surface in ("ground", "bar", "card"):
        for role in ("accent", "warn", "alarm", "live"):
            assert contrast(theme.color(role), theme.color(surface)) >= 4.5, (role, surface)
    for surface in ("raised", "selected"):
        assert contrast(theme.color("accent_text"), theme.color(surface)) >= 4.5, surface


def test_no_colour_is_written_outside_the_themes_but_what_lies_over_pictures():
    """A colour of its own would stay dark in the light theme."""
    wall = "tile_paint.py"  # pictures are dark in any theme, and so is what surrounds and labels them
    own = re.compile(r"#[0-9a-fA-F]{6}\b|QColor\(\s*\d+|setStyleSheet\([^)]*(?:#|rgb)")
    clear = "QColor(0, 0, 0, 0)"
    for path in Path(controlroom.ui.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8").replace(clear, "")
        assert path.name in (wall, "theme.py") or not own.search(text), path.name


def test_every_state_a_message_may_have_is_drawn_by_the_style_sheet(restored: QApplication):
    for state in set(STATES.values()):
        assert f'bubble="{state}"' in restored.styleSheet()


def test_red_amber_and_green_differ_in_shape_too():
    assert len({SHAPES["live"], SHAPES["warn"], SHAPES["alarm"]}) == 3


def test_the_typeface_comes_with_the_program():
    assert theme.FAMILY in QFontDatabase.families()
    assert QFontInfo(theme.font()).family() == theme.FAMILY


@pytest.mark.parametrize("weight", [theme.REGULAR, theme.MEDIUM, theme.STRONG, theme.NUMBER])
def test_figures_are_all_of_one_width(weight: int):
    metrics = QFontMetrics(theme.font(40, weight))
    assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1


def test_every_letter_the_desk_uses_is_in_the_typeface():
    """A machine without fonts of its own would show boxes for anything else."""
    face = QRawFont.fromFont(theme.font())
    assert face.familyName() == theme.FAMILY
    missing: dict[str, str] = {}
    for path in Path(controlroom.ui.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and not is_docstring(node.value)
            ):
                for letter in node.value:
                    if ord(letter) > 126 and not face.supportsCharacter(ord(letter)):
                        missing[letter] = path.name
    assert not missing


def is_docstring(text: str) -> bool:
    """The window's own drawing of itself is never shown."""
    return "┌" in text


def test_every_icon_a_page_names_exists():
    for path in Path(controlroom.ui.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "icon_name":
                name = node.value.value if isinstance(node.value, ast.Constant) else ""
                assert not name or not icons.icon(str(name)).isNull(), path.name


def test_a_label_follows_a_change_of_theme(restored: QApplication, qtbot: QtBot):
    shown = QLabel("text")
    qtbot.addWidget(shown)
    theme.tint(shown, "text_dim")
    shown.ensurePolished()
    dark = shown.palette().windowText().color()
    theme.apply(restored, "light")
    shown.ensurePolished()
    assert shown.palette().windowText().color() == theme.color("text_dim") != dark


def test_text_grows_with_the_persons_own_scale(restored: QApplication):
    before = theme.font(14).pixelSize()
    theme.apply(restored, "dark", 1.5)
    assert theme.font(14).pixelSize() == before * 1.5
    assert theme.px(32) == 48


def test_the_style_sheet_leaves_no_role_unfilled(restored: QApplication):
    assert "@" not in restored.styleSheet()
    assert resource("themes", "desk.qss").exists()
