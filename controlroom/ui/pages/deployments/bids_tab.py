"""Shows the bids tab: the list, and beside it the record of the chosen bid or the form of one."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.deployments.bids.records import (
    Assessment,
    Bid,
    BidAction,
    BidContent,
    BidState,
    NearestCamera,
)
from controlroom.deployments.bids.rules import missing
from controlroom.deployments.deployments.records import Deployment
from controlroom.deployments.meetings.records import Decision
from controlroom.texts import LENGTHS
from controlroom.ui import theme
from controlroom.ui.kit.form import FormCard
from controlroom.ui.kit.password_question import PasswordQuestion
from controlroom.ui.kit.record_side import ActionBar, SplitSide
from controlroom.ui.kit.table_model import Column
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.bid_form import BidForm
from controlroom.ui.pages.deployments.bid_view import BidFile, BidHead, BidView
from controlroom.ui.pages.deployments.forms import bid_forms
from controlroom.ui.pages.deployments.parts import StateActions
from controlroom.ui.pages.deployments.tab import Context, RecordTab, day_column, state_column
from controlroom.ui.widgets.card import EmptyState

_A = BidAction
KEYS: dict[BidAction, str] = {
    _A.EDIT: "E",
    _A.SUBMIT: "S",
    _A.ASK: "Q",
    _A.ASSESS: "A",
    _A.TABLE: "T",
    _A.CHAIR: "H",
    _A.PLAN: "P",
    _A.LAPSE: "L",
    _A.WITHDRAW: "W",
}
PERMISSIONS = {_A.CHAIR: Permission.RECORD_DECISIONS, _A.PLAN: Permission.MANAGE_DEPLOYMENTS}
CLOSED = frozenset({BidState.REFUSED, BidState.DEPLOYED, BidState.LAPSED, BidState.WITHDRAWN})
CHIPS = (
    ("Open", lambda bid: bid.state not in CLOSED),
    ("Tabled", lambda bid: bid.state is BidState.TABLED),
    ("Decided", lambda bid: bid.state in CLOSED or bid.state is BidState.APPROVED),
    ("All", None),
)
COLUMNS: list[Column[Bid]] = [
    Column("Bid", lambda bid: bid.reference, width=148, weight=theme.STRONG),
    Column("Place", lambda bid: bid.content.place, width=150, stretch=True, tip=lambda bid: bid.content.ward),
    state_column(words.BID_STATES, 150),
    Column(
        "Score",
        lambda bid: f"{bid.score:.0f}" if bid.score is not None else "",
        lambda bid: bid.score,
        align="right",
        width=64,
        weight=theme.STRONG,
    ),
    Column("Partner", lambda bid: bid.content.partner, width=160, role="text_dim"),
    day_column("Meeting", lambda bid: bid.meeting_day, role="text_dim"),
    Column("Ward", lambda bid: bid.content.ward, width=140, role="text_dim", hidden=True),
    day_column("Submitted", lambda bid: bid.submitted_on, hidden=True),
]


class _BidSide(SplitSide):
    """The record of the chosen bid, or the form of one."""

    shares = (6, 7)  # columns up to the score are in view at 1366 pixels, all of them at 1920

    def add_form(self, form: QWidget) -> None:
        """The form to show by `show_form`."""
        self._form = form
        self._right.addWidget(form)

    def show_form(self) -> None:
        """Show the form in place of the record."""
        self._right.setCurrentWidget(self._form)


class BidsTab(RecordTab[Bid]):
    """`deployment_requested` goes to the timeline; `tabled(n)` tells how many bids are tabled."""

    deployment_requested = Signal(int)
    tabled = Signal(int)
    part, noun, last_chip = "Bids", "bid", len(CHIPS) - 1
    _writing = False  # the form is shown

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            "bids",
            COLUMNS,
            context.services.bids.bids,
            chips=CHIPS,
            empty=EmptyState(
                "No bid here",
                "Press N to enter the first one.",
                "map-pin",
                may=lambda: context.session.may(Permission.WRITE_BIDS),
            ),
            search_hint="Place, partner, reference",
            sort_by="Bid",
            descending=True,
        )
        self._editing: Bid | None = None  # as the form has seen it
        self._newest: Bid | None = None
        self._draft: tuple[int, int | None] = (0, None)  # whose form it is, and the id of its bid
        self._typed: dict[tuple[int, int | None], dict[str, Any]] = {}  # in forms left without saving
        self._file: BidFile | None = None
        new = self.action(
            "N",
            "Enter a new bid",
            self.new_bid,
            short="New bid",
            kind="primary",
            permission=Permission.WRITE_BIDS,
        )
        self.bar = [new]
        self._lay_out()

    # -- what is shown ---------------------------------------------------------------------------------------

    def name_of(self, record: Bid) -> str:
        return record.reference

    def took(self, records: Sequence[Bid]) -> None:
        self._tell_bid_form()
        self.tabled.emit(sum(bid.state is BidState.TABLED for bid in records))
        super().took(records)

    def show_record(self, record_id: int) -> None:
        self._put_away()
        super().show_record(record_id)
        self._show_side()

    def update_view(self, record: Bid) -> None:
        if self._file is not None and self._file.bid_id != record.id:
            self._file = None
            self.view.assess.hide()
        self._head.show_bid(record)
        self.view.show_bid(record)
        self.state_actions.set_actions(record.actions)
        services = self.desk.services

        def read(actor: Actor) -> BidFile:
            return BidFile(
                record.id,
                services.meetings.decisions(actor, record.id),
                services.bids.history(actor, record.id),
                services.meetings.meetings(actor),
                services.bids.proposed(actor, record.id),
            )

        self.read_about(read, self._take_file)

    def _take_file(self, file: BidFile) -> None:
        self._file = file
        self.view.show_file(file)

    def _show_side(self) -> None:
        if self._writing:
            self.refresh_actions()
            self.split.show_form()
        else:
            super()._show_side()

    def _person_changed(self) -> None:
        self._put_away()
        self.view.assess.hide()
        self.view.assess.forget()
        super()._person_changed()

    # -- actions ---------------------------------------------------------------------------------------------

    def take(self, action: BidAction) -> FormCard | None:
        """Do an action, or open what it asks."""
        bid, file = self.shown, self._file
        if bid is None or file is None or file.bid_id != bid.id:
            return None
        if action is _A.EDIT:
            self._edit(bid)
        elif action is _A.ASSESS:
            self.forms.close_form()
            self.view.begin_assessing(bid, file.proposed)
            self._show_side()
        elif action is _A.SUBMIT:
            self.do(lambda actor: self.desk.services.bids.submit(actor, bid.id))
        else:
            return self.ask(bid_forms(self.desk, bid, file.meetings)[action], bid)
        return None

    def finished(self, result: object) -> None:
        if isinstance(result, Deployment):
            self.desk.messages.show(f"{result.reference} is planned: survey and DPIA come next", "done")
            self.deployment_requested.emit(result.id)
            self.refresh()
            return
        if isinstance(result, Bid):
            self.desk.messages.show(
                f"{result.reference} · {result.content.place}: {result.state.value}", "done"
            )
            self._to_show = result.id
        elif isinstance(result, Decision):
            self.desk.messages.show(
                f"{result.bid_reference}: {result.outcome.value} by {result.taken_by}", "done"
            )
        super().finished(result)

    def _save_score(self, assessment: Assessment) -> None:
        off = self.view.assess.off
        if (bid := self.shown) is None:
            off.end()
            return
        assess, actor = self.desk.services.bids.assess, self.session.actor

        def scored(result: Bid) -> None:
            off.end()
            self._close_assessing()
            self.view.assess.forget(bid.id)
            self.finished(result)

        def refused(error: Exception) -> None:
            off.end()
            self.view.assess.show_error(str(error))

        self.context.background.run(lambda: assess(actor, bid.id, assessment), scored, refused, owner=self)

    def _close_assessing(self) -> None:
        self.view.assess.hide()
        self._choose(self.shown)

    def _is_free(self) -> bool:
        """True while a bid is shown and no form is open about it."""
        return not self._writing and self.forms.form is None and self.view.assess.isHidden()

    # -- the form --------------------------------------------------------------------------------------------

    def new_bid(self) -> BidForm | None:
        """Open the form of a new bid; None when the person may not enter bids."""
        return self._write("New bid") if self.session.may(Permission.WRITE_BIDS) else None

    def _edit(self, bid: Bid) -> None:
        self._write(f"{bid.reference} · {bid.content.place}", bid)

    def _write(self, title: str, bid: Bid | None = None) -> BidForm:
        self._put_away()
        self._editing, self._writing = bid, True
        self._draft = (self.session.actor.user_id, bid.id if bid is not None else None)
        self._show_side()
        content = bid.content if bid is not None else None
        self.form.begin(title, content, self._typed.get(self._draft))
        return self.form

    def _put_away(self) -> None:
        """Leave the form; what was typed comes back when the same person opens it for the same bid again."""
        if self._writing:
            self._typed[self._draft] = self.form.typed()
        self._editing, self._writing = None, False

    def _tell_bid_form(self) -> None:
        """Say in the form that somebody else changed its bid meanwhile."""
        editing = self._editing
        newest = next((each for each in self.table.model.records if editing and each.id == editing.id), None)
        if editing is None or newest is None or newest.version <= editing.version:
            return
        who = self._changed_by.get(str(editing.id)) or "Somebody else"
        self._newest = newest
        self.form.news.tell(f"{who} changed {editing.reference} meanwhile. What you typed is kept.")

    def _continue_mine(self) -> None:
        self._editing = self._newest

    def _reload(self) -> None:
        if (newest := self._newest) is not None:
            self._put_away()
            self._typed.pop(self._draft, None)
            self._edit(newest)

    def _leave_form(self) -> None:
        self._put_away()
        self._show_side()
        self.records.take_focus()

    def _save(self, content: BidContent, submit: bool) -> None:
        if submit and (lacking := missing(content)):
            self.form.mark_missing(lacking)
            return
        bids, actor = self.desk.services.bids, self.session.actor
        editing, draft = self._editing, self._draft

        def save() -> Bid:
            if editing is None:
                bid = bids.add(actor, content)
            else:
                bid = bids.edit(actor, editing.id, content, editing.version)
            return bids.submit(actor, bid.id) if submit else bid

        def saved(bid: Bid) -> None:
            self.form.off.end()
            self._put_away()
            self._typed.pop(draft, None)
            self.finished(bid)

        def refused(error: Exception) -> None:
            self.form.off.end()
            self.form.show_error(str(error))

        self.form.before_saving(
            lambda: self.context.background.run(save, saved, refused, owner=self), submit=submit
        )

    def _ask_nearest(self, latitude: float | None, longitude: float | None) -> None:
        if latitude is None or longitude is None or not self.desk.may_read:
            self.form.set_nearest(None)
            return
        bids = self.desk.services.bids

        def found(nearest: NearestCamera | None) -> None:
            if self.form.coordinates() == (latitude, longitude):
                self.form.set_nearest(nearest)

        self.read(lambda actor: bids.nearest_camera(actor, latitude, longitude), found)

    def _ask_concerns(self, content: BidContent) -> None:
        """Look in the background for what deserves a second look, and say it while the form still states the same."""
        if not self.desk.may_read:
            return
        bids, of = self.desk.services.bids, self._editing
        asked = BidContent(
            partner=content.partner,
            place=content.place[: LENGTHS["place"]],
            ward=content.ward[: LENGTHS["ward"]],
            latitude=content.latitude,
            longitude=content.longitude,
        )

        def found(concerns: dict[str, str]) -> None:
            if self.form.content() == content:
                self.form.show_concerns(concerns)

        self.read(lambda actor: bids.concerns(actor, asked, of.id if of is not None else None), found)

    # -- made once -------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        def question() -> PasswordQuestion:
            return PasswordQuestion(self.desk.background, self.desk.holds_password)

        self.form = BidForm(self.desk.services.policy, question())
        self.form.saved.connect(self._save)
        self.form.cancelled.connect(self._leave_form)
        self.form.news.kept.connect(self._continue_mine)
        self.form.news.reloaded.connect(self._reload)
        self.form.position_changed.connect(self._ask_nearest)
        self.form.content_changed.connect(self._ask_concerns)
        self.view = BidView(self.desk.services.policy, question())
        self.view.assess.assessed.connect(self._save_score)
        self.view.assess.cancelled.connect(self._close_assessing)
        show = self.about(
            "G",
            "Show its deployment",
            lambda bid: self.deployment_requested.emit(bid.deployment_id),
            short=lambda: (self.shown and self.shown.deployment) or "Deployment",
            part="Bid",
            when=lambda bid: not self._writing and bid.deployment_id is not None,
            needs="a bid with a deployment is shown",
        )
        self.state_actions = StateActions(
            self.action,
            KEYS,
            self.take,
            part="Bid",
            shown=lambda: self.shown is not None and self._is_free(),
            permission=lambda each: PERMISSIONS.get(each, Permission.WRITE_BIDS),
            danger=frozenset({_A.WITHDRAW, _A.LAPSE}),
        )
        self._head = BidHead(show, self.state_actions)
        nothing = EmptyState(
            "No bid chosen",
            "Choose one on the left with the arrow keys, or press N for a new one.",
            "map-pin",
            may=lambda: self.desk.session.may(Permission.WRITE_BIDS),
            otherwise="Choose one on the left with the arrow keys.",
        )
        record = (self._head, ActionBar([]), self.forms, self.view)
        self.split = _BidSide(self.records, record, nothing, self.context.state, "bids")
        self.split.add_form(self.form)
        self._side, self._follows = self.split, True
        self._add_across(self.split)
