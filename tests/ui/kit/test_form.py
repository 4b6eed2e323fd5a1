"""A form: what it asks, how it refuses, and that nothing typed is lost."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from controlroom.cameras.records import Camera, Place
from controlroom.clock import local
from controlroom.errors import InvalidInput, RuleBroken
from controlroom.log import vocabulary
from controlroom.ui.background import Background
from controlroom.ui.kit.camera_field import CameraField
from controlroom.ui.kit.day_edit import DayEdit
from controlroom.ui.kit.entries import category
from controlroom.ui.kit.fields import Field, WordsEdit
from controlroom.ui.kit.form import SEEN, FormCard, FormSpec, Values
from controlroom.ui.kit.form_place import FormPlace
from controlroom.ui.kit.moment_edit import MomentEdit
from controlroom.ui.kit.password_question import PasswordQuestion
from controlroom.ui.kit.time_edit import TimeEdit
from controlroom.ui.session import DeskSession
from controlroom.ui.widgets.key_button import KeyButton
from tests.builders import FRIDAY_NIGHT
from tests.ui.helpers import actor, settle, show, words_in

CAMERA = Camera(14, "014", "George Street, station", Place("George Street", "Town centre", "Fairfield"))
FIELDS = (
    Field("text", "What", "text", needed="Write what happened."),
    (
        Field("name", "Name", check=lambda text: "No figures." if text.isdigit() else ""),
        Field("cad", "CAD", hint="4417"),
    ),
    (
        Field("camera", "Camera", "camera", choices=(CAMERA,)),
        Field("at", "When", "moment", value=FRIDAY_NIGHT),
    ),
    Field("day", "Day", "day", value=date(2026, 11, 20)),
    Field("colour", "Colour", "choice", choices=(("Red", 1), ("Green", 2)), value=2),
    Field("sure", "I am sure", "tick", needed=True),
    Field("count", "How many", "count", value=3),
)

CATEGORY = category(vocabulary.load(), of_incident=True)


class Service:
    """What the form's answers go to."""

    def __init__(self) -> None:
        self.got: list[Values] = []
        self.error: Exception | None = None
        self.may_go_on = Event()
        self.may_go_on.set()
        self.password = ""

    def holds_password(self, text: str) -> bool:
        return bool(self.password) and self.password in text

    def __call__(self, values: Values) -> str:
        self.may_go_on.wait(60)
        if self.error is not None:
            raise self.error
        self.got.append(values)
        return "done"


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def session() -> DeskSession:
    return DeskSession(actor())


@pytest.fixture
def place(
    qtbot: QtBot, background: Background, session: DeskSession, service: Service
) -> Iterator[FormPlace]:
    window = QWidget()
    column = QVBoxLayout(window)
    made = FormPlace(background, session, service.holds_password)
    made.home = QLineEdit()
    column.addWidget(made.home)
    column.addWidget(made)
    column.addStretch(1)
    qtbot.addWidget(window)
    window.resize(600, 900)
    show(qtbot, window)
    yield made
    window.close()


@pytest.fixture
def form(place: FormPlace, service: Service) -> FormCard:
    return place.open(FormSpec("What happened?", "Save", service, FIELDS))


def fill(form: FormCard, **more: Any) -> None:
    for key, value in {"text": "A fight", "sure": True, **more}.items():
        form.fill(key, value)


def button(form: FormCard, text: str) -> KeyButton:
    return next(each for each in form.findChildren(KeyButton) if each.text() == text)


def test_every_kind_of_field_gives_its_own_kind_of_answer(
    form: FormCard, service: Service, qtbot: QtBot, background: Background
):
    fill(form, name="  Ann ", camera=CAMERA)
    form.submit()
    settle(qtbot, background)
    assert service.got == [
        {
            "text": "A fight",
            "name": "Ann",
            "cad": "",
            "camera": CAMERA,
            "at": None,
            "day": date(2026, 11, 20),
            "colour": 2,
            "sure": True,
            "count": 3,
        }
    ]


def test_an_error_goes_when_its_field_is_right_and_only_then(form: FormCard):
    form.fill("name", "4417")
    form.submit()
    assert "No figures." in form.error
    assert form.input("text").hasFocus()
    form.fill("name", "441")
    assert "No figures." in form.error
    form.fill("name", "Ann")
    assert "No figures." not in form.error
    assert form.input("text").hasFocus(), "nothing moves the focus while one types"
    form.fill("sure", True)
    form.fill("text", "A fight")
    assert form.error == ""
    assert form.input("text").property("invalid") is False


