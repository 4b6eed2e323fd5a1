"""The bids tab: the list on the left, the record of the chosen bid or the form on the right."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.changes import Change
from controlroom.clock import show_day
from controlroom.deployments.bids.records import Bid, BidContent, BidState, NearestCamera
from controlroom.deployments.bids.rules import missing
from controlroom.ui import theme
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.record_table import RecordTable
from controlroom.ui.kit.table_model import Column
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.bid_form import BidForm
from controlroom.ui.pages.deployments.bid_record import BidRecord
from controlroom.ui.pages.deployments.context import Context
from controlroom.ui.pages.deployments.tab import Tab
from controlroom.ui.widgets.card import Card, EmptyState
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.window_state import WindowState

CLOSED = frozenset({BidState.REFUSED, BidState.DEPLOYED, BidState.LAPSED, BidState.WITHDRAWN})
CHIPS = ("Open", "Tabled", "Decided", "All")


def passes(chip: str, bid: Bid) -> bool:
    """True when a bid belongs under a chip."""
    if chip == "Open":
        return bid.state not in CLOSED
    if chip == "Tabled":
        return bid.state is BidState.TABLED
    return bid.state in CLOSED or bid.state is BidState.APPROVED if chip == "Decided" else True


def columns() -> list[Column[Bid]]:
    """The list's columns."""
    return [
        Column("Bid", lambda bid: bid.reference, width=148, weight=theme.STRONG),
        Column(
            "Place", lambda bid: bid.content.place, width=150, stretch=True, tip=lambda bid: bid.content.ward
        ),
        Column(
            "State",
            lambda bid: bid.state.value,
            state=lambda bid: words.BID_STATES[bid.state],
            pill=True,
            width=150,
        ),
        Column(
            "Score",
            lambda bid: f"{bid.score:.0f}" if bid.score is not None else "",
            lambda bid: bid.score,
            align="right",
            width=64,
            weight=theme.STRONG,
        ),
        Column("Partner", lambda bid: bid.content.partner, width=160, role="text_dim"),
        Column(
            "Meeting",
            lambda bid: show_day(bid.meeting_day) if bid.meeting_day else "",
            lambda bid: bid.meeting_day.toordinal() if bid.meeting_day else None,
            width=110,
            role="text_dim",
        ),
        Column("Ward", lambda bid: bid.content.ward, width=140, role="text_dim", hidden=True),
        Column(
            "Submitted",
            lambda bid: show_day(bid.submitted_on) if bid.submitted_on else "",
            lambda bid: bid.submitted_on.toordinal() if bid.submitted_on else None,
            width=110,
            hidden=True,
        ),
    ]


