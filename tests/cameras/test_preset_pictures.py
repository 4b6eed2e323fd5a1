"""The small pictures of presets: the room's, seen on every desk, bounded, and gone with their preset or camera."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from controlroom.app.data_folder import prepare
from controlroom.cameras.preset_pictures import LARGEST, PresetPictures, digest
from controlroom.cameras.records import NewCamera, Place
from controlroom.cameras.tables import PresetPictureRow
from controlroom.errors import InvalidInput, NotFound, PermissionRefused
from tests.builders import Room, make_room

JPEG = base64.b64decode("/9j/4AAQSkZJRgABAQAAAQABAAD/2Q==")
OTHER = JPEG + b"another"
pytestmark = pytest.mark.both_engines


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = make_room(tmp_path)
    yield room
    room.database.close()


@pytest.fixture
def camera(room: Room) -> int:
    place = Place("North End", "Town centre", "Fairfield")
    return room.cameras.add(room.supervisor, NewCamera("014", "North End", place, host="10.0.0.5")).id


def kept(room: Room) -> int:
    with room.database.read() as session:
        return session.scalar(select(func.count()).select_from(PresetPictureRow)) or 0


def test_a_picture_is_the_rooms_by_token_and_goes_with_its_preset_and_its_camera(
    room: Room, camera: int
) -> None:
    desk, another = PresetPictures(room.database), PresetPictures(room.database)
    heard: list[str] = []
    room.changes.listen(lambda change: heard.append(change.kind))
    tokens = ("a", "../../b", "ü" * 300, "")
    for token in tokens:
        desk.keep(room.operator, camera, token, JPEG, listed=tokens)
    desk.keep(room.operator, camera, "a", OTHER, listed=tokens)
    found = another.of(room.coordinator, camera, [*tokens, "unknown"])
    assert found == {**dict.fromkeys(tokens, JPEG), "a": OTHER}
    assert heard == ["preset_picture"] * 5, "other desks show it at once"
    another.forget(room.supervisor, camera, "a")
    assert "a" not in desk.of(room.operator, camera, tokens)
    room.cameras.retire(room.supervisor, camera)
    assert desk.of(room.operator, camera, tokens) == {}
    with pytest.raises(NotFound):
        desk.keep(room.operator, camera, "a", JPEG, listed=tokens)
    room.cameras.bring_back(room.supervisor, camera)
    assert desk.of(room.operator, camera, tokens) == {}, "gone, not hidden"


def test_another_device_has_presets_of_its_own(room: Room, camera: int) -> None:
    pictures = PresetPictures(room.database)
    pictures.keep(room.operator, camera, "a", JPEG, listed=["a"])
    place = Place("North End", "Town centre", "Fairfield")
    for host, change in (("10.0.0.6", room.cameras.change), ("10.0.0.6", room.cameras.replace)):
        version = next(each.version for each in room.cameras.cameras(room.supervisor) if each.id == camera)
        change(room.supervisor, camera, NewCamera("014", "North End", place, host=host), seen=version)
        assert pictures.of(room.operator, camera, ["a"]) == {}
        pictures.keep(room.operator, camera, "a", OTHER, listed=["a"])
        assert pictures.of(room.operator, camera, ["a"]) == {"a": OTHER}


def test_who_keeps_presets_keeps_their_pictures_and_only_small_ones(room: Room, camera: int) -> None:
    pictures = PresetPictures(room.database)
    for do in (
        lambda: pictures.keep(room.coordinator, camera, "a", JPEG, listed=()),
        lambda: pictures.keep(room.administrator, camera, "a", JPEG, listed=()),
        lambda: pictures.forget(room.operator, camera, "a"),
        lambda: pictures.of(room.auditor, camera, ["a"]),
    ):
        with pytest.raises(PermissionRefused):
            do()
    for no_picture in (JPEG + b"x" * LARGEST, b"<svg/>", b""):
        with pytest.raises(InvalidInput, match="no small JPEG"):
            pictures.keep(room.operator, camera, "a", no_picture, listed=())
    assert kept(room) == 0


def test_what_the_camera_lists_no_more_goes_after_a_day_and_a_camera_has_an_end(
    room: Room, camera: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = PresetPictures(room.database)
    pictures.keep(room.operator, camera, "old", JPEG, listed=())
    pictures.keep(room.operator, camera, "new", JPEG, listed=())
    assert kept(room) == 2, "stored since the camera was asked, perhaps"
    room.clock.advance(timedelta(days=1, minutes=1))
    pictures.keep(room.operator, camera, "new", JPEG, listed=["new"])
    assert kept(room) == 1
    monkeypatch.setattr("controlroom.cameras.preset_pictures.MOST", 1)
    with pytest.raises(InvalidInput, match="at most"):
        pictures.keep(room.operator, camera, "more", JPEG, listed=["new", "more"])


def test_the_database_itself_bounds_a_picture_and_one_that_was_changed_is_not_shown(
    room: Room, camera: int
) -> None:
    pictures = PresetPictures(room.database)
    pictures.keep(room.operator, camera, "a", JPEG, listed=["a"])
    change = text("UPDATE preset_pictures SET picture = :picture WHERE preset = :preset")
    for picture in (b"x" * (LARGEST + 1), b""):
        with pytest.raises(DBAPIError), room.database.engine.begin() as connection:
            connection.execute(change, {"picture": picture, "preset": digest("a")})
    with room.database.engine.begin() as connection:
        connection.execute(change, {"picture": OTHER, "preset": digest("a")})
    assert pictures.of(room.operator, camera, ["a"]) == {}


def test_what_a_desk_kept_before_is_taken_off_its_disk(tmp_path: Path) -> None:
    left = tmp_path / "desk" / "presets" / "0a" / "1b.jpg"
    left.parent.mkdir(parents=True)
    left.write_bytes(JPEG)
    prepare(tmp_path / "desk")
    assert not left.parent.parent.exists()
