"""Opening incidents, working on them, and finding them again."""

from datetime import timedelta

import pytest

from controlroom.audit import service as audit
from controlroom.audit.signing import AuditFiles
from controlroom.care.checking import check
from controlroom.care.records import Health
from controlroom.clock import show_time
from controlroom.errors import (
    Conflict,
    ControlRoomError,
    InvalidInput,
    NotFound,
    PermissionRefused,
    RuleBroken,
)
from controlroom.incidents.records import (
    Amendment,
    IncidentAction,
    IncidentFilter,
    IncidentState,
    NewIncident,
    Origin,
    Result,
    Step,
    StepLine,
    Theme,
)
from controlroom.incidents.timeline import read_aloud
from controlroom.log.records import NewLogEntry
from controlroom.settings import Settings
from tests.builders import FRIDAY_NIGHT
from tests.engines import tamper
from tests.log.writing import write_entry

pytestmark = pytest.mark.both_engines

A, S = IncidentAction, IncidentState


def found(desk, **fields):
    part = desk.incidents.incidents(desk.operator, IncidentFilter(**fields))
    return [incident.reference for incident in part.records]


def test_one_action_on_a_tile_opens_incident_and_entry_with_picture_and_audit(desk, tmp_path):
    picture = tmp_path / "tile.jpg"
    picture.write_bytes(b"a picture")
    incident = desk.incidents.open_incident(
        desk.operator,
        NewIncident(
            "robbery",
            "Phone snatched",
            camera_id=desk.camera.id,
            occurred_at=FRIDAY_NIGHT - timedelta(minutes=1),
            snapshot=picture,
        ),
    )
    assert incident.reference == "INC-2026-00001"
    assert (incident.state, incident.origin) == (S.OPEN, Origin.PROACTIVE)
    assert (incident.cameras, incident.place, incident.ward) == (("014",), "George Street", "Fairfield")
    assert incident.headline == "Phone snatched"
    entry = desk.log.entries(desk.operator).records[0]
    assert (entry.incident_reference, entry.camera_number) == ("INC-2026-00001", "014")
    assert entry.snapshot is not None
    assert entry.occurred_at == incident.occurred_at == FRIDAY_NIGHT - timedelta(minutes=1)
    with desk.room.database.read() as session:
        actions = [each.action for each in audit.newest(session)][:2]
        assert actions == ["log.written", "incident.opened"]
        assert audit.verify(session).sound


def test_an_incident_that_cannot_be_saved_leaves_no_entry_no_number_and_no_picture(desk, tmp_path):
    picture = tmp_path / "tile.jpg"
    picture.write_bytes(b"a picture")
    with pytest.raises(InvalidInput):
        desk.incidents.open_incident(
            desk.operator, NewIncident("gossip", "Phone snatched", camera_id=desk.camera.id, snapshot=picture)
        )
    assert desk.log.entries(desk.operator).records == ()
    assert not [path for path in desk.log.snapshots.folder.rglob("*") if path.is_file()]
    assert desk.open().reference == "INC-2026-00001"


def test_who_found_it_follows_from_the_source_and_may_be_set(desk):
    asked = desk.incidents.open_incident(desk.operator, NewIncident("fire", "Smoke reported", "Met Control"))
    assert asked.origin is Origin.REACTIVE
    new = NewIncident("fire", "Smoke seen first", "Met Control", origin=Origin.PROACTIVE)
    assert desk.incidents.open_incident(desk.operator, new).origin is Origin.PROACTIVE


def test_an_incident_without_a_camera_has_a_place(desk):
    new = NewIncident(
        "missing person", "Elderly female", "telephone", place="Queen's Gardens", ward="Fairfield"
    )
    incident = desk.incidents.open_incident(desk.operator, new)
    assert (incident.place, incident.ward, incident.cameras) == ("Queen's Gardens", "Fairfield", ())


def test_an_incident_can_begin_with_an_entry_already_written(desk):
    entry = desk.write("Group gathering", camera_id=desk.camera.id)
    incident = desk.incidents.open_from_entry(desk.operator, entry.id, "rowdy behaviour")
    assert incident.headline == "Group gathering"
    assert incident.cameras == ("014",)
    with pytest.raises(RuleBroken, match=incident.reference):
        desk.incidents.open_from_entry(desk.operator, entry.id, "noise")