class BidsTab(Tab):
    """`deployment_requested` goes to the timeline; `tabled(n)` tells how many bids are tabled."""

    deployment_requested = Signal(int)
    tabled = Signal(int)
    part = "Bids"

    def __init__(self, context: Context, state: WindowState | None = None) -> None:
        super().__init__(context)
        self._editing: Bid | None = None
        self._newest: Bid | None = None
        self._changed_by: dict[str, str] = {}  # bid's id -> who changed it last
        self._bids: list[Bid] = []
        self._to_show: int | None = None
        self._chips = Choices(CHIPS, chips=True)
        self.table: RecordTable[Bid] = RecordTable(
            "bids",
            columns(),
            lambda bid: bid.id,
            empty=EmptyState("No bid here", "Press N to enter the first one.", "map-pin"),
            state=state,
            background=context.background,
            search_hint="Place, partner, reference",
            may_export=lambda: context.session.may(Permission.EXPORT),
            sort_by="Bid",
            descending=True,
        )
        self.table.set_predicate(lambda bid: passes(CHIPS[self._chips.index], bid))
        self.table.selected.connect(self._selected)
        self._chips.chosen.connect(self._chip_chosen)
        self.record = BidRecord(context, self.action)
        self.record.slot.home = self.table.view
        self.record.edit_requested.connect(self._edit)
        self.record.deployment_requested.connect(self.deployment_requested)
        self.form = BidForm(context.services.policy)
        self.form.saved.connect(self._save)
        self.form.cancelled.connect(self._leave_form)
        self.form.news.kept.connect(self._keep_mine)
        self.form.news.reloaded.connect(self._reload)
        self.form.position_changed.connect(self._ask_nearest)
        new = self.action(
            "N",
            "Enter a new bid",
            self.new_bid,
            short="New bid",
            kind="primary",
            permission=Permission.WRITE_BIDS,
        )
        self.header_buttons = [ActionButton(new)]
        self.action("Ctrl+F", "Filter the list", self.table.search.begin, bound=False)
        self.right = QStackedWidget()
        self._nothing = EmptyState(
            "No bid chosen",
            "Choose one on the left with the arrow keys, or press N for a new one.",
            "map-pin",
        )
        for widget in (self._nothing, self.record, self.form):
            self.right.addWidget(widget)
        self.right.currentChanged.connect(lambda _index: self.refresh_actions())
        self.record.actions_changed.connect(self.refresh_actions)
        self._lay_out()

    # -- what is shown ---------------------------------------------------------------------------------------

    def refresh(self) -> None:
        if not self._context.may_read:
            return
        services, actor = self._context.services, self._context.actor
        self._context.load(lambda: services.bids.bids(actor), self._take, self)
        if self.right.currentWidget() is self.record:
            self.record.refresh()

    def set_wards(self, wards: list[str]) -> None:
        """The wards the form offers."""
        shown = self.form.ward.currentText()
        self.form.ward.clear()
        self.form.ward.addItems(["", *wards])
        self.form.ward.setCurrentText(shown)

    def show_bid(self, bid_id: int) -> None:
        """Open a bid's record."""
        self._to_show = bid_id
        self.right.setCurrentWidget(self.record)
        self.record.show_bid(bid_id)
        self._select_wanted()

    def new_bid(self) -> BidForm | None:
        """Open the form empty; None when the person may not enter bids."""
        if not self._context.session.may(Permission.WRITE_BIDS):
            return None
        self._editing = None
        self.right.setCurrentWidget(self.form)
        self.form.begin("New bid")
        return self.form

    def take_focus(self) -> None:
        self.table.view.setFocus()

    def _take(self, bids: list[Bid]) -> None:
        self._bids = bids
        for number, chip in enumerate(CHIPS):
            self._chips.set_count(number, sum(passes(chip, bid) for bid in bids))
        self.table.set_records(bids)
        self._tell_form()
        self.tabled.emit(sum(bid.state is BidState.TABLED for bid in bids))
        self._select_wanted()

    def _select_wanted(self) -> None:
        if self._to_show is None:
            return
        bid = next((each for each in self._bids if each.id == self._to_show), None)
        if bid is None:
            return
        if not passes(CHIPS[self._chips.index], bid):
            self._chips.choose(CHIPS.index("All"))
        if self.table.select(bid.id):
            self._to_show = None

    def _selected(self, bid: Bid | None) -> None:
        if bid is not None and self.right.currentWidget() is not self.form:
            self.right.setCurrentWidget(self.record)
            self.record.show_bid(bid.id)

    def _chip_chosen(self, _index: int) -> None:
        self.table.set_predicate(lambda bid: passes(CHIPS[self._chips.index], bid))

    # -- the form --------------------------------------------------------------------------------------------

    def _edit(self, bid: Bid) -> None:
        self._editing = bid
        self.right.setCurrentWidget(self.form)
        self.form.begin(f"{bid.reference} · {bid.content.place}", bid.content)

    def heard(self, change: Change) -> None:
        """Who changed which bid, for a form that is open about it."""
        if change.kind == "bid":
            self._changed_by[change.key] = change.actor

    def _tell_form(self) -> None:
        editing = self._editing
        newest = next((each for each in self._bids if editing is not None and each.id == editing.id), None)
        if editing is None or newest is None or newest.version <= editing.version:
            return
        who = self._changed_by.get(str(editing.id)) or "Somebody else"
        self._newest = newest
        self.form.news.tell(f"{who} changed {editing.reference} meanwhile. What you typed is kept.")

    def _keep_mine(self) -> None:
        self._editing = self._newest

    def _reload(self) -> None:
        if self._newest is not None:
            self._edit(self._newest)

    def _leave_form(self) -> None:
        self._editing = None
        self.right.setCurrentWidget(self.record if self.record.bid is not None else self._nothing)
        self.table.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _save(self, content: BidContent, submit: bool) -> None:
        if submit and (lacking := missing(content)):
            self.form.mark_missing(lacking)
            return
        services, actor, editing = self._context.services, self._context.actor, self._editing

        def save() -> Bid:
            bids = services.bids
            bid = (
                bids.add(actor, content)
                if editing is None
                else bids.edit(actor, editing.id, content, editing.version)
            )
            return bids.submit(actor, bid.id) if submit else bid

        def refused(error: Exception) -> None:
            self.form.show_error(str(error))

        self._context.background.run(save, self._saved, refused, owner=self)

    def _saved(self, bid: Bid) -> None:
        self._editing = None
        self._context.said(f"{bid.reference} · {bid.content.place}: {bid.state.value}")
        self.show_bid(bid.id)
        self.refresh()
        self.table.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_nearest(self, latitude: float | None, longitude: float | None) -> None:
        if latitude is None or longitude is None or not self._context.may_read:
            self.form.set_nearest(None)
            return
        services, actor = self._context.services, self._context.actor

        def found(nearest: NearestCamera | None) -> None:
            if self.form.coordinates() == (latitude, longitude):
                self.form.set_nearest(nearest)

        self._context.background.run(
            lambda: services.bids.nearest_camera(actor, latitude, longitude), found, owner=self
        )

    def _lay_out(self) -> None:
        left = Card(flush=True)
        left.body.setContentsMargins(0, 0, 0, 0)
        chips = QWidget()
        row = QHBoxLayout(chips)
        row.setContentsMargins(12, 12, 12, 4)
        row.addWidget(self._chips)
        left.body.addWidget(chips)
        left.body.addWidget(self.table, 1)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(16, 0, 0, 0)
        column.addWidget(self.right)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setStretchFactor(0, 5)
        splitter.setStretchFactor(1, 6)
        splitter.setSizes([560, 680])
        splitter.setChildrenCollapsible(False)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 18, 18)
        outer.addWidget(splitter)
