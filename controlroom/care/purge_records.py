"""Describes a purge of personal text as its page sees it, and the rules of its states. Pure."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from controlroom.clock import local_date, london
from controlroom.errors import InvalidInput, RuleBroken
from controlroom.texts import required


class PurgeState(StrEnum):
    """The state of a purge."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    RUNNING = "running"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


OPEN = frozenset({PurgeState.PROPOSED, PurgeState.APPROVED, PurgeState.RUNNING})


@dataclass(frozen=True)
class Counts:
    """How much a purge deletes, by the names its nouns count under (`log_texts`); `said` has the words for each."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def total(self) -> int:
        return sum(self.numbers.values())

    @property
    def words(self) -> str:
        """`1,204 texts of the log, 88 texts of the audit trail, 31 pictures`."""
        said = {name: self.said.get(name, name.replace("_", " ")) for name in self.numbers}
        return ", ".join(f"{number:,} {said[name]}" for name, number in self.numbers.items())


@dataclass(frozen=True)
class Purge:
    """One purge. `counted` is what the approver was shown, `removed` what is gone; `before` is the first day left."""

    id: int
    reference: str
    state: PurgeState
    before: date
    retention_months: int
    reason: str
    counted: Counts
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    decided_by: str
    decided_at: datetime | None
    answer: str
    started_at: datetime | None
    finished_at: datetime | None
    removed: Counts

    @property
    def is_open(self) -> bool:
        """True while something can still come of it."""
        return self.state in OPEN


def latest_cutoff(now: datetime, retention_months: int) -> date:
    """The first day whose text is still within its retention, in London."""
    today = local_date(now)
    year, month = divmod(today.year * 12 + today.month - 1 - retention_months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(today.day, last))


def check_cutoff(before: date, now: datetime, retention_months: int) -> datetime:
    """The moment before which text may go; raises InvalidInput for a day whose text is still within its retention."""
    latest = latest_cutoff(now, retention_months)
    if before > latest:
        raise InvalidInput(
            f"Text from {before:%d %b %Y} on is still within its retention of {retention_months} months.",
            remedy=f"Choose {latest:%d %b %Y} or an earlier day.",
            field="before",
        )
    return london(before)


def check_reason(reason: str) -> str:
    """The reason, trimmed; raises InvalidInput when there is none."""
    remedy = "Say why it is time, and under what policy."
    return required(reason, "A purge needs a reason.", remedy, field="reason")


def check_other_person(purge: Purge, handle: str) -> None:
    """Raises RuleBroken when the person deciding is the one who proposed."""
    if purge.proposed_by == handle:
        raise RuleBroken(
            f"{handle} proposed {purge.reference}.",
            "A purge needs two people: what it takes cannot be brought back.",
            "Somebody else with the right role approves or declines it; you may withdraw it.",
        )


def check_state(purge: Purge, *allowed: PurgeState) -> None:
    """Raises RuleBroken when the purge is in another state."""
    if purge.state not in allowed:
        raise RuleBroken(
            f"{purge.reference} is {purge.state.value}.",
            remedy="Reload the page; somebody else may have been quicker.",
        )
