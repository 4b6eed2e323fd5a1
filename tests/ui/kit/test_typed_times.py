"""How a day and a time are read from what people type."""

from datetime import date, time

import pytest

from controlroom.ui.kit.typed_times import Unreadable, When, read_day, read_time, show_weekday

TODAY = date(2026, 11, 30)
NEW_YEAR_1970 = date(1970, 1, 1)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        *(
            (typed, NEW_YEAR_1970)
            for typed in (
                "1.1.70",
                "01/01/1970",
                "1-1-70",
                "1 1 70",
                " 1. 1. 1970 ",
                "1 Jan 70",
                "1 January 1970",
                "1st jan. 1970",
                "1-Jan-70",
                "1jan70",
                "Thu 1 Jan 1970",
                "thursday, 1 January 1970",
                "1970-01-01",
                "1970/1/1",
                "\uff11.\uff11.\uff17\uff10",
            )
        ),
        ("3/4/26", date(2026, 4, 3)),  # not the 4th of March
        ("29.2.28", date(2028, 2, 29)),
        ("1.9.68", date(2068, 9, 1)),
        ("1.9.69", date(1969, 9, 1)),
        ("24 sept 26", date(2026, 9, 24)),
        ("today", TODAY),
        ("Tomorrow", date(2026, 12, 1)),
        ("yesterday", date(2026, 11, 29)),
    ],
)
def test_a_day_is_read_as_a_british_desk_types_it(typed: str, day: date):
    assert read_day(typed, TODAY) == day


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("31.2.26", "There is no day “31.2.26”."),
        ("31/2", "There is no day “31/2”."),
        ("1.13.26", "There is no day “1.13.26”."),
        ("12/31/2026", "There is no day “12/31/2026”."),
        ("1 foo 26", "There is no day “1 foo 26”."),
        ("Fri 1 Jan 1970", "1 Jan 1970 is a Thursday."),
        *(
            (typed, f"“{typed}” is not a day. Type it as 24.12.2026, 24 Dec, today or tomorrow.")
            for typed in ("1.1/70", "1.1.970", "soon", "1.1.70 ish", "2026", "10170")
        ),
    ],
)
def test_what_is_no_day_is_refused_and_never_guessed(typed: str, said: str):
    with pytest.raises(Unreadable) as refused:
        read_day(typed, TODAY)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("typed", "today", "when", "day"),
    [
        ("24 dec", TODAY, "any", date(2026, 12, 24)),
        ("24 dec", TODAY, "past", date(2025, 12, 24)),
        ("25.12.", TODAY, "future", date(2026, 12, 25)),
        ("30/12", date(2027, 1, 2), "any", date(2026, 12, 30)),
        ("30/12", date(2027, 1, 2), "past", date(2026, 12, 30)),
        ("30/12", date(2027, 1, 2), "future", date(2027, 12, 30)),
        ("30-11", TODAY, "past", TODAY),
        ("30th Nov.", TODAY, "future", TODAY),
        ("29 2", TODAY, "any", date(2028, 2, 29)),
        ("29.2.", TODAY, "past", date(2024, 2, 29)),
    ],
)
def test_a_day_without_a_year_is_the_nearest_such_day(typed: str, today: date, when: When, day: date):
    assert read_day(typed, today, when) == day


def test_a_day_without_a_year_keeps_to_the_bounds_of_its_field():
    assert read_day("24 dec", TODAY, latest=date(2026, 12, 1)) == date(2025, 12, 24)
    assert read_day("1.11.", TODAY, earliest=TODAY) == date(2027, 11, 1)
    assert read_day("1.11.", TODAY, "future", latest=TODAY) == date(2026, 11, 1)


def test_the_example_in_a_message_is_of_this_year():
    with pytest.raises(Unreadable, match=r"as 24\.12\.2031, 24 Dec,"):
        read_day("soon", date(2031, 5, 1))


def test_a_day_as_it_is_shown_is_read_again():
    day = date(2024, 2, 26)
    for days in range(10):
        shown = show_weekday(date.fromordinal(day.toordinal() + days))
        assert show_weekday(read_day(shown, TODAY)) == shown


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("21:30", time(21, 30)),
        ("2130", time(21, 30)),
        ("9.05", time(9, 5)),
        ("930", time(9, 30)),
        ("0:00", time(0, 0)),
        ("21:30:15", time(21, 30, 15)),
        ("213015", time(21, 30, 15)),
        ("10", time(10, 0)),
        ("7", time(7, 0)),
    ],
)
def test_a_time_is_read_as_it_is_typed(typed: str, read: time):
    assert read_time(typed) == read


@pytest.mark.parametrize("typed", ["24:00", "2160", "25", "21305", "9:5", "noon", "-1:00"])
def test_what_is_no_time_is_refused(typed: str):
    with pytest.raises(Unreadable):
        read_time(typed)