def test_entries_and_their_cameras_join_the_incident(desk):
    other = desk.room.add_camera("015", "George Street, arcade")
    incident = desk.open()
    write_entry(
        desk.log,
        desk.operator,
        NewLogEntry("Ran into the arcade", incident_id=incident.id, camera_id=other.id),
    )
    alone = desk.write("Same male at the tram stop", camera_id=other.id)
    incident = desk.incidents.link_entry(desk.operator, incident.id, alone.id)
    assert incident.cameras == ("014", "015")
    lines = desk.incidents.incident(desk.operator, incident.id).timeline
    assert [line.entry.text for line in lines if line.entry] == [
        "Male grabbed a phone and ran",
        "Ran into the arcade",
        "Same male at the tram stop",
    ]


def test_agencies_are_told_with_their_times(desk):
    incident = desk.open("fire", "Smoke from a bin store")
    at = FRIDAY_NIGHT + timedelta(minutes=2)
    desk.room.clock.advance(timedelta(minutes=4))
    desk.incidents.inform_agency(desk.operator, incident.id, "London Fire Brigade", "999 by telephone", at)
    line = desk.incidents.incident(desk.operator, incident.id).timeline[-1]
    assert (line.title, line.text, line.at) == ("London Fire Brigade informed", "999 by telephone", at)
    with pytest.raises(InvalidInput):
        desk.incidents.inform_agency(desk.operator, incident.id, "The neighbours")


def test_the_timeline_can_be_read_aloud_in_order(desk):
    incident = desk.submitted()
    text = read_aloud(desk.incidents.incident(desk.operator, incident.id).timeline, show_time)
    assert [line.split("  ")[1].split(" (")[0] for line in text.splitlines()] == [
        "INC-2026-00001 opened: robbery, operator's own sighting, proactive.",
        "Camera 014, George Street. Male grabbed a phone and ran",
        "Monitoring started.",
        "Police informed.",
        "Police on scene.",
        "Concluded: arrest.",
        "Submitted for review.",
    ]
    assert text.startswith("22:41  INC")


def test_informing_the_police_files_the_cad(desk):
    incident = desk.act(desk.open(), A.MONITOR)
    incident = desk.act(incident, A.INFORM_POLICE, cad="4417")
    assert incident.cad == "4417/20NOV"
    assert found(desk, words="4417/20nov") == [incident.reference]


def test_what_it_is_filed_under_can_be_changed_while_it_is_worked_on_and_the_timeline_says_so(desk):
    incident = desk.open()
    changes = Amendment(category="theft from person", crime_reference="0123456 / 26")
    incident = desk.incidents.amend(desk.operator, incident.id, changes)
    assert (incident.category, incident.crime_reference) == ("theft from person", "0123456/26")
    line = desk.incidents.incident(desk.operator, incident.id).timeline[-1]
    assert line.title == "Changed: category robbery → theft from person; crime reference none → 0123456/26"
    with pytest.raises(InvalidInput, match="Nothing was changed"):
        desk.incidents.amend(desk.operator, incident.id, changes)


def test_no_step_is_taken_before_the_incident_happened(desk):
    incident = desk.open()
    with pytest.raises(InvalidInput, match="before the incident happened"):
        desk.act(incident, A.MONITOR, at=incident.occurred_at - timedelta(days=16))
    assert desk.act(incident, A.MONITOR, at=incident.occurred_at).state is S.MONITORING


def test_a_theme_is_said_when_concluding_and_can_be_changed_or_taken_away_until_it_is_submitted(desk):
    incident = desk.act(desk.open(), A.MONITOR)
    incident = desk.act(incident, A.CONCLUDE, result=Result.DISPERSED, theme=Theme.OFFENDER)
    assert incident.theme is Theme.OFFENDER
    assert desk.incidents.incident(desk.operator, incident.id).timeline[-1].step.detail == "theme offender"
    incident = desk.incidents.amend(desk.operator, incident.id, Amendment(theme=Theme.LOCATION))
    assert incident.theme is Theme.LOCATION
    assert desk.incidents.amend(desk.operator, incident.id, Amendment(theme="")).theme is None
    with pytest.raises(ValueError, match="weather"):
        desk.incidents.amend(desk.operator, incident.id, Amendment(theme="weather"))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("closed", [S.SUBMITTED, S.APPROVED])
