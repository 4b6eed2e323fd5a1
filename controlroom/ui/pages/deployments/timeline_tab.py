"""The timeline tab: the drawn weeks with their legend; its `side` is the outlook or one deployment's record."""

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMenu, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.deployments.bids.records import Bid, BidAction, BidState
from controlroom.deployments.deployments.records import Deployment, DeploymentAction, Standing
from controlroom.deployments.meetings.records import Agenda
from controlroom.deployments.overview.records import Attention, Timeline
from controlroom.ui import theme
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormSpec
from controlroom.ui.pages.deployments.context import Context
from controlroom.ui.pages.deployments.deployment_panel import DeploymentPanel
from controlroom.ui.pages.deployments.outlook_panel import OutlookPanel
from controlroom.ui.pages.deployments.scale import moved, window_around, window_name
from controlroom.ui.pages.deployments.tab import Tab
from controlroom.ui.pages.deployments.timeline_view import TimelineView
from controlroom.ui.pages.deployments.words import STANDING_STATES
from controlroom.ui.widgets.marks import paint_mark

SPANS = (("Three months", 3), ("Six months", 6), ("A year", 12))
LEGEND = (
    (Standing.LIVE, "live"),
    (Standing.REVIEW_DUE, "review due"),
    (Standing.PAST_END, "past its end, decide"),
    (Standing.DECIDED, "decided, not yet installed"),
    (Standing.PAST, "past"),
)
NARROW, WIDE = 320, 456


@dataclass(frozen=True)
class TimelineFile:
    """Everything the tab shows, read in one go."""

    timeline: Timeline
    agenda: Agenda | None
    attention: Attention


