"""What the status bar says of the database: never green while nothing can be saved."""

from datetime import UTC, datetime, timedelta

from controlroom.app.status_items import database_line
from controlroom.database.availability import Availability
from tests.clock import SetClock

NOW = datetime(2026, 11, 20, 22, 41, tzinfo=UTC)


def test_the_line_follows_what_is_known():
    clock = SetClock(NOW)
    availability = Availability(clock)
    assert database_line(availability, 0.0) is None
    availability.answered(3.2)
    assert database_line(availability, 0.0) == ("Database 3 ms", "live", "")
    availability.answered(900.0)
    assert database_line(availability, 0.0) == ("Database slow to answer", "warn", "")
    availability.answered(3.2)
    availability.save_failed("The disk with the data folder is full.")
    clock.advance(timedelta(minutes=5))
    availability.save_failed("The disk with the data folder is full.")
    full = ("Nothing saved since 22:41", "alarm", "The disk with the data folder is full.")
    assert database_line(availability, 0.0) == full
    availability.lost("connection refused")
    assert database_line(availability, 0.0) == ("Database away since 22:46", "alarm", "connection refused")
    availability.answered(3.2)
    assert database_line(availability, 0.0) == full
    availability.saved()
    assert database_line(availability, 0.0) == ("Database 3 ms", "live", "")
