"""One record of every kind whose rows have digests, written through the services."""

from datetime import timedelta
from pathlib import Path

from controlroom.accounts.records import Role
from controlroom.cameras.holds.records import Holder
from controlroom.cameras.holds.rules import Ended, Ending, Held
from controlroom.configuration.service import SettingsService
from controlroom.incidents.records import IncidentAction
from controlroom.incidents.restrictions import RestrictionService
from controlroom.log.records import NewLogEntry
from controlroom.recording.hold_store import HoldStore
from tests.builders import Room
from tests.deployments.builders import desk_over
from tests.incidents.desk import Desk, make_desk
from tests.log.writing import write_addendum, write_entry


def write_a_night(folder: Path) -> Desk:
    """Incident 1 is approved, 2 is for named people; log entry 1 belongs to 1, 2 to 2, 3 is late with an addendum."""
    desk = make_desk(folder)
    room = desk.room
    first = desk.submitted()
    desk.act(first, IncidentAction.APPROVE, desk.supervisor)
    second = desk.open("burglary", "Door forced")
    named = [desk.operator.user_id, desk.supervisor.user_id]
    RestrictionService(room.database).restrict(desk.supervisor, second.id, named, "an officer is involved")
    late = NewLogEntry(
        "Bins on fire", occurred_at=room.clock.at - timedelta(hours=3), camera_id=desk.camera.id
    )
    entry = write_entry(desk.log, desk.operator, late)
    write_addendum(desk.log, desk.operator, entry.id, "place", "it was behind number 4")
    jag = desk_over(room)
    jag.live(jag.unit())
    SettingsService(room.database, folder).change(room.administrator, "site_name", "Night room")
    new = room.accounts.add(
        room.administrator, "night.09", "Operator 09", "four dull random words", [Role.OPERATOR]
    )
    room.accounts.set_roles(room.administrator, new.id, [Role.OPERATOR, Role.COORDINATOR])
    room.accounts.set_roles(room.administrator, new.id, [Role.OPERATOR])
    room.add_camera("015", "North End")
    count_holds(room, desk.camera.id, 12, 0, 3)
    return desk


def count_holds(room: Room, camera_id: int, *moves: int) -> None:
    """The recorder counts holds of the operator, each with so many movements."""
    who = Holder("desk 1", room.operator.handle, user_id=room.operator.user_id)
    held = [
        Held(str(camera_id), 1, who, since=10.0, until=100.0, moved_at=90.0, moves=each) for each in moves
    ]
    ended = [Ended(each, Ending.RELEASED, free=True, at=100.0) for each in held]
    assert HoldStore(room.database).count(ended, 100.0) == len(moves)
