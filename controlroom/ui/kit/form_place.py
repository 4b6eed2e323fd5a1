"""Shows one form at a time and restores unfinished input per record.

A form left open comes back with its record. Texts typed into a form that was left without doing it come back when the
same person opens the same form of the same record again; they stay in memory only.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from controlroom.cameras.records import Camera
from controlroom.ui.background import Background
from controlroom.ui.kit.form import FormCard, FormSpec
from controlroom.ui.kit.password_question import HoldsPassword
from controlroom.ui.session import DeskSession
from controlroom.ui.widgets.layout import column

NEW = None  # the key of a form about something that does not exist yet


class FormPlace(QWidget):
    """Holds the form of each record that has one open, by the record's id, and shows that of the one in view.

    When a form has done its work it closes and gives the result to its `then`, or tells it by `done`.
    """

    opened = Signal()
    closed = Signal()
    changed = Signal()  # another form is in view, or none
    done = Signal(object)
    said = Signal(str)  # what is to be told to the person
    kept = Signal(str)  # that a form was left half typed, to be told

    def __init__(
        self,
        background: Background,
        session: DeskSession,
        holds_password: HoldsPassword = lambda _text: False,
        esc: Callable[[], object] | None = None,
    ) -> None:
        """`esc` is what Esc does in a form instead of leaving it: beside live pictures it gives up the keyboard."""
        super().__init__()
        self._esc = esc
        self._holds_password = holds_password
        self._background, self._session = background, session
        self._person = 0  # who opened the forms there are
        self.home: QWidget | None = None  # takes the focus when a form closes
        self._open: dict[Hashable, FormCard] = {}
        self._typed: dict[tuple[int, Hashable, str], dict[str, Any]] = {}
        self._given_up: dict[tuple[int, Hashable, str], dict[str, Any]] = {}  # offered once
        self._key: Hashable = NEW
        self._column = column(on=self, spacing=-1)
        self.hide()

    @property
    def form(self) -> FormCard | None:
        """The form in view."""
        return self._open.get(self._key)

    @property
    def is_new(self) -> bool:
        """True while the form in view is about something new."""
        return self._key is NEW and self.form is not None

    def of(self, key: Hashable) -> FormCard | None:
        """The form a record has open, in view or not."""
        return self._open.get(key)

    def open(self, spec: FormSpec, key: Hashable = NEW) -> FormCard:
        """Show a form for the record `key`, instead of one it has; a form that is doing its work stays."""
        before = self._open.get(key)
        if before is not None and before.running:
            self.look_at(key)
            return before
        self._drop(key)
        self._person = self._session.actor.user_id
        form = FormCard(spec, self._background, self._holds_password, self._esc)
        self._restore(form, (self._person, key, spec.title))
        self._open[key] = form
        self._column.addWidget(form)
        form.closed.connect(lambda: self._leave(key, form))
        form.done.connect(lambda result: self._finish(key, form, result))
        self.look_at(key)
        form.take_focus()
        self.opened.emit()
        return form

    def look_at(self, key: Hashable) -> bool:
        """Show the form of another record, or none; False when it has none."""
        self._key = key
        for each, form in self._open.items():
            form.setVisible(each == key)
        self.setVisible(self.form is not None)
        self.changed.emit()
        return self.form is not None

    def close_form(self) -> None:
        """Close the form in view, unless it is doing its work."""
        if self.form is not None and not self.form.running:
            self._leave(self._key, self.form)

    def clear(self) -> None:
        """Close every form: somebody else signs in, or it is about another record."""
        if self.form is not None:
            self._close(self._key, self.form)
        for key in list(self._open):
            self._drop(key)
        self.look_at(self._key)

    def take_cameras(self, cameras: Sequence[Camera]) -> None:
        """The register has arrived: forms can name its cameras from now on."""
        for form in self._open.values():
            form.take_cameras(cameras)

    def _restore(self, form: FormCard, place: tuple[int, Hashable, str]) -> None:
        """Put back what was typed there before, or else offer once what was given up there."""
        typed = self._typed.get(place, {})
        form.restore(typed, {} if typed else self._given_up.pop(place, {}))

    def _leave(self, key: Hashable, form: FormCard) -> None:
        if self._open.get(key) is form:
            if form.typed():
                self.kept.emit(
                    f"“{form.spec.title}”: what you typed is kept, and back when you open it again."
                )
            self._close(key, form)

    def _finish(self, key: Hashable, form: FormCard, result: object) -> None:
        spec = form.spec
        if self._open.get(key) is form:
            self._close(key, form)
        self._typed.pop((self._person, key, spec.title), None)
        if words := form.words_for(result):
            self.said.emit(words)
        if spec.then is not None:
            spec.then(result)
        else:
            self.done.emit(result)

    def _close(self, key: Hashable, form: FormCard) -> None:
        focused = form.focusWidget()
        if self.home is not None and focused is not None and focused.hasFocus():
            # Before the form goes: Qt would hand the focus on as if by Tab, and a list then chooses its first row.
            self.home.setFocus(Qt.FocusReason.OtherFocusReason)
        self._drop(key)
        self.look_at(self._key)
        self.closed.emit()

    def _drop(self, key: Hashable) -> None:
        form = self._open.pop(key, None)
        if form is not None:
            place = (self._person, key, form.spec.title)
            self._typed[place] = form.typed()
            if form.given_up:
                self._given_up[place] = form.given_up
            self._column.removeWidget(form)
            form.hide()
            form.deleteLater()
