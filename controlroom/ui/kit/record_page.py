"""Builds a page of records: the list at the left, the chosen record at the side, and its actions.

Most pages are this. A page says how its records are read and shown, and declares its actions; coming and going, news
of changes, another person at the desk, forms and what follows an action are handled here. A page that is something else
stays an ordinary `Page`.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtWidgets import QWidget

from controlroom.accounts.records import Actor
from controlroom.changes import Change
from controlroom.ui.background import Task
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.form import FormCard, FormSpec
from controlroom.ui.kit.form_place import NEW, FormPlace
from controlroom.ui.kit.page import Page
from controlroom.ui.kit.record_list import RecordList
from controlroom.ui.kit.record_side import ActionBar, PanelSide, Side, SplitSide
from controlroom.ui.widgets.card import EmptyState
from controlroom.ui.widgets.layout import TOP, at, box, column, grow, row
from controlroom.ui.widgets.text import Facts

R = TypeVar("R")
P = TypeVar("P")


class RecordPage(Page, Generic[R]):
    """Base of a page of records. `noun` names one in sentences; changes of `kinds` make it read again.

    A page overrides `name_of`, and `facts_of` or `update_view`; `took` when it counts something. In its constructor it
    calls this one, declares its actions with `action` and `about`, and ends with `lay_out` or `lay_out_split`.
    """

    noun = "record"
    kinds: frozenset[str] = frozenset()
    reads_behind = False  # news is read, for badge and subtitle, also while another page is in front

    def __init__(self, context: PageContext, records: RecordList[R]) -> None:
        super().__init__()
        self.context, self.session, self.records = context, context.session, records
        self.shown: R | None = None
        self.forms = FormPlace(context.background, context.session, context.holds_password)
        self.forms.home = records
        records.may_read = lambda: self._in_front and self._may_read()
        self.bar: list[Action] = []  # whose buttons stand in the top bar
        self.facts = Facts()
        self._side: Side | None = None
        self._follows = False  # the side always shows what is selected in the list
        self._in_front = False
        self._reading: Task | None = None
        self._changed_by: dict[str, str] = {}  # record's key among the changes -> who changed it last
        records.chosen.connect(self._choose)
        records.activated.connect(self.activate)
        records.arrived.connect(self._arrived)
        self.forms.done.connect(self.finished)
        self.forms.said.connect(lambda text: context.messages.show(text, "done"))
        self.forms.kept.connect(lambda text: context.messages.show(text, "info"))
        self.forms.changed.connect(self._show_side)
        self.forms.closed.connect(self._form_closed)
        context.session.actor_changed.connect(self._person_changed)
        context.changes.told.connect(self._take_change)

    # -- what a page says of its records ---------------------------------------------------------------------

    def name_of(self, record: R) -> str:
        """What a record is called, above it."""
        raise NotImplementedError

    def facts_of(self, record: R) -> Sequence[tuple[str, str]]:
        """A record as facts, where the page has no view of its own."""
        return ()

    def update_view(self, record: R) -> None:
        """Bring the record's view up to date."""
        self.facts.set_facts(self.facts_of(record))

    def is_newer(self, seen: R, record: R) -> bool:
        """True when a form that has `seen` a record is about something that was changed since."""
        return seen != record

    def state_of(self, record: R) -> str:
        """What a record is now, told when somebody else changed it: "approved"."""
        return ""

    def concerns(self, change: Change) -> bool:
        """True when a change makes the page read again while it is in front."""
        return change.kind in self.kinds

    def took(self, records: Sequence[R]) -> None:
        """The list was read: badge and subtitle."""

    def activate(self, record: R) -> None:
        """Enter or a double click in the list."""
        self._choose(record)

    def finished(self, _result: object) -> None:
        """An action was done: read again, and go on with the next record when this one left the list."""
        self.records.go_on()
        self.refresh()
        self.records.take_focus()

    # -- actions ---------------------------------------------------------------------------------------------

    def action(self, keys: str, text: str, run: Callable[[], object] | None = None, **more: Any) -> Action:
        """Declare an action of the page itself."""
        return super().action(keys, text, run, may=self.session.may, **more)

    def about(
        self,
        keys: str,
        text: str,
        run: Callable[[R], object],
        *,
        when: Callable[[R], bool] = lambda _record: True,
        why_not: Callable[[R], str] = lambda _record: "",
        **more: Any,
    ) -> Action:
        """Declare an action about the record shown; `run`, `when` and `why_not` get it."""

        def with_shown(ask: Callable[[R], Any]) -> Any:
            shown = None if self.forms.is_new else self.shown
            return ask(shown) if shown is not None else None

        more = {"needs": f"a {self.noun} is shown whose state allows it", **more}
        return self.action(
            keys,
            text,
            lambda: with_shown(run),
            when=lambda: bool(with_shown(when)),
            why_not=lambda: with_shown(why_not) or "",
            **more,
        )

    def list_actions(self, text: str = "Filter the list") -> None:
        """Declare what every list can do."""
        self.action("Ctrl+F", text, self.records.begin_search, bound=False)

    def ask(self, spec: FormSpec, about: R | None = None) -> FormCard:
        """Open a form, about a record or (None) about a new one."""
        return self.forms.open(spec, self.records.identity(about) if about is not None else NEW)

    def read(self, read: Callable[[Actor], P], take: Callable[[P], None]) -> Task:
        """Read something in the background, as the person signed in, and hand it to `take`."""
        return self.context.read(read, take, self)

    def read_about(self, read: Callable[[Actor], P], take: Callable[[P], None]) -> None:
        """Read more about one record in the background; what was asked about another before is dropped."""
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self.read(read, take)

    def do(self, work: Callable[[Actor], Any], said: str = "") -> None:
        """Do something that needs no form, in the background, and say that it is done."""

        def done(result: object) -> None:
            if said:
                self.context.messages.show(said, "done")
            self.finished(result)

        self.context.read(work, done, self)

    # -- the page's life -------------------------------------------------------------------------------------

    def entered(self) -> None:
        self._in_front = True
        self.records.show_rights()
        self.refresh_actions()
        self.refresh()
        if self._is_free():
            self.records.take_focus()

    def left(self) -> None:
        self._in_front = False
        if self._side is not None:
            self._side.remember()

    def home(self) -> QWidget:
        return self.records

    def top_bar_widgets(self) -> list[QWidget]:
        return [ActionButton(each) for each in self.bar]

    def refresh(self) -> None:
        """Read the list again."""
        if self._may_read():
            self.records.reload()

    # -- inside ----------------------------------------------------------------------------------------------

    def _choose(self, record: R | None) -> None:
        self.shown = record
        if record is not None:
            self.update_view(record)
            self.forms.look_at(self.records.identity(record))  # and with it the side
        else:
            self._show_side()

    def _show_side(self) -> None:
        self.refresh_actions()
        if self._side is None:
            return
        if self.forms.is_new and self.forms.form is not None:
            self._side.show_new(self.forms.form.spec.title)
        elif self.shown is not None:
            self._side.show_record(self.name_of(self.shown))
        else:
            self._side.show_nothing()

    def _panel_closed(self) -> None:
        """The person closed the panel: nothing is shown, and no key acts on what is only selected."""
        self.shown = None
        self.forms.close_form()
        self._show_side()

    def _arrived(self, records: Sequence[R]) -> None:
        """The list was read: bring what is shown of a record up to date; a panel that was closed stays closed."""
        self.took(records)
        selected = self.records.selected_record()
        if self._follows:
            self._follow(selected)
        elif selected is not None and self.shown is not None:
            self._tell_form(selected)
            self.shown = selected
            self.update_view(selected)
            self._show_side()

    def _follow(self, selected: R | None) -> None:
        """Show what the list now has selected, unless something new is being written.

        A record that a filter hides stays shown until another list is asked for.
        """
        if selected is not None:
            self._tell_form(selected)
        if not self.forms.is_new and (selected is not None or self.records.began_afresh):
            self._choose(selected)

    def _tell_form(self, record: R) -> None:
        """A form about a record that somebody else changed meanwhile says so."""
        key = self.records.identity(record)
        form = self.forms.of(key)
        if form is None or form.running or form.seen is None or not self.is_newer(form.seen, record):
            return
        who = self._changed_by.get(str(key)) or "Somebody else"
        now = f": it is {state} now" if (state := self.state_of(record)) else ""
        said = f"{who} changed {self.name_of(record)} meanwhile{now}. What you typed is kept."
        form.tell_changed(said, record)

    def _is_free(self) -> bool:
        """True while no form is open."""
        return self.forms.form is None

    def _form_closed(self) -> None:
        if self.forms.form is None:
            self._choose(self.shown)

    def _take_change(self, change: Change) -> None:
        if change.kind in self.kinds:
            self._changed_by[change.key] = change.actor
        if self.concerns(change) and (self._in_front or self.reads_behind):
            self.refresh()

    def _person_changed(self) -> None:
        self.shown = None
        self.forms.clear()
        self.records.clear()
        self._show_side()
        if self._in_front and self._may_read():
            self.entered()

    def _may_read(self) -> bool:
        return self.session.signed_in and (self.permission is None or self.session.may(self.permission))

    # -- building --------------------------------------------------------------------------------------------

    def lay_out(
        self, about: Sequence[Action], *views: QWidget, width: int = 400, above: QWidget | None = None
    ) -> PanelSide:
        """Put the record into a panel that opens at the side: its actions, a form, then `views` (its facts if none).

        What stands `above` the panel has a heading of its own, and stays when the panel closes.
        """
        panel = PanelSide(about, self.forms, views or [self.facts], width)
        panel.closed.connect(self._panel_closed)
        self._side = panel
        side = panel if above is None else box(column(at(TOP, above), grow(panel)))
        self._add_across(self.records, side)
        return panel

    def lay_out_split(
        self, about: Sequence[Action], head: QWidget, body: QWidget, nothing: EmptyState, name: str
    ) -> None:
        """Put the record into the wide right part: its head, its actions (the first filled), a form, its body."""
        bar = ActionBar(about, first_filled=True)
        split = SplitSide(self.records, (head, bar, self.forms, body), nothing, self.context.state, name)
        self._side, self._follows = split, True
        self._add_across(split)

    def _add_side(self, panel: QWidget) -> None:
        """Put one more panel at the right of all."""
        across = self.layout()
        assert across is not None
        across.addWidget(panel)

    def lay_out_beside(self, side: Side) -> None:
        """Put a side of the page's own (a widget) at the right of the list."""
        assert isinstance(side, QWidget)
        self._side = side
        self._add_across(self.records, side)

    def _add_across(self, first: QWidget, *others: QWidget) -> None:
        row(grow(first), *others, on=self)
