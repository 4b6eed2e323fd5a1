"""Puts the purges' page into words: its columns, a purge as facts, what is told when one is done."""

from controlroom.care.purge_records import Purge, PurgeState
from controlroom.clock import local_date, show_day, show_moment
from controlroom.ui import theme
from controlroom.ui.kit.table_model import Column

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


def done_words(purge: Purge) -> str:
    """`PUR-2026-0003 is done, 12 log entries taken.`"""
    taken = f", {purge.removed.words} taken" if purge.state is PurgeState.DONE else ""
    return f"{purge.reference} is {purge.state.value}{taken}."


def purge_facts(purge: Purge) -> list[tuple[str, str]]:
    """A purge as facts."""
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
    return facts


def columns() -> list[Column[Purge]]:
    """The columns of the list."""
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