def test_a_record_under_review_or_approved_takes_nothing_but_addenda(desk, closed):
    incident = desk.submitted()
    if closed is S.APPROVED:
        incident = desk.act(incident, A.APPROVE, desk.supervisor)
    alone = desk.write("Alone")
    for attempt in (
        lambda: write_entry(desk.log, desk.operator, NewLogEntry("more", incident_id=incident.id)),
        lambda: write_entry(desk.log, desk.operator, NewLogEntry("more", incident_id=incident.id)),
        lambda: desk.incidents.link_entry(desk.operator, incident.id, alone.id),
        lambda: desk.incidents.amend(desk.operator, incident.id, Amendment(category="noise")),
        lambda: desk.incidents.inform_agency(desk.operator, incident.id, "Licensing"),
    ):
        with pytest.raises(RuleBroken):
            attempt()
    after = desk.incidents.add_addendum(desk.operator, incident.id, "asked by the police", "Bag was blue")
    assert (after.state, after.version) == (incident.state, incident.version)
    line = desk.incidents.incident(desk.operator, incident.id).timeline[-1]
    assert (line.title, line.text) == ("Addendum", "asked by the police Bag was blue")


def test_two_editors_of_one_incident_are_told(desk):
    incident = desk.open()
    desk.act(incident, A.MONITOR)
    with pytest.raises(Conflict, match="monitoring now"):
        desk.incidents.act(desk.operator, incident.id, Step(A.MONITOR, seen_version=incident.version))
    with pytest.raises(Conflict):
        desk.incidents.amend(desk.operator, incident.id, Amendment(place="x"), seen_version=incident.version)


def test_a_refused_step_leaves_everything_as_it_was(desk):
    incident = desk.act(desk.open(), A.MONITOR)
    for wrong in (
        {"result": None},
        {"outcome": "a stern look"},
        {"at": FRIDAY_NIGHT + timedelta(days=1)},
    ):
        with pytest.raises(ControlRoomError):
            desk.act(incident, A.CONCLUDE, **wrong)
    assert desk.incidents.incident(desk.operator, incident.id).incident == incident


def test_incidents_are_found_by_reference_number_street_camera_cad_and_words(desk):
    first = desk.open()
    second = desk.incidents.open_incident(
        desk.operator, NewIncident("fire", "Smoke", "telephone", place="Brigstock Road", cad="99/1JAN")
    )
    desk.incidents.amend(desk.operator, second.id, Amendment(crime_reference="0123456/26"))
    for words, expected in (
        ("INC-2026-00001", first),
        ("inc-2", second),
        ("00002", second),
        ("brigstock", second),
        ("george robbery", first),
        ("014", first),
        ("99/01jan", second),
        ("0123456/26", second),
    ):
        assert found(desk, words=words) == [expected.reference], words


def test_incidents_are_filtered_by_state_camera_category_author_ward_origin_and_time(desk):
    first = desk.submitted()
    second = desk.incidents.open_incident(desk.supervisor, NewIncident("fire", "Smoke", "telephone"))
    one, two = first.reference, second.reference
    for fields, expected in (
        ({"states": frozenset({S.SUBMITTED, S.RETURNED})}, [one]),
        ({"camera_number": "014"}, [one]),
        ({"category": "fire"}, [two]),
        ({"author": "Supervisor 02"}, [two]),
        ({"ward": "Fairfield"}, [one]),
        ({"origin": Origin.REACTIVE}, [two]),
        ({"result": Result.ARREST}, [one]),
        ({"since": FRIDAY_NIGHT}, [two, one]),
        ({"until": FRIDAY_NIGHT}, []),
    ):
        assert found(desk, **fields) == expected, fields


def test_pages_of_incidents_follow_one_another(desk):
    references = [desk.open().reference for _ in range(5)]
    first = desk.incidents.incidents(desk.operator, limit=3)
    rest = desk.incidents.incidents(desk.operator, limit=3, after=first.next)
    assert [each.reference for each in (*first.records, *rest.records)] == references[::-1]
    assert rest.next is None


def test_numbers_start_again_each_year_of_london(desk):
    desk.open()
    desk.room.clock.at = desk.room.clock.at.replace(month=12, day=31, hour=23, minute=59)
    assert desk.open().reference == "INC-2026-00002"
    desk.room.clock.advance(timedelta(minutes=2))
    assert desk.open().reference == "INC-2027-00001"


def test_an_unknown_incident_is_said_to_be_unknown(desk):
    with pytest.raises(NotFound):
        desk.incidents.incident(desk.operator, 99)
    with pytest.raises(NotFound, match="INC-2026-00099"):
        desk.incidents.incident(desk.operator, "INC-2026-00099")