def test_what_a_service_refused_goes_once_its_field_is_changed(
    form: FormCard, service: Service, qtbot: QtBot, background: Background
):
    fill(form)
    service.error = InvalidInput("Not that day.", field="day")
    form.submit()
    settle(qtbot, background)
    assert "Not that day." in form.error
    form.fill("day", date(2026, 11, 21))
    assert form.error == ""


def test_what_is_worth_knowing_is_said_at_once_and_forbids_nothing(
    place: FormPlace, service: Service, qtbot: QtBot, background: Background
):
    def said(answers: Values) -> str:
        return f"{answers['first']} and {answers['second']}" if answers["second"] else ""

    fields = (
        Field("first", "First", "count", help="A figure"),
        Field("second", "Second", "count", tell=said),
    )
    form = place.open(FormSpec("Two", "Save", service, fields))
    assert form.told("second") == ""
    form.fill("second", 2)
    assert form.told("second") == "0 and 2"
    form.fill("first", 1)
    assert form.told("second") == "1 and 2"
    assert "1 and 2" in words_in(form)
    form.submit()
    settle(qtbot, background)
    assert service.got == [{"first": 1, "second": 2}]


def test_each_field_says_beside_itself_what_is_wrong_and_the_first_gets_the_focus(
    form: FormCard, service: Service
):
    form.fill("name", "4417")
    camera = form.input("camera")
    assert isinstance(camera, CameraField)
    camera.edit.setText("999")
    form.submit()
    for said in (
        "Write what happened.",
        "No figures.",
        "No camera has that number",
        "Tick this when it is so.",
    ):
        assert said in words_in(form)
        assert said in form.error
    assert form.input("text").hasFocus()
    assert service.got == []


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier])
@pytest.mark.parametrize("key", ["text", "name", "colour", "sure"])
def test_enter_and_ctrl_enter_save_from_any_field(
    form: FormCard, service: Service, qtbot: QtBot, background: Background, modifier, key: str
):
    fill(form)
    form.input(key).setFocus()
    qtbot.keyClick(form.input(key), Qt.Key.Key_Return, modifier)
    settle(qtbot, background)
    assert len(service.got) == 1


def test_shift_enter_begins_a_new_line(form: FormCard, service: Service, qtbot: QtBot):
    edit = form.input("text")
    assert isinstance(edit, WordsEdit)
    qtbot.keyClicks(edit, "one")
    qtbot.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(edit, "two")
    assert form.values()["text"] == "one\ntwo"
    assert service.got == []


def test_a_refusal_stays_below_with_everything_typed(
    form: FormCard, service: Service, qtbot: QtBot, background: Background
):
    service.error = RuleBroken("The incident is closed.")
    fill(form)
    form.submit()
    settle(qtbot, background)
    assert form.error == "The incident is closed."
    assert form.values()["text"] == "A fight"
    service.error = None
    form.submit()
    settle(qtbot, background)
    assert len(service.got) == 1


@pytest.mark.parametrize("afresh", [False, True])
def test_a_refusal_goes_as_soon_as_another_answer_is_given(
    form: FormCard, service: Service, qtbot: QtBot, background: Background, afresh: bool
):
    service.error = InvalidInput("That time is more than a year ago.")
    fill(form)
    form.submit()
    settle(qtbot, background)
    assert form.error == "That time is more than a year ago."
    if afresh:
        form.begin_afresh()
    else:
        moment = form.input("at")
        assert isinstance(moment, MomentEdit)
        moment.day.step(1)
    assert form.error == ""


def test_tab_takes_a_choice_and_goes_to_the_next_field_only(place: FormPlace, service: Service, qtbot: QtBot):
    form = place.open(FormSpec("New", "Save", service, (CATEGORY, *FIELDS[:2])))
    form.input("category").setFocus()
    qtbot.keyClicks(form.input("category"), "fir")
    qtbot.keyClick(form.input("category"), Qt.Key.Key_Tab)
    assert form.values()["category"] == "fire"
    assert form.focusWidget() is form.input("text")


def test_enter_on_words_that_name_no_choice_says_so_and_stays(
    place: FormPlace, service: Service, qtbot: QtBot
):
    form = place.open(FormSpec("New", "Save", service, (CATEGORY, *FIELDS[:2])))
    field = form.input("category")
    field.setFocus()
    qtbot.keyClicks(field, "lads fighting")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert form.focusWidget() is field
    assert "choose a category" in words_in(form)


