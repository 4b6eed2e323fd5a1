"""Calendar arithmetic of deployments, over many years of days."""

from datetime import date, timedelta

import pytest

from controlroom.clock import local_date, london
from controlroom.deployments.dates import (
    add_months,
    day_of_period,
    days_left,
    last_day,
    last_meeting_before,
    monthly_meetings,
    overlap,
    review_due,
)

EVERY_DAY = [date(2023, 1, 1) + timedelta(days=n) for n in range(6 * 366)]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 10, 1), date(2026, 12, 31)),
        (
            date(2026, 8, 31),
            date(2026, 11, 29),
        ),  # 31 November does not exist: clamped to the 30th, minus a day
        (date(2026, 11, 30), date(2027, 2, 27)),
        (date(2027, 11, 30), date(2028, 2, 28)),  # leap year: 29 February, minus a day
        (date(2028, 2, 29), date(2028, 5, 28)),
        (date(2026, 5, 31), date(2026, 8, 30)),
        (date(2026, 12, 1), date(2027, 2, 28)),
    ],
)
def test_three_months_end_the_day_before_the_same_day_clamped(start, end):
    assert last_day(start) == end


def test_a_period_is_never_shorter_than_89_days_nor_longer_than_92():
    lengths = {days_left(last_day(start), start) + 1 for start in EVERY_DAY}
    assert lengths == {89, 90, 91, 92}


def test_a_later_start_never_ends_earlier():
    ends = [last_day(start) for start in EVERY_DAY]
    assert ends == sorted(ends)


def test_adding_months_lands_in_the_month_meant_on_the_same_day_or_its_last():
    for day in EVERY_DAY[:800]:
        for months in range(1, 14):
            there = add_months(day, months)
            assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
            assert there.day == day.day or (there + timedelta(days=1)).day == 1


def test_day_60_counts_the_first_day_as_day_1():
    assert day_of_period(date(2026, 10, 1), 1) == date(2026, 10, 1)
    assert day_of_period(date(2026, 10, 1), 60) == date(2026, 11, 29)


def test_review_is_due_on_day_60_when_the_last_meeting_is_late():
    start = date(2026, 10, 1)
    assert review_due(start, last_day(start), [date(2026, 12, 30)]) == date(2026, 11, 29)


def test_review_is_due_14_days_before_the_last_meeting_when_that_is_earlier():
    start = date(2026, 10, 1)  # ends 31 December
    meetings = [date(2026, 10, 22), date(2026, 11, 26), date(2027, 1, 28)]
    assert review_due(start, last_day(start), meetings) == date(2026, 11, 12)


def test_a_meeting_on_the_last_day_itself_does_not_precede_the_end():
    assert last_meeting_before(date(2026, 12, 31), [date(2026, 12, 31)], after=date(2026, 10, 1)) is None


def test_review_is_due_within_the_period_and_by_both_limits_whatever_the_day():
    for start in EVERY_DAY[:1200]:
        end = last_day(start)
        meetings = monthly_meetings(start - timedelta(days=40), end + timedelta(days=40))
        due = review_due(start, end, meetings)
        last = last_meeting_before(end, meetings, after=start)
        assert start <= due <= day_of_period(start, 60) < end
        assert last is not None
        assert due <= last - timedelta(days=14)


def test_days_left_are_nought_on_the_last_day_and_negative_after():
    end = date(2026, 11, 20)
    assert [days_left(end, end + timedelta(days=n)) for n in (-1, 0, 1)] == [1, 0, -1]


def test_days_are_londons_when_the_clocks_change():
    # 23:30 UTC on the last day of summer time's eve is already the next day in London.
    assert local_date(london(date(2026, 10, 24), 23, 30)) == date(2026, 10, 24)
    summer_night = london(date(2026, 7, 1), 0, 30)
    assert summer_night.date() == date(2026, 6, 30)  # in UTC
    assert last_day(local_date(summer_night)) == date(2026, 9, 30)
    for change in (date(2026, 3, 29), date(2026, 10, 25)):
        moments = [london(change, hour) for hour in (0, 3, 12, 23)]
        assert {local_date(moment) for moment in moments} == {change}
        assert days_left(change + timedelta(days=1), change) == 1


def test_stays_overlap_when_they_share_a_day():
    first = (date(2026, 1, 10), date(2026, 1, 20))
    assert overlap(first, (date(2026, 1, 20), None))
    assert not overlap(first, (date(2026, 1, 21), None))
    assert overlap((date(2026, 1, 1), None), first)
    assert not overlap(first, (date(2026, 1, 1), date(2026, 1, 9)))


def test_monthly_meetings_are_one_a_month_on_the_weekday_asked_for():
    days = monthly_meetings(date(2026, 1, 1), date(2027, 12, 31))
    assert len(days) == 24
    assert {day.weekday() for day in days} == {3}
    assert all(22 <= day.day <= 28 for day in days)
    assert date(2026, 11, 26) in days
