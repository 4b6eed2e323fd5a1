"""The order of a deployment is kept by the database, whatever way somebody writes: a new row, or a change of one."""

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from controlroom.audit import service as audit
from controlroom.database import migrations
from controlroom.deployments.deployments.rules import ROAD
from controlroom.deployments.deployments.tables import DeploymentRow, PeriodRow
from controlroom.errors import ControlRoomError
from tests.deployments.builders import days

pytestmark = pytest.mark.both_engines
FORGED = {"reference": "'DEP-2026-00099'", "id": "99"}


def copied(desk, deployment_id, **changed):
    """Insert a copy of a deployment with these columns changed (SQL)."""
    columns = [each["name"] for each in inspect(desk.room.database.engine).get_columns("deployments")]
    values = [(FORGED | changed).get(each, each) for each in columns]
    run(
        desk,
        f"INSERT INTO deployments ({', '.join(columns)}) SELECT {', '.join(values)} FROM deployments "
        f"WHERE id = {deployment_id}",
    )


def verified(desk):
    with desk.room.database.read() as session:
        return audit.verify(session)


def run(desk, statement):
    with desk.room.database.write() as work:
        work.session.execute(text(statement))


def refused(desk, statement):
    with pytest.raises(ControlRoomError):
        run(desk, statement)


@pytest.mark.parametrize(
    "changed",
    [
        {},  # live by another bid's decision, without checks or period
        {"state": "'ending'", "remove_by": "'2099-01-01'"},
        {
            "state": "'installed'",
            "installed_on": "'2026-01-01'",
            "dpia_on": "'2026-11-01'",
            "live_on": "NULL",
        },
        {"state": "'removed'", "removed_on": "'2026-11-20'"},
        {"state": "'planned'"},  # with all its days in the columns
    ],
)
def test_no_deployment_begins_anywhere_but_as_a_plan(desk, changed):
    live, other = desk.live(desk.unit()), desk.assessed("Broom Road")
    unit = desk.unit("RDC-02")
    with pytest.raises(ControlRoomError):
        copied(desk, live.id, bid_id=str(other.id), unit_id=str(unit.id), **changed)


def test_a_plan_goes_no_shorter_way_to_a_live_camera(desk):
    live = desk.live(desk.unit())
    plan = desk.services.deployments.plan(desk.coordinator, desk.assessed("Broom Road").id)
    unit = desk.unit("RDC-02")
    columns = (
        f"unit_id = {unit.id}, dpia = 'passed', installed_on = '2026-11-20', signs_up_on = '2026-11-20', "
        "test_image = 'view.jpg', live_on = '2026-11-20'"
    )
    decision = f"decision_id = (SELECT decision_id FROM deployments WHERE id = {live.id})"
    refused(desk, f"UPDATE deployments SET state = 'live', {columns}, {decision} WHERE id = {plan.id}")
    refused(desk, f"UPDATE deployments SET {decision} WHERE id = {plan.id}")
    refused(desk, f"UPDATE deployments SET state = 'scheduled' WHERE id = {plan.id}")
    run(desk, f"UPDATE deployments SET state = 'surveyed' WHERE id = {plan.id}")
    refused(desk, f"UPDATE deployments SET state = 'scheduled' WHERE id = {plan.id}")


def test_nothing_goes_up_or_live_without_its_checks_its_day_and_its_period(desk):
    waiting = desk.services.deployments.plan(desk.coordinator, desk.approved("Broom Road").id)
    decision = f"(SELECT id FROM jag_decisions WHERE bid_id = {waiting.bid_id})"
    for column in ("state = 'surveyed'", f"state = 'scheduled', decision_id = {decision}"):
        run(desk, f"UPDATE deployments SET {column} WHERE id = {waiting.id}")
    up = f"state = 'installed', installed_on = '2026-11-20', dpia = 'passed', unit_id = {desk.unit().id}"
    refused(desk, f"UPDATE deployments SET {up} WHERE id = {waiting.id}")  # no survey, no DPIA
    up = desk.scheduled(desk.approved(), desk.unit("RDC-02"))
    refused(desk, f"UPDATE deployments SET state = 'installed' WHERE id = {up.id}")  # no day
    desk.services.deployments.install(desk.coordinator, up.id)
    live = "state = 'live', live_on = '2026-11-20', signs_up_on = '2026-11-20', test_image = 'view.jpg'"
    refused(desk, f"UPDATE deployments SET {live} WHERE id = {up.id}")  # no check of the signs, no picture
    desk.services.deployments.record_signs(desk.coordinator, up.id)
    desk.services.deployments.record_test_image(desk.coordinator, up.id, desk.picture())
    refused(desk, f"UPDATE deployments SET {live} WHERE id = {up.id}")  # no period
    assert desk.services.deployments.go_live(desk.coordinator, up.id).periods