def test_words_that_are_no_choice_yet_are_offered_again(place, service):
    spec = FormSpec("New", "Save", service, (CATEGORY,))
    form = place.open(spec)
    form.input("category").setText("lads fighting")
    form.leave()
    assert place.open(spec).input("category").text() == "lads fighting"


def test_a_refusal_that_names_its_field_stands_beside_it(
    form: FormCard, service: Service, qtbot: QtBot, background: Background
):
    service.error = InvalidInput("That name is taken.", field="name")
    fill(form)
    form.submit()
    settle(qtbot, background)
    assert form.input("name").property("invalid")
    assert form.input("name").hasFocus()
    assert form.error == "That name is taken."


def test_a_fault_of_the_program_is_said_and_nothing_is_lost(
    form: FormCard, service: Service, qtbot: QtBot, background: Background
):
    service.error = ZeroDivisionError("a secret")
    fill(form)
    form.submit()
    settle(qtbot, background)
    assert form.error == "Something in the program failed: ZeroDivisionError. Nothing was saved."
    assert form.values()["text"] == "A fight"


def test_while_it_is_done_the_form_is_off_and_done_once(
    form: FormCard, place: FormPlace, service: Service, qtbot: QtBot, background: Background
):
    service.may_go_on.clear()
    fill(form)
    form.submit()
    assert form.running
    assert not form.input("text").isEnabled()
    form.submit()
    qtbot.keyClick(form, Qt.Key.Key_Escape)
    assert place.open(FormSpec("Another", "Save", service)) is form
    service.may_go_on.set()
    settle(qtbot, background)
    assert len(service.got) == 1
    assert place.form is None


def press(qtbot: QtBot, *keys: Qt.Key) -> None:
    """Press keys where the keyboard is."""
    for key in keys:
        qtbot.keyClick(QApplication.focusWidget(), key)


def test_what_is_pressed_while_a_form_saves_neither_empties_it_nor_leaves_it(
    place: FormPlace, service: Service, qtbot: QtBot, background: Background
):
    spec = FormSpec("What happened?", "Save", service, FIELDS)
    left = place.open(spec)
    left.fill("text", "A man down at the bus stop")
    left.leave()
    form = place.open(spec)
    form.fill("sure", True)
    service.may_go_on.clear()
    press(qtbot, Qt.Key.Key_Return)
    assert form.running
    assert not button(form, "Begin afresh").isEnabled()
    press(qtbot, Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Backtab, Qt.Key.Key_Space, Qt.Key.Key_N)
    assert form.hasFocus()
    assert form.values()["text"] == "A man down at the bus stop"
    service.error = RuleBroken("No.")
    service.may_go_on.set()
    settle(qtbot, background)
    assert form.values()["text"] == "A man down at the bus stop"
    assert form.input("text").hasFocus()
    assert button(form, "Begin afresh").isEnabled()


def test_what_was_given_up_is_offered_in_its_form_and_once_in_the_next(place: FormPlace):
    spec = FormSpec("Ask", "Ask it", lambda _values: None, (Field("text", "Text", "text"),))

    def begin_afresh_and_leave() -> None:
        form = place.open(spec)
        form.fill("text", "half")
        form.leave()
        form = place.open(spec)
        button(form, "Begin afresh").click()
        assert form.values() == {"text": ""}
        button(form, "Put it back").click()
        assert form.values() == {"text": "half"}
        button(form, "Begin afresh").click()
        form.leave()

    begin_afresh_and_leave()
    form = place.open(spec)
    assert form.values() == {"text": ""}
    button(form, "Put it back").click()
    assert form.values() == {"text": "half"}
    button(form, "Begin afresh").click()
    form.leave()
    place.open(spec).leave()
    assert "put away" not in words_in(place.open(spec))


def test_what_is_put_back_takes_the_place_of_what_was_typed_since_which_can_be_had_again(place: FormPlace):
    spec = FormSpec("Ask", "Ask it", lambda _values: None, (Field("text", "Text", "text"),))
    place.open(spec).fill("text", "first")
    assert place.form is not None
    place.form.leave()
    form = place.open(spec)
    form.begin_afresh()
    form.fill("text", "second")
    form.put_back()
    assert form.values() == {"text": "first"}
    form.put_back()
    assert form.values() == {"text": "second"}


