"""The audit trail: newest first, filtered, one entry in full at the side, the whole chain verified on request."""

import json
from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from controlroom.accounts.audit_trail import AuditTrail
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit.records import AuditEntry, AuditFilter, AuditPart, SignedHead, Verification
from controlroom.clock import local, local_date, show_day, show_moment, show_time
from controlroom.ui import theme
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.page import Key, Page
from controlroom.ui.kit.record_table import RecordTable
from controlroom.ui.kit.table_model import Column
from controlroom.ui.pages.audit.filter import AuditFilterBar
from controlroom.ui.widgets.card import Card, EmptyState, SidePanel
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import Facts, caption, label

ALL: tuple[str, frozenset[str]] = ("All", frozenset())


class AuditPage(Page):
    """Reads only. The side panel shows an entry with its detail and, where it was not purged, its text."""

    title, icon_name, shortcut = "Audit", "fingerprint", "Alt+A"
    permission = Permission.READ_AUDIT
    _progressed = Signal(int, int)
    _export_wanted: tuple[Actor, AuditFilter] | None = None
    keys = (
        Key("Ctrl+F", "Filter the list"),
        Key("Ctrl+Backspace", "Clear the filter"),
        Key("V", "Verify the whole chain"),
    )

    def __init__(
        self,
        context: PageContext,
        trail: AuditTrail,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._trail, self._session, self._clock = trail, context.session, context.clock
        self._background, self._messages = context.background, context.messages
        self._in_front = False
        self._before: int | None = None
        self._asked = 0
        self.verified: Verification | None = None  # the outcome of the last walk along the chain
        self._verify_button = KeyButton("Verify the chain", "V", icon_name="shield-check")
        self._outcome = Pill("", "idle")
        self._outcome.hide()
        self._signed = label("", theme.SMALL, role="text_dim")
        self.filters = AuditFilterBar(local_date(self._clock.now()))
        self._groups = [ALL, *trail.groups.items()]
        self._chips = Choices([name for name, _ in self._groups], chips=True)
        self.table = RecordTable(
            "audit",
            _columns(trail.words),
            lambda entry: entry.sequence,
            empty=EmptyState(
                "No such entry", "Whatever anyone does here is entered. Clear the filter?", "fingerprint"
            ),
            state=context.state,
            background=context.background,
            search_hint="Words in it",
            may_export=lambda: context.session.may(Permission.EXPORT_AUDIT),
            sort_by="Entry",
            descending=True,
            search_elsewhere=True,
            export_from=self._everything,
        )
        self.panel = SidePanel("", 380)
        self._facts, self._text = Facts(), label("", wrap=True)
        self._text_caption = caption("Text")
        self._lay_out()
        self._verify_button.clicked.connect(lambda _checked: self.verify())
        self._chips.chosen.connect(lambda _chip: self.refresh())
        self.filters.changed.connect(self.refresh)
        self.table.search.searched.connect(lambda _words: self.refresh())
        self.table.selected.connect(self._show_entry)
        self.table.view.verticalScrollBar().valueChanged.connect(self._read_on)
        self._progressed.connect(self._show_progress)
        context.changes.changed.connect(lambda kind, _key: self._refresh_if_seen(kind))

    def entered(self) -> None:
        self._in_front = True
        self.refresh()
        if self._session.may(Permission.READ_AUDIT):
            actor = self._session.actor
            self._background.run(
                lambda: self._trail.choices(actor),
                lambda given: self.filters.set_choices(*given, self._trail.words),
                owner=self,
            )
        self.table.take_focus()

    def left(self) -> None:
        self._in_front = False

    def top_bar_widgets(self) -> list[QWidget]:
        return [self._signed, self._verify_button, self._outcome]

    def refresh(self) -> None:
        """Read the newest entries that are asked for."""
        if not self._session.may(Permission.READ_AUDIT):
            return
        self._asked += 1
        asked, actor, wanted = self._asked, self._session.actor, self._wanted()
        self._before, self._export_wanted = None, (actor, wanted)
        self._background.run(
            lambda: self._trail.entries(actor, wanted),
            lambda part: self._take(part) if asked == self._asked else None,
            owner=self,
        )
        self._background.run(lambda: self._trail.last_signed(actor), self._show_signed, owner=self)

    def verify(self) -> None:
        """Walk the whole chain in the background and say what came of it."""
        actor = self._session.actor
        self._verify_button.setEnabled(False)
        self._outcome.set("verifying…", "idle")
        self._outcome.show()
        self._background.run(
            lambda: self._trail.verify(actor, self._progressed.emit),
            self._take_outcome,
            self._take_failure,
            owner=self,
        )

    def _wanted(self) -> AuditFilter:
        kinds = self._groups[self._chips.index][1]
        return self.filters.filter(self._clock.now(), kinds, self.table.search.text())

    def _everything(self) -> list[AuditEntry]:
        """For export: all that is asked for, read to the end (on a background thread)."""
        return self._trail.export(*self._export_wanted) if self._export_wanted is not None else []

    def _take(self, part: AuditPart) -> None:
        self._before = part.before
        self.table.set_records(part.entries)
        self._say_how_much()

    def _read_on(self, place: int) -> None:
        """Near the end of what is shown: read the next part, older ones."""
        bar = self.table.view.verticalScrollBar()
        if self._before is None or place < bar.maximum() - bar.pageStep():
            return
        older_than, self._before = self._before, None
        asked, actor, wanted = self._asked, self._session.actor, self._wanted()
        self._background.run(
            lambda: self._trail.entries(actor, wanted, older_than=older_than),
            lambda part: self._take_more(part) if asked == self._asked else None,
            owner=self,
        )

    def _take_more(self, part: AuditPart) -> None:
        self._before = part.before
        self.table.append_records(part.entries)
        self._say_how_much()

    def _say_how_much(self) -> None:
        shown = len(self.table.model.records)
        self.subtitle_changed.emit(f"the newest {shown:,}, older ones as you scroll" if self._before else "")

    def _show_signed(self, head: SignedHead | None) -> None:
        words = f"signed up to {head.sequence:,}: {head.fingerprint}" if head else "no head signed yet"
        self._signed.setText(words)
        when = f"Signed {show_moment(head.signed_at)}, key {head.key_fingerprint}" if head else ""
        self._signed.setToolTip(when)

    def _show_progress(self, done: int, total: int) -> None:
        if not self._verify_button.isEnabled():
            self._outcome.set(f"verifying… {done / max(total, 1):.0%}", "idle")

    def _take_outcome(self, outcome: Verification) -> None:
        self._verify_button.setEnabled(True)
        self.verified = outcome
        if outcome.sound:
            self._outcome.set(f"{outcome.entries:,} entries, sound", "live")
            self._outcome.setToolTip(_signed_words(outcome))
            for each in outcome.notes:
                self._messages.show(f"Audit trail: {each}.", "warn")
            return
        self._outcome.set("not sound", "alarm")
        self._messages.show(f"The audit trail is not sound: {outcome.fault}.", "alarm")

    def _take_failure(self, error: Exception) -> None:
        self._verify_button.setEnabled(True)
        self._outcome.hide()
        self._messages.error(error)

    def _refresh_if_seen(self, kind: str) -> None:
        if kind == "audit signature" or not self._in_front or not self._session.signed_in:
            return
        if (
            self.table.view.verticalScrollBar().value() == 0
        ):  # somebody reading further down is not thrown back
            self.refresh()

    def _show_entry(self, entry: AuditEntry | None) -> None:
        if entry is None:
            self.panel.hide()
            return
        self.panel.set_title(f"Entry {entry.sequence}")
        facts = [
            ("When", f"{show_day(local_date(entry.at))} {show_time(entry.at, seconds=True)}"),
            ("Zone", str(local(entry.at).tzname())),
            ("Who", entry.actor),
            ("Action", self._trail.words.get(entry.action, entry.action)),
            ("Name of it", entry.action),
            ("On", f"{entry.subject_kind} {entry.subject}"),
        ]
        facts += [(name.replace("_", " "), _plain(value)) for name, value in entry.detail.items()]
        self._facts.set_facts(facts)
        text = entry.text or (f"[{entry.removed}]" if entry.removed else "")
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._text_caption.setVisible(bool(text))
        self.panel.show()

    def _lay_out(self) -> None:
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(16, 16, 16, 16)
        card = Card(flush=True)
        card.add(self.filters)
        card.add(self.table)
        left.addWidget(card)
        self.table.add_tool(self._chips, left=True)
        across.addLayout(left, 1)
        for each in (self._facts, self._text_caption, self._text):
            self.panel.add(each)
        self.panel.body.addStretch(1)
        self.panel.hide()
        across.addWidget(self.panel)


def _columns(words: Mapping[str, str]) -> list[Column[AuditEntry]]:
    return [
        Column(
            "Entry",
            lambda entry: f"{entry.sequence:,}",
            sort_key=lambda entry: entry.sequence,
            align="right",
            width=88,
            role="text_dim",
        ),
        Column("When", _when, sort_key=lambda entry: entry.at, width=190),
        Column("Who", lambda entry: entry.actor, width=150, weight=theme.MEDIUM),
        Column("Action", lambda entry: words.get(entry.action, entry.action), width=220),
        Column("Kind", lambda entry: entry.subject_kind, width=110, role="text_dim"),
        Column("Subject", lambda entry: entry.subject, width=160, weight=theme.MEDIUM),
        Column("Detail", _detail, width=260, role="text_dim", stretch=True),
    ]


def _signed_words(outcome: Verification) -> str:
    head = outcome.signed
    if head is None:
        return "No head of it is signed: only the chain itself vouches for its end."
    moment = show_moment(head.signed_at)
    return f"Verified up to entry {head.sequence:,}, signed {moment}; {outcome.since_signed:,} entries since."


def _when(entry: AuditEntry) -> str:
    return f"{show_day(local_date(entry.at))}  {show_time(entry.at, seconds=True)}"


def _detail(entry: AuditEntry) -> str:
    return " · ".join(f"{name.replace('_', ' ')} {_plain(value)}" for name, value in entry.detail.items())


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
