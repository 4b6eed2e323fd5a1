"""A room with its log and incidents, ready to be written into."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from controlroom.accounts.records import Actor
from controlroom.accounts.step_keys import StepKeys
from controlroom.cameras.records import Camera
from controlroom.incidents.links import IncidentLinks
from controlroom.incidents.records import Incident, IncidentAction, NewIncident, Result, Step
from controlroom.incidents.service import IncidentService
from controlroom.log import vocabulary
from controlroom.log.records import LogEntry, NewLogEntry
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from tests.builders import FRIDAY_NIGHT, Room, make_room
from tests.log.writing import write_entry
from tests.step_keys import open_keys

ROAD = (
    IncidentAction.MONITOR,
    IncidentAction.INFORM_POLICE,
    IncidentAction.POLICE_ARRIVE,
    IncidentAction.CONCLUDE,
    IncidentAction.SUBMIT,
)


@dataclass
class Desk:
    """The room, its services and one camera."""

    room: Room
    log: LogService
    incidents: IncidentService
    camera: Camera
    keys: StepKeys

    @property
    def operator(self) -> Actor:
        return self.room.operator

    @property
    def supervisor(self) -> Actor:
        return self.room.supervisor

    def write(self, text: str = "Two males running towards the arcade", **facts) -> LogEntry:
        return write_entry(self.log, self.operator, NewLogEntry(text, **facts))

    def open(self, category: str = "robbery", text: str = "Male grabbed a phone and ran") -> Incident:
        return self.incidents.open_incident(
            self.operator, NewIncident(category, text, camera_id=self.camera.id)
        )

    def act(self, incident: Incident, action: IncidentAction, actor: Actor | None = None, **said) -> Incident:
        if action is IncidentAction.CONCLUDE:
            said.setdefault("result", Result.ARREST)
        actor = actor or self.operator
        if action in (IncidentAction.SUBMIT, IncidentAction.APPROVE):
            open_keys(self.keys, self.room.database, actor)
        return self.incidents.act(actor, incident.id, Step(action, **said))

    def submitted(self) -> Incident:
        incident = self.open()
        for action in ROAD:
            incident = self.act(incident, action)
        return incident


def make_desk(folder: Path, at: datetime = FRIDAY_NIGHT) -> Desk:
    """A room on a temporary folder, with its services and camera 014."""
    room = make_room(folder, at)
    log = LogService(room.database, vocabulary.load(), SnapshotStore(folder / "snapshots"), IncidentLinks())
    keys = StepKeys()
    return Desk(room, log, IncidentService(log, keys), room.add_camera(), keys)