def test_focus_goes_back_to_its_field_after_a_refusal_and_home_when_done(
    form: FormCard, place: FormPlace, service: Service, qtbot: QtBot, background: Background
):
    service.error = RuleBroken("No.")
    fill(form)
    form.input("cad").setFocus()
    form.submit()
    settle(qtbot, background)
    assert form.input("cad").hasFocus()
    service.error = None
    form.submit()
    settle(qtbot, background)
    assert place.home is not None and place.home.hasFocus()


def test_news_of_a_change_keeps_what_was_typed_and_goes_on_from_the_newest(
    place: FormPlace, service: Service, qtbot: QtBot, background: Background
):
    form = place.open(FormSpec("Change", "Save", service, (Field("text", "Text"),), seen=3), key=1)
    form.fill("text", "mine")
    form.tell_changed("Operator 11 changed it meanwhile.", 4)
    assert form.news == "Operator 11 changed it meanwhile."
    qtbot.mouseClick(button(form, "Go on with mine"), Qt.MouseButton.LeftButton)
    assert form.news == ""
    form.submit()
    settle(qtbot, background)
    assert service.got == [{"text": "mine", SEEN: 4}]


def spec(service: Callable[[Values], Any], title: str = "Addendum") -> FormSpec:
    return FormSpec(
        title, "Add", service, (Field("text", "Text", "text"), Field("name", "Name", value="Ann"))
    )


def test_a_form_left_open_comes_back_with_its_record(place: FormPlace, service: Service):
    first = place.open(spec(service), key=1)
    first.fill("text", "half")
    assert not place.look_at(2)
    assert place.form is None and place.isHidden()
    assert place.look_at(1)
    assert place.form is first and first.isVisible()
    assert not place.is_new


def test_what_was_typed_into_a_form_that_was_left_comes_back_for_that_record_alone(
    place: FormPlace, service: Service, qtbot: QtBot
):
    form = place.open(spec(service), key=1)
    form.fill("text", "half a sentence")
    with qtbot.waitSignal(place.closed):
        qtbot.keyClick(form.input("text"), Qt.Key.Key_Escape)
    assert place.open(spec(service), key=2).values()["text"] == ""
    assert place.open(spec(service, "Another form"), key=1).values()["text"] == ""
    assert place.open(spec(service), key=1).values() == {"text": "half a sentence", "name": "Ann"}


def test_what_was_saved_does_not_come_back_nor_what_another_person_typed(
    place: FormPlace, service: Service, qtbot: QtBot, session: DeskSession
):
    form = place.open(spec(service), key=1)
    form.fill("text", "saved")
    with qtbot.waitSignal(place.done) as told:
        form.submit()
    assert told.args == ["done"]
    form = place.open(spec(service), key=1)
    assert form.values()["text"] == ""
    form.fill("text", "a secret")
    session.sign_in(actor(user_id=2))
    place.clear()
    assert place.form is None
    assert place.open(spec(service), key=1).values()["text"] == ""
    session.sign_in(actor(user_id=1))
    place.clear()
    assert place.open(spec(service), key=1).values()["text"] == "a secret"


def test_what_follows_a_form_may_be_its_own(
    place: FormPlace, service: Service, qtbot: QtBot, background: Background
):
    then, told, said = [], [], []
    place.done.connect(told.append)
    place.said.connect(said.append)
    place.open(
        FormSpec("Count", "Count", service, then=then.append, said=lambda result: f"It is {result}.")
    ).submit()
    settle(qtbot, background)
    assert (then, told, said) == (["done"], [], ["It is done."])


def test_what_was_typed_and_chosen_is_offered_again_and_can_be_given_up(place: FormPlace):
    spec = FormSpec(
        "Ask",
        "Ask it",
        lambda _values: None,
        (
            Field("text", "Text", "text"),
            Field("colour", "Colour", "choice", choices=[("red", 1), ("blue", 2)]),
            Field("sure", "I am sure", "tick"),
            Field("secret", "Password", "secret"),
        ),
    )
    told: list[str] = []
    place.kept.connect(told.append)
    form = place.open(spec)
    for key, answer in {"text": "half", "colour": 2, "sure": True, "secret": "x"}.items():
        form.fill(key, answer)
    form.leave()
    assert "is kept" in told[0]
    form = place.open(spec)
    assert form.values() == {"text": "half", "colour": 2, "sure": False, "secret": ""}
    assert "is back" in words_in(form)
    form.begin_afresh()
    assert form.values() == {"text": "", "colour": 1, "sure": False, "secret": ""}
    form.leave()
    assert len(told) == 1, "nothing was typed, so nothing is kept"


