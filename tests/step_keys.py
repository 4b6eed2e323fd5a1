"""The signing keys of everybody in a room, open at once: what several desks hold, in one object for a test."""

from controlroom.accounts.records import Actor
from controlroom.accounts.step_keys import StepKeys
from tests.builders import PASSWORD, Room


def step_keys_of(room: Room, *more: Actor) -> StepKeys:
    """Keys of those who purge, made as their first sign-in makes them; nobody approved any."""
    held = StepKeys()
    for actor in (room.administrator, room.supervisor, *more):
        desk = StepKeys()
        desk.open(room.database, actor.handle, PASSWORD)
        held._open |= desk._open
    return held
