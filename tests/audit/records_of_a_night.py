"""One record of every kind whose rows have digests, written through the services."""

from datetime import timedelta
from pathlib import Path

from controlroom.accounts.records import Role
from controlroom.configuration.service import SettingsService
from controlroom.incidents.records import IncidentAction
from controlroom.incidents.restrictions import RestrictionService
from controlroom.log.records import NewLogEntry
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
    return desk
