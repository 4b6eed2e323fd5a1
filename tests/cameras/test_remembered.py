"""The register outlasts the database at a desk that has read it before."""

import pytest

from controlroom.cameras.records import NewCamera, Place
from controlroom.cameras.remembered import DeskCameras
from controlroom.errors import DatabaseAway, PermissionRefused
from controlroom.sealed_file import SealedFile
from tests.builders import make_room


@pytest.fixture
def room(tmp_path):
    made = make_room(tmp_path)
    made.cameras = DeskCameras(
        made.database,
        made.site_key,
        register=SealedFile(tmp_path / "remembered" / "cameras", made.site_key),
        logins=SealedFile(tmp_path / "remembered" / "logins", made.site_key),
    )
    place = Place("George Street", "Town centre", "Fairfield", 51.3739, -0.0992)
    secret = "a camera's secret"
    camera = NewCamera("014", "Station", place, host="127.0.0.1", password=secret, sub_stream="rtsp://x/sub")
    made.cameras.add(made.supervisor, camera)
    return made


def take_away(room):
    room.database.availability.watched = True
    room.database.availability.lost("stopped by the test")


def test_cameras_and_logins_are_as_they_were_last_read(room):
    cameras, logins = room.cameras.cameras(room.operator), room.cameras.logins(room.operator)
    take_away(room)
    assert room.cameras.cameras(room.operator) == cameras
    assert room.cameras.logins(room.operator) == logins


def test_passwords_of_cameras_cannot_be_read_from_the_files(room, tmp_path):
    room.cameras.logins(room.operator)
    raw = b"".join(path.read_bytes() for path in (tmp_path / "remembered").iterdir())
    assert b"secret" not in raw
    assert b"127.0.0.1" not in raw


def test_the_roles_of_the_person_still_decide(room):
    room.cameras.logins(room.operator)
    take_away(room)
    with pytest.raises(PermissionRefused):
        room.cameras.logins(room.auditor)


def test_a_desk_that_never_read_it_says_that_the_database_is_away(room):
    take_away(room)
    with pytest.raises(DatabaseAway):
        room.cameras.cameras(room.operator)


def test_a_damaged_file_is_as_good_as_none(room, tmp_path):
    room.cameras.cameras(room.operator)
    (tmp_path / "remembered" / "cameras").write_text("damaged")
    take_away(room)
    with pytest.raises(DatabaseAway):
        room.cameras.cameras(room.operator)
