"""Asks what planning, moving and cancelling a JAG meeting need to know."""

from collections.abc import Sequence
from datetime import date

from controlroom.clock import show_day
from controlroom.deployments.dates import add_months
from controlroom.deployments.meetings.proposals import monthly_proposals, next_meeting_day
from controlroom.deployments.meetings.records import Meeting
from controlroom.deployments.meetings.rules import meeting_day_problem
from controlroom.deployments.unusual_days import unusual_day
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormSpec
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.forms import form
from controlroom.ui.pages.deployments.tab import Context

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
WEEKS = (("first", 1), ("second", 2), ("third", 3), ("fourth", 4))


def plan(desk: Context, meetings: Sequence[Meeting]) -> FormSpec:
    """A new meeting; hour and place as those of the last of all `meetings`, if there is one."""
    add, actor, today = desk.services.meetings.plan, desk.session.actor, desk.today
    return form(
        "Plan a meeting",
        lambda **when: add(actor, **when),
        _day(next_meeting_day(today, [each.day for each in meetings]), today),
        *_hour_and_place(meetings[-1] if meetings else None),
        confirm="Plan meeting",
        said=lambda meeting: f"Meeting planned for {show_day(meeting.day)}",
    )


def plan_year(desk: Context, meetings: Sequence[Meeting]) -> FormSpec:
    """Every meeting of the next twelve months that is not planned yet."""
    add, actor, today = desk.services.meetings.plan_ahead, desk.session.actor, desk.today
    until = add_months(today, 12)

    def unusual(week: int, weekday: int) -> str:
        taken = [each.day for each in meetings]
        found = monthly_proposals(today, until, taken, week=week, weekday=weekday)
        return " ".join(_instead(asked, day) for asked, day in found.items() if asked != day)

    return form(
        "Plan the next twelve months",
        lambda **when: add(actor, until, **when),
        Field("week", "Week of the month", "choice", value=4, choices=WEEKS),
        Field(
            "weekday",
            "Day of the week",
            "choice",
            value=3,
            choices=[(name, number) for number, name in enumerate(WEEKDAYS)],
            tell=lambda answers: unusual(answers["week"], answers["weekday"]),
        ),
        *_hour_and_place(meetings[-1] if meetings else None),
        confirm="Plan meetings",
        text="Months that have a meeting already are left alone.",
        said=lambda planned: f"{words.count(len(planned), 'meeting')} planned",
    )


def move(desk: Context, meeting: Meeting) -> FormSpec:
    """Another day, hour or place."""
    change, actor = desk.services.meetings.move, desk.session.actor
    return form(
        "Move the meeting",
        lambda **when: change(actor, meeting.id, **when),
        _day(meeting.day, desk.today, stays=True),
        *_hour_and_place(meeting),
        confirm="Move meeting",
        text="What is on its agenda goes with it.",
        said=lambda moved: f"The meeting is on {show_day(moved.day)}, {moved.time}",
    )


def cancel(desk: Context, meeting: Meeting) -> FormSpec:
    """Why it is cancelled."""
    drop, actor = desk.services.meetings.cancel, desk.session.actor
    return form(
        "Cancel the meeting",
        lambda **answers: drop(actor, meeting.id, **answers),
        Field("reason", "Why", "text", needed="Say why it is cancelled.", in_words=True),
        confirm="Cancel meeting",
        said=f"The meeting of {show_day(meeting.day)} is cancelled",
    )


def _instead(asked: date, day: date | None) -> str:
    planned = (
        f"Planned for {show_day(day)} instead."
        if day is not None
        else "No other week will do: none is planned."
    )
    return f"{unusual_day(asked)} {planned}"


def _day(proposed: date, today: date, *, stays: bool = False) -> Field:
    """The day of a meeting; with `stays` the proposed one is right, whenever it is."""

    def problem(day: date) -> str:
        return "" if stays and day == proposed else meeting_day_problem(day, today)

    return Field(
        "day",
        "Day",
        "day",
        value=proposed,
        when="future",
        check=problem,
        tell=lambda asked: problem(asked["day"]) or unusual_day(asked["day"]),
    )


def _hour_and_place(last: Meeting | None) -> tuple[Field, Field]:
    time, place = (last.time, last.place) if last else ("10:00", "")
    return Field("time", "Hour", "time", value=time), Field("place", "Place", value=place, needed=True)
