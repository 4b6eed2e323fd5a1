"""Shows a form inside the page, never in a box over it, asking what an action needs to know before it is done.

A page declares a `FormSpec`; `FormCard` shows it and works alike everywhere: Enter or Ctrl+Enter does it, Shift+Enter
begins a new line, Esc leaves. Each field checks itself and says beside itself what is wrong. The work runs in the
background while the form is off; refused, the form stays with everything typed and says why.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from controlroom.cameras.records import Camera
from controlroom.errors import ControlRoomError
from controlroom.ui.background import Background
from controlroom.ui.kit import fields
from controlroom.ui.kit.camera_field import CameraField
from controlroom.ui.kit.chooser import Chooser
from controlroom.ui.kit.fields import Field, SecretEdit, WordsEdit
from controlroom.ui.kit.flow import Flow
from controlroom.ui.kit.kept_words import KeptWords
from controlroom.ui.kit.moment_edit import MomentEdit
from controlroom.ui.kit.off_while_saving import OffWhileSaving
from controlroom.ui.kit.password_question import HoldsPassword, PasswordQuestion
from controlroom.ui.kit.read_line import ReadLine
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.choices import ValueBox
from controlroom.ui.widgets.edited import on_edit
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import ButtonKind, KeyButton
from controlroom.ui.widgets.keyboard import mark_form
from controlroom.ui.widgets.layout import TOP, at, box, column, fill, grow, row
from controlroom.ui.widgets.marks import NewsLine
from controlroom.ui.widgets.text import label, note

log = logging.getLogger(__name__)
Values = Mapping[str, Any]
SEEN = (
    "seen"  # among the values of a form about a record: the record, or its version, as the form has seen it
)


_TEXTS = QPlainTextEdit | QLineEdit
_KEPT = _TEXTS | ValueBox | QSpinBox | QDoubleSpinBox | CameraField | MomentEdit


@dataclass(frozen=True)
class FormSpec:
    """What is asked, and what is done with the answers: `run` works in the background and may raise.

    A tuple among `fields` stands side by side. `text` stands above them, dim; `quote` too, to be read. `hint` is at the
    title's right. `seen` (a version, or the record itself) comes among the answers as `values[SEEN]`, so that the
    service can refuse what somebody else has changed. When it is done, `then` gets the result on the window's thread
    instead of the page's own `finished`; `said` is told to the person. `also` are texts
    written elsewhere that go with it.
    """

    title: str
    confirm: str
    run: Callable[[Values], Any]
    fields: Sequence[Field | tuple[Field, ...]] = ()
    text: str = ""
    kind: ButtonKind = "primary"
    hint: str = ""
    quote: str = ""
    seen: Any = None
    then: Callable[[Any], object] | None = None
    said: str | Callable[[Any], str] = ""
    also: Sequence[str] = ()

    @property
    def every_field(self) -> list[Field]:
        """The fields, one after another."""
        return [each for row in self.fields for each in (row if isinstance(row, tuple) else (row,))]

    @property
    def one_below_another(self) -> "FormSpec":
        """The same with every field in a line of its own, for a narrow place."""
        return replace(self, fields=self.every_field)

    def words_for(self, result: Any) -> str:
        """What is told about a result."""
        return self.said(result) if callable(self.said) else self.said


class FormCard(Card):
    """Shows a `FormSpec`: `done(result)` after it succeeded, `closed` when the person leaves it."""

    done = Signal(object)
    closed = Signal()

    def __init__(
        self,
        spec: FormSpec,
        background: Background,
        holds_password: HoldsPassword = lambda _text: False,
        esc: Callable[[], object] | None = None,
    ) -> None:
        """`esc` is what Esc does where it does not leave the form."""
        super().__init__(spec.title, spec.hint)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        mark_form(self)
        self.spec, self.seen = spec, spec.seen
        self._background = background
        self._newest: Any = None
        self._off = OffWhileSaving(self)
        self.given_up: dict[str, Any] = {}  # what was typed here before somebody began afresh
        self._offered: dict[str, Any] = {}  # what was given up in a form like this one before
        self._inputs: dict[str, QWidget] = {}
        self._column = Form()
        self._news, self._back = NewsLine(), KeptWords()
        self._question = PasswordQuestion(background, holds_password)
        self._error = label("", 13, role="alarm", wrap=True)
        self._confirm = KeyButton(spec.confirm, "Enter", spec.kind, bind=False, press=self.submit)
        self._esc = esc or self.leave
        self._leave = KeyButton("Cancel", "" if esc else "Esc", bind=False, press=self.leave)
        for asked in spec.fields:
            self._add(asked if isinstance(asked, tuple) else (asked,))
        self._lay_out()
        self._begun = self.values()
        self._tell()
        self._news.kept.connect(self._go_on_from_newest)
        self._back.afresh.connect(self.begin_afresh)
        self._back.wanted.connect(self.put_back)

    # -- answers ---------------------------------------------------------------------------------------------

    def input(self, key: str) -> QWidget:
        """The widget of a field."""
        return self._inputs[key]

    def fill(self, key: str, value: Any) -> None:
        """Put an answer into a field."""
        fields.fill(self._inputs[key], value)

    def values(self) -> dict[str, Any]:
        """The answers as they stand."""
        return {key: fields.read(widget) for key, widget in self._inputs.items()}

    def typed(self) -> dict[str, Any]:
        """What somebody has typed or chosen here; never a secret, and never a tick, which confirms something."""
        answers = {
            key: fields.typed(widget)
            for key, widget in self._inputs.items()
            if isinstance(widget, _KEPT) and not isinstance(widget, SecretEdit)
        }
        return {key: answer for key, answer in answers.items() if answer != self._begun[key]}

    def restore(self, typed: Mapping[str, Any], given_up: Mapping[str, Any] | None = None) -> None:
        """Put back what was typed here before, say so, and offer to begin afresh.

        What was `given_up` before is offered where nothing else was typed.
        """
        for key, answer in typed.items():
            if key in self._inputs:
                fields.type_in(self._inputs[key], answer)
        self._offered = {} if typed else dict(given_up or {})
        self._back.tell(back=bool(typed), given_up=bool(self.given_up or self._offered))
        self._tell()

    def begin_afresh(self) -> None:
        """Give up what was typed here; it can be put back until something else is given up."""
        self._give_up()
        self._back.tell(back=False, given_up=bool(self.given_up))
        self.take_focus()

    def put_back(self) -> None:
        """Exchange what stands here for what was given up."""
        typed = self.given_up or self._offered
        self._give_up()
        self.restore(typed)
        self.take_focus()

    def _give_up(self) -> None:
        self.given_up, self._offered = self.typed(), {}
        for key, answer in self._begun.items():
            if isinstance(self._inputs[key], _KEPT):
                self.fill(key, answer)
        self.propose_anew()
        self._column.clear_errors()
        self._edited()

    def propose_anew(self) -> None:
        """Put in what the program proposes now wherever nobody has typed: a moment, a day may have passed meanwhile."""
        typed = self.typed()
        for each in self.spec.every_field:
            if callable(each.value) and each.key not in typed:
                fields.propose(self._inputs[each.key], each.proposal)
                self._begun[each.key] = fields.read(self._inputs[each.key])

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.propose_anew()

    def take_cameras(self, cameras: Sequence[Camera]) -> None:
        """The register has arrived: its cameras can be named from now on."""
        for widget in self._inputs.values():
            if isinstance(widget, CameraField):
                widget.set_cameras(cameras)

    def put_beside(self, widget: QWidget) -> None:
        """Put something (a picture) beside the fields."""
        fill(self._middle, at(TOP, widget))

    # -- what is said ----------------------------------------------------------------------------------------

    @property
    def error(self) -> str:
        """What is said to be wrong, beside a field or below them all; empty while nothing is."""
        beside = [self._column.error_of(widget) for widget in self._inputs.values()]
        below = self._error.text() if not self._error.isHidden() else ""
        return " ".join(each for each in (*beside, below) if each)

    def told(self, key: str) -> str:
        """What is said about a field's answer without calling it wrong."""
        return self._column.told_of(self._inputs[key])

    @property
    def news(self) -> str:
        """What is said about a change somebody else made meanwhile."""
        return self._news.text

    @property
    def running(self) -> bool:
        """True while the work is under way."""
        return self._off.running

    def tell_changed(self, text: str, newest: Any) -> None:
        """Somebody else changed the record: say so; what was typed stays, and can be sent once that was read."""
        self._newest = newest
        self._news.tell(text)

    def _go_on_from_newest(self) -> None:
        self.seen = self._newest
        self._say("")

    def words_for(self, result: Any) -> str:
        """What is told once it is done: the page's own words, and which of two hours was saved."""
        hours = [each.remark for each in self._inputs.values() if isinstance(each, MomentEdit)]
        return " ".join(filter(None, [self.spec.words_for(result), *hours]))

    # -- doing it --------------------------------------------------------------------------------------------

    def take_focus(self) -> None:
        """Put the focus into the first field, or on the button when nothing is asked."""
        first = next(iter(self._inputs.values()), self._confirm)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Check every field, then do it in the background."""
        if self.running:
            return
        for widget in self._inputs.values():
            fields.settle(widget)
        self._column.clear_errors()
        self._say("")
        wrong = [
            (self._inputs[each.key], said)
            for each in self.spec.every_field
            if (said := each.problem(self._inputs[each.key]))
        ]
        for widget, said in reversed(wrong):  # the first of them has the focus in the end
            self._column.set_error(widget, said)
        if wrong:
            return
        values, run = self.values(), self.spec.run
        if self.seen is not None:
            values[SEEN] = self.seen
        self._off.begin()
        self._question.before_saving(
            self._written(),
            lambda: self._background.run(lambda: run(values), self._succeeded, self._failed, owner=self),
            again=self.submit,
            held=self._off.end,
        )

    def _written(self) -> list[str]:
        """The texts somebody wrote here, and those that go with them; a secret field is for passwords."""
        typed, texts = self.typed(), [key for key, each in self._inputs.items() if isinstance(each, _TEXTS)]
        here = [typed[key] for key in texts if isinstance(typed.get(key), str)]
        return [*here, *self.spec.also]

    def leave(self) -> None:
        """Close without doing it; what is under way cannot be left any more."""
        if not self.running:
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._esc()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if isinstance(focused, KeyButton) and focused is not self._confirm:
                focused.click()
            else:
                self.submit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _succeeded(self, result: object) -> None:
        self._off.end()
        self.done.emit(result)

    def _failed(self, error: Exception) -> None:
        self._off.end()
        if not isinstance(error, ControlRoomError):
            log.error("a form's answer could not be saved", exc_info=error)
            self._say(f"Something in the program failed: {type(error).__name__}. Nothing was saved.")
            return
        named = self._inputs.get(getattr(error, "field", ""))
        if named is not None:
            self._column.set_error(named, str(error))
        else:
            self._say(str(error))

    def _say(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))

    # -- building --------------------------------------------------------------------------------------------

    def _add(self, side_by_side: tuple[Field, ...]) -> None:
        made = [(each, fields.make(each)) for each in side_by_side]
        if len(made) > 1:
            self._column.add_row(*((each.label, widget, each.stretch) for each, widget in made))
        else:
            each, widget = made[0]
            ticked = isinstance(widget, QCheckBox)  # which shows its words itself
            self._column.add("" if ticked else each.label, widget, each.help)
            if ticked:
                widget.setAccessibleName(widget.text())
        for each, widget in made:
            self._inputs[each.key] = widget
            self._column.check_with(widget, partial(each.problem, widget))
            on_edit(widget, self._edited)
            if isinstance(widget, ReadLine | MomentEdit):
                widget.left.connect(lambda widget=widget: self._mark_unread(widget))
            elif (
                each.check is not None
                and isinstance(widget, QLineEdit)
                and not isinstance(widget, SecretEdit)
            ):
                widget.editingFinished.connect(partial(self._check_left, each, widget))
            if isinstance(widget, WordsEdit):
                widget.entered.connect(self.submit)
            elif isinstance(widget, Chooser):
                widget.chosen.connect(lambda _value, widget=widget: self._go_on(widget))
                widget.entered.connect(partial(self._entered, each, widget))
            elif (
                given := getattr(widget, "given", None)
            ) is not None:  # a field of a page's own has its answer
                given.connect(lambda _value, widget=widget: self._go_on(widget))

    def _entered(self, field: Field, widget: QWidget) -> None:
        """Enter in a field to choose from: on to the next one, unless what was typed names nothing."""
        if said := field.problem(widget):
            self._column.mark(widget, said)
        else:
            self._go_on(widget)

    def _mark_unread(self, widget: "ReadLine[Any] | MomentEdit") -> None:
        if widget.problem:
            self._column.mark(widget, widget.problem)

    def _check_left(self, field: Field, widget: QLineEdit) -> None:
        """What was typed is checked when its line is left; an empty line only when it is sent."""
        if widget.text().strip() and (said := field.problem(widget)):
            self._column.mark(widget, said)

    def _edited(self) -> None:
        """Another answer: what was refused was refused of the one before."""
        self._say("")
        self._tell()

    def _tell(self) -> None:
        """Say beside each field what is worth knowing about the answers as they stand."""
        if len(self._inputs) < len(self.spec.every_field):
            return  # still being made
        answers = self.values()
        for each in self.spec.every_field:
            widget = self._inputs[each.key]
            if isinstance(widget, MomentEdit):
                self._column.tell(widget, widget.remark)
            if each.tell is not None:
                unread = isinstance(widget, ReadLine) and widget.problem
                self._column.tell(widget, "" if unread else each.tell(answers))

    def _go_on(self, widget: QWidget) -> None:
        """After a choice the next field has the keyboard."""
        order = list(self._inputs.values())
        place = order.index(widget) + 1
        focused = self.focusWidget()
        inside = focused is widget or (focused is not None and widget.isAncestorOf(focused))
        if inside and place < len(order):
            order[place].setFocus(Qt.FocusReason.TabFocusReason)

    def _lay_out(self) -> None:
        self._middle = row(grow(self._column) if self._inputs else None, spacing=20)
        quote = label(self.spec.quote, 15, wrap=True) if self.spec.quote else None
        inside = box(
            column(quote, note(self.spec.text) if self.spec.text else None, self._middle, spacing=10)
        )
        foot = Flow()  # in a narrow panel the second button stands below the first
        for button in (self._confirm, self._leave):
            foot.add(button)
        fill(self.body, self._news, self._back, inside, self._question, self._error, foot)
        self._error.hide()
