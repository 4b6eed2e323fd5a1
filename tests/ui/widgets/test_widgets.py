"""The small widgets: named for screen readers, large enough, readable by key."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from controlroom.ui import theme
from controlroom.ui.widgets.card import Card, EmptyState, SidePanel, bare_button
from controlroom.ui.widgets.choices import Choices, _Choice
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.marks import Pill
from controlroom.ui.widgets.text import ElidedLabel, Facts
from tests.ui.helpers import show


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(700, 500)
    QVBoxLayout(made)
    qtbot.addWidget(made)
    return made


def put(window: QWidget, qtbot: QtBot, *widgets: QWidget) -> None:
    layout = window.layout()
    assert layout is not None
    for widget in widgets:
        layout.addWidget(widget)
    show(qtbot, window)


def test_a_form_names_its_fields_for_everyone(qtbot: QtBot):
    form = Form()
    qtbot.addWidget(form)
    field = form.add("&Street", QLineEdit(), "As on the street's sign")
    labels = {each.text(): each for each in form.findChildren(QLabel)}
    assert labels["&Street"].buddy() is field
    assert field.accessibleName() == "Street"
    assert field.accessibleDescription() == "As on the street's sign"


def test_an_error_stands_below_its_field_takes_the_focus_and_goes_again(window: QWidget, qtbot: QtBot):
    form = Form()
    put(window, qtbot, form)
    first, second = form.add("One", QLineEdit()), form.add("Two", QSpinBox(), "1 to 365")
    form.set_error(second, "Use 1 to 365.")
    assert form.error_of(second) == "Use 1 to 365."
    assert second.accessibleDescription() == "Use 1 to 365."
    assert second.hasFocus()
    assert form.error_of(first) == ""
    form.clear_errors()
    assert form.error_of(second) == ""
    assert second.accessibleDescription() == "1 to 365"


def test_a_button_shows_its_key_and_works_by_it(window: QWidget, qtbot: QtBot):
    button = KeyButton("Open incident", "F2", "primary")
    put(window, qtbot, button)
    with qtbot.waitSignal(button.clicked):
        qtbot.keyClick(window, Qt.Key.Key_F2)
    assert "F2" in button.toolTip()
    button.set_text("Open another")
    assert button.shortcut() == QKeySequence("F2")


def test_a_letter_key_leaves_typing_alone(window: QWidget, qtbot: QtBot):
    button, field = KeyButton("New", "N"), QLineEdit()
    put(window, qtbot, button, field)
    field.setFocus()
    with qtbot.assertNotEmitted(button.clicked):
        qtbot.keyClick(field, Qt.Key.Key_N, Qt.KeyboardModifier.NoModifier)
    assert field.text() == "n"


def test_a_hidden_button_does_not_answer_to_its_key(window: QWidget, qtbot: QtBot):
    button = KeyButton("Save", "Ctrl+S")
    put(window, qtbot, button, QLineEdit())
    button.hide()
    with qtbot.assertNotEmitted(button.clicked, wait=20):
        qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_targets_are_large_enough(qtbot: QtBot, qapp, scale: float):
    theme.apply(qapp, "dark", scale)
    try:
        for widget in (KeyButton("Go", "G"), bare_button("x", "Close")):
            qtbot.addWidget(widget)
            hint = widget.minimumSizeHint().expandedTo(widget.minimumSize())
            assert hint.height() >= 32 * scale
            assert hint.width() >= 32
    finally:
        theme.apply(qapp)


def test_arrow_keys_move_between_choices(window: QWidget, qtbot: QtBot):
    choices = Choices(["Timeline", "Bids", "Meetings"])
    put(window, qtbot, choices)
    choices._group.button(0).setFocus()
    with qtbot.waitSignal(choices.chosen) as chosen:
        qtbot.keyClick(choices, Qt.Key.Key_Left)
    assert chosen.args == [2]
    choices.set_count(2, 4)
    assert choices._group.button(2).accessibleName() == "Meetings 4"


def test_escape_closes_a_side_panel_and_it_is_never_a_window(window: QWidget, qtbot: QtBot):
    panel = SidePanel("Add a camera")
    field = QLineEdit()
    panel.add(field)
    put(window, qtbot, panel)
    field.setFocus()
    with qtbot.waitSignal(panel.closed):
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert not panel.isWindow()


def test_trouble_stays_in_view_above_the_buttons(window: QWidget, qtbot: QtBot):
    panel = SidePanel("Add a camera")
    panel.add_button(KeyButton("Save"))
    for _ in range(40):
        panel.add(QLineEdit())
    put(window, qtbot, panel)
    panel.show_trouble("There is a camera 014 already.")
    line = next(each for each in panel.findChildren(QLabel) if each.text() == panel.trouble)
    assert line.isVisible()
    assert panel.rect().contains(line.geometry())


def test_long_words_end_in_dots_and_are_whole_in_the_tool_tip(window: QWidget, qtbot: QtBot):
    shown = ElidedLabel("George Street, East Croydon station, south side")
    shown.setFixedWidth(60)
    put(window, qtbot, shown)
    assert shown.toolTip() == "George Street, East Croydon station, south side"
    assert shown.width() == 60


def test_facts_without_a_value_show_a_dash(qtbot: QtBot):
    facts = Facts([("Make", "Axis"), ("Firmware", "")])
    qtbot.addWidget(facts)
    assert [each.text() for each in facts.findChildren(QLabel)] == ["Make", "Axis", "Firmware", "—"]


def test_an_empty_state_offers_what_to_do(window: QWidget, qtbot: QtBot):
    pressed: list[bool] = []
    empty = EmptyState("No bids yet", "Press N.", "tray", "New bid", lambda: pressed.append(True))
    put(window, qtbot, empty)
    empty.findChildren(KeyButton)[0].click()
    assert pressed == [True]


@pytest.mark.parametrize("state", theme.STATES)
def test_every_state_can_be_drawn(window: QWidget, qtbot: QtBot, state: str):
    pill = Pill("stalled 3 s", state)
    card = Card("Footage lost soonest", "8 open", state, flush=True)
    card.add(pill)
    put(window, qtbot, card)
    assert not window.grab().isNull()
    assert pill.accessibleName() == "stalled 3 s"


def test_a_choice_without_room_ends_in_dots_keeps_its_count_and_its_tip_says_the_rest(qtbot: QtBot):
    choices = Choices(["Accounts and locking", "All"], chips=True)
    qtbot.addWidget(choices)
    choices.set_count(0, 12)
    choices.resize(400, 40)
    choices.show()
    chip = next(each for each in choices.findChildren(QAbstractButton) if each.text() != "All")
    assert isinstance(chip, _Choice)
    assert (chip.shown, chip.toolTip()) == ("Accounts and locking 12", "")
    chip.resize(100, chip.height())
    assert chip.shown.endswith("… 12")
    assert chip.toolTip() == "Accounts and locking 12"
