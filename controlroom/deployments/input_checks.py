"""Checks what somebody enters; shared by bids, deployments and meetings."""

from datetime import date

from controlroom.clock import show_day
from controlroom.deployments.dates import add_months
from controlroom.errors import InvalidInput
from controlroom.texts import is_blank

YEARS = 3  # a day further away than that, ahead or ago, is a slip of the hand


def far_day(day: date, today: date) -> str:
    """Why a day is too far away to be meant, in words; empty for one that is not."""
    if day > add_months(today, 12 * YEARS):
        return f"{show_day(day)} is more than three years ahead."
    return f"{show_day(day)} is more than three years ago." if day < add_months(today, -12 * YEARS) else ""


def check_near(day: date | None, today: date, *, field: str = "") -> None:
    """Raise InvalidInput for a day too far away to be meant."""
    if day is not None and (problem := far_day(day, today)):
        raise InvalidInput(problem, remedy="Correct the day.", field=field)


def needed(text: str, question: str) -> str:
    """A name or reference without blanks at its ends; raises InvalidInput asking `question` when nothing is left."""
    if is_blank(text):
        raise InvalidInput(question, remedy="Say it in a few words.")
    return text.strip()


def day_done(on: date | None, today: date, *, not_before: date | None, what: str) -> date:
    """The day something was done: `on` or today. Raises InvalidInput for a day to come or before it was possible."""
    day = on or today
    if day > today:
        raise InvalidInput(
            f"{what} on {show_day(day)} has not happened yet.", remedy="Enter it when it is done."
        )
    if not_before is not None and day < not_before:
        raise InvalidInput(f"{what} cannot be before {show_day(not_before)}.", remedy="Correct the day.")
    check_near(day, today)
    return day
