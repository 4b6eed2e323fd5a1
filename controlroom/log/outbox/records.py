"""What waits in the outbox, as the pages see it, and as plain values for its file."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from controlroom.accounts.records import Actor, Role
from controlroom.clock import require_aware
from controlroom.log.records import NewLogEntry, Snapshot


class ItemKind(StrEnum):
    """What an item of the outbox is."""

    ENTRY = "entry"
    SIGN_IN = "sign-in"  # somebody signed in from this desk's own memory while the database was away
    SIGN_OUT = "sign-out"  # and left it again
    CLOSED = "closed"  # a supervisor closed an entry the database had refused


class ItemState(StrEnum):
    """Where it stands, worded as on screen."""

    WAITING = "not yet saved"
    REFUSED = "refused"
    CLOSED = "closed"


@dataclass(frozen=True)
class OutboxItem:
    """One thing accepted on this desk. `key` is written with it, so that it is saved once.

    `occurred_at` is always known here; `away` says that the database did not answer when it was accepted.
    """

    key: str
    kind: ItemKind
    actor: Actor
    accepted_at: datetime
    occurred_at: datetime
    away: bool
    entry: NewLogEntry = field(default_factory=lambda: NewLogEntry(""))
    snapshot: Snapshot | None = None
    camera_number: str = ""
    place: str = ""
    state: ItemState = ItemState.WAITING
    reason: str = ""  # why the database refused it
    remedy: str = ""
    number: int = 0  # its place in its file


@dataclass(frozen=True)
class Saved:
    """What became of an item: it is in the database under `entry_id` (0 for what is no entry)."""

    item: OutboxItem
    entry_id: int
    recorded_at: datetime


def to_json(item: OutboxItem) -> dict[str, object]:
    """Everything of it but its place, as plain values."""
    entry, actor = item.entry, item.actor
    return {
        "key": item.key,
        "kind": item.kind.value,
        "actor": [actor.user_id, actor.handle, sorted(actor.roles), actor.epoch, actor.login],
        "accepted_at": item.accepted_at.isoformat(),
        "occurred_at": item.occurred_at.isoformat(),
        "away": item.away,
        "text": entry.text,
        "category": entry.category,
        "source": entry.source,
        "camera_id": entry.camera_id,
        "cad": entry.cad,
        "incident_id": entry.incident_id,
        "snapshot": [item.snapshot.path, item.snapshot.sha256] if item.snapshot else None,
        "camera_number": item.camera_number,
        "place": item.place,
        "reason": item.reason,
        "remedy": item.remedy,
    }


def from_json(values: dict[str, object], state: ItemState, number: int) -> OutboxItem:
    """The record again; raises KeyError, TypeError or ValueError for what we did not write."""
    given: dict = values
    user_id, handle, roles, epoch, login = given["actor"]
    occurred_at = require_aware(datetime.fromisoformat(given["occurred_at"]))
    return OutboxItem(
        key=given["key"],
        kind=ItemKind(given["kind"]),
        actor=Actor(user_id, handle, frozenset(Role(each) for each in roles), epoch, login),
        accepted_at=require_aware(datetime.fromisoformat(given["accepted_at"])),
        occurred_at=occurred_at,
        away=given["away"],
        entry=NewLogEntry(
            given["text"],
            category=given["category"],
            source=given["source"],
            camera_id=given["camera_id"],
            cad=given["cad"],
            occurred_at=occurred_at,
            incident_id=given["incident_id"],
        ),
        snapshot=Snapshot(*given["snapshot"]) if given["snapshot"] else None,
        camera_number=given["camera_number"],
        place=given["place"],
        state=state,
        reason=given["reason"],
        remedy=given["remedy"],
        number=number,
    )
