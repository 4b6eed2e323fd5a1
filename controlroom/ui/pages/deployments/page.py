"""Shows the rapid-deployment page: units by weeks, bids, meetings, and what needs a decision."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.cameras.records import Camera
from controlroom.cameras.service import CameraService
from controlroom.deployments.meetings.records import Meeting
from controlroom.deployments.overview import Attention
from controlroom.deployments.service import DeploymentServices
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.page import Page
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.bids_tab import BidsTab
from controlroom.ui.pages.deployments.meetings_tab import MeetingsTab
from controlroom.ui.pages.deployments.tab import KINDS, TITLE, Context
from controlroom.ui.pages.deployments.timeline_tab import TimelineFile, TimelineTab
from controlroom.ui.pages.deployments.units_tab import UnitsTab
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.layout import SPRING, box, column, grow, row

TABS = ("Timeline", "Bids", "Meetings", "Units")
TAB_WORDS = ("the timeline of units", "the bids", "the meetings", "the units")
GATHER_MS = 80  # changes that come together are read once
# How often the calendar is looked at: a day that begins raises its alerts by itself.
DAILY_MS = 10 * 60 * 1000
MARGIN = 18


class DeploymentsPage(Page):
    """Takes the services of rapid deployment and the camera register (for its wards)."""

    title, word, icon_name, shortcut = TITLE, "RDC", "map-pin", "Alt+8"
    permission = Permission.READ_DEPLOYMENTS

    def __init__(
        self,
        context: PageContext,
        services: DeploymentServices,
        cameras: CameraService,
        take_picture: Callable[[Actor, str], Path] | None = None,
    ) -> None:
        """`take_picture` takes one with the camera of a number, and waits for it."""
        super().__init__()
        self._context = Context(**vars(context), services=services, take_picture=take_picture)
        self._cameras = cameras
        self.timeline = TimelineTab(self._context)
        self.bids = BidsTab(self._context)
        self.meetings = MeetingsTab(self._context)
        self.units = UnitsTab(self._context)
        self._tabs = (self.timeline, self.bids, self.meetings, self.units)
        self.hold(*self._tabs)
        self.choices = Choices(TABS)
        self._current: Page = self.timeline
        self._next_meeting: Meeting | None = None
        self._next = ActionButton(self._declare())
        self._lay_out()
        self._connect()

    # -- the page's life -------------------------------------------------------------------------------------

    def entered(self) -> None:
        self._current.entered()
        if self._current is not self.timeline:  # which reads that too
            self._read_attention()
        if self._context.session.may(Permission.READ_CAMERAS):
            self._context.read(self._cameras.cameras, self._take_cameras, self)

    def left(self) -> None:
        self._current.left()

    def shows(self) -> dict[str, Callable[[str], None]]:
        return {
            "bid": lambda key: self.show_bid(int(key)),
            "deployment": lambda key: self.show_deployment(int(key)),
            "meeting": lambda key: self.show_meeting(int(key)),
        }

    def home(self) -> QWidget:
        return self._current.home()

    def beside_pictures(self) -> QWidget | None:
        return self._side_box if self._side_box.isVisible() else None

    def top_bar_widgets(self) -> list[QWidget]:
        return [self._next]

    # -- for other pages and the tour ------------------------------------------------------------------------

    def show_tab(self, name: str) -> None:
        """Bring a tab to the front by its name ("Bids")."""
        self.choices.choose(TABS.index(name))

    def show_bid(self, bid_id: int) -> None:
        """Open a bid's record."""
        self.shown_requested.emit()
        self.show_tab("Bids")
        self.bids.show_record(bid_id)

    def show_deployment(self, deployment_id: int) -> None:
        """Open a deployment's record beside the timeline."""
        self.shown_requested.emit()
        self.show_tab("Timeline")
        self.timeline.show_deployment(deployment_id)

    def show_meeting(self, meeting_id: int) -> None:
        """Open a meeting's agenda."""
        self.shown_requested.emit()
        self.show_tab("Meetings")
        self.meetings.show_record(meeting_id)

    def show_part(self, part: Page) -> None:
        self.show_tab(part.part)

    # -- what arrives ----------------------------------------------------------------------------------------

    def _tab_chosen(self, index: int) -> None:
        self._current.left()
        self._current = self._tabs[index]
        self._stack.setCurrentIndex(index)
        self._heads.setCurrentIndex(index)
        self._side_box.setVisible(index == 0)
        self._current.entered()

    def _changed(self, kind: str, _key: str) -> None:
        if kind in KINDS:
            self._gather.start()

    def _gathered(self) -> None:
        """Bring badge and timeline up to date; the other tabs follow the changes themselves."""
        if self.isVisible() and self._current is self.timeline:
            self.timeline.refresh()
        else:
            self._read_attention()

    def _daily(self) -> None:
        """Let the calendar raise what the day brings, whether or not anybody looks at this page."""
        services = self._context.services
        self._context.background.run(
            services.alerts.raise_due, lambda _alerts: self._read_attention(), owner=self
        )

    def _read_attention(self) -> None:
        if self._context.may_read:
            self._context.read(self._context.services.overview.attention, self._take_attention, self)

    def _take_cameras(self, cameras: list[Camera]) -> None:
        wards = {camera.place.ward for camera in cameras}
        self.bids.form.ward.offer(sorted(wards - {""}))

    def _take_timeline(self, file: TimelineFile) -> None:
        self._count_tabled(len(file.agenda.bids) if file.agenda is not None else 0)
        self._take_attention(file.attention)

    def _count_tabled(self, number: int) -> None:
        self.choices.set_count(TABS.index("Bids"), number or None)

    def _take_attention(self, attention: Attention) -> None:
        self.badge_changed.emit(attention.badge)
        told = f"{attention.units_live} of {attention.units_total} units live"
        if past := len(attention.past_end):
            told += f", {past} past {'its' if past == 1 else 'their'} end"
        self.subtitle_changed.emit(told)
        self._next_meeting = attention.next_meeting
        self._next.follow()

    def _next_words(self) -> str:
        if self._next_meeting is None:
            return "No meeting is planned"
        return f"Next JAG: {words.meeting_line(self._next_meeting, self._context.today)}"

    def _show_next(self) -> None:
        if self._next_meeting is None:
            self.show_tab("Meetings")
        else:
            self.show_meeting(self._next_meeting.id)

    def _person_changed(self) -> None:
        self.timeline.forget()
        self.refresh_actions()
        if self._context.session.signed_in:
            self._gather.start()

    # -- made once -------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.timeline.set_side_width(self.width())

    def _connect(self) -> None:
        self._gather = QTimer(self, interval=GATHER_MS, singleShot=True)
        self._gather.timeout.connect(self._gathered)
        self._calendar = QTimer(self, interval=DAILY_MS)
        self._calendar.timeout.connect(self._daily)
        self._calendar.start()
        self._context.changes.changed.connect(self._changed)
        self._context.session.actor_changed.connect(self._person_changed)
        self.choices.chosen.connect(self._tab_chosen)
        self.timeline.loaded.connect(self._take_timeline)
        self.bids.tabled.connect(self._count_tabled)
        for tab in (self.timeline, self.meetings):
            tab.bid_requested.connect(self.show_bid)
        for tab in (self.bids, self.meetings, self.units):
            tab.deployment_requested.connect(self.show_deployment)

    def _declare(self) -> Action:
        """The page's actions that belong to no tab; returned is the one that shows the next meeting."""
        for number, (name, what) in enumerate(zip(TABS, TAB_WORDS, strict=True), 1):
            self.action(f"Ctrl+{number}", f"Show {what}", lambda tab=name: self.show_tab(tab), also="tab")
        following = self.action("Ctrl+5", "Show the next meeting", self._show_next, short=self._next_words)
        self.action("Esc", "Close the record or the form", needs="a record or a form is open", bound=False)
        for keys, text in (
            ("Enter", "Do what the form is for, save the score"),
            ("Ctrl+Enter", "Submit the bid, do what the form is for"),
            ("Ctrl+S", "Save a draft of the bid"),
        ):
            self.action(keys, text, part="Form", needs="a form is open", bound=False)
        return following

    def _lay_out(self) -> None:
        self._heads, self._stack = QStackedWidget(), QStackedWidget()
        for tab in self._tabs:
            self._heads.addWidget(box(row(SPRING, *tab.tools_of_bar(), spacing=10)))
            self._stack.addWidget(tab)
        self._heads.setFixedHeight(max(36, self.timeline.new_button.sizeHint().height()))
        head = row(grow(self.choices), self._heads, margins=(0, 0, MARGIN, 0))
        main = column(head, grow(self._stack), spacing=14, margins=(0, MARGIN, 0, 0))
        self._side_box = QFrame()
        self._side_box.setProperty("panel", True)
        row(self.timeline.side, on=self._side_box)
        row(grow(main), self._side_box, on=self, margins=(MARGIN, 0, 0, 0))
