"""Following the ranking, or saying why not."""

from dataclasses import replace

from controlroom.deployments.meetings.records import Outcome, RankedBid
from controlroom.deployments.meetings.rules import departure


def ranked(rank, *, above, decided=None):
    return RankedBid(rank, f"BID-2026-{rank:05d}", "", "", "", rank, 90.0 - rank, (), above, decided)


def test_approving_in_order_follows_the_ranking_and_anything_else_says_why_not():
    agenda = [ranked(1, above=True), ranked(2, above=True), ranked(3, above=False)]
    assert departure(agenda[0], Outcome.APPROVED, agenda) == ""
    assert "BID-2026-00001 ranks higher" in departure(agenda[1], Outcome.APPROVED, agenda)
    assert "above the line" in departure(agenda[0], Outcome.WAITLISTED, agenda)
    assert "above the line" in departure(agenda[1], Outcome.REFUSED, agenda)
    assert departure(agenda[2], Outcome.WAITLISTED, agenda) == ""
    decided = [replace(item, decision=object()) for item in agenda[:2]]
    assert "below the line" in departure(agenda[2], Outcome.APPROVED, [*decided, agenda[2]])
