"""Shows the timeline tab: the drawn weeks with their legend; its `side` is the outlook or one deployment's record."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.deployments.bids.records import Bid, BidAction, BidState
from controlroom.deployments.deployments.records import Deployment, DeploymentAction, Standing
from controlroom.deployments.meetings.records import Agenda
from controlroom.deployments.overview import Attention, Timeline
from controlroom.ui import theme
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.flow import Flow
from controlroom.ui.kit.page import Page
from controlroom.ui.pages.deployments.deployment_panel import DeploymentPanel
from controlroom.ui.pages.deployments.forms import PLANNING, form
from controlroom.ui.pages.deployments.outlook_panel import OutlookPanel
from controlroom.ui.pages.deployments.scale import moved, window_around, window_name
from controlroom.ui.pages.deployments.tab import TITLE, Context
from controlroom.ui.pages.deployments.timeline_view import DeploymentTimeline
from controlroom.ui.pages.deployments.words import STANDING_STATES
from controlroom.ui.widgets.layout import MIDDLE, at, box, column, gap, grow, row
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.painting import painting
from controlroom.ui.widgets.text import label

SPANS = (("Three months", 3), ("Six months", 6), ("A year", 12))
MOVES = (("A month back\tPage Up", -1), ("A month on\tPage Down", 1), ("A year back", -12))
LEGEND = (
    (Standing.LIVE, "live"),
    (Standing.REVIEW_DUE, "review due"),
    (Standing.PAST_END, "past its end, decide"),
    (Standing.DECIDED, "decided, not yet live"),
    (Standing.PAST, "past"),
)
NARROW, WIDE = 320, 456
USUAL_MONTHS = 6


@dataclass(frozen=True)
class TimelineFile:
    """Everything the tab shows, read in one go."""

    timeline: Timeline
    agenda: Agenda | None
    attention: Attention


class Legend(Flow):
    """What the bars' colours and the thin lines mean."""

    def __init__(self) -> None:
        super().__init__(gap=6)
        names = [name for _, name in LEGEND]
        self.setAccessibleName("Legend: " + ", ".join([*names, "thin line: JAG meeting"]))
        marks = [*(Mark(STANDING_STATES[standing], 9) for standing, _ in LEGEND), _DashedLine()]
        for mark, name in zip(marks, [*names, "JAG meeting"], strict=True):
            words = label(name, 12.5, role="text_dim")
            self.add(box(row(at(MIDDLE, mark), gap(7), words, margins=(2, 2, theme.px(14), 2))))


