"""The audit page and its CSV say every moment as London's clocks showed it."""

from datetime import UTC, datetime

from controlroom.audit.records import AuditEntry
from controlroom.ui.pages.audit.words import columns, entry_facts

SUMMER = datetime(2026, 7, 1, 22, 30, 5, tzinfo=UTC)
TWICE = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def entry(moment: datetime, **detail: object) -> AuditEntry:
    return AuditEntry(7, moment, "Operator 07", "incident.moved", "incident", "INC-2026-00412", detail)


def row(shown: AuditEntry) -> dict[str, str]:
    """As the list shows it and the CSV holds it."""
    return {column.title: column.text(shown) for column in columns({})}


def test_a_moment_is_londons_with_its_zone_on_the_page_and_in_the_csv():
    assert row(entry(SUMMER))["When"] == "1 Jul 2026  23:30:05 BST"
    assert row(entry(TWICE))["When"] == "25 Oct 2026  01:30:00 BST"
    assert row(entry(TWICE.replace(hour=1)))["When"] == "25 Oct 2026  01:30:00 GMT"


def test_moments_in_the_detail_are_londons_too_and_nothing_else_is_touched():
    told = entry(
        SUMMER, at=SUMMER.isoformat(), day="2026-07-01", text="2026-07-01T22:30:05+00:00 or so", count=3
    )
    assert row(told)["Detail"].startswith("at 1 Jul 2026  23:30:05 BST · day 2026-07-01 · text 2026-07-01T22")
    facts = dict(entry_facts(told, {}))
    assert facts["at"] == "1 Jul 2026  23:30:05 BST"
    assert facts["count"] == "3"
