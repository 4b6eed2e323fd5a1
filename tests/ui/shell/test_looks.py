"""Dark or light and the size of text: each person's own, at once, over everything there is."""

from typing import Any

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Actor, Role
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.shell.looks import FirstLooks, Looks
from controlroom.ui.widgets.card import bare_button
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.text import label
from tests.ui.helpers import actor, settle


class Choices:
    """People's own choices, in memory."""

    def __init__(self) -> None:
        self.kept: dict[int, dict[str, Any]] = {}

    def for_person(self, actor: Actor) -> dict[str, Any]:
        return dict(self.kept.get(actor.user_id, {}))

    def change(self, actor: Actor, name: str, value: Any) -> None:
        self.kept.setdefault(actor.user_id, {})[name] = value


@pytest.fixture
def session(qapp: QApplication):
    yield DeskSession(actor(Role.OPERATOR, 7))
    theme.apply(qapp)


@pytest.fixture
def choices() -> Choices:
    return Choices()


@pytest.fixture
def looks(session: DeskSession, choices: Choices, background: Background) -> Looks:
    return Looks(
        session, session, Messages(session), background=background, own=choices, first=FirstLooks("dark", 1.0)
    )


def test_the_choice_of_one_person_is_not_the_next_ones(
    looks: Looks, session: DeskSession, choices: Choices, background: Background, qtbot: QtBot
):
    settle(qtbot, background)
    looks.toggle_theme()
    looks.change_text(1)
    looks.toggle_sound()
    settle(qtbot, background)
    assert choices.kept == {7: {"theme": "light", "text_scale": 1.1, "alarm_sound": True}}
    session.sign_in(actor(Role.OPERATOR, 8))
    settle(qtbot, background)
    assert (theme.current().name, theme.current().text_scale, looks.sound) == ("dark", 1.0, False)
    session.sign_in(actor(Role.OPERATOR, 7))
    settle(qtbot, background)
    assert (theme.current().name, theme.current().text_scale, looks.sound) == ("light", 1.1, True)


def test_nobody_signed_in_sees_the_rooms_looks(
    looks: Looks, session: DeskSession, background: Background, qtbot: QtBot
):
    settle(qtbot, background)
    looks.toggle_theme()
    settle(qtbot, background)
    session.sign_out()
    assert theme.current().name == "dark"


def test_text_goes_from_ninety_to_a_hundred_and_fifty_and_says_where_it_ends(looks: Looks):
    for _ in range(9):
        looks.change_text(1)
    assert theme.current().text_scale == 1.5
    assert looks._messages.last is not None
    assert "largest" in looks._messages.last.text
    for _ in range(9):
        looks.change_text(-1)
    assert theme.current().text_scale == 0.9
    looks.change_text(0)
    assert theme.current().text_scale == 1.0


def test_everything_that_exists_grows_and_comes_back_to_the_pixel(looks: Looks, qtbot: QtBot):
    box = QWidget()
    qtbot.addWidget(box)
    layout = QVBoxLayout(box)
    text, button, icon, table = (
        label("Text", 12.5),
        KeyButton("Press", "P"),
        bare_button("x", "Close"),
        QTableView(),
    )
    table.verticalHeader().setDefaultSectionSize(theme.px(38))
    table.setFixedWidth(theme.px(300))
    for each in (text, button, icon, table):
        layout.addWidget(each)
    box.show()

    def sizes() -> tuple[int, ...]:
        return (
            text.font().pixelSize(),
            button.sizeHint().height(),
            icon.width(),
            icon.iconSize().width(),
            table.verticalHeader().defaultSectionSize(),
            table.width(),
        )

    before = sizes()
    for _ in range(5):
        looks.change_text(1)
    assert sizes() == (18, 48, 48, 27, 57, 450)
    looks.change_text(0)
    assert all(abs(now - then) <= 1 for now, then in zip(sizes(), before, strict=True))
    assert text.font().pixelSize() == before[0]


def test_a_change_of_theme_leaves_the_text_in_its_size(looks: Looks, qtbot: QtBot):
    text = label("Text", 14)
    qtbot.addWidget(text)
    text.show()
    for _ in range(3):
        looks.change_text(1)
    looks.toggle_theme()
    assert text.font().pixelSize() == 18
    theme.tint(text, "alarm")
    assert text.font().pixelSize() == 18, "another colour is no reason for another size"
    looks.change_text(0)
    looks.toggle_theme()
    assert text.font().pixelSize() == 14