class _DashedLine(QWidget):
    """A meeting's line as the timeline draws it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(6, 14)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setPen(QPen(theme.color("text_dim"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(3, 0), QPointF(3, self.height()))


class TimelineTab(Page):
    """`bid_requested` asks for a bid to be opened; `loaded` tells what was read."""

    bid_requested = Signal(int)
    loaded = Signal(object)  # TimelineFile
    title, part = TITLE, "Timeline"

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._months = USUAL_MONTHS
        self.window_days = window_around(context.today, self._months)
        self._left_alone = True  # until somebody moves the window it follows today
        self.view = DeploymentTimeline()
        self._declare()
        self.outlook = OutlookPanel(context, self.action)
        self.panel = DeploymentPanel(context, self.action)
        self.side = QStackedWidget()
        self.side.addWidget(self.outlook)
        self.side.addWidget(self.panel)
        self.side.currentChanged.connect(lambda _index: self.refresh_actions())
        for panel in (self.outlook, self.panel):
            panel.slot.changed.connect(self.refresh_actions)
            panel.bid_requested.connect(self.bid_requested)
        self._menu = QMenu(self)
        column(grow(self.view), Legend(), on=self, spacing=8, margins=(0, 0, 18, 10))
        self.view.selected.connect(self.show_deployment)
        self.view.activated.connect(self.show_deployment)
        self.view.moved.connect(self.move_window)
        self.panel.closed.connect(self._back)
        self.outlook.slot.done.connect(self._planned)
        self.outlook.slot.home = self.view
        self.outlook.deployment_requested.connect(self.show_deployment)
        self.outlook.action_requested.connect(self.show_deployment)

    def action(self, keys: str, text: str, run: Callable[[], object] | None = None, **more: Any) -> Action:
        """Declare an action, for those who may."""
        return super().action(keys, text, run, **{"may": self._context.session.may, **more})

    def entered(self) -> None:
        self.refresh()
        if not any(panel.slot.isVisible() for panel in (self.outlook, self.panel)):
            self.view.setFocus()

    def top_bar_widgets(self) -> list[QWidget]:
        return [self.window_button, self.new_button]

    def forget(self) -> None:
        """Somebody else signs in: what is chosen, shown and asked goes, and the months are those around today."""
        self.panel.forget()
        self.outlook.slot.clear()
        self.view.select(None)
        self.side.setCurrentWidget(self.outlook)
        self._months, self._left_alone = USUAL_MONTHS, True

    # -- what is shown ---------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read everything afresh; also raises today's alerts, which need no person's permission."""
        if not self._context.may_read:
            return
        if self._left_alone:
            self.window_days = window_around(self._context.today, self._months)
        services = self._context.services
        first, last = self.window_days

        def read(actor: Actor) -> TimelineFile:
            services.alerts.raise_due()
            return TimelineFile(
                services.overview.timeline(actor, first, last),
                services.meetings.next_agenda(actor),
                services.overview.attention(actor),
            )

        self._context.read(read, self._take, self)
        if self.side.currentWidget() is self.panel:
            self.panel.refresh()

    def show_deployment(self, deployment_id: int, action: str = "") -> None:
        """Open a deployment's record beside the timeline, and the form of one of its actions if one is named."""
        self.view.select(deployment_id)
        self.panel.show()
        self.side.setCurrentWidget(self.panel)
        self.panel.show_deployment(deployment_id, DeploymentAction(action) if action else None)

    def set_span(self, months: int) -> None:
        """Show so many months around today."""
        self._months, self._left_alone = months, True
        self.refresh()

    def move_window(self, months: int) -> None:
        """Go back or on."""
        self.window_days, self._left_alone = moved(self.window_days, months), False
        self.refresh()

    def begin_deployment(self) -> None:
        """Ask for which bid a deployment is planned; read first which bids can have one."""
        self._context.read(self._context.services.bids.bids, self._ask_for_bid, self)

    def _ask_for_bid(self, bids: list[Bid]) -> None:
        ready = [
            bid for bid in bids if any(each.action is BidAction.PLAN and each.ready for each in bid.actions)
        ]
        if not ready:
            self._context.messages.show("No bid waits for a deployment: assess one first.", "info")
            return
        ready.sort(key=lambda bid: (bid.state is not BidState.APPROVED, -(bid.score or 0)))
        choices = [(f"{bid.content.place} · {bid.reference} · {bid.state}", bid.id) for bid in ready]
        services, actor = self._context.services, self._context.session.actor
        self.side.setCurrentWidget(self.outlook)
        self.outlook.slot.open(
            form(
                "New deployment",
                partial(services.deployments.plan, actor),
                Field("bid_id", "For which bid", "choice", choices=choices, needed=True),
                confirm="Plan deployment",
                text=PLANNING,
            )
        )

    def _planned(self, result: object) -> None:
        if isinstance(result, Deployment):
            self._context.messages.show(f"{result.reference} is planned: survey and DPIA come next", "done")
            self.show_deployment(result.id)

    def _offer_windows(self) -> None:
        self._menu.clear()
        for name, months in SPANS:
            self._menu.addAction(f"{name} around today", partial(self.set_span, months))
        self._menu.addSeparator()
        for name, months in MOVES:
            self._menu.addAction(name, partial(self.move_window, months))
        self._menu.popup(self.window_button.mapToGlobal(self.window_button.rect().bottomLeft()))

    def _take(self, file: TimelineFile) -> None:
        self._window_name = _named(file.timeline)
        self.window_button.follow()
        self.view.set_timeline(file.timeline)
        self.outlook.set_outlook(file.agenda, file.attention, self._context.today)
        self.loaded.emit(file)

    def _back(self) -> None:
        self.view.select(None)
        self.side.setCurrentWidget(self.outlook)
        self.view.setFocus()

    def _declare(self) -> None:
        self._window_name = ""
        bar = [
            self.action(
                "M",
                "Choose the months",
                self._offer_windows,
                short=lambda: self._window_name,
                icon_name="calendar-blank",
            ),
            self.action(
                "N",
                "Plan a new deployment",
                self.begin_deployment,
                short="New deployment",
                kind="primary",
                permission=Permission.MANAGE_DEPLOYMENTS,
            ),
        ]
        self.action("Arrow keys", "Move between deployments")
        self.action("Page Up, Page Down", "A month back or on")
        self.action("Enter", "Open what is chosen", needs="a deployment is chosen", bound=False)
        self.window_button, self.new_button = (ActionButton(each) for each in bar)

    def home(self) -> QWidget:
        return self.view

    def set_side_width(self, page_width: int) -> None:
        """Give the right column its share of a page so many pixels wide."""
        width = theme.px(max(NARROW, min(WIDE, page_width * 0.247)))
        self.side.setFixedWidth(width)
        self.panel.setFixedWidth(width)


def _named(timeline: Timeline) -> str:
    """The window's name, with its year when it is not the months around today."""
    name = window_name((timeline.first, timeline.last))
    around = timeline.first <= timeline.today <= timeline.last
    return name if around or str(timeline.last.year) in name else f"{name} {timeline.last.year}"