def test_no_removal_is_ordered_for_a_day_that_nobody_decided(desk):
    up = desk.scheduled(desk.approved(), desk.unit())
    desk.services.deployments.install(desk.coordinator, up.id)
    refused(desk, f"UPDATE deployments SET state = 'ending' WHERE id = {up.id}")
    refused(desk, f"UPDATE deployments SET state = 'ending', remove_by = '2099-01-01' WHERE id = {up.id}")


def test_checks_and_periods_are_written_in_their_turn(desk):
    planned = desk.services.deployments.plan(desk.coordinator, desk.approved().id)
    check = (
        "INSERT INTO deployment_checks (deployment_id, kind, passed, done_on, reference, note, picture_path, "
        f"picture_sha256, recorded_by, recorded_at) VALUES ({planned.id}, '%s', true, '2026-11-20', '', '', '', '', "
        f"'{desk.coordinator.handle}', '2026-11-20 10:00:00')"
    )
    for kind in ("signs", "picture"):
        refused(desk, check % kind)
    run(desk, check % "survey")
    refused(
        desk,
        "INSERT INTO deployment_periods (deployment_id, number, starts_on, ends_on, decision_id) "
        f"SELECT {planned.id}, 1, '2026-11-20', '2027-02-19', id FROM jag_decisions",
    )


@pytest.mark.parametrize("step", ["installed", "live"])
def test_the_database_lets_nothing_go_up_or_live_on_a_chairs_action_past_its_days(desk, step):
    desk.meeting(desk.today + days(60))
    bid, service = desk.assessed(), desk.services.deployments
    desk.services.meetings.chair_approves(desk.coordinator, bid.id, "A stabbing last night.")
    place = desk.scheduled(bid, desk.unit())
    until = desk.today + days(35)
    if step == "live":
        service.install(desk.coordinator, place.id)
        service.record_signs(desk.coordinator, place.id)
        service.record_test_image(desk.coordinator, place.id, desk.picture())
        run(
            desk,
            "INSERT INTO deployment_periods (deployment_id, number, starts_on, ends_on, decision_id) "
            f"SELECT id, 1, '{until}', '2027-02-19', decision_id FROM deployments WHERE id = {place.id}",
        )
    day = {"installed": "installed_on", "live": "live_on"}[step]
    goes = f"UPDATE deployments SET state = '{step}', {day} = '%s' WHERE id = {place.id}"
    refused(desk, goes % (until + days(1)))
    run(desk, goes % until)


def test_a_camera_put_to_work_on_a_day_gone_by_is_named(desk):
    service = desk.services.deployments
    place = desk.scheduled(desk.approved(), desk.unit())
    service.install(desk.coordinator, place.id)
    service.record_signs(desk.coordinator, place.id)
    service.record_test_image(desk.coordinator, place.id, desk.picture())
    day = desk.today
    desk.go_to(day + days(40))
    with desk.room.database.write() as work:
        row = work.session.get_one(DeploymentRow, place.id)
        period = PeriodRow(number=1, starts_on=day, ends_on=day + days(80), decision_id=row.decision_id)
        row.periods.append(period)
        work.session.flush()
        row.live_on, row.state = day, "live"
        audit.record(work, desk.coordinator.handle, "deployment.live", "deployment", place.reference)
    (fault,) = verified(desk).faults
    assert f"{place.reference} is said to be live since 20 Nov" in fault


def test_a_chairs_action_says_until_when_it_stands(desk):
    desk.meeting(desk.today + days(20))
    bid = desk.assessed()
    decision = desk.services.meetings.chair_approves(desk.coordinator, bid.id, "A stabbing last night.")
    assert decision.stands_until == desk.today + days(35)
    for day in ("NULL", "'2099-01-01'"):
        refused(
            desk,
            "INSERT INTO jag_decisions (subject, bid_id, outcome, decided_on, reason, departs, signed_off_by, "
            f"recorded_by, recorded_at, stands_until) SELECT subject, bid_id, outcome, decided_on, '', departs, '', "
            f"recorded_by, recorded_at, {day} FROM jag_decisions WHERE id = {decision.id}",
        )


def test_the_database_knows_the_road_of_the_services():
    scripts = ScriptDirectory(str(migrations.FOLDER)).walk_revisions()
    (road,) = (each.module.ROAD for each in scripts if each.path.endswith("_deployment_order.py"))
    assert {here: set(follow) for here, follow in road.items()} == {
        here.value: {each.value for each in follow} for here, follow in ROAD.items() if follow
    }
