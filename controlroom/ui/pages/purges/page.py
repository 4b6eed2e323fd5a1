"""Purges of personal text: one person proposes, another approves or declines, and what it took stands here for good."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.care.purge_records import Counts, Purge, PurgeState
from controlroom.care.purging import PurgeService
from controlroom.clock import local_date, show_day, show_moment
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.kit.page import Key, Page
from controlroom.ui.kit.prompt import Field, Prompt, PromptSlot, Values
from controlroom.ui.kit.record_table import RecordTable
from controlroom.ui.kit.table_model import Column
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.widgets.card import Card, EmptyState, SidePanel
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.text import Facts, note
from controlroom.ui.window_state import WindowState

STATES = {
    PurgeState.PROPOSED: "warn",
    PurgeState.APPROVED: "warn",
    PurgeState.RUNNING: "warn",
    PurgeState.DONE: "live",
    PurgeState.DECLINED: "idle",
    PurgeState.WITHDRAWN: "idle",
    PurgeState.EXPIRED: "idle",
}
FINAL = "What a purge takes cannot be brought back. Entries, times and hashes stay, and the audit trail still verifies."


class PurgePage(Page):
    """The list of purges; the selected one, and what may be done with it, at the side."""

    title, icon_name, shortcut = "Purges", "eraser", "Alt+P"
    permission = Permission.PURGE_TEXT
    keys = (
        Key("N", "Propose a purge"),
        Key("A", "Approve the selected purge and carry it out, or continue it"),
        Key("D", "Decline it"),
        Key("W", "Withdraw it"),
        Key("Ctrl+F", "Filter the list"),
    )
    _progressed = Signal(int, str)

    def __init__(
        self,
        purges: PurgeService,
        session: DeskSession,
        background: Background,
        messages: Messages,
        changes: ChangeBridge,
        *,
        state: WindowState | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._purges, self._session = purges, session
        self._background, self._messages = background, messages
        self._in_front = False
        self._propose_button = KeyButton("Propose a purge", "N", "primary")
        self.table: RecordTable[Purge] = RecordTable(
            "purges",
            _columns(),
            lambda purge: purge.id,
            empty=EmptyState(
                "Nothing was ever purged",
                "Personal text whose retention is over may be taken away. Press N to see how much there is.",
                "eraser",
            ),
            state=state,
            background=background,
            search_hint="Reference, person, reason",
            sort_by="Reference",
            descending=True,
        )
        self.panel = SidePanel("", 400)
        self.slot = PromptSlot(background)
        self._facts = Facts()
        self.approve_button = KeyButton("Approve and carry out", "A", "primary")
        self.decline_button = KeyButton("Decline", "D")
        self.withdraw_button = KeyButton("Withdraw", "W")
        self._lay_out()
        self._connect(changes)

    def entered(self) -> None:
        self._in_front = True
        self.refresh()
        self.table.take_focus()

    def left(self) -> None:
        self._in_front = False

    def top_bar_widgets(self) -> list[QWidget]:
        return [self._propose_button]

    def refresh(self) -> None:
        """Read the purges afresh."""
        if self._session.may(Permission.PURGE_TEXT):
            actor = self._session.actor
            self._background.run(lambda: self._purges.purges(actor), self._take, owner=self)

    def propose(self) -> None:
        """Ask for the day and the reason; what would go is counted before it is proposed."""
        latest, months = self._purges.latest_day()
        actor = self._session.actor
        self._show_nothing("New purge")
        fields = (
            Field(
                "before", "Everything before", "day", f"{show_day(latest)} at the latest", latest, needed=True
            ),
            Field("reason", "Reason", "text", "Under what policy, and why now", needed=True),
        )
        text = f"Text and pictures are kept for {months} months. {FINAL}"
        count = Prompt("Propose a purge", "Count what would go", partial(self._counted, actor), fields, text)
        self._ask(count, then=lambda counted: self._confirm_proposal(actor.handle, *counted))

    def _counted(self, actor: Actor, values: Values) -> tuple[Values, Counts]:
        return values, self._purges.preview(actor, values["before"])

    def _confirm_proposal(self, who: str, values: Values, counts: Counts) -> None:
        if not counts.total:
            self._messages.show(f"There is nothing to purge before {show_day(values['before'])}.", "warn")
            return
        actor = self._session.actor
        text = f"Before {show_day(values['before'])} there are {counts.words}. Somebody other than {who} must approve."
        self._ask(
            Prompt(
                "Propose this purge?",
                "Propose",
                lambda _values: self._purges.propose(actor, values["before"], values["reason"]),
                text=text,
            )
        )

    def approve(self) -> None:
        """Approve the selected purge and carry it out; one that is approved or was cut short is carried on."""
        purge = self.table.selected_record()
        if purge is None or not self.approve_button.isVisible():
            return
        actor = self._session.actor

        def run(values: Values) -> Purge:
            if purge.state is PurgeState.PROPOSED:
                self._purges.approve(actor, purge.id, values.get("answer", ""))
            told = lambda removed: self._progressed.emit(purge.id, removed.words)  # noqa: E731
            return self._purges.execute(actor, purge.id, told)

        fields = (
            (
                Field("answer", "Remark", "text"),
                Field("sure", "I have seen what goes, and that it cannot come back", "tick", needed=True),
            )
            if purge.state is PurgeState.PROPOSED
            else ()
        )
        text = f"{purge.counted.words} from before {show_day(purge.before)}. {FINAL}"
        self._ask(Prompt(f"Carry out {purge.reference}?", "Approve and purge", run, fields, text, "danger"))

    def decline(self) -> None:
        """Decline the selected purge, saying why."""
        purge = self.table.selected_record()
        if purge is not None and self.decline_button.isVisible():
            actor = self._session.actor
            run = lambda values: self._purges.decline(actor, purge.id, values["answer"])  # noqa: E731
            self._ask(
                Prompt(
                    f"Decline {purge.reference}?",
                    "Decline",
                    run,
                    (Field("answer", "Why", "text", needed=True),),
                )
            )

    def withdraw(self) -> None:
        """Take the selected purge back."""
        purge = self.table.selected_record()
        if purge is not None and self.withdraw_button.isVisible():
            actor = self._session.actor
            run = lambda _values: self._purges.withdraw(actor, purge.id)  # noqa: E731
            self._ask(Prompt(f"Withdraw {purge.reference}?", "Withdraw", run))

    # -- inside ----------------------------------------------------------------------------------------------

    def _ask(self, prompt: Prompt, then=None) -> None:
        form = self.slot.open(prompt)
        if then is not None:
            form.done.connect(then)

    def _show_nothing(self, title: str) -> None:
        self.table.view.clearSelection()
        self.panel.set_title(title)
        self._facts.set_facts([])
        self._offer(None)
        self.panel.show()

    def _take(self, purges: list[Purge]) -> None:
        self.table.set_records(purges)
        waiting = sum(purge.is_open for purge in purges)
        self.badge_changed.emit(waiting)
        self.subtitle_changed.emit(f"{waiting} waiting" if waiting else "")
        if (selected := self.table.selected_record()) is not None:
            self._show(selected)

    def _show(self, purge: Purge | None) -> None:
        if purge is None:
            self.panel.hide()
            return
        self.panel.set_title(purge.reference)
        facts = [
            ("State", purge.state.value),
            ("Takes", f"everything before {show_day(purge.before)}"),
            ("Retention", f"{purge.retention_months} months"),
            ("Counted", purge.counted.words),
            ("Reason", purge.reason),
            ("Proposed", f"{purge.proposed_by}, {show_moment(purge.proposed_at)}"),
        ]
        if purge.decided_at is not None:
            facts.append(("Decided", f"{purge.decided_by}, {show_moment(purge.decided_at)}"))
        if purge.answer:
            facts.append(("Remark", purge.answer))
        if purge.is_open and purge.started_at is None:
            facts.append(("Lapses", show_moment(purge.expires_at)))
        if purge.started_at is not None:
            facts.append(("Taken", purge.removed.words))
        self._facts.set_facts(facts)
        self._offer(purge)
        self.panel.show()

    def _offer(self, purge: Purge | None) -> None:
        own = (
            purge is not None and self._session.signed_in and purge.proposed_by == self._session.actor.handle
        )
        proposed = purge is not None and purge.state is PurgeState.PROPOSED
        going = purge is not None and purge.state in (PurgeState.APPROVED, PurgeState.RUNNING)
        self.approve_button.setVisible(going or (proposed and not own))
        self.approve_button.set_text("Carry on" if going else "Approve and carry out")
        self.decline_button.setVisible(proposed and not own)
        self.withdraw_button.setVisible(proposed and own)

    def _show_progress(self, _purge_id: int, words: str) -> None:
        self.subtitle_changed.emit(f"purging: {words}")

    def _done(self, result: object) -> None:
        if isinstance(result, Purge):
            words = f", {result.removed.words} taken" if result.state is PurgeState.DONE else ""
            self._messages.show(f"{result.reference} is {result.state.value}{words}.", "done")
            self.refresh()

    def _take_change(self, kind: str, _key: str) -> None:
        if kind == "purge" and self._in_front and self._session.signed_in:
            self.refresh()

    def _person_changed(self) -> None:
        self.slot.close_prompt()
        self.panel.hide()
        self.table.set_records([])
        if self._in_front and self._session.may(Permission.PURGE_TEXT):
            self.refresh()

    def _connect(self, changes: ChangeBridge) -> None:
        self._propose_button.clicked.connect(lambda _checked: self.propose())
        self.approve_button.clicked.connect(lambda _checked: self.approve())
        self.decline_button.clicked.connect(lambda _checked: self.decline())
        self.withdraw_button.clicked.connect(lambda _checked: self.withdraw())
        self.table.selected.connect(self._show)
        self.slot.done.connect(self._done)
        self._progressed.connect(self._show_progress)
        self._session.actor_changed.connect(self._person_changed)
        changes.changed.connect(self._take_change)

    def _lay_out(self) -> None:
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(16, 16, 16, 16)
        left.setSpacing(12)
        left.addWidget(
            note(f"Two people, and never text within its retention or about an open incident. {FINAL}")
        )
        card = Card(flush=True)
        card.add(self.table)
        left.addWidget(card, 1)
        across.addLayout(left, 1)
        for each in (self._facts, self.slot):
            self.panel.add(each)
        for button in (self.approve_button, self.decline_button, self.withdraw_button):
            self.panel.add_button(button)
        self.panel.body.addStretch(1)
        self.panel.hide()
        across.addWidget(self.panel)


def _columns() -> list[Column[Purge]]:
    return [
        Column("State", lambda purge: purge.state.value, state=lambda purge: STATES[purge.state], width=120),
        Column("Reference", lambda purge: purge.reference, width=150, weight=theme.MEDIUM),
        Column(
            "Before", lambda purge: show_day(purge.before), sort_key=lambda purge: purge.before, width=120
        ),
        Column(
            "Counted",
            lambda purge: f"{purge.counted.total:,}",
            sort_key=lambda purge: purge.counted.total,
            align="right",
            width=90,
        ),
        Column(
            "Taken",
            lambda purge: f"{purge.removed.total:,}",
            sort_key=lambda purge: purge.removed.total,
            align="right",
            width=90,
        ),
        Column("Proposed by", lambda purge: purge.proposed_by, width=150),
        Column("Decided by", lambda purge: purge.decided_by, width=150),
        Column(
            "On",
            lambda purge: show_day(local_date(purge.decided_at or purge.proposed_at)),
            sort_key=lambda purge: purge.decided_at or purge.proposed_at,
            width=120,
            role="text_dim",
        ),
        Column("Reason", lambda purge: purge.reason, width=240, role="text_dim", stretch=True),
    ]
