"""A clock that tests hold in their hand."""

from datetime import datetime, timedelta

from controlroom.clock import require_aware


class SetClock:
    """A clock that stands where it is put, until it is put elsewhere."""

    def __init__(self, at: datetime) -> None:
        self.at = require_aware(at)

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by
