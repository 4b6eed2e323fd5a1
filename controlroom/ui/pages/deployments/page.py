"""The rapid-deployment page: units by weeks, bids, meetings, and what needs a decision."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.cameras.records import Camera
from controlroom.cameras.service import CameraService
from controlroom.deployments.overview.records import Attention
from controlroom.deployments.service import DeploymentServices
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.page import Page
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.bids_tab import BidsTab
from controlroom.ui.pages.deployments.context import Context
from controlroom.ui.pages.deployments.meetings_tab import MeetingsTab
from controlroom.ui.pages.deployments.tab import Tab
from controlroom.ui.pages.deployments.timeline_tab import TimelineFile, TimelineTab
from controlroom.ui.pages.deployments.units_tab import UnitsTab
from controlroom.ui.widgets.choices import Choices

TABS = ("Timeline", "Bids", "Meetings", "Units")
TAB_WORDS = ("the timeline of units", "the bids", "the meetings", "the units")
KINDS = frozenset({"bid", "deployment", "meeting", "unit"})
GATHER_MS = 80  # changes that come together are read once
DAILY_MS = (
    10 * 60 * 1000
)  # how often the calendar is looked at: a day that begins raises its alerts by itself
MARGIN = 18


class DeploymentsPage(Page):
    """Takes the services of rapid deployment and the camera register (for its wards)."""

    title, word, icon_name, shortcut = "Rapid deployment", "RDC", "map-pin", "Alt+8"
    permission = Permission.READ_DEPLOYMENTS

    def __init__(
        self,
        context: PageContext,
        services: DeploymentServices,
        cameras: CameraService,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = Context(
            services, context.session, context.background, context.messages, context.clock
        )
        self._cameras = cameras
        self.timeline = TimelineTab(self._context)
        self.bids = BidsTab(self._context, context.state)
        self.meetings = MeetingsTab(self._context, context.state)
        self.units = UnitsTab(self._context, context.state)
        self._tabs: list[Tab] = [self.timeline, self.bids, self.meetings, self.units]
        self.hold(*self._tabs)
        self.choices = Choices(TABS)
        self._next_meeting = "No meeting is planned"
        self._next = ActionButton(self._declare())
        self._lay_out()
        self._connect(context.changes)

    # -- the page's life -------------------------------------------------------------------------------------

    def entered(self) -> None:
        self.refresh()
        self._read_wards()
        self._tabs[self.choices.index].take_focus()

    def shows(self) -> dict[str, Callable[[str], None]]:
        return {
            "bid": lambda key: self.show_bid(int(key)),
            "deployment": lambda key: self.show_deployment(int(key)),
            "meeting": lambda key: self.show_meeting(int(key)),
        }

    def top_bar_widgets(self) -> list[QWidget]:
        return [self._next]

    def refresh(self) -> None:
        """Read the tab in front afresh, and what needs a decision."""
        if not self._context.may_read:
            return
        self._tabs[self.choices.index].refresh()
        if self.choices.index != 0:
            self._read_attention()

    # -- for other pages and the tour ------------------------------------------------------------------------

    def show_tab(self, name: str) -> None:
        """Bring a tab to the front by its name ("Bids")."""
        self.choices.choose(TABS.index(name))

    def show_bid(self, bid_id: int) -> None:
        """Open a bid's record."""
        self.shown_requested.emit()
        self.show_tab("Bids")
        self.bids.show_bid(bid_id)

    def show_deployment(self, deployment_id: int) -> None:
        """Open a deployment's record beside the timeline."""
        self.shown_requested.emit()
        self.show_tab("Timeline")
        self.timeline.show_deployment(deployment_id)

    def show_meeting(self, meeting_id: int) -> None:
        """Open a meeting's agenda."""
        self.shown_requested.emit()
        self.show_tab("Meetings")
        self.meetings.show_meeting(meeting_id)

    # -- what arrives ----------------------------------------------------------------------------------------

    def show_part(self, part: Page) -> None:
        self.show_tab(part.part)

    def _tab_chosen(self, index: int) -> None:
        self._stack.setCurrentIndex(index)
        self._heads.setCurrentIndex(index)
        self._side_box.setVisible(index == 0)
        self.refresh()
        self._tabs[index].take_focus()

    def _changed(self, kind: str, _key: str) -> None:
        if kind in KINDS:
            self._gather.start()

    def _gathered(self) -> None:
        if self.isVisible():
            self.refresh()
        else:
            self._read_attention()

    def _daily(self) -> None:
        """Let the calendar raise what the day brings, whether or not anybody looks at this page."""
        services = self._context.services
        self._context.load(services.alerts.raise_due, lambda _alerts: self._read_attention(), self)

    def _read_attention(self) -> None:
        if not self._context.may_read:
            return
        services, actor = self._context.services, self._context.actor
        self._context.load(lambda: services.overview.attention(actor), self._take_attention, self)

    def _read_wards(self) -> None:
        if self._context.session.may(Permission.READ_CAMERAS):
            actor = self._context.actor
            self._context.load(lambda: self._cameras.cameras(actor), self._take_cameras, self)

    def _take_cameras(self, cameras: list[Camera]) -> None:
        self.bids.set_wards(sorted({camera.place.ward for camera in cameras if camera.place.ward}))

    def _take_timeline(self, file: TimelineFile) -> None:
        self.choices.set_count(
            1, len(file.agenda.bids) if file.agenda is not None and file.agenda.bids else None
        )
        self._take_attention(file.attention)

    def _take_attention(self, attention: Attention) -> None:
        self.badge_changed.emit(attention.badge)
        told = f"{attention.units_live} of {attention.units_total} units live"
        if attention.past_end:
            told += f", {len(attention.past_end)} past its end"
        self.subtitle_changed.emit(told)
        meeting = attention.next_meeting
        self._next_meeting = (
            f"Next JAG: {words.meeting_line(meeting, self._context.today)}"
            if meeting is not None
            else "No meeting is planned"
        )
        self._next.follow()

    def _actor_changed(self) -> None:
        for slot in (
            self.timeline.panel.slot,
            self.timeline.outlook.slot,
            self.bids.record.slot,
            self.meetings.slot,
            self.meetings.agenda.slot,
            self.units.slot,
        ):
            slot.clear()
        self.refresh_actions()
        if self._context.session.signed_in:
            self._gather.start()

    def _show_place(self, reference: str) -> None:
        """Open a deployment named by its reference."""
        services, actor = self._context.services, self._context.actor

        def find() -> int | None:
            every = services.deployments.deployments(actor)
            return next((each.id for each in every if each.reference == reference), None)

        def found(deployment_id: int | None) -> None:
            if deployment_id is not None:
                self.show_deployment(deployment_id)

        self._context.load(find, found, self)

    # -- made once -------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.timeline.set_side_width(self.width())

    def _connect(self, changes: ChangeBridge) -> None:
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(GATHER_MS)
        self._gather.timeout.connect(self._gathered)
        self._calendar = QTimer(self)
        self._calendar.setInterval(DAILY_MS)
        self._calendar.timeout.connect(self._daily)
        self._calendar.start()
        changes.changed.connect(self._changed)
        changes.told.connect(self.bids.heard)
        self._context.session.actor_changed.connect(self._actor_changed)
        self.choices.chosen.connect(self._tab_chosen)
        self.timeline.loaded.connect(self._take_timeline)
        self.timeline.bid_requested.connect(self.show_bid)
        self.bids.deployment_requested.connect(self.show_deployment)
        self.bids.tabled.connect(lambda number: self.choices.set_count(1, number or None))
        self.meetings.bid_requested.connect(self.show_bid)
        self.meetings.deployment_requested.connect(self.show_deployment)
        self.units.place_requested.connect(self._show_place)

    def _declare(self) -> Action:
        """The page's actions that belong to no tab; returned is the one that shows the meetings."""
        shown: dict[str, Action] = {}
        for number, (name, what) in enumerate(zip(TABS, TAB_WORDS, strict=True), 1):
            shown[name] = self.action(
                f"Ctrl+{number}",
                f"Show {what}",
                lambda tab=name: self.show_tab(tab),
                short=(lambda: self._next_meeting) if name == "Meetings" else "",
                also="tab",
            )
        self.action("Esc", "Close the record or the form", needs="a record or a form is open", bound=False)
        for keys, text in (
            ("Enter", "Do what the form is for, save the score"),
            ("Ctrl+Enter", "Submit the bid, do what the form is for"),
            ("Ctrl+S", "Save a draft of the bid"),
        ):
            self.action(keys, text, part="Form", needs="a form is open", bound=False)
        return shown["Meetings"]

    def _lay_out(self) -> None:
        outer = QHBoxLayout(self)
        outer.setContentsMargins(MARGIN, 0, 0, 0)
        outer.setSpacing(0)
        main = QVBoxLayout()
        main.setContentsMargins(0, MARGIN, 0, 0)
        main.setSpacing(14)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, MARGIN, 0)
        head.addWidget(self.choices, 1)
        self._heads = QStackedWidget()
        self._stack = QStackedWidget()
        for tab in self._tabs:
            buttons = QWidget()
            row = QHBoxLayout(buttons)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(10)
            row.addStretch(1)
            for button in tab.header_buttons:
                row.addWidget(button)
            self._heads.addWidget(buttons)
            self._stack.addWidget(tab)
        self._heads.setFixedHeight(max(36, self.timeline.new_button.sizeHint().height()))
        head.addWidget(self._heads)
        main.addLayout(head)
        main.addWidget(self._stack, 1)
        outer.addLayout(main, 1)
        self._side_box = QFrame()
        side = QHBoxLayout(self._side_box)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(0)
        self._side_box.setProperty("panel", True)
        side.addWidget(self.timeline.side)
        outer.addWidget(self._side_box)