def test_labels_are_not_cut_at_the_largest_size(looks: Looks, qtbot: QtBot):
    box = QWidget()
    qtbot.addWidget(box)
    layout = QVBoxLayout(box)
    layout.addWidget(label("Neither of these lines may be cut off", 14))
    layout.addWidget(KeyButton("Nor this one", "Ctrl+Shift+M"))
    layout.setAlignment(Qt.AlignmentFlag.AlignTop)
    box.show()
    for _ in range(5):
        looks.change_text(1)
    box.adjustSize()
    for each in (*box.findChildren(QLabel), *box.findChildren(KeyButton)):
        assert each.width() >= each.sizeHint().width()
        assert each.height() >= each.sizeHint().height()


def test_a_page_behind_follows_when_it_comes_to_the_front_and_comes_back_to_the_pixel(
    looks: Looks, qtbot: QtBot
):
    stack, front, page = QStackedWidget(), QWidget(), QWidget()
    qtbot.addWidget(stack)
    stack.addWidget(page)
    stack.addWidget(front)
    inside = QVBoxLayout(page)
    text, icon, table, edit = label("Text", 12.5), bare_button("x", "Close"), QTableView(), QLineEdit()
    table.setFixedWidth(theme.px(300))
    theme.tint(text, "text_dim")
    for each in (text, icon, table, edit):
        inside.addWidget(each)
    stack.show()

    def sizes() -> tuple[int, ...]:
        return text.font().pixelSize(), icon.width(), icon.iconSize().width(), table.width()

    before, height = sizes(), edit.sizeHint().height()
    stack.setCurrentWidget(front)
    for _ in range(5):
        looks.change_text(1)
    made_meanwhile = label("Made at the new size", 12.5)
    inside.addWidget(made_meanwhile)
    looks.toggle_theme()
    stack.setCurrentWidget(page)
    assert sizes() == (18, 48, 27, 450)
    assert edit.sizeHint().height() > height
    assert text.palette().windowText().color() == theme.color("text_dim")
    assert made_meanwhile.font().pixelSize() == 19, "it was made at this size and is not scaled again"
    stack.setCurrentWidget(front)
    looks.change_text(0)
    looks.toggle_theme()
    stack.setCurrentWidget(page)
    assert sizes() == before
    assert edit.sizeHint().height() == height
    assert text.palette().windowText().color() == theme.color("text_dim")


def test_a_closed_panel_follows_when_it_is_opened_and_comes_back_to_the_pixel(looks: Looks, qtbot: QtBot):
    window, panel = QWidget(), QWidget()
    qtbot.addWidget(window)
    panel.setParent(window)
    panel.setFixedWidth(theme.px(340))
    text, inner, edit = label("Text", 12.5), label("Asked for later", 14), QLineEdit()
    inside = QVBoxLayout(panel)
    for each in (text, inner, edit):
        inside.addWidget(each)
    inner.hide()
    window.show()
    panel.show()
    before, height = panel.width(), edit.sizeHint().height()
    panel.hide()
    for _ in range(5):
        looks.change_text(1)
    looks.toggle_theme()
    panel.show()
    inner.show()
    assert (panel.width(), text.font().pixelSize(), inner.font().pixelSize()) == (510, 18, 21)
    assert edit.sizeHint().height() > height
    assert text.palette().windowText().color() == theme.color("text")
    inner.hide()
    looks.change_text(0)
    looks.toggle_theme()
    inner.show()
    assert (panel.width(), text.font().pixelSize(), inner.font().pixelSize()) == (before, 12, 14)
    assert edit.sizeHint().height() == height
    assert inner.palette().windowText().color() == theme.color("text")


class _OwnWidth(QWidget):
    """A page that gives its list a width of its own whenever it gets another size."""

    def __init__(self) -> None:
        super().__init__()
        self.list = QWidget(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.list.setFixedWidth(theme.px(226))


def test_a_page_behind_that_sizes_itself_before_it_is_shown_is_scaled_once(looks: Looks, qtbot: QtBot):
    stack, front, page = QStackedWidget(), QWidget(), _OwnWidth()
    qtbot.addWidget(stack)
    stack.addWidget(page)
    stack.addWidget(front)
    stack.show()
    stack.setCurrentWidget(front)
    for _ in range(5):
        looks.change_text(1)
    page.resize(700, 500)
    QApplication.sendEvent(page, QResizeEvent(page.size(), QSize(1, 1)))
    stack.setCurrentWidget(page)
    assert page.list.width() == 339
