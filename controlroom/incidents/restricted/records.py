"""A restriction as the pages see it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Reader:
    """Somebody who may be named, or is: by id and handle, with what they are ("operator, supervisor")."""

    user_id: int
    handle: str
    roles: str


@dataclass(frozen=True)
class Restriction:
    """Who alone sees an incident, since when (UTC), named by whom and why."""

    incident_id: int
    reason: str
    by: str
    at: datetime
    readers: tuple[Reader, ...]
