"""The meetings tab: the list on the left, the chosen meeting's agenda on the right, decisions recorded one by one."""

from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.clock import show_day
from controlroom.deployments.dates import add_months
from controlroom.deployments.meetings.records import Meeting, MeetingState
from controlroom.ui import theme
from controlroom.ui.kit.action import ActionButton
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormCard, FormSpec
from controlroom.ui.kit.form_place import FormPlace
from controlroom.ui.kit.record_table import RecordTable
from controlroom.ui.kit.table_model import Column
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.agenda_view import AgendaView
from controlroom.ui.pages.deployments.context import Context
from controlroom.ui.pages.deployments.tab import Tab
from controlroom.ui.widgets.card import Card, EmptyState
from controlroom.ui.window_state import WindowState

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
WEEKS = (("first", 1), ("second", 2), ("third", 3), ("fourth", 4))


class MeetingsTab(Tab):
    """`bid_requested` and `deployment_requested` open what stands on an agenda."""

    bid_requested = Signal(int)
    deployment_requested = Signal(int)
    part = "Meetings"

    def __init__(self, context: Context, state: WindowState | None = None) -> None:
        super().__init__(context)
        self._meetings: list[Meeting] = []
        self._to_show: int | None = None
        self._shown_once = False
        self.table: RecordTable[Meeting] = RecordTable(
            "meetings",
            self._columns(),
            lambda meeting: meeting.id,
            empty=EmptyState(
                "No meeting yet", "Press N to plan the next one, or Y for a year of them.", "calendar"
            ),
            state=state,
            background=context.background,
            search_hint="Day or place",
            may_export=lambda: context.session.may(Permission.EXPORT),
            sort_by="Day",
            descending=True,
        )
        self.table.selected.connect(self._selected)
        self.agenda = AgendaView(context, self.action)
        self.agenda.bid_requested.connect(self.bid_requested)
        self.agenda.deployment_requested.connect(self.deployment_requested)
        self.slot = FormPlace(context.background)
        self.slot.done.connect(self._planned)
        self.slot.home = self.agenda.slot.home = self.table.view
        may: dict[str, Any] = {"permission": Permission.RECORD_DECISIONS}
        year = self.action("Y", "Plan a year of meetings", self.plan_year, short="Plan a year", **may)
        plan = self.action("N", "Plan a meeting", self.plan, short="Plan meeting", kind="primary", **may)
        self.action("Ctrl+F", "Filter the list", self.table.search.begin, bound=False)
        self.year_button, self.plan_button = ActionButton(year), ActionButton(plan)
        self.header_buttons = [self.year_button, self.plan_button]
        self.agenda.actions_changed.connect(self.refresh_actions)
        self._lay_out()

    def refresh(self) -> None:
        if not self._context.may_read:
            return
        services, actor = self._context.services, self._context.actor
        self._context.load(lambda: services.meetings.meetings(actor), self._take, self)
        self.agenda.refresh()

    def show_meeting(self, meeting_id: int) -> None:
        """Open a meeting's agenda."""
        self._to_show = meeting_id
        self._select_wanted()

    def plan(self) -> FormCard | None:
        """Ask for a new meeting's day, hour and place."""
        if not self._context.session.may(Permission.RECORD_DECISIONS):
            return None
        services, actor = self._context.services, self._context.actor
        last = self._meetings[-1] if self._meetings else None
        return self.slot.open(
            FormSpec(
                "Plan a meeting",
                "Plan meeting",
                lambda v: services.meetings.plan(actor, v["day"], v["time"], v["place"]),
                (
                    Field("day", "Day", "day", value=self._context.today + timedelta(days=7)),
                    Field("time", "Hour", value=last.time if last else "10:00", needed=True),
                    Field("place", "Place", value=last.place if last else "", needed=True),
                ),
            )
        )

    def plan_year(self) -> FormCard | None:
        """Ask for a rhythm, and plan every meeting of the next twelve months that is not planned yet."""
        if not self._context.session.may(Permission.RECORD_DECISIONS):
            return None
        services, actor = self._context.services, self._context.actor
        last = self._meetings[-1] if self._meetings else None
        until = add_months(self._context.today, 12)
        return self.slot.open(
            FormSpec(
                "Plan the next twelve months",
                "Plan meetings",
                lambda v: services.meetings.plan_ahead(
                    actor, until, v["time"], v["place"], week=v["week"], weekday=v["weekday"]
                ),
                (
                    Field("week", "Week of the month", "choice", value=4, choices=WEEKS),
                    Field(
                        "weekday",
                        "Day of the week",
                        "choice",
                        value=3,
                        choices=tuple((name, number) for number, name in enumerate(WEEKDAYS)),
                    ),
                    Field("time", "Hour", value=last.time if last else "10:00", needed=True),
                    Field("place", "Place", value=last.place if last else "", needed=True),
                ),
                "Days that have a meeting already are left alone.",
            )
        )

    def take_focus(self) -> None:
        self.table.view.setFocus()

    def _take(self, meetings: list[Meeting]) -> None:
        self._meetings = meetings
        self.table.set_records(meetings)
        if not self._shown_once and self._to_show is None and meetings:
            today = self._context.today
            ahead = [each for each in meetings if each.state is MeetingState.PLANNED and each.day >= today]
            self._to_show = (ahead[0] if ahead else meetings[-1]).id
            self._shown_once = True
        self._select_wanted()

    def _select_wanted(self) -> None:
        if self._to_show is not None and self.table.select(self._to_show):
            self._to_show = None

    def _selected(self, meeting: Meeting | None) -> None:
        if meeting is not None:
            self.agenda.show_meeting(meeting.id)

    def _planned(self, result: object) -> None:
        if isinstance(result, Meeting):
            self._context.said(f"Meeting planned for {show_day(result.day)}")
            self._to_show = result.id
        elif isinstance(result, list):
            self._context.said(f"{words.count(len(result), 'meeting')} planned")
        self.refresh()

    def _columns(self) -> list[Column[Meeting]]:
        return [
            Column(
                "Day",
                lambda each: f"{each.day:%a} {show_day(each.day)}",
                lambda each: each.day.toordinal(),
                width=150,
                weight=theme.STRONG,
            ),
            Column(
                "State",
                lambda each: each.state.value,
                state=lambda each: words.MEETING_STATES[each.state],
                pill=True,
                width=106,
            ),
            Column("Hour", lambda each: each.time, width=64, role="text_dim"),
            Column("Place", lambda each: each.place, width=140, role="text_dim", stretch=True),
        ]

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.slot)
        card = Card(flush=True)
        card.body.setContentsMargins(0, 0, 0, 0)
        card.body.addWidget(self.table, 1)
        column.addWidget(card, 1)
        right = QWidget()
        inner = QVBoxLayout(right)
        inner.setContentsMargins(16, 0, 0, 0)
        inner.addWidget(self.agenda)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 5)
        splitter.setSizes([400, 840])
        splitter.setChildrenCollapsible(False)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 18, 18)
        outer.addWidget(splitter)
