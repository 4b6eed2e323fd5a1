"""Days and pixels, and how things are put into words: no window needed."""

from datetime import date, timedelta
from itertools import pairwise

from controlroom.deployments.meetings.records import Meeting, MeetingState
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.scale import Scale, moved, window_around, window_name

TODAY = date(2026, 11, 20)


def test_a_day_and_its_pixel_agree_over_the_whole_window():
    scale = Scale(date(2026, 8, 3), date(2027, 1, 24), 180, 1200)
    for number in range(175):
        day = scale.first + timedelta(days=number)
        assert scale.x(day) == 180 + number * scale.day_width
        assert scale.end(day) == scale.x(day + timedelta(days=1))
    assert scale.x(scale.first) == 180
    assert round(scale.end(scale.last)) == 1380


def test_labels_keep_their_distance_and_name_each_month_once():
    for width in (300, 600, 1200, 2400):
        scale = Scale(date(2026, 8, 3), date(2027, 1, 24), 0, width)
        labels = scale.labels(60)
        assert all(scale.x(after) - scale.x(before) >= 60 for (before, _), (after, _) in pairwise(labels))
        months = [text.split()[1] for _, text in labels if " " in text]
        assert len(months) == len(set(months))


def test_the_window_is_whole_weeks_with_today_in_it():
    for months in (3, 6, 12):
        first, last = window_around(TODAY, months)
        assert (first.weekday(), last.weekday()) == (0, 6)
        assert first < TODAY < last
    assert window_name(window_around(TODAY, 6)) == "Aug – Jan"


def test_moving_the_window_there_and_back_stays_near():
    window = window_around(TODAY, 6)
    there = moved(window, 1)
    assert there[0] > window[0]
    assert abs((moved(there, -1)[0] - window[0]).days) <= 7
    assert there[1] - there[0] == window[1] - window[0]


def test_days_are_said_as_people_say_them():
    assert words.in_days(TODAY, TODAY) == "today"
    assert words.in_days(TODAY + timedelta(days=1), TODAY) == "tomorrow"
    assert words.in_days(TODAY + timedelta(days=6), TODAY) == "in 6 days"
    assert words.in_days(TODAY - timedelta(days=1), TODAY) == "1 day ago"
    assert [words.days_left(days) for days in (41, 1, 0, -1, -3, None)] == [
        "41 days left",
        "1 day left",
        "ends today",
        "1 day past its end",
        "3 days past its end",
        "",
    ]
    meeting = Meeting(1, date(2026, 11, 26), "10:00", "Town hall", MeetingState.PLANNED)
    assert words.meeting_line(meeting, TODAY) == "Thursday 26 November, 10:00, in 6 days"


def test_every_state_has_a_colour_and_a_word():
    from controlroom.deployments.bids.records import BidState
    from controlroom.deployments.deployments.records import Standing
    from controlroom.deployments.meetings.records import Outcome
    from controlroom.deployments.units.records import UnitState

    assert set(words.STANDING_STATES) == set(Standing)
    assert set(words.BID_STATES) == set(BidState)
    assert set(words.OUTCOME_STATES) == set(Outcome)
    assert set(words.UNIT_STATES) == set(UnitState)
    assert words.history_word("deployment.signs-up") == "signs up"
    assert words.history_word("deployment.taken-to-jag") == "taken to JAG"
