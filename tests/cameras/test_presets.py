"""Who may have a camera's presets changed, and what is recorded of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from controlroom.accounts.audit_trail import AuditTrail
from controlroom.audit.records import AuditFilter
from controlroom.cameras.preset_service import PresetService
from controlroom.cameras.records import NewCamera, Place
from controlroom.errors import InvalidInput, NotFound, PermissionRefused
from tests.builders import Room, make_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = make_room(tmp_path)
    yield room
    room.database.close()


@pytest.fixture
def camera(room: Room) -> int:
    place = Place("North End", "Town centre", "Fairfield")
    return room.cameras.add(room.supervisor, NewCamera("014", "North End", place)).id


def said(room: Room) -> list[tuple[str, str]]:
    """Action and detail of what the audit trail says of presets, the oldest first."""
    entries = AuditTrail(room.database).entries(room.auditor, AuditFilter()).entries
    mine = [each for each in reversed(entries) if "preset" in each.action or "home" in each.action]
    return [(each.action, str(each.detail.get("preset", ""))) for each in mine]


def test_an_operator_stores_new_ones_and_a_supervisor_changes_what_all_rely_on(
    room: Room, camera: int
) -> None:
    presets = PresetService(room.database)
    assert presets.save(room.operator, camera, "  Bus stop ") == "Bus stop"
    for change in (
        lambda: presets.rename(room.operator, camera, "Bus stop", "Taxi rank"),
        lambda: presets.remove(room.operator, camera, "Bus stop"),
        lambda: presets.set_home(room.operator, camera),
        lambda: presets.save(room.coordinator, camera, "Mine"),
    ):
        with pytest.raises(PermissionRefused):
            change()
    presets.rename(room.supervisor, camera, "Bus stop", "Taxi rank")
    presets.remove(room.supervisor, camera, "Taxi rank")
    presets.set_home(room.supervisor, camera)
    assert said(room) == [
        ("camera.preset-saved", "Bus stop"),
        ("camera.preset-renamed", "Bus stop → Taxi rank"),
        ("camera.preset-removed", "Taxi rank"),
        ("camera.home-set", ""),
    ]


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "two\nlines"])
def test_a_name_that_no_camera_takes_is_refused_at_its_field(room: Room, camera: int, name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        PresetService(room.database).save(room.operator, camera, name)
    assert caught.value.field == "name"
    assert said(room) == []


def test_a_camera_out_of_use_has_no_presets_to_change(room: Room, camera: int) -> None:
    room.cameras.retire(room.supervisor, camera)
    with pytest.raises(NotFound):
        PresetService(room.database).save(room.operator, camera, "Bus stop")
