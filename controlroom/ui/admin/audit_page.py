"""The audit trail: newest first, filtered, one entry in full at the side, the whole chain verified on request."""

import json

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from controlroom.accounts.audit_trail import AuditTrail
from controlroom.accounts.permissions import Permission
from controlroom.audit.records import AuditEntry, Verification
from controlroom.clock import local, local_date, show_day, show_time
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.messages import Messages
from controlroom.ui.page import Key, Page
from controlroom.ui.record_table import RecordTable
from controlroom.ui.session import DeskSession
from controlroom.ui.table_model import Column
from controlroom.ui.widgets.card import Card, EmptyState, SidePanel
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import Facts, caption, label
from controlroom.ui.window_state import WindowState

LIMIT = 1000
CHIPS: tuple[tuple[str, frozenset[str]], ...] = (
    ("All", frozenset()),
    ("People", frozenset({"user"})),
    ("Cameras", frozenset({"camera"})),
    ("Log and incidents", frozenset({"log", "incident"})),
    ("Rapid deployment", frozenset({"bid", "meeting", "deployment", "unit"})),
)


class AuditPage(Page):
    """Reads only. The side panel shows an entry with its detail and, where it was not purged, its text."""

    title, icon_name, shortcut = "Audit", "fingerprint", "Alt+A"
    permission = Permission.READ_AUDIT
    keys = (Key("Ctrl+F", "Filter the list"), Key("V", "Verify the whole chain"))

    def __init__(
        self,
        trail: AuditTrail,
        session: DeskSession,
        background: Background,
        messages: Messages,
        changes: ChangeBridge,
        *,
        state: WindowState | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._trail, self._session = trail, session
        self._background, self._messages = background, messages
        self._in_front = False
        self._verify_button = KeyButton("Verify the chain", "V", icon_name="shield-check")
        self._outcome = Pill("", "idle")
        self._outcome.hide()
        self._chips = Choices([name for name, _ in CHIPS], chips=True)
        self.table = RecordTable(
            "audit",
            _columns(),
            lambda entry: entry.sequence,
            empty=EmptyState("No entry yet", "Whatever anyone does here will be entered.", "fingerprint"),
            state=state,
            background=background,
            search_hint="Who, action or subject",
            may_export=lambda: session.may(Permission.EXPORT),
            sort_by="Entry",
            descending=True,
        )
        self.panel = SidePanel("", 380)
        self._facts, self._text = Facts(), label("", wrap=True)
        self._text_caption = caption("Text")
        self._lay_out()
        self._verify_button.clicked.connect(lambda _checked: self.verify())
        self._chips.chosen.connect(self._filter)
        self.table.selected.connect(self._show_entry)
        changes.changed.connect(lambda _kind, _key: self._refresh_if_seen())

    def entered(self) -> None:
        self._in_front = True
        self.refresh()
        self.table.take_focus()

    def left(self) -> None:
        self._in_front = False

    def top_bar_widgets(self) -> list[QWidget]:
        return [self._verify_button, self._outcome]

    def refresh(self) -> None:
        """Read the newest entries."""
        if not self._session.may(Permission.READ_AUDIT):
            return
        actor = self._session.actor
        self._background.run(lambda: self._trail.newest(actor, LIMIT), self._take, owner=self)

    def verify(self) -> None:
        """Walk the whole chain in the background and say what came of it."""
        actor = self._session.actor
        self._verify_button.setEnabled(False)
        self._outcome.set("verifying…", "idle")
        self._outcome.show()
        self._background.run(
            lambda: self._trail.verify(actor), self._take_outcome, self._take_failure, owner=self
        )

    def _take(self, entries: list[AuditEntry]) -> None:
        self.table.set_records(entries)
        self.subtitle_changed.emit(f"the newest {len(entries):,}" if len(entries) == LIMIT else "")

    def _take_outcome(self, outcome: Verification) -> None:
        self._verify_button.setEnabled(True)
        if outcome.sound:
            self._outcome.set(f"{outcome.entries:,} entries, sound", "live")
            return
        self._outcome.set("not sound", "alarm")
        self._messages.show(f"The audit trail is not sound: {outcome.fault}.", "alarm")

    def _take_failure(self, error: Exception) -> None:
        self._verify_button.setEnabled(True)
        self._outcome.hide()
        self._messages.error(error)

    def _refresh_if_seen(self) -> None:
        if self._in_front and self._session.signed_in:
            self.refresh()

    def _filter(self, chip: int) -> None:
        kinds = CHIPS[chip][1]
        self.table.set_predicate((lambda entry: entry.subject_kind in kinds) if kinds else None)

    def _show_entry(self, entry: AuditEntry | None) -> None:
        if entry is None:
            self.panel.hide()
            return
        self.panel.set_title(f"Entry {entry.sequence}")
        facts = [
            ("When", f"{show_day(local_date(entry.at))} {show_time(entry.at, seconds=True)}"),
            ("Zone", str(local(entry.at).tzname())),
            ("Who", entry.actor),
            ("Action", entry.action),
            ("On", f"{entry.subject_kind} {entry.subject}"),
        ]
        facts += [(name.replace("_", " "), _plain(value)) for name, value in entry.detail.items()]
        self._facts.set_facts(facts)
        self._text.setText(entry.text)
        self._text.setVisible(bool(entry.text))
        self._text_caption.setVisible(bool(entry.text))
        self.panel.show()

    def _lay_out(self) -> None:
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(16, 16, 16, 16)
        card = Card(flush=True)
        card.add(self.table)
        left.addWidget(card)
        self.table.add_tool(self._chips, left=True)
        across.addLayout(left, 1)
        for each in (self._facts, self._text_caption, self._text):
            self.panel.add(each)
        self.panel.body.addStretch(1)
        self.panel.hide()
        across.addWidget(self.panel)


def _columns() -> list[Column[AuditEntry]]:
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
        Column("Action", lambda entry: entry.action, width=170),
        Column("Kind", lambda entry: entry.subject_kind, width=110, role="text_dim"),
        Column("Subject", lambda entry: entry.subject, width=160, weight=theme.MEDIUM),
        Column("Detail", _detail, width=260, role="text_dim", stretch=True),
    ]


def _when(entry: AuditEntry) -> str:
    return f"{show_day(local_date(entry.at))}  {show_time(entry.at, seconds=True)}"


def _detail(entry: AuditEntry) -> str:
    return " · ".join(f"{name.replace('_', ' ')} {_plain(value)}" for name, value in entry.detail.items())


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
