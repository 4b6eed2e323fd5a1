"""Checks what may be written in the log, about which moments, and what counts as late. Pure."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from controlroom.clock import local_date
from controlroom.errors import InvalidInput
from controlroom.log import search
from controlroom.log.records import NewLogEntry
from controlroom.log.vocabulary import Vocabulary
from controlroom.texts import clean, is_blank, required

LATE_AFTER = timedelta(minutes=15)  # the setting late_entry_minutes says otherwise
AHEAD = timedelta(minutes=1)  # two desks' clocks may differ by this much
OLDEST = timedelta(days=366)  # older than this is a slip of the year
LONGEST_TEXT = 4000  # characters


def check_entry(new: NewLogEntry, now: datetime, vocabulary: Vocabulary) -> NewLogEntry:
    """The entry as it is written: its moment known, its CAD in normal form or found in its text.

    `now` is when it was told: the moment it is written, or was accepted on a desk. Raises InvalidInput for what cannot
    be an entry.
    """
    text = check_text(new.text)
    vocabulary.check_category(new.category, of_incident=False)
    vocabulary.check_source(new.source)
    at = check_moment(new.occurred_at or now, now)
    return replace(new, text=text, occurred_at=at, cad=check_cad(new.cad, at, text))


def check_cad(typed: str, at: datetime, text: str) -> str:
    """The CAD in normal form, or the first one named in the text. Raises InvalidInput for what is none."""
    return search.normal_cad(typed, local_date(at)) or search.cad_in(text, local_date(at))


def cad_problem(typed: str) -> str:
    """Why this is no CAD, in words; empty for one, and for nothing."""
    try:
        search.normal_cad(typed, date.min)  # the day only completes a bare number
    except InvalidInput as error:
        return str(error)
    return ""


def check_addendum(reason: str, text: str) -> tuple[str, str]:
    """An addendum's reason and text as they are written. Raises InvalidInput when either is missing or too long."""
    return check_reason(reason), check_text(text, "addendum")


def check_text(text: str, what: str = "entry") -> str:
    """The text as it is written (`texts.clean`). Raises InvalidInput when there is none, or far too much."""
    cleaned = clean(text, LONGEST_TEXT, field="text")
    if is_blank(cleaned):
        raise InvalidInput(f"The {what} has no text.", remedy="Write what happened.", field="text")
    return cleaned


def check_reason(reason: str) -> str:
    """The reason as it is written; raises InvalidInput when there is none."""
    return required(
        reason,
        "The addendum does not say why.",
        "Write what was wrong or missing.",
        longest=LONGEST_TEXT,
        field="reason",
    )


def check_moment(at: datetime, now: datetime) -> datetime:
    """`at`, or `now` when it is ahead by no more than clocks differ. Raises InvalidInput for an impossible moment."""
    if at > now + AHEAD:
        raise InvalidInput("That time is still to come.", remedy="Check the time and the day.")
    if at < now - OLDEST:
        raise InvalidInput("That time is more than a year ago.", remedy="Check the day and the year.")
    return min(at, now)


def is_late(occurred_at: datetime, recorded_at: datetime, after: timedelta = LATE_AFTER) -> bool:
    """True when an entry was written so long after the event that it is marked."""
    return recorded_at - occurred_at >= after
