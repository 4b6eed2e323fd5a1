"""The days a meeting is proposed for: one a month, and none few would come to."""

from datetime import date, timedelta

import pytest

from controlroom.deployments.meetings.proposals import monthly_proposals, next_meeting_day
from controlroom.deployments.unusual_days import unusual_day


def test_the_next_meeting_is_proposed_a_week_ahead_on_a_usual_day_of_a_month_without_one():
    monday = date(2026, 11, 16)
    assert next_meeting_day(monday, []) == date(2026, 11, 23)
    assert next_meeting_day(date(2026, 11, 14), []) == date(2026, 11, 23), "not on a Saturday"
    assert next_meeting_day(monday, [date(2026, 11, 5)]) == date(2026, 12, 1), "November had one"
    assert next_meeting_day(date(2026, 12, 17), []) == date(2027, 1, 4), "not in Christmas week"


@pytest.mark.parametrize("week", [1, 4])
def test_no_monthly_meeting_is_proposed_on_a_day_few_would_come_to(week: int):
    for weekday in range(5):
        found = monthly_proposals(date(2026, 1, 1), date(2035, 12, 31), [], week=week, weekday=weekday)
        days = [day for day in found.values() if day is not None]
        assert [(day.year, day.month) for day in days] == [
            (year, month) for year in range(2026, 2036) for month in range(1, 13)
        ]
        assert {day.weekday() for day in days} == {weekday}
        assert not any(map(unusual_day, days))


def test_a_month_that_had_its_meeting_gets_no_second_and_one_that_is_nearly_over_none():
    first = date(2026, 12, 18)
    found = monthly_proposals(first, date(2027, 3, 31), [date(2027, 2, 2)], week=4, weekday=3)
    assert found == {
        date(2026, 12, 24): None,
        date(2027, 1, 28): date(2027, 1, 28),
        date(2027, 3, 25): date(2027, 3, 25),
    }
    earlier = monthly_proposals(first - timedelta(days=7), date(2026, 12, 31), [], week=4, weekday=3)
    assert earlier == {date(2026, 12, 24): date(2026, 12, 17)}
