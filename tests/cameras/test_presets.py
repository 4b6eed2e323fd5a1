"""Who may have a camera's presets changed, what is recorded of it, and the small pictures that a desk keeps of them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from controlroom.accounts.audit_trail import AuditTrail
from controlroom.audit.records import AuditFilter
from controlroom.cameras.preset_pictures import LARGEST, UNLISTED_S, PresetPictures
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


def test_pictures_are_found_by_token_and_go_with_their_presets(tmp_path: Path) -> None:
    pictures = PresetPictures(tmp_path / "presets")
    assert pictures.of("1 10.0.0.5:80", ["a"]) == {}
    for token in ("a", "../../b", "ü" * 300, ""):
        pictures.keep("1 10.0.0.5:80", token, b"a picture")
    pictures.keep("1 10.0.0.5:80", "a", b"another")
    found = pictures.of("1 10.0.0.5:80", ["a", "../../b", "ü" * 300, ""])
    assert found["a"].read_bytes() == b"another"
    assert len(found) == 4
    assert {path.parent.parent for path in found.values()} == {tmp_path / "presets"}, "whatever a token says"
    assert pictures.of("1 10.0.0.6:80", ["a"]) == {}, "another device has presets of its own"
    assert list(pictures.of("1 10.0.0.5:80", ["a"])) == ["a"]
    assert len(pictures.of("1 10.0.0.5:80", list(found))) == 4, "stored since the camera was asked, perhaps"
    for path in found.values():
        long_ago = path.stat().st_mtime - UNLISTED_S - 60
        os.utime(path, (long_ago, long_ago))
    pictures.of("1 10.0.0.5:80", ["a"])
    assert [path.name for path in found["a"].parent.iterdir()] == [found["a"].name], "the others are deleted"
    pictures.forget("1 10.0.0.5:80", "a")
    pictures.forget("1 10.0.0.5:80", "a")
    assert pictures.of("1 10.0.0.5:80", ["a"]) == {}


def test_a_file_that_is_no_picture_of_ours_is_left_out(tmp_path: Path) -> None:
    pictures = PresetPictures(tmp_path)
    pictures.keep("1", "a", b"x" * (LARGEST + 1))
    assert pictures.of("1", ["a"]) == {}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such bits")
def test_pictures_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    pictures = PresetPictures(tmp_path / "presets")
    pictures.keep("1", "a", b"a picture")
    path = pictures.of("1", ["a"])["a"]
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
