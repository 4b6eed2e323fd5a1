"""The list of the audit trail: asked of the service by filter, chips and words, older entries read as one scrolls."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from controlroom.accounts.audit_trail import AuditTrail
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit.records import AuditEntry, AuditFilter, AuditPart
from controlroom.clock import local_date
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.record_list import LocalList
from controlroom.ui.pages.audit.filter import AuditFilterBar
from controlroom.ui.pages.audit.words import columns
from controlroom.ui.widgets.card import EmptyState

ALL: tuple[str, frozenset[str]] = ("All", frozenset())


class AuditList(LocalList[AuditEntry]):
    """Takes the place of reading everything: each reading asks for the newest part of what is wanted."""

    def __init__(self, context: PageContext, trail: AuditTrail, parent: QWidget | None = None) -> None:
        self._trail, self._groups = trail, [ALL, *trail.groups.items()]
        self.filters = AuditFilterBar(local_date(context.clock.now()))
        self.before: int | None = None  # the entry whose older ones come next; None: there are none
        self._export_wanted: tuple[Actor, AuditFilter] | None = None
        super().__init__(
            context,
            "audit",
            columns(trail.words),
            lambda entry: entry.sequence,
            lambda _actor: (),
            chips=[(name, None) for name, _ in self._groups],
            export=Permission.EXPORT_AUDIT,
            above=self.filters,
            empty=EmptyState(
                "No such entry", "Whatever anyone does here is entered. Clear the filter?", "fingerprint"
            ),
            search_hint="Words in it",
            sort_by="Entry",
            descending=True,
            search_elsewhere=True,
            export_from=self._everything,
            parent=parent,
        )
        self.chips.chosen.connect(lambda _chip: self.reload())
        self.filters.changed.connect(self.reload)
        self.table.search.searched.connect(lambda _words: self.reload())
        self.table.view.verticalScrollBar().valueChanged.connect(self._read_on)

    @property
    def at_top(self) -> bool:
        """True while nobody reads further down."""
        return self.table.view.verticalScrollBar().value() == 0

    def reload(self) -> None:
        if not self._context.session.may(Permission.READ_AUDIT):
            return
        actor, wanted = self._context.session.actor, self._wanted()
        self.before, self._export_wanted = None, (actor, wanted)
        self.run_reading(lambda: self._trail.entries(actor, wanted), self._take)

    def count_chips(self, records: Sequence[AuditEntry]) -> None:
        """No counts: only a part of the trail is here."""

    def _take(self, part: AuditPart) -> None:
        self.before = part.before
        self.set_records(part.entries)

    def _read_on(self, place: int) -> None:
        """Near the end of what is shown: read the next part, older ones."""
        bar = self.table.view.verticalScrollBar()
        if self.before is None or place < bar.maximum() - bar.pageStep():
            return
        older_than, self.before = self.before, None
        actor, wanted = self._context.session.actor, self._wanted()
        self.run_reading(lambda: self._trail.entries(actor, wanted, older_than=older_than), self._take_more)

    def _take_more(self, part: AuditPart) -> None:
        self.before = part.before
        self.table.append_records(part.entries)
        self.arrived.emit(self.table.model.records)

    def _wanted(self) -> AuditFilter:
        kinds = self._groups[self.chips.index][1]
        return self.filters.filter(self._context.clock.now(), kinds, self.table.search.text())

    def _everything(self) -> list[AuditEntry]:
        """For export: all that is asked for, read to the end (on a background thread)."""
        return self._trail.export(*self._export_wanted) if self._export_wanted is not None else []