@pytest.mark.parametrize("column", ["theme", "result"])
def test_a_word_that_is_none_of_ours_hides_no_incident_and_the_check_names_it(desk, column):
    odd, good = desk.open(), desk.open()
    tamper(desk.room.folder, f"UPDATE incidents SET {column} = 'zzz' WHERE id = {odd.id}")
    assert found(desk) == [good.reference, odd.reference]
    assert getattr(desk.incidents.incident(desk.operator, odd.id).incident, column) is None
    findings = check(desk.room.database, desk.room.folder, AuditFiles.of(desk.room.folder, Settings()))
    faults = [each.words for each in findings if each.health is Health.FAULT]
    assert any(f"incidents {odd.id}: its {column} is 'zzz'" in each for each in faults)


def test_permissions(desk):
    with pytest.raises(PermissionRefused):
        desk.incidents.open_incident(desk.room.coordinator, NewIncident("fire", "Smoke"))
    incident = desk.open()
    with pytest.raises(PermissionRefused):
        desk.act(incident, A.MONITOR, desk.room.auditor)
    with pytest.raises(PermissionRefused):
        desk.incidents.incident(desk.room.administrator, incident.id)
    read = desk.incidents.incident(desk.room.auditor, incident.id)
    assert (read.actions, read.may_write, read.may_add_addendum) == ((), False, False)


def test_the_badge_counts_what_waits_for_each_role(desk):
    incident = desk.submitted()
    assert desk.incidents.awaiting(desk.supervisor) == 1
    assert desk.incidents.awaiting(desk.operator) == 0
    desk.act(incident, A.RETURN, desk.supervisor, reason="times are missing")
    assert desk.incidents.awaiting(desk.supervisor) == 0
    assert desk.incidents.awaiting(desk.operator) == 1
    assert desk.incidents.awaiting(desk.room.auditor) == 0


def test_an_export_of_incidents_needs_permission_and_is_noted(desk):
    desk.open()
    assert len(desk.incidents.export(desk.supervisor, IncidentFilter())) == 1
    with desk.room.database.read() as session:
        assert audit.newest(session)[0].action == "incident.exported"
    with pytest.raises(PermissionRefused):
        desk.incidents.export(desk.operator, IncidentFilter())


def test_a_step_told_late_says_so_for_ever_whatever_counts_as_late_later(desk):
    incident, agency = desk.open(), desk.incidents.vocabulary.agencies[1]
    desk.room.clock.advance(timedelta(hours=3))
    desk.act(incident, IncidentAction.MONITOR, at=FRIDAY_NIGHT + timedelta(minutes=1))
    desk.act(incident, IncidentAction.INFORM_POLICE)
    desk.incidents.inform_agency(desk.operator, incident.id, agency, at=FRIDAY_NIGHT + timedelta(minutes=2))
    lines = desk.incidents.incident(desk.operator, incident.id).timeline
    late = {line.title: line.late for line in lines if isinstance(line, StepLine)}
    assert [title for title, is_late in late.items() if is_late] == [
        "Monitoring started: late: written 21 Nov 2026 01:41",
        f"{agency} informed, late: written 21 Nov 2026 01:41",
    ]


def test_an_incident_opened_long_after_it_happened_says_so(desk):
    desk.room.clock.advance(timedelta(hours=3))
    new = NewIncident("robbery", "Told at the counter", camera_id=desk.camera.id, occurred_at=FRIDAY_NIGHT)
    incident = desk.incidents.open_incident(desk.operator, new)
    lines = desk.incidents.incident(desk.operator, incident.id).timeline
    opened = next(line for line in lines if isinstance(line, StepLine))
    assert (opened.late, opened.at) == (True, FRIDAY_NIGHT)
    assert opened.title.endswith("late: written 21 Nov 2026 01:41")


def test_two_desks_five_minutes_apart_the_timeline_begins_with_opened_and_keeps_the_order_of_its_steps(desk):
    incident = desk.open()
    for action in (IncidentAction.MONITOR, IncidentAction.INFORM_POLICE, IncidentAction.POLICE_ARRIVE):
        desk.room.clock.advance(timedelta(minutes=-5 if action is IncidentAction.INFORM_POLICE else 1))
        desk.act(incident, action)
    lines = desk.incidents.incident(desk.operator, incident.id).timeline
    titles = [line.title.partition(":")[0] for line in lines if isinstance(line, StepLine)]
    assert titles[0].endswith("opened")
    assert titles[1:] == ["Monitoring started", "Police informed", "Police on scene"]
    assert lines[0].title.startswith(incident.reference)
