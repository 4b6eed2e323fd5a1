"""Provides what the page's tabs share: the context with the services, and a list that can show a given record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.clock import local_date, show_day
from controlroom.deployments.service import DeploymentServices
from controlroom.ui.kit.action import Action
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.record_list import LocalList
from controlroom.ui.kit.record_page import RecordPage
from controlroom.ui.kit.table_model import Column

R = TypeVar("R")
TITLE = "Rapid deployment"
KINDS = frozenset({"bid", "deployment", "meeting", "unit"})
Declare = Callable[..., Action]  # as `Page.action`: a tab hands its own to the views inside it


@dataclass(frozen=True)
class Context(PageContext):
    """The desk's parts together with the services of rapid deployment."""

    services: DeploymentServices = field(kw_only=True)
    take_picture: Callable[[Actor, str], Path] | None = field(kw_only=True, default=None)
    """Takes a picture with the camera of that number, and waits for it; None where this desk cannot."""

    @property
    def today(self) -> date:
        """The day in London."""
        return local_date(self.clock.now())

    @property
    def may_read(self) -> bool:
        """True when whoever is at the desk may see any of this."""
        return self.session.may(Permission.READ_DEPLOYMENTS)

    @property
    def score_titles(self) -> dict[str, str]:
        """The parts of a bid's score: what each is called."""
        return {part.key: part.title for part in self.services.policy.score_parts}


def state_column(states: Mapping[Any, str], width: int) -> Column[Any]:
    """A record's state as a pill; `states` are the theme's."""
    return Column(
        "State",
        lambda record: record.state.value,
        state=lambda record: states[record.state],
        pill=True,
        width=width,
    )


def day_column(title: str, day: Callable[[R], date | None], **more: Any) -> Column[R]:
    """A day of a record, empty where it has none."""
    return Column(
        title,
        lambda record: show_day(shown) if (shown := day(record)) else "",
        lambda record: shown.toordinal() if (shown := day(record)) else None,
        width=110,
        **more,
    )


class RecordTab(RecordPage[R]):
    """Base of the tabs with a list: shows a record by its number, at once or when the list has been read."""

    title, permission, kinds = TITLE, Permission.READ_DEPLOYMENTS, KINDS
    last_chip = 0  # which hides nothing
    _to_show: int | None = None

    def __init__(
        self,
        context: Context,
        name: str,
        columns: Sequence[Column[R]],
        read: Callable[[Actor], Sequence[R]],
        **more: Any,
    ) -> None:
        """`more` as for `LocalList`."""
        identity: Callable[[Any], int] = attrgetter("id")
        records = LocalList(context, name, columns, identity, read, **more)
        super().__init__(context, records)
        self.desk, self.table, self.chips = context, records.table, records.chips
        records.body.setContentsMargins(0, 0, 18, 18)
        self.list_actions()

    def show_record(self, record_id: int) -> None:
        """Select a record in the list, now or when it has been read."""
        self._to_show = record_id
        self._select_wanted()

    def took(self, records: Sequence[R]) -> None:
        self._select_wanted()

    def _select_wanted(self) -> None:
        if self._to_show is None or self.table.model.row_of(self._to_show) is None:
            return
        if not self.table.select(self._to_show):  # a chip hides it
            self.chips.choose(self.last_chip)
            self.table.select(self._to_show)
        self._to_show = None
