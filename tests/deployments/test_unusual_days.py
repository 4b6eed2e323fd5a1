"""Days on which few would come to a meeting: weekends, England's bank holidays, and Christmas week."""

from datetime import date

import pytest

from controlroom.deployments.unusual_days import unusual_day


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 4, 3), "Good Friday"),
        (date(2026, 4, 6), "Easter Monday"),
        (date(2027, 5, 31), "Spring Bank Holiday"),
        (date(2026, 12, 28), "Boxing Day (observed)"),
        (date(2022, 9, 19), "State Funeral of Queen Elizabeth II"),
    ],
)
def test_a_bank_holiday_of_england_is_named(day, said):
    assert f"is a bank holiday: {said}" in unusual_day(day)


@pytest.mark.parametrize("day", [date(2026, 12, 24), date(2026, 12, 30), date(2027, 12, 31)])
def test_christmas_week_is_said_on_its_working_days_too(day):
    assert "Christmas week" in unusual_day(day)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2028, 12, 24), "a Sunday and in Christmas week (24 December to 1 January)."),
        (date(2027, 12, 25), "a Saturday and a bank holiday: Christmas Day."),
        (date(2026, 11, 28), "a Saturday."),
    ],
)
def test_a_weekend_is_said_beside_whatever_else_the_day_is(day, said):
    assert unusual_day(day).endswith(f" is {said}")


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 12, 23),
        date(2026, 1, 2),
        date(2026, 11, 26),
        date(2026, 3, 17),  # a bank holiday in Northern Ireland
        date(2026, 8, 3),  # in Scotland
    ],
)
def test_nothing_is_said_of_another_day(day):
    assert unusual_day(day) == ""
