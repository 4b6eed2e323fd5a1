"""Shows the audit trail: newest first, filtered, one entry in full at the side; verifies the chain on request."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from controlroom.accounts.audit_trail import AuditTrail
from controlroom.accounts.permissions import Permission
from controlroom.audit.records import AuditEntry, SignedHead, Verification
from controlroom.changes import Change
from controlroom.ui import theme
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.pages.audit.list import AuditList
from controlroom.ui.pages.audit.words import entry_facts, head_words, signed_words
from controlroom.ui.widgets.layout import box, column
from controlroom.ui.widgets.marks import Pill
from controlroom.ui.widgets.text import caption, label


class AuditPage(RecordPage[AuditEntry]):
    """Reads only. The side panel shows an entry with its detail and, where it was not purged, its text."""

    title, icon_name, shortcut = "Audit", "fingerprint", "Alt+A"
    permission = Permission.READ_AUDIT
    noun = "entry"
    _progressed = Signal(int, int)

    def __init__(self, context: PageContext, trail: AuditTrail) -> None:
        self.list = AuditList(context, trail)
        super().__init__(context, self.list)
        self._trail, self.table, self.filters = trail, self.list.table, self.list.filters
        self.verified: Verification | None = None  # the outcome of the last walk along the chain
        self._verifying = False
        self._outcome = Pill("", "idle")
        self._outcome.hide()
        self._signed = label("", theme.SMALL, role="text_dim")
        self.list_actions()
        self.action("Ctrl+Backspace", "Clear the filter", self.filters.clear)
        verify = self.action(
            "V",
            "Verify the whole chain",
            self.verify,
            short="Verify the chain",
            icon_name="shield-check",
            why_not=lambda: "It is being verified." if self._verifying else "",
        )
        self.bar = [verify]
        self._text = label("", wrap=True)
        self._text_box = box(column(caption("Text"), self._text, spacing=-1))
        self.panel = self.lay_out([], box(column(self.facts, self._text_box, spacing=-1)), width=380)
        self._progressed.connect(self._show_progress)

    def entered(self) -> None:
        super().entered()
        if self.session.may(Permission.READ_AUDIT):
            words = self._trail.words
            self.read(self._trail.choices, lambda given: self.filters.set_choices(*given, words))

    def top_bar_widgets(self) -> list[QWidget]:
        return [self._signed, *super().top_bar_widgets(), self._outcome]

    def refresh(self) -> None:
        super().refresh()
        if self.session.may(Permission.READ_AUDIT):
            self.read(self._trail.last_signed, self._show_signed)

    def concerns(self, change: Change) -> bool:
        """Whatever anyone does is entered; somebody who reads further down is not thrown back."""
        return change.kind != "audit signature" and self.list.at_top

    def name_of(self, record: AuditEntry) -> str:
        return f"Entry {record.sequence}"

    def update_view(self, record: AuditEntry) -> None:
        self.facts.set_facts(entry_facts(record, self._trail.words))
        text = record.text or (f"[{record.removed}]" if record.removed else "")
        self._text.setText(text)
        self._text_box.setVisible(bool(text))

    def took(self, records: Sequence[AuditEntry]) -> None:
        more = self.list.before is not None
        self.subtitle_changed.emit(f"the newest {len(records):,}, older ones as you scroll" if more else "")

    def verify(self) -> None:
        """Walk the whole chain in the background and say what came of it."""
        actor = self.session.actor
        self._set_verifying(True)
        self._outcome.set("verifying…", "idle")
        self._outcome.show()
        self.context.background.run(
            lambda: self._trail.verify(actor, self._progressed.emit),
            self._take_outcome,
            self._take_failure,
            owner=self,
        )

    def _set_verifying(self, verifying: bool) -> None:
        self._verifying = verifying
        self.refresh_actions()

    def _show_signed(self, head: SignedHead | None) -> None:
        words, tip = head_words(head)
        self._signed.setText(words)
        self._signed.setToolTip(tip)

    def _show_progress(self, done: int, total: int) -> None:
        if self._verifying:
            self._outcome.set(f"verifying… {done / max(total, 1):.0%}", "idle")

    def _take_outcome(self, outcome: Verification) -> None:
        self._set_verifying(False)
        self.verified = outcome
        if outcome.sound:
            self._outcome.set(f"{outcome.entries:,} entries, sound", "live")
            self._outcome.setToolTip(signed_words(outcome))
            self.list.say(outcome.notes)
            return
        self.list.say(())
        self._outcome.set("not sound", "alarm")
        self.context.messages.show(f"The audit trail is not sound: {outcome.fault}.", "alarm")

    def _take_failure(self, error: Exception) -> None:
        self._set_verifying(False)
        self._outcome.hide()
        self.context.messages.error(error)
