"""Entries logged meanwhile on an incident's cameras are offered to it, and join it when somebody says so."""

from datetime import timedelta

import pytest

from controlroom.errors import NotFound, RuleBroken
from controlroom.incidents.records import IncidentAction, NewIncident
from controlroom.incidents.restrictions import RestrictionService
from tests.builders import FRIDAY_NIGHT
from tests.incidents.desk import ROAD

pytestmark = pytest.mark.both_engines
MINUTES = timedelta(minutes=1)


def offered(desk, incident, actor=None):
    return [each.id for each in desk.incidents.incident(actor or desk.operator, incident.id).meanwhile]


def test_entries_on_its_cameras_since_it_began_are_offered_and_join_together(desk):
    other = desk.room.add_camera("015")
    before = desk.write("before it", camera_id=desk.camera.id, occurred_at=FRIDAY_NIGHT - 9 * MINUTES)
    while_writing = desk.write(
        "still writing", camera_id=desk.camera.id, occurred_at=FRIDAY_NIGHT - 4 * MINUTES
    )
    incident = desk.incidents.open_incident(
        desk.operator,
        NewIncident("robbery", "grabbed", camera_id=desk.camera.id, occurred_at=FRIDAY_NIGHT - 5 * MINUTES),
    )
    after = desk.write("ran north, CAD 1234", camera_id=desk.camera.id)
    elsewhere, nowhere = desk.write("quiet", camera_id=other.id), desk.write("telephone")
    assert offered(desk, incident) == [while_writing.id, after.id]
    assert len(desk.incidents.incident(desk.operator, incident.id).timeline) == 2  # nothing joined by itself
    for wrong in (before, elsewhere, nowhere):
        with pytest.raises(RuleBroken):
            desk.incidents.join_entries(desk.operator, incident.id, [after.id, wrong.id])
    assert offered(desk, incident) == [while_writing.id, after.id]
    joined = desk.incidents.join_entries(desk.operator, incident.id, [while_writing.id, after.id])
    assert joined.version > incident.version
    assert joined.cad == "1234/20NOV"  # the only one they name
    assert offered(desk, incident) == []
    for entry in (while_writing, after):
        assert desk.log.entry(desk.operator, entry.id).incident_reference == incident.reference
    with pytest.raises(RuleBroken):
        desk.incidents.join_entries(desk.operator, incident.id, [after.id])


def test_an_incident_told_late_is_offered_half_an_hour_at_most(desk):
    desk.write("an hour ago", camera_id=desk.camera.id, occurred_at=FRIDAY_NIGHT - 60 * MINUTES)
    near = desk.write("just before", camera_id=desk.camera.id, occurred_at=FRIDAY_NIGHT - 29 * MINUTES)
    incident = desk.incidents.open_incident(
        desk.operator,
        NewIncident("robbery", "late", camera_id=desk.camera.id, occurred_at=FRIDAY_NIGHT - 90 * MINUTES),
    )
    assert offered(desk, incident) == [near.id]


def test_entries_of_a_restricted_incident_are_never_offered_to_another(desk):
    secret = desk.open(text="kingfisher")
    RestrictionService(desk.room.database).restrict(
        desk.supervisor, secret.id, [desk.operator.user_id], "Operation Heron"
    )
    (line,) = [each for each in desk.incidents.incident(desk.operator, secret.id).timeline if each.entry]
    incident = desk.open(text="An ordinary matter")
    assert offered(desk, incident) == offered(desk, incident, desk.supervisor) == []
    for actor in (desk.operator, desk.supervisor):
        with pytest.raises((RuleBroken, NotFound)):
            desk.incidents.join_entries(actor, incident.id, [line.entry.id])


def test_a_record_that_is_closed_is_offered_nothing(desk):
    incident = desk.open()
    for action in ROAD:
        incident = desk.act(incident, action)
    entry = desk.write("afterwards", camera_id=desk.camera.id)
    assert offered(desk, incident) == []
    with pytest.raises(RuleBroken):
        desk.incidents.join_entries(desk.operator, incident.id, [entry.id])
    desk.act(incident, IncidentAction.RETURN, desk.supervisor, reason="look again")
    assert offered(desk, incident) == [entry.id]