def test_a_text_that_holds_a_password_is_not_saved_before_a_question(
    form: FormCard, service: Service, qtbot: QtBot, background: Background
):
    service.password = "correct horse battery"
    question = form.findChild(PasswordQuestion)
    assert question is not None
    fill(form, text="correct horse battery")
    form.submit()
    settle(qtbot, background)
    assert (service.got, question.isHidden(), form.running) == ([], False, False)
    form.fill("text", "Two people quarrel outside")
    form.submit()
    settle(qtbot, background)
    assert [each["text"] for each in service.got] == ["Two people quarrel outside"]


def test_the_person_may_say_that_it_is_no_password(
    form: FormCard, service: Service, qtbot: QtBot, background: Background
):
    service.password = "gate at Lansdowne"
    fill(form, text="The gate at Lansdowne")
    form.submit()
    settle(qtbot, background)
    assert service.got == []
    button(form, "Save it all the same").click()
    settle(qtbot, background)
    assert [each["text"] for each in service.got] == ["The gate at Lansdowne"]


def test_what_is_saved_all_the_same_is_what_stands_there_and_is_looked_at_again(
    form: FormCard, service: Service, qtbot: QtBot, background: Background
):
    service.password = "gate at Lansdowne"
    fill(form, text="The gate at Lansdowne")
    form.submit()
    settle(qtbot, background)
    form.fill("text", "The gate was shut")
    button(form, "Save it all the same").click()
    assert form.running, "it is done once"
    settle(qtbot, background)
    assert [each["text"] for each in service.got] == ["The gate was shut"]


def test_a_moment_and_a_day_somebody_typed_are_offered_again_and_can_be_given_up(place: FormPlace):
    spec = FormSpec("What happened?", "Save", lambda _values: None, FIELDS)
    form, typed = place.open(spec), FRIDAY_NIGHT + timedelta(minutes=7)
    at = form.input("at")
    assert isinstance(at, MomentEdit)
    at.time.setText(f"{local(typed):%H:%M:%S}")
    form.fill("day", date(2026, 11, 24))
    form.leave()
    again = place.open(spec)
    assert (again.values()["at"], again.values()["day"]) == (typed, date(2026, 11, 24))
    place.clear()
    again = place.open(spec)
    assert again.values()["at"] == typed
    again.begin_afresh()
    assert (again.values()["at"], again.values()["day"]) == (None, date(2026, 11, 20))
    shown = again.input("at")
    assert isinstance(shown, MomentEdit)
    assert shown.moment == FRIDAY_NIGHT


def test_a_reason_of_two_letters_is_refused_at_its_field(
    place: FormPlace, service: Service, qtbot: QtBot, background: Background
):
    reason = Field("reason", "Why", needed="Say why it is cancelled.", in_words=True)
    form = place.open(FormSpec("Cancel?", "Cancel it", service, (reason,)))
    form.fill("reason", "ok")
    form.submit()
    settle(qtbot, background)
    assert (service.got, form.error) == ([], "Say why it is cancelled.")
    form.fill("reason", "The room is taken")
    form.submit()
    settle(qtbot, background)
    assert [each["reason"] for each in service.got] == ["The room is taken"]


def type_day(form: FormCard, qtbot: QtBot, text: str) -> DayEdit:
    day = form.input("day")
    assert isinstance(day, DayEdit)
    day.setFocus()
    day.selectAll()
    qtbot.keyClicks(day, text)
    return day


@pytest.mark.parametrize("typed", ["10", "1000", "10.00", "10:00"])
def test_an_hour_is_read_as_it_is_typed_and_answered_in_one_way(
    place: FormPlace, service: Service, qtbot: QtBot, background: Background, typed: str
):
    form = place.open(FormSpec("Plan", "Plan it", service, (Field("time", "Hour", "time", value="14:30"),)))
    line = form.input("time")
    assert isinstance(line, TimeEdit)
    assert line.text() == "14:30"
    qtbot.keyClicks(line, "25:00")
    form.submit()
    assert (service.got, form.error) == ([], "There is no time “25:00”.")
    line.selectAll()
    qtbot.keyClicks(line, typed)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    settle(qtbot, background)
    assert [each["time"] for each in service.got] == ["10:00"]


