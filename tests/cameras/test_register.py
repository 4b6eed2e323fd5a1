"""The camera register."""

import pytest

from controlroom.cameras import rules
from controlroom.cameras.records import NewCamera, Place
from controlroom.cameras.service import CameraService
from controlroom.errors import InvalidInput, PermissionRefused
from controlroom.site_key import SiteKey
from tests.builders import make_room
from tests.engines import everything_stored

pytestmark = pytest.mark.both_engines

PLACE = Place("George Street", "Town centre", "Fairfield")


@pytest.fixture
def room(tmp_path):
    return make_room(tmp_path)


def reachable(number="014", **more):
    return NewCamera(
        number,
        "George Street, station",
        PLACE,
        host="127.0.0.1",
        username="viewer",
        password="s3cret",
        **more,
    )


def test_a_cameras_password_comes_back_and_is_not_in_the_file(room):
    room.cameras.add(room.supervisor, reachable())
    (login,) = room.cameras.logins(room.operator).values()
    assert login.password == "s3cret"
    assert "s3cret" not in repr(login) + repr(room.cameras.cameras(room.operator))
    assert b"s3cret" not in everything_stored(room.folder)


def test_another_site_key_is_told_apart_from_a_wrong_password(room, tmp_path):
    room.cameras.add(room.supervisor, reachable())
    stranger = CameraService(room.database, SiteKey.load_or_create(tmp_path / "other.key"))
    (login,) = stranger.logins(room.operator).values()
    assert "site key does not fit" in login.trouble
    assert login.password == ""


def test_operators_read_the_register_and_do_not_add_to_it(room):
    with pytest.raises(PermissionRefused):
        room.cameras.add(room.operator, reachable())
    assert room.cameras.cameras(room.operator) == []


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "concat:a|b", "udp://10.0.0.5:5000", "rtsp://", "x"]
)
def test_a_stream_address_that_is_no_cameras_is_refused(room, address):
    with pytest.raises(InvalidInput, match="The stream address"):
        room.cameras.add(room.supervisor, reachable(main_stream=address))


@pytest.mark.parametrize("change", [{"number": "one"}, {"retention_days": 0}, {"port": 70000}, {"name": " "}])
def test_facts_that_cannot_be_are_refused(room, change):
    facts = {"number": "014", "name": "George Street", "place": PLACE} | change
    with pytest.raises(InvalidInput):
        room.cameras.add(room.supervisor, NewCamera(**facts))


def test_a_number_is_given_once(room):
    room.add_camera("014")
    with pytest.raises(InvalidInput, match="already"):
        room.add_camera("014")


def test_cameras_stand_in_their_numbers_order_permanent_ones_first(room):
    for number in ("RDC-02", "100", "H03", "014", "RDC-10", "002"):
        room.add_camera(number)
    listed = [camera.number for camera in room.cameras.cameras(room.operator)]
    assert listed == ["002", "014", "100", "H03", "RDC-02", "RDC-10"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("14", "014"),
        ("014", "014"),
        ("h3", "H03"),
        ("R4", "RDC-04"),
        ("rdc-04", "RDC-04"),
        ("99", None),
        ("", None),
    ],
)
def test_a_camera_is_found_by_what_people_type(room, typed, found):
    for number in ("014", "H03", "RDC-04"):
        room.add_camera(number)
    camera = rules.find_by_number(room.cameras.cameras(room.operator), typed)
    assert (camera.number if camera else None) == found


def test_search_takes_words_in_any_order(room):
    camera = room.add_camera()
    assert rules.matches(camera, "station fairfield")
    assert rules.matches(camera, "014")
    assert not rules.matches(camera, "station purley")


def test_a_retired_camera_leaves_the_list_and_keeps_its_number(room):
    camera = room.add_camera("014")
    room.cameras.retire(room.supervisor, camera.id)
    assert room.cameras.cameras(room.operator) == []
    with pytest.raises(InvalidInput, match="already"):
        room.add_camera("014")
