"""Maps the days of the timeline onto pixels, and names the days in view, without Qt."""

from dataclasses import dataclass
from datetime import date, timedelta

from controlroom.deployments.dates import add_months

WEEK = 7
LONG_VIEW_DAYS = 200


@dataclass(frozen=True)
class Scale:
    """Maps days from `first` to `last` (inclusive) onto pixels from `left`, `width` wide."""

    first: date
    last: date
    left: float
    width: float

    @property
    def day_width(self) -> float:
        """Pixels of one day."""
        return self.width / max(1, (self.last - self.first).days + 1)

    def x(self, day: date) -> float:
        """Where a day begins."""
        return self.left + (day - self.first).days * self.day_width

    def end(self, day: date) -> float:
        """Where a day ends: the last day of a stay counts."""
        return self.x(day + timedelta(days=1))

    def weeks(self) -> list[date]:
        """The Mondays in view."""
        monday = self.first + timedelta(days=-self.first.weekday() % WEEK)
        return [monday + timedelta(days=n) for n in range(0, (self.last - monday).days + 1, WEEK)]

    def labels(self, room: float) -> list[tuple[date, str]]:
        """Mondays that get a label, `room` pixels at least apart; the month is named where it changes."""
        step = 1
        while self.day_width * WEEK * step < room and step < 8:
            step *= 2
        found: list[tuple[date, str]] = []
        month = 0
        for monday in self.weeks()[::step]:
            text = f"{monday.day} {monday:%b}" if monday.month != month else str(monday.day)
            long_view = (self.last - self.first).days > LONG_VIEW_DAYS
            if monday.month == 1 and monday.month != month and long_view:
                text = f"{text} {monday.year}"
            month = monday.month
            found.append((monday, text))
        return found


def window_around(today: date, months: int) -> tuple[date, date]:
    """The days a view of so many months shows: whole weeks, today a little right of the middle."""
    weeks = round(months * 365.25 / 12 / WEEK) - 1
    first = today - timedelta(days=round(weeks * WEEK * 0.62))
    monday = first - timedelta(days=first.weekday())
    return monday, monday + timedelta(days=weeks * WEEK - 1)


def moved(window: tuple[date, date], months: int) -> tuple[date, date]:
    """The window moved by months, still in whole weeks."""
    first, last = window
    start = add_months(first, months)
    monday = start - timedelta(days=start.weekday())
    return monday, monday + (last - first)


def window_name(window: tuple[date, date]) -> str:
    """`Aug – Jan`; with the years where it is not plain which ones are meant."""
    first, last = window
    if (last - first).days <= LONG_VIEW_DAYS:
        return f"{first:%b} – {last:%b}"
    return f"{first:%b %Y} – {last:%b %Y}"
