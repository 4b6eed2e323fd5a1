"""Shows purges of personal text: one person proposes, another approves or declines; what it deleted stays listed."""

from collections.abc import Sequence

from PySide6.QtCore import Signal

from controlroom.accounts.permissions import Permission
from controlroom.care.purge_records import Counts, Purge, PurgeState
from controlroom.care.purging import PurgeService
from controlroom.clock import show_day
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormSpec, Values
from controlroom.ui.kit.record_list import LocalList
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.pages.purges.words import FINAL, columns, done_words, purge_facts
from controlroom.ui.widgets.card import EmptyState

REASON = Field("reason", "Reason", "text", "Under what policy, and why now", needed=True, in_words=True)
SURE = Field("sure", "I have seen what goes, and that it cannot come back", "tick", needed=True)


class PurgePage(RecordPage[Purge]):
    """The list of purges; the selected one, and what may be done with it, at the side."""

    title, icon_name, shortcut = "Purges", "eraser", "Alt+P"
    permission = Permission.PURGE_TEXT
    noun, kinds = "purge", frozenset({"purge"})
    _progressed = Signal(str)

    def __init__(self, context: PageContext, purges: PurgeService) -> None:
        records = LocalList(
            context,
            "purges",
            columns(),
            lambda purge: purge.id,
            purges.purges,
            intro=f"Two people, and never text within its retention or about an open incident. {FINAL}",
            empty=EmptyState(
                "Nothing was ever purged",
                "Personal text whose retention is over may be taken away. Press N to see how much there is.",
                "eraser",
            ),
            search_hint="Reference, person, reason",
            sort_by="Reference",
            descending=True,
        )
        super().__init__(context, records)
        self._purges, self.table = purges, records.table
        self.bar = [self.action("N", "Propose a purge", self.propose, kind="primary")]
        self.approve = self.about(
            "A",
            "Approve the selected purge and carry it out, or continue it",
            self._approve,
            when=lambda purge: _goes_on(purge) or (_waits(purge) and not self._is_own(purge)),
            short=lambda: "Carry on" if self.shown and _goes_on(self.shown) else "Approve and carry out",
            kind="primary",
        )
        self.decline = self.about(
            "D", "Decline", self._decline, when=lambda purge: _waits(purge) and not self._is_own(purge)
        )
        self.withdraw = self.about(
            "W", "Withdraw", self._withdraw, when=lambda purge: _waits(purge) and self._is_own(purge)
        )
        self.list_actions()
        self.panel = self.lay_out([self.approve, self.decline, self.withdraw])
        self._progressed.connect(lambda words: self.subtitle_changed.emit(f"purging: {words}"))

    def name_of(self, record: Purge) -> str:
        return record.reference

    def facts_of(self, record: Purge) -> list[tuple[str, str]]:
        return purge_facts(record)

    def took(self, records: Sequence[Purge]) -> None:
        waiting = sum(purge.is_open for purge in records)
        self.badge_changed.emit(waiting)
        self.subtitle_changed.emit(f"{waiting} waiting" if waiting else "")

    def propose(self) -> None:
        """Ask for the day and the reason; what would go is counted before it is proposed."""
        latest, months = self._purges.latest_day()
        actor = self.session.actor
        help_text = f"{show_day(latest)} at the latest"
        day = Field("before", "Everything before", "day", help_text, latest, latest=latest)

        def count(values: Values) -> tuple[Values, Counts]:
            return values, self._purges.preview(actor, values["before"])

        text = f"Text and pictures are kept for {months} months. {FINAL}"
        fields = (day, REASON)
        self.ask(
            FormSpec("New purge", "Count what would go", count, fields, text, then=self._confirm_proposal)
        )

    def _confirm_proposal(self, counted: tuple[Values, Counts]) -> None:
        (values, counts), actor = counted, self.session.actor
        before = show_day(values["before"])
        if not counts.total:
            self.context.messages.show(f"There is nothing to purge before {before}.", "warn")
            return

        def propose(_values: Values) -> Purge:
            return self._purges.propose(actor, values["before"], values["reason"])

        text = f"Before {before} there are {counts.words}. Somebody other than {actor.handle} must approve."
        self.ask(FormSpec("Propose this purge?", "Propose", propose, text=text, said=done_words))

    def _approve(self, purge: Purge) -> None:
        """Approve a purge and carry it out; one that is approved or was cut short is carried on."""
        actor, waits = self.session.actor, _waits(purge)

        def run(values: Values) -> Purge:
            if waits:
                self._purges.approve(actor, purge.id, values["answer"])
            return self._purges.execute(actor, purge.id, lambda gone: self._progressed.emit(gone.words))

        fields = (Field("answer", "Remark", "text"), SURE) if waits else ()
        text = f"{purge.counted.words} from before {show_day(purge.before)}. {FINAL}"
        title = f"Carry out {purge.reference}?"
        self.ask(FormSpec(title, "Approve and purge", run, fields, text, "danger", said=done_words), purge)

    def _decline(self, purge: Purge) -> None:
        actor, why = self.session.actor, Field("answer", "Why", "text", needed=True, in_words=True)

        def run(values: Values) -> Purge:
            return self._purges.decline(actor, purge.id, values["answer"])

        self.ask(FormSpec(f"Decline {purge.reference}?", "Decline", run, (why,), said=done_words), purge)

    def _withdraw(self, purge: Purge) -> None:
        actor = self.session.actor

        def run(_values: Values) -> Purge:
            return self._purges.withdraw(actor, purge.id)

        self.ask(FormSpec(f"Withdraw {purge.reference}?", "Withdraw", run, said=done_words), purge)

    def _is_own(self, purge: Purge) -> bool:
        return self.session.signed_in and purge.proposed_by == self.session.actor.handle


def _waits(purge: Purge) -> bool:
    return purge.state is PurgeState.PROPOSED


def _goes_on(purge: Purge) -> bool:
    return purge.state in (PurgeState.APPROVED, PurgeState.RUNNING)
