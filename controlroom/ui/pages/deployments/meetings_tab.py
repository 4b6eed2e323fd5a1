"""Shows the meetings tab: the list, and beside it the chosen meeting's agenda with its decisions and minutes."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal

from controlroom.accounts.permissions import Permission
from controlroom.clock import show_day
from controlroom.deployments.meetings.ranking import unexplained
from controlroom.deployments.meetings.records import (
    Agenda,
    AgendaItem,
    ChairItem,
    Decision,
    DeploymentItem,
    LeftOff,
    Meeting,
)
from controlroom.ui import theme
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormCard
from controlroom.ui.kit.password_question import PasswordQuestion
from controlroom.ui.kit.table_model import Column
from controlroom.ui.pages.deployments import meeting_forms, words
from controlroom.ui.pages.deployments.agenda_view import AgendaView
from controlroom.ui.pages.deployments.forms import decision_form, form
from controlroom.ui.pages.deployments.minutes import MinutesCard
from controlroom.ui.pages.deployments.tab import Context, RecordTab, state_column
from controlroom.ui.widgets.card import EmptyState
from controlroom.ui.widgets.layout import SPRING, box, column, grow, row
from controlroom.ui.widgets.marks import Pill
from controlroom.ui.widgets.text import ElidedLabel, label, note, show_text

COLUMNS: list[Column[Meeting]] = [
    Column(
        "Day",
        lambda each: f"{each.day:%a} {show_day(each.day)}",
        lambda each: each.day.toordinal(),
        width=150,
        weight=theme.STRONG,
    ),
    state_column(words.MEETING_STATES, 106),
    Column("Hour", lambda each: each.time, width=64, role="text_dim"),
    Column("Place", lambda each: each.place, width=140, role="text_dim", stretch=True),
]


class MeetingsTab(RecordTab[Meeting]):
    """`bid_requested` and `deployment_requested` open what stands on an agenda."""

    bid_requested = Signal(int)
    deployment_requested = Signal(int)
    part, noun = "Meetings", "meeting"

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            "meetings",
            COLUMNS,
            context.services.meetings.meetings,
            empty=EmptyState(
                "No meeting yet",
                "Press N to plan the next one, or Y for a year of them.",
                "calendar",
                may=lambda: context.session.may(Permission.RECORD_DECISIONS),
            ),
            search_hint="Day or place",
            sort_by="Day",
            descending=True,
        )
        self.agenda: Agenda | None = None
        self._seen: object = None  # what the items were made from
        self._shown_once = False
        may: dict[str, Any] = {"permission": Permission.RECORD_DECISIONS}
        year = self.action("Y", "Plan a year of meetings", self.plan_year, short="Plan a year", **may)
        plan = self.action("N", "Plan a meeting", self.plan, short="Plan meeting", kind="primary", **may)
        self.bar = [year, plan]
        self._lay_out()

    # -- what is shown ---------------------------------------------------------------------------------------

    def name_of(self, record: Meeting) -> str:
        return show_day(record.day)

    def took(self, records: Sequence[Meeting]) -> None:
        if not self._shown_once and self._to_show is None and records:
            ahead = [each for each in records if each.planned and each.day >= self.desk.today]
            self._to_show, self._shown_once = (ahead[0] if ahead else records[-1]).id, True
        super().took(records)

    def update_view(self, record: Meeting) -> None:
        meetings = self.desk.services.meetings
        self.read_about(lambda actor: meetings.agenda(actor, record.id), self._take_agenda)

    def _take_agenda(self, agenda: Agenda) -> None:
        self.agenda, meeting = agenda, agenda.meeting
        today, why = self.desk.today, self.why_not()
        if self._seen == (seen := (agenda, today, why)):
            return
        self._seen = seen
        open_now = meeting.planned and not why
        self._title.set_text(f"{words.long_day(meeting.day, weekday=True, year=True)}, {meeting.time}")
        self._pill.set(meeting.state.value, words.MEETING_STATES[meeting.state])
        left = f"{words.count(agenda.undecided, 'item')} undecided" if meeting.planned else ""
        parts = (meeting.place, words.in_days(meeting.day, today), left)
        self._sub.setText(" · ".join(part for part in parts if part))
        show_text(
            self._why, " ".join(each for each in (agenda.unusual, why) if each) if meeting.planned else ""
        )
        self.items.show_agenda(agenda, open_now=open_now)
        self.minutes.show_meeting(meeting, open_now=open_now)
        self.refresh_actions()

    def _person_changed(self) -> None:
        self.minutes.change_person(self._person())
        self._seen = None
        super()._person_changed()

    def _person(self) -> int | None:
        return self.session.actor.user_id if self.session.signed_in else None

    def why_not(self) -> str:
        """Why no decision can be recorded now; empty when one can, and for a meeting that was held."""
        if self.agenda is None:
            return "No meeting is shown."
        meeting = self.agenda.meeting
        if not self.session.may(Permission.RECORD_DECISIONS):
            return "Decisions are recorded by the coordinator."
        if meeting.planned and meeting.day > self.desk.today:
            return f"Decisions are recorded when it meets, {words.in_days(meeting.day, self.desk.today)}."
        return ""

    def _is_open(self) -> bool:
        """True while decisions can be recorded and no form is open."""
        planned = self.agenda is not None and self.agenda.meeting.planned
        return planned and not self.why_not() and self.forms.form is None

    def _is_planned(self) -> bool:
        """True while a planned meeting is shown and no form is open."""
        return self.agenda is not None and self.agenda.meeting.planned and self.forms.form is None

    def _why_not_cancel(self) -> str:
        bids = self.agenda is not None and self.agenda.bids
        return "Bids stand on its agenda: move it, or hold it and defer them." if bids else ""

    def _why_not_close(self) -> str:
        left = self.agenda.undecided if self.agenda is not None else 0
        return f"{words.count(left, 'item')} still undecided." if left else ""

    # -- planning --------------------------------------------------------------------------------------------

    def plan(self) -> FormCard:
        """Ask for a new meeting's day, hour and place."""
        return self.ask(meeting_forms.plan(self.desk, self.table.model.records))

    def plan_year(self) -> FormCard:
        """Ask on which day of the month, and plan every meeting of the next twelve months not planned yet."""
        return self.ask(meeting_forms.plan_year(self.desk, self.table.model.records))

    def move_meeting(self) -> FormCard | None:
        """Ask for another day, hour or place of the meeting shown."""
        return self.agenda and self.ask(meeting_forms.move(self.desk, self.agenda.meeting), self.shown)

    def cancel_meeting(self) -> FormCard | None:
        """Ask why the meeting shown is cancelled."""
        return self.agenda and self.ask(meeting_forms.cancel(self.desk, self.agenda.meeting), self.shown)

    # -- deciding and minutes --------------------------------------------------------------------------------

    def decide(self, item: AgendaItem) -> FormCard | None:
        """Open the decision of an item; None when nothing can be recorded now."""
        if self.agenda is None or self.why_not():
            return None
        return self.ask(decision_form(self.desk, self.agenda, item), self.shown)

    def decide_next(self) -> FormCard | None:
        """Open the first item nobody has decided yet, in the agenda's order."""
        left = self.agenda.open_items if self.agenda is not None else []
        return self.decide(left[0]) if left else None

    def finished(self, result: object) -> None:
        if isinstance(result, Decision):
            self.minutes.add_decision(result)
        elif isinstance(result, Meeting):
            self._to_show = result.id
        super().finished(result)

    def _save_minutes(self) -> None:
        if self.agenda is None:
            return
        meeting, text, seen = self.agenda.meeting, self.minutes.text, self.minutes.seen_version
        save, actor = self.desk.services.meetings.save_minutes, self.session.actor

        def saved(result: Meeting) -> None:
            self.minutes.saved(result)
            self.desk.messages.show("Minutes saved", "done")

        self.minutes.question.before_saving(
            self.minutes.written(),
            lambda: self.desk.background.run(lambda: save(actor, meeting.id, text, seen), saved, owner=self),
            again=self._save_minutes,
        )

    def _close_meeting(self) -> None:
        if self.agenda is None:
            return
        close, actor, meeting = self.desk.services.meetings.close, self.session.actor, self.agenda.meeting
        text, ends = self.minutes.text, self.agenda.unanswered
        actions = words.count(ends, "chair's action")
        ended = f" {actions} without an answer {'ends' if ends == 1 else 'end'} with it." if ends else ""
        wanted = " ".join(unexplained(self.agenda))
        why = Field(
            "reason",
            "Why the meeting decided so",
            "text",
            wanted,
            needed="The ranking needs a reason.",
            in_words=True,
        )
        self.ask(
            form(
                "Close the meeting",
                lambda **answers: close(actor, meeting.id, text, **answers),
                *((why,) if wanted else ()),
                confirm="Close meeting",
                text=f"Its record and minutes do not change afterwards.{ended}",
                said=f"The meeting of {show_day(meeting.day)} is closed",
                also=self.minutes.written(),
            ),
            self.shown,
        )

    def _open_item(self, item: AgendaItem | LeftOff) -> None:
        if isinstance(item, DeploymentItem):
            self.deployment_requested.emit(item.deployment_id)
        else:
            self.bid_requested.emit(item.decision.bid_id if isinstance(item, ChairItem) else item.bid_id)

    # -- made once -------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        shown: dict[str, Any] = {"when": self._is_open, "needs": "a meeting is shown, on its day"}
        next_item = self.action(
            "D",
            "Decide the next item",
            self.decide_next,
            short="Decide next",
            kind="primary",
            when=lambda: self._is_open() and self.agenda is not None and bool(self.agenda.open_items),
            needs="a meeting with open items is shown, on its day",
        )
        planned: dict[str, Any] = {
            "when": self._is_planned,
            "needs": "a planned meeting is shown",
            "permission": Permission.RECORD_DECISIONS,
        }
        move = self.action("M", "Move the meeting", self.move_meeting, short="Move", **planned)
        cancel = self.action(
            "X",
            "Cancel the meeting",
            self.cancel_meeting,
            short="Cancel meeting",
            why_not=self._why_not_cancel,
            **planned,
        )
        save = self.action("Ctrl+S", "Save the minutes", self._save_minutes, short="Save minutes", **shown)
        close = self.action(
            "C",
            "Close the meeting",
            self._close_meeting,
            short="Close meeting",
            why_not=self._why_not_close,
            **shown,
        )
        self._title, self._pill = ElidedLabel("", 20, theme.STRONG), Pill()
        self._sub, self._why = note(""), label("", 13, role="accent_text", wrap=True)
        head = column(
            row(grow(self._title), self._pill, spacing=10),
            self._sub,
            self._why,
            spacing=8,
            margins=(0, 0, 24, 0),
        )
        self.items = AgendaView(self.desk.score_titles)
        self.items.opened.connect(self._open_item)
        self.items.decide.connect(self.decide)
        self.minutes = MinutesCard(
            save, close, PasswordQuestion(self.desk.background, self.desk.holds_password)
        )
        self.minutes.change_person(self._person())
        body = column(self.items, self.minutes, SPRING, spacing=12, margins=(0, 4, 14, 0))
        nothing = EmptyState("No meeting chosen", "Choose one on the left.", "calendar")
        self.lay_out_split([next_item, move, cancel], box(head), box(body), nothing, "meetings")
