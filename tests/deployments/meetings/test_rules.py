"""Following the ranking, or saying why not."""

from dataclasses import replace
from datetime import date

import pytest

from controlroom.deployments.meetings.ranking import departure
from controlroom.deployments.meetings.records import Outcome, RankedBid, Subject
from controlroom.deployments.meetings.rules import check_decision, check_new_meeting
from controlroom.errors import InvalidInput, RuleBroken


def ranked(rank, *, above, decided=None):
    return RankedBid(
        rank, f"BID-2026-{rank:05d}", "", "", "", rank, 90.0 - rank, (), above, decided, 90.0 - rank
    )


def test_approving_in_order_follows_the_ranking_and_anything_else_says_why_not():
    agenda = [ranked(1, above=True), ranked(2, above=True), ranked(3, above=False)]
    assert departure(agenda[0], Outcome.APPROVED, agenda) == ""
    assert "BID-2026-00001 ranks higher" in departure(agenda[1], Outcome.APPROVED, agenda)
    assert "above the line" in departure(agenda[0], Outcome.WAITLISTED, agenda)
    assert "above the line" in departure(agenda[1], Outcome.REFUSED, agenda)
    assert departure(agenda[2], Outcome.WAITLISTED, agenda) == ""
    decided = [replace(item, decision=object()) for item in agenda[:2]]
    assert "below the line" in departure(agenda[2], Outcome.APPROVED, [*decided, agenda[2]])


@pytest.mark.parametrize("blank", ["\u200b", "\u3000", " \u2060 ", "x", "ok", "\u2014"])
def test_a_reason_that_a_person_sees_as_blank_is_none(blank):
    with pytest.raises(RuleBroken, match="departs"):
        check_decision(
            Subject.BID, Outcome.APPROVED, recorder="JAG coordinator", reason=blank, departs="ranks 2"
        )
    with pytest.raises(RuleBroken, match="needs a reason"):
        check_decision(Subject.BID, Outcome.DEFERRED, recorder="JAG coordinator", reason=blank)


@pytest.mark.parametrize(
    "signed",
    ["\u200b", "x", "-- -", "jag  coordinator", "\uff2a\uff21\uff27 coordinator", "JAG\u200b coordinator"],
)
def test_whoever_records_a_refusal_signs_it_off_under_no_look_of_their_name(signed):
    said = {"recorder": "JAG coordinator", "reason": "Lighting first.", "signed_off_by": signed}
    with pytest.raises(RuleBroken, match="sign"):
        check_decision(Subject.BID, Outcome.REFUSED, **said)


@pytest.mark.parametrize("day", [date(2029, 12, 1), date(9999, 12, 31)])
def test_a_meeting_more_than_three_years_ahead_is_a_slip_of_the_hand(day):
    check_new_meeting(date(2029, 11, 30), "10:00", "Town hall", date(2026, 11, 30))
    with pytest.raises(InvalidInput, match="more than three years ahead") as refused:
        check_new_meeting(day, "10:00", "Town hall", date(2026, 11, 30))
    assert refused.value.field == "day"