def test_a_day_or_time_with_the_forms_own_focus_is_typed_over(place: FormPlace, qtbot: QtBot):
    proposed = (
        Field("day", "Day", "day", value=lambda: date(2026, 11, 20)),
        Field("at", "When", "moment", value=lambda: FRIDAY_NIGHT),
    )
    for field, typed in zip(proposed, ("24.12.2026", "19.11.2026"), strict=True):
        form = place.open(FormSpec(field.key, "Save", lambda _values: None, (field,)))
        line = QApplication.focusWidget()
        assert isinstance(line, DayEdit)
        qtbot.keyClicks(line, typed)
        assert line.text() == typed
        form.leave()


def test_the_field_with_the_fault_has_the_keyboard_all_selected(form: FormCard, qtbot: QtBot):
    fill(form)
    at = form.input("at")
    assert isinstance(at, MomentEdit)
    at.time.setText("25:00")
    qtbot.keyClick(form.input("name"), Qt.Key.Key_Return)
    assert (at.time.hasFocus(), at.time.selectedText()) == (True, "25:00")
    qtbot.keyClicks(at.time, "26:00")
    qtbot.keyClick(at.time, Qt.Key.Key_Return)
    assert (at.time.hasFocus(), at.time.selectedText()) == (True, "26:00")


def test_a_day_typed_is_the_answer(form: FormCard, service: Service, qtbot: QtBot, background: Background):
    fill(form)
    qtbot.keyClick(type_day(form, qtbot, "1.1.70"), Qt.Key.Key_Return)
    settle(qtbot, background)
    assert [each["day"] for each in service.got] == [date(1970, 1, 1)]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_day_that_cannot_be_read_is_said_at_its_field_and_nothing_is_saved(
    form: FormCard, service: Service, qtbot: QtBot, background: Background, key: Qt.Key
):
    fill(form)
    day = type_day(form, qtbot, "31.2.26")
    qtbot.keyClick(day, key)
    form.submit()
    settle(qtbot, background)
    assert service.got == []
    assert form.error == "There is no day “31.2.26”."
    assert (day.text(), form.values()["day"]) == ("31.2.26", None)
    day.setText("28.2.26")
    assert form.error == ""


def test_a_moment_that_cannot_be_read_is_not_taken_for_now(
    form: FormCard, service: Service, qtbot: QtBot, background: Background
):
    fill(form)
    at = form.input("at")
    assert isinstance(at, MomentEdit)
    at.time.setText("25:00")
    form.submit()
    settle(qtbot, background)
    assert service.got == []
    assert form.error == "There is no time “25:00”."


def test_a_day_that_is_no_day_yet_is_offered_again_as_it_was_typed(place: FormPlace, qtbot: QtBot):
    spec = FormSpec("What happened?", "Save", lambda _values: None, FIELDS)
    form = place.open(spec)
    type_day(form, qtbot, "31.2")
    at = form.input("at")
    assert isinstance(at, MomentEdit)
    at.time.setText("25")
    form.leave()
    again = place.open(spec)
    day, at = again.input("day"), again.input("at")
    assert isinstance(day, DayEdit) and isinstance(at, MomentEdit)
    assert (day.text(), at.time.text()) == ("31.2", "25")


def test_what_was_only_proposed_is_proposed_anew_and_what_was_typed_stays(place: FormPlace, qtbot: QtBot):
    now = [FRIDAY_NIGHT]
    fields = (
        FIELDS[0],
        Field("at", "When", "moment", value=lambda: now[0]),
        Field("day", "Day", "day", value=lambda: local(now[0]).date()),
    )
    spec = FormSpec("What happened?", "Save", lambda _values: None, fields)
    form = place.open(spec, 1)
    form.fill("text", "A fight")
    place.look_at(2)
    now[0] += timedelta(days=1, minutes=20)
    place.look_at(1)
    at = form.input("at")
    assert isinstance(at, MomentEdit)
    assert (at.moment, form.values()["day"]) == (now[0], local(now[0]).date())
    assert form.typed() == {"text": "A fight"}
    typed = now[0] - timedelta(minutes=5)
    at.time.setText(f"{local(typed):%H:%M:%S}")
    type_day(form, qtbot, "1.1.70")
    place.look_at(2)
    now[0] += timedelta(minutes=20)
    place.look_at(1)
    assert (form.values()["at"], form.values()["day"]) == (typed, date(1970, 1, 1))
    form.begin_afresh()
    assert (at.moment, form.values()["at"], form.values()["day"]) == (now[0], None, local(now[0]).date())
