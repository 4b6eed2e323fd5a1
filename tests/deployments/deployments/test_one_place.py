"""A unit is in one place at a time: refused in words by the service, and by the database behind it."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from controlroom.errors import Conflict, ControlRoomError, RuleBroken
from tests.deployments.builders import days

pytestmark = pytest.mark.both_engines


def test_overlapping_promises_are_refused_with_the_other_one_named(desk):
    unit = desk.unit()
    first = desk.scheduled(desk.approved("Headley Drive"), unit, desk.today + days(10))
    second = desk.surveyed(desk.approved("Central Parade"))
    service = desk.services.deployments
    for start in (0, 10, 50, 99):
        with pytest.raises(RuleBroken, match=f"two places: {first.reference}"):
            service.schedule(desk.coordinator, second.id, unit.id, desk.today + days(start))
    # The first would stay from 30 November to 27 February; the day after is free.
    assert service.schedule(desk.coordinator, second.id, unit.id, desk.today + days(100)).asset == "RDC-01"


def test_a_unit_that_hangs_elsewhere_is_not_installed(desk):
    unit = desk.unit()
    live = desk.live(unit, "Headley Drive")
    second = desk.scheduled(desk.approved("Central Parade"), unit, live.ends_on + days(1))
    desk.go_to(live.ends_on + days(1))
    service = desk.services.deployments
    with pytest.raises(RuleBroken, match="still hangs at Headley Drive"):
        service.install(desk.coordinator, second.id)
    service.order_removal(desk.coordinator, live.id, "Its time is over")
    service.remove(desk.coordinator, live.id, signs_down=True)
    assert service.install(desk.coordinator, second.id).installed_on == live.ends_on + days(1)


def test_a_unit_past_its_end_elsewhere_is_promised_to_nobody(desk):
    unit = desk.unit()
    live = desk.live(unit)
    second = desk.surveyed(desk.approved("Central Parade"))
    desk.go_to(live.ends_on + days(2))
    with pytest.raises(RuleBroken, match="past its end"):
        desk.services.deployments.schedule(desk.coordinator, second.id, unit.id, desk.today + days(5))


def test_two_desks_promising_one_unit_at_once_make_one_promise(desk):
    unit = desk.unit()
    waiting = [
        desk.surveyed(desk.approved(place)) for place in ("Headley Drive", "Central Parade", "Milton Road")
    ]
    barrier, outcomes = threading.Barrier(3), []

    def promise(deployment_id):
        barrier.wait()
        try:
            desk.services.deployments.schedule(desk.coordinator, deployment_id, unit.id, desk.today + days(3))
            outcomes.append("promised")
        except ControlRoomError as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=promise, args=(each.id,)) for each in waiting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["RuleBroken", "RuleBroken", "promised"]


def test_the_database_refuses_an_overlap_no_service_saw(desk):
    unit = desk.unit()
    first = desk.scheduled(desk.approved("Headley Drive"), unit)
    second = desk.surveyed(desk.approved("Central Parade"))
    change = text("UPDATE deployments SET unit_id = :unit, stays_from = :day, stays_to = NULL WHERE id = :id")
    with pytest.raises(Conflict), desk.room.database.write() as work:
        day = (first.install_on + days(20)).isoformat()
        work.session.execute(change, {"unit": unit.id, "day": day, "id": second.id})
    with desk.room.database.write() as work:
        day = (first.install_on + days(200)).isoformat()
        work.session.execute(change, {"unit": unit.id, "day": day, "id": second.id})


@pytest.mark.parametrize(
    "change",
    [
        "state = 'live'",  # a second one up
        "installed_on = '2026-11-20', dpia = 'failed'",
        "installed_on = '2026-11-20', decision_id = NULL",
        "live_on = '2026-11-20'",
    ],
)
def test_the_database_refuses_what_rule_2_forbids(desk, change):
    unit = desk.unit()
    desk.live(unit)
    second = desk.scheduled(desk.approved("Central Parade"), unit, desk.today + days(200))
    with pytest.raises(Conflict) as caught, desk.room.database.write() as work:
        work.session.execute(text(f"UPDATE deployments SET {change} WHERE id = {second.id}"))
    assert isinstance(caught.value.__cause__, IntegrityError)


@pytest.mark.parametrize("verb", ["UPDATE jag_decisions SET reason = 'x'", "DELETE FROM jag_decisions"])
def test_decisions_are_never_changed(desk, verb):
    desk.approved()
    with (
        pytest.raises(ControlRoomError, match=r"refused|not saved|does not allow"),
        desk.room.database.write() as work,
    ):
        work.session.execute(text(verb))