class Legend(QWidget):
    """What the bars' colours and the thin lines mean."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(theme.font(12.5))
        self.setFixedHeight(theme.px(26))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        names = [name for _, name in LEGEND]
        self.setAccessibleName("Legend: " + ", ".join([*names, "thin line: JAG meeting"]))

    def sizeHint(self) -> QSize:
        return QSize(400, theme.px(26))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        x, size, middle = 2.0, theme.px(9), self.height() / 2
        for standing, name in LEGEND:
            paint_mark(painter, QRectF(x, middle - size / 2, size, size), STANDING_STATES[standing])
            x = self._word(painter, x + size + 7, name)
        painter.setPen(QPen(theme.color("text_dim"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x + 3, middle - 7), QPointF(x + 3, middle + 7))
        self._word(painter, x + 12, "JAG meeting")
        painter.end()

    def _word(self, painter: QPainter, x: float, word: str) -> float:
        painter.setPen(theme.color("text_dim"))
        width = painter.fontMetrics().horizontalAdvance(word)
        painter.drawText(QRectF(x, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, word)
        return x + width + theme.px(22)


class TimelineTab(Tab):
    """`bid_requested` asks for a bid to be opened; `loaded` tells what was read."""

    bid_requested = Signal(int)
    loaded = Signal(object)  # TimelineFile
    part = "Timeline"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._months = 6
        self.window_days = window_around(context.today, self._months)
        self._left_alone = True  # until somebody moves the window it follows today
        self.view = TimelineView()
        self._declare()
        self.outlook = OutlookPanel(context, self.action)
        self.panel = DeploymentPanel(context, self.action)
        self.side = QStackedWidget()
        self.side.addWidget(self.outlook)
        self.side.addWidget(self.panel)
        self._pending_action: tuple[int, str] | None = None
        self._menu = QMenu(self)
        self._lay_out()
        self.view.selected.connect(self.show_deployment)
        self.view.activated.connect(self.show_deployment)
        self.view.moved.connect(self.move_window)
        self.panel.closed.connect(self._back)
        self.side.currentChanged.connect(lambda _index: self.refresh_actions())
        for slot in (self.outlook.slot, self.panel.slot):
            slot.changed.connect(self.refresh_actions)
        self.outlook.slot.done.connect(self._planned)
        self.outlook.slot.home = self.view
        self.panel.bid_requested.connect(self.bid_requested)
        self.panel.record_shown.connect(self._record_shown)
        self.outlook.bid_requested.connect(self.bid_requested)
        self.outlook.deployment_requested.connect(self.show_deployment)
        self.outlook.action_requested.connect(self._open_action)

    # -- what is shown ---------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read everything afresh; also raises today's alerts, which is the clock's business and not a person's."""
        if not self._context.may_read:
            return
        if self._left_alone:
            self.window_days = window_around(self._context.today, self._months)
        services, actor = self._context.services, self._context.actor
        first, last = self.window_days

        def read() -> TimelineFile:
            services.alerts.raise_due()
            return TimelineFile(
                services.overview.timeline(actor, first, last),
                services.meetings.next_agenda(actor),
                services.overview.attention(actor),
            )

        self._context.load(read, self._take, self)
        if self.side.currentWidget() is self.panel:
            self.panel.refresh()

    def show_deployment(self, deployment_id: int) -> None:
        """Open a deployment's record beside the timeline."""
        self.view.select(deployment_id)
        self.panel.show()
        self.side.setCurrentWidget(self.panel)
        self.panel.show_deployment(deployment_id)

    def show_window(self, first: date, last: date) -> None:
        """Show other days."""
        self.window_days, self._left_alone = (first, last), False
        self.refresh()

    def set_span(self, months: int) -> None:
        """Show so many months around today."""
        self._months, self._left_alone = months, True
        self.window_days = window_around(self._context.today, months)
        self.refresh()

    def move_window(self, months: int) -> None:
        """Go back or on."""
        self.show_window(*moved(self.window_days, months))

    def take_focus(self) -> None:
        self.view.setFocus()

    def begin_deployment(self) -> None:
        """Ask for which bid a deployment is planned; read first which bids can have one."""
        services, actor = self._context.services, self._context.actor
        self._context.load(lambda: services.bids.bids(actor), self._ask_for_bid, self)

    def _ask_for_bid(self, bids: list[Bid]) -> None:
        ready = [
            bid for bid in bids if any(each.action is BidAction.PLAN and each.ready for each in bid.actions)
        ]
        if not ready:
            self._context.messages.show("No bid waits for a deployment: assess one first.", "info")
            return
        ready.sort(key=lambda bid: (bid.state is not BidState.APPROVED, -(bid.score or 0)))
        choices = [(f"{bid.content.place} · {bid.reference} · {bid.state}", bid.id) for bid in ready]
        services, actor = self._context.services, self._context.actor
        self.side.setCurrentWidget(self.outlook)
        self.outlook.slot.open(
            FormSpec(
                "New deployment",
                "Plan deployment",
                lambda v: services.deployments.plan(actor, v["bid"]),
                (Field("bid", "For which bid", "choice", choices=choices, needed=True),),
                "Survey and DPIA can begin now; no unit is installed before the JAG has decided.",
            )
        )

    def _planned(self, result: object) -> None:
        if isinstance(result, Deployment):
            self._context.said(f"{result.reference} is planned: survey and DPIA come next")
            self.show_deployment(result.id)

    def _offer_windows(self) -> None:
        self._menu.clear()
        for name, months in SPANS:
            action = self._menu.addAction(f"{name} around today")
            action.triggered.connect(lambda _checked, span=months: self.set_span(span))
        self._menu.addSeparator()
        for name, months in (
            ("A month back\tPage Up", -1),
            ("A month on\tPage Down", 1),
            ("A year back", -12),
        ):
            action = self._menu.addAction(name)
            action.triggered.connect(lambda _checked, by=months: self.move_window(by))
        self._menu.popup(self.window_button.mapToGlobal(self.window_button.rect().bottomLeft()))

    def _take(self, file: TimelineFile) -> None:
        self._window_name = _named(file.timeline)
        self.window_button.follow()
        self.view.set_timeline(file.timeline)
        self.outlook.set_outlook(file.agenda, file.attention, self._context.today)
        self.loaded.emit(file)

    def _open_action(self, deployment_id: int, action: str) -> None:
        """Open a record and, once it is read, the form of one of its actions."""
        self._pending_action = (deployment_id, action)
        self.show_deployment(deployment_id)

    def _record_shown(self, deployment_id: int) -> None:
        if self._pending_action is not None and self._pending_action[0] == deployment_id:
            _, action = self._pending_action
            self._pending_action = None
            self.panel.take(DeploymentAction(action))

    def _back(self) -> None:
        self._pending_action = None
        self.view.select(None)
        self.side.setCurrentWidget(self.outlook)
        self.view.setFocus()

    def _declare(self) -> None:
        self._window_name = ""
        window = self.action(
            "M",
            "Choose the months",
            self._offer_windows,
            short=lambda: self._window_name,
            icon_name="calendar-blank",
        )
        new = self.action(
            "N",
            "Plan a new deployment",
            self.begin_deployment,
            short="New deployment",
            kind="primary",
            permission=Permission.MANAGE_DEPLOYMENTS,
        )
        self.action("Arrow keys", "Move between deployments")
        self.action("Page Up, Page Down", "A month back or on")
        self.action("Enter", "Open what is chosen", needs="a deployment is chosen", bound=False)
        self.window_button, self.new_button = ActionButton(window), ActionButton(new)
        self.header_buttons = [self.window_button, self.new_button]

    # -- room ------------------------------------------------------------------------------------------------

    def set_side_width(self, page_width: int) -> None:
        """Give the right column its share of a page so many pixels wide."""
        width = theme.px(max(NARROW, min(WIDE, page_width * 0.247)))
        self.side.setFixedWidth(width)
        self.panel.setFixedWidth(width)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 18, 10)
        column.setSpacing(8)
        column.addWidget(self.view, 1)
        column.addWidget(Legend())


def _named(timeline: Timeline) -> str:
    """The window's name, with its year when it is not the months around today."""
    name = window_name((timeline.first, timeline.last))
    around = timeline.first <= timeline.today <= timeline.last
    return name if around or str(timeline.last.year) in name else f"{name} {timeline.last.year}"
