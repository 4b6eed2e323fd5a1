"""The signing keys of everybody in a room, open at once: what several desks hold, in one object for a test."""

from controlroom.accounts.records import Actor
from controlroom.accounts.step_keys import StepKeys
from controlroom.database.unit_of_work import Database
from tests.builders import PASSWORD, Room


def step_keys_of(room: Room, *more: Actor) -> StepKeys:
    """Keys of those who purge, made as their first sign-in makes them; nobody approved any."""
    return open_keys(StepKeys(), room.database, room.administrator, room.supervisor, *more)


def open_keys(held: StepKeys, database: Database, *actors: Actor) -> StepKeys:
    """Open more people's keys, beside those that are `held` already."""
    for actor in actors:
        if held.of(actor.handle) is None:
            desk = StepKeys()
            desk.open(database, actor.handle, PASSWORD)
            held._open |= desk._open
    return held
