"""Units: adding, faults, repairs, taking out of use."""

import pytest

from controlroom.deployments.units.records import NewUnit, UnitState
from controlroom.errors import InvalidInput, PermissionRefused, RuleBroken
from tests.deployments.builders import days

pytestmark = pytest.mark.both_engines


def test_a_unit_is_added_to_store_once(desk):
    unit = desk.unit("RDC-01")
    assert unit.state is UnitState.IN_STORE
    with pytest.raises(InvalidInput, match="already"):
        desk.unit("RDC-01")
    with pytest.raises(InvalidInput, match="asset number"):
        desk.unit("one")
    with pytest.raises(InvalidInput, match="no camera"):
        desk.services.units.add(desk.coordinator, NewUnit("RDC-02", "Axis", "Q6225", camera_number="RDC-02"))
    with pytest.raises(PermissionRefused):
        desk.services.units.add(desk.room.operator, NewUnit("RDC-02", "Axis", "Q6225"))


def test_a_unit_may_belong_to_a_camera_of_the_register(desk):
    desk.room.add_camera("RDC-02", "RDC-02")
    desk.services.units.add(desk.coordinator, NewUnit("RDC-02", "Axis", "Q6225", camera_number="RDC-02"))
    assert desk.services.units.units(desk.coordinator)[0].camera_number == "RDC-02"


def test_a_unit_on_its_column_is_suspended_at_its_deployment_instead(desk):
    unit = desk.unit()
    desk.live(unit)
    with pytest.raises(RuleBroken, match="Suspend"):
        desk.services.units.report_fault(desk.coordinator, unit.id, "Water")
    with pytest.raises(RuleBroken, match="holds RDC-01"):
        desk.services.units.retire(desk.coordinator, unit.id, "Sold")


def test_a_repaired_unit_goes_back_to_what_it_was_promised_to(desk):
    unit = desk.unit()
    desk.scheduled(desk.approved(), unit, desk.today + days(3))
    desk.services.units.report_fault(desk.coordinator, unit.id, "Water")
    with pytest.raises(RuleBroken, match="not faulty"):
        desk.services.units.report_repair(desk.coordinator, desk.unit("RDC-02").id)
    desk.services.units.report_repair(desk.coordinator, unit.id)
    assert desk.services.units.units(desk.coordinator)[0].state is UnitState.SCHEDULED


def test_a_faulty_unit_is_not_installed_though_it_was_promised(desk):
    unit = desk.unit()
    deployment = desk.scheduled(desk.approved(), unit)
    desk.services.units.report_fault(desk.coordinator, unit.id, "Water")
    with pytest.raises(RuleBroken, match="faulty"):
        desk.services.deployments.install(desk.coordinator, deployment.id)


def test_a_retired_unit_is_not_listed_any_more(desk):
    unit = desk.unit()
    desk.services.units.retire(desk.coordinator, unit.id, "Beyond repair")
    assert desk.services.units.units(desk.coordinator) == []
