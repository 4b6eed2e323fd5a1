"""The camera register."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text, update

from controlroom.audit import service as audit
from controlroom.cameras import rules
from controlroom.cameras.devices import DeviceReport, StreamProfile
from controlroom.cameras.learned import learned_at
from controlroom.cameras.records import Migration, NewCamera, Place, Protocol, StreamTransport
from controlroom.cameras.service import CameraService
from controlroom.cameras.tables import CameraRow
from controlroom.errors import Conflict, ControlRoomError, InvalidInput, PermissionRefused
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


def change(room, camera, *, who=None, seen=None, password_stays=True, **facts):
    new = (
        reachable(camera.number, **facts)
        if "name" not in facts
        else NewCamera(camera.number, place=PLACE, **facts)
    )
    return room.cameras.change(
        who or room.supervisor,
        camera.id,
        new,
        seen=camera.version if seen is None else seen,
        password_stays=password_stays,
    )


def newest_entry(room):
    with room.database.read() as session:
        return audit.newest(session, 1)[0]


def test_every_fact_of_a_camera_can_be_changed_and_the_trail_says_which(room):
    camera = room.cameras.add(room.supervisor, reachable())
    changed = change(room, camera, retention_days=14, make="Maker", has_ptz=True, abilities=("zoom", "pan"))
    assert (changed.id, changed.number, changed.retention_days) == (camera.id, "014", 14)
    (listed,) = room.cameras.cameras(room.operator)
    assert (listed.make, listed.abilities, listed.version) == ("Maker", ("zoom", "pan"), camera.version + 1)
    (login,) = room.cameras.logins(room.operator).values()
    assert login.password == "s3cret", "the one stored stays"
    entry = newest_entry(room)
    assert entry.action == "camera.changed"
    assert entry.detail["retention_days"] == "31 → 14"
    assert entry.detail["make"] == "— → Maker"
    assert "host" not in entry.detail


def test_another_device_takes_a_cameras_place_and_is_never_sent_the_old_ones_password(room):
    camera = room.cameras.add(room.supervisor, reachable())
    other = NewCamera(
        "014", "George Street, station", PLACE, host="127.0.0.2", username="viewer", password="new one"
    )
    with pytest.raises(InvalidInput, match="typed again"):
        room.cameras.change(room.supervisor, camera.id, other, seen=camera.version)
    room.cameras.change(room.supervisor, camera.id, other, seen=camera.version, password_stays=False)
    (login,) = room.cameras.logins(room.operator).values()
    assert (login.camera_id, login.host, login.password) == (camera.id, "127.0.0.2", "new one")
    entry = newest_entry(room)
    assert entry.detail["host"] == "127.0.0.1 → 127.0.0.2"
    assert entry.detail["password"] == "entered anew"
    assert b"new one" not in everything_stored(room.folder)


def test_the_second_of_two_who_change_a_camera_is_told(room):
    camera = room.cameras.add(room.supervisor, reachable())
    change(room, camera, retention_days=14)
    with pytest.raises(Conflict, match="somebody else"):
        change(room, camera, retention_days=20)
    assert room.cameras.cameras(room.operator)[0].retention_days == 14


def test_a_number_in_use_is_not_given_a_second_time_by_a_change(room):
    first, second = (room.cameras.add(room.supervisor, reachable(number)) for number in ("014", "015"))
    with pytest.raises(InvalidInput, match="already"):
        room.cameras.change(room.supervisor, second.id, reachable(first.number), seen=second.version)
    moved = room.cameras.change(room.supervisor, second.id, reachable("016"), seen=second.version)
    assert (moved.id, moved.number) == (second.id, "016")


def test_what_cannot_be_added_cannot_be_changed_to(room):
    camera = room.cameras.add(room.supervisor, reachable())
    with pytest.raises(InvalidInput):
        change(room, camera, retention_days=0)
    with pytest.raises(PermissionRefused):
        change(room, camera, who=room.operator, retention_days=14)


def test_a_camera_taken_out_of_use_comes_back_with_everything(room):
    camera = room.cameras.add(room.supervisor, reachable())
    room.cameras.retire(room.supervisor, camera.id)
    assert [each.number for each in room.cameras.out_of_use(room.supervisor)] == ["014"]
    room.cameras.bring_back(room.supervisor, camera.id)
    assert room.cameras.out_of_use(room.supervisor) == []
    assert [each.id for each in room.cameras.cameras(room.operator)] == [camera.id]
    assert newest_entry(room).action == "camera.brought-back"
    (login,) = room.cameras.logins(room.operator).values()
    assert login.password == "s3cret"


# -- by RTSP only --------------------------------------------------------------------------------------------

STREAM = "rtsp://10.0.0.9:8554/channel/2"


def by_rtsp(number="077", **more):
    facts: dict[str, Any] = {"main_stream": STREAM, "username": "viewer", "password": "s3cret", **more}
    return NewCamera(
        number,
        "Park Lane, encoder channel 2",
        PLACE,
        protocol=Protocol.RTSP,
        migration=Migration.ENCODER,
        **facts,
    )


def test_a_camera_by_rtsp_only_is_reached_at_its_stream_and_never_steered(room):
    made = room.cameras.add(room.supervisor, by_rtsp(has_ptz=True, abilities=("zoom",)))
    assert (made.protocol, made.host, made.port) == (Protocol.RTSP, "10.0.0.9", 8554)
    assert made.has_address
    assert (made.has_ptz, made.abilities, made.steerable) == (False, (), False)
    (login,) = room.cameras.logins(room.operator).values()
    assert (login.protocol, login.main_stream, login.password) == (Protocol.RTSP, STREAM, "s3cret")
    moved = room.cameras.change(
        room.supervisor,
        made.id,
        by_rtsp(main_stream="rtsps://[fd00::9]/2", password="other"),
        seen=made.version,
        password_stays=False,
    )
    assert (moved.host, moved.port) == ("fd00::9", 322)


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        ("", "needs the address of its stream"),
        ("http://10.0.0.9/2.mjpg", "begins with rtsp or rtsps"),
        ("rtsp://viewer:s3cret@10.0.0.9/2", "user name or a password in it"),
        ("rtsp://viewer@10.0.0.9/2", "user name or a password in it"),
        ("rtsp://10.0.0.9:99999/2", "port in the stream address"),
        ("rtsp://010.020.030.040/2", "two ways"),
    ],
)
def test_the_stream_of_a_camera_by_rtsp_only_is_one(room, stream, said):
    with pytest.raises(InvalidInput, match=said):
        room.cameras.add(room.supervisor, by_rtsp(main_stream=stream))


def test_no_login_stands_in_a_stream_address_of_any_camera(room):
    with pytest.raises(InvalidInput, match="user name or a password in it") as refused:
        room.cameras.add(room.supervisor, reachable(sub_stream="rtsp://u:secret-word@10.0.0.9/2"))
    assert refused.value.field == "sub_stream"
    assert "secret-word" not in str(refused.value)


@pytest.mark.parametrize(
    "past_the_program",
    [
        "UPDATE cameras SET main_stream = 'rtsp://u:p@10.0.0.9/2'",
        "UPDATE cameras SET sub_stream = 'rtsp://u@10.0.0.9'",
        "UPDATE cameras SET main_stream = ''",
        "UPDATE cameras SET sub_stream = 'http://10.0.0.9/'",
        "UPDATE cameras SET has_ptz = NOT has_ptz",
        "UPDATE cameras SET protocol = 'carrier pigeon'",
    ],
)
def test_the_database_holds_to_how_a_camera_is_reached(room, past_the_program):
    room.cameras.add(room.supervisor, by_rtsp(sub_stream="RTSP://10.0.0.9/user=me@home?mail=a@b"))
    with pytest.raises(ControlRoomError), room.database.write() as work:
        work.session.execute(text(past_the_program))


def test_a_streams_password_is_sent_to_no_other_place_than_it_was_typed_for(room):
    """Also where the ONVIF address stays, and only a stream leads elsewhere or is no longer encrypted."""
    here = reachable(main_stream="rtsps://127.0.0.1/main")
    camera = room.cameras.add(room.supervisor, here)
    for stream in ("rtsp://10.9.9.9/main", "rtsp://127.0.0.1/main"):
        with pytest.raises(InvalidInput, match="typed again"):
            room.cameras.change(
                room.supervisor, camera.id, reachable(main_stream=stream), seen=camera.version
            )
    other_path = reachable(main_stream="rtsps://127.0.0.1/other")
    room.cameras.change(room.supervisor, camera.id, other_path, seen=camera.version)


def test_another_device_keeps_the_number_and_the_trail_says_what_stood_there(room):
    camera = room.cameras.add(room.supervisor, reachable(make="Old maker", model="A1"))
    new = by_rtsp("014", make="New maker", password="new one", main_stream="rtsp://10.0.0.77/1")
    with pytest.raises(InvalidInput, match="keeps that number"):
        room.cameras.replace(room.supervisor, camera.id, by_rtsp("015"), seen=camera.version)
    with pytest.raises(PermissionRefused):
        room.cameras.replace(room.operator, camera.id, new, seen=camera.version)
    replaced = room.cameras.replace(room.supervisor, camera.id, new, seen=camera.version)
    assert (replaced.id, replaced.number, replaced.host) == (camera.id, "014", "10.0.0.77")
    (login,) = room.cameras.logins(room.operator).values()
    assert login.password == "new one"
    entry = newest_entry(room)
    assert entry.action == "camera.replaced"
    assert entry.detail["make"] == "Old maker → New maker"
    assert entry.detail["host"] == "127.0.0.1 → 10.0.0.77"
    with pytest.raises(Conflict):
        room.cameras.replace(room.supervisor, camera.id, new, seen=camera.version)


@pytest.mark.parametrize(
    ("latitude", "longitude", "field"),
    [(91.0, 0.0, "latitude"), (51.0, 181.0, "longitude"), (None, 0.1, "latitude"), (51.0, None, "longitude")],
)
def test_a_place_that_is_not_on_earth_is_refused(room, latitude, longitude, field):
    place = Place("Park Lane", "Town centre", "Fairfield", latitude, longitude)
    with pytest.raises(InvalidInput) as refused:
        room.cameras.add(room.supervisor, NewCamera("014", "Park Lane", place))
    assert refused.value.field == field


def test_a_certificate_is_trusted_for_the_whole_room_and_the_trail_says_which(room):
    over_https = reachable(protocol=Protocol.ONVIF_HTTPS, certificate="a" * 64)
    camera = room.cameras.add(room.supervisor, over_https)
    with pytest.raises(PermissionRefused):
        room.cameras.trust_certificate(room.operator, camera.id, "b" * 64)
    with pytest.raises(InvalidInput, match="fingerprint"):
        room.cameras.trust_certificate(room.supervisor, camera.id, "no such thing")
    room.cameras.trust_certificate(room.supervisor, camera.id, "b" * 64)
    (login,) = room.cameras.logins(room.operator).values()
    assert login.address().certificate == "b" * 64
    assert newest_entry(room).detail["certificate"] == f"{'a' * 64} → {'b' * 64}"
    with pytest.raises(ControlRoomError), room.database.write() as work:
        work.session.execute(text("UPDATE cameras SET certificate = 'anything'"))
    with pytest.raises(InvalidInput, match="typed again"):
        room.cameras.change(room.supervisor, camera.id, reachable(), seen=camera.version + 1)


def test_what_is_tried_at_the_same_place_is_held_to_its_certificate_and_elsewhere_to_none(room):
    over_https = reachable(protocol=Protocol.ONVIF_HTTPS, certificate="a" * 64)
    camera = room.cameras.add(room.supervisor, over_https)
    here = room.cameras.login_to_try(
        room.supervisor, camera.id, reachable(protocol=Protocol.ONVIF_HTTPS, certificate="")
    )
    assert (here.certificate, here.password) == ("a" * 64, "s3cret")
    there = NewCamera("014", "x", PLACE, host="127.0.0.9", password="typed", protocol=Protocol.ONVIF_HTTPS)
    assert room.cameras.login_to_try(room.supervisor, camera.id, there).certificate == ""


ENCRYPTED = "rtsps://127.0.0.1:322/live"


def test_the_certificate_of_its_streams_stays_with_their_place_and_only_a_person_changes_it(room):
    encrypted = reachable(main_stream=ENCRYPTED, stream_certificate="a" * 64)
    camera = room.cameras.add(room.supervisor, encrypted)
    tried = reachable(main_stream=ENCRYPTED)
    assert room.cameras.login_to_try(room.supervisor, camera.id, tried).stream_certificate == "a" * 64
    with pytest.raises(PermissionRefused):
        room.cameras.trust_certificate(room.operator, camera.id, stream_certificate="b" * 64)
    with pytest.raises(InvalidInput):
        room.cameras.trust_certificate(room.supervisor, camera.id)
    room.cameras.trust_certificate(room.supervisor, camera.id, stream_certificate="b" * 64)
    (login,) = room.cameras.logins(room.operator).values()
    assert login.stream_certificate == "b" * 64
    assert newest_entry(room).detail == {"stream_certificate": f"{'a' * 64} → {'b' * 64}"}
    for values in ({"stream_certificate": "c" * 64}, {"stream_certificate": ""}, {"stream_certificate": "C"}):
        with pytest.raises(ControlRoomError), room.database.write() as work:
            work.session.execute(update(CameraRow).values(**values))
    camera = room.cameras.change(room.supervisor, camera.id, tried, seen=camera.version + 1)
    assert camera.stream_certificate == "b" * 64
    moved = reachable(main_stream=ENCRYPTED.replace("322", "323"))
    camera = room.cameras.change(room.supervisor, camera.id, moved, seen=camera.version, password_stays=False)
    assert camera.stream_certificate == ""


def test_an_encrypted_stream_by_udp_is_refused_by_the_service_and_by_the_database(room):
    by_udp = reachable(stream_transport=StreamTransport.UDP)
    camera = room.cameras.add(room.supervisor, by_udp)
    assert room.cameras.logins(room.operator)[camera.id].stream_transport is StreamTransport.UDP
    with pytest.raises(InvalidInput) as refused:
        room.cameras.add(
            room.supervisor, reachable("015", main_stream=ENCRYPTED, stream_transport=StreamTransport.UDP)
        )
    assert refused.value.field == "stream_transport"
    for values in ({"sub_stream": ENCRYPTED}, {"stream_transport": "pigeon"}):
        with pytest.raises(ControlRoomError), room.database.write() as work:
            work.session.execute(update(CameraRow).values(**values))


def test_streams_are_written_without_a_person_where_none_is_known_and_at_the_cameras_own_address(room):
    unread = room.cameras.add(room.supervisor, reachable(main_stream="", sub_stream=""))
    for elsewhere in ("rtsp://203.0.113.9/main", f"rtsp://{unread.host}.example/main", "rtsp:main"):
        with pytest.raises(ControlRoomError), room.database.write() as work:
            work.session.execute(update(CameraRow).values(main_stream=elsewhere))
    own = f"rtsp://{unread.host}:554/main"
    with room.database.write() as work:
        work.session.execute(update(CameraRow).values(main_stream=own, make="Acme"))
        audit.record(work, "recorder", "camera.read", "camera", unread.number)
    for values in ({"main_stream": f"{own}2"}, {"sub_stream": own}, {"make": "Other"}, {"main_stream": ""}):
        with pytest.raises(ControlRoomError), room.database.write() as work:
            work.session.execute(update(CameraRow).values(**values))
    with room.database.write() as work:  # the version, as every change by a person raises it
        work.session.execute(update(CameraRow).values(main_stream="rtsp://203.0.113.9/", version=2))
        audit.record(work, "supervisor", "camera.changed", "camera", unread.number)


@pytest.mark.parametrize(
    ("host", "url", "own"),
    [
        ("10.0.0.5", "rtsp://10.0.0.5", True),
        ("10.0.0.5", "rtsp://10.0.0.5?x=1", True),
        ("10.0.0.5", "rtsp://10.0.0.55/main", False),
        ("Camera-14", "rtsp://camera-14:554/main", True),
        ("fd00::14", "rtsp://[fd00::14]:554/main", True),
        ("fe80::1%eth0", "rtsp://[fe80::1%25eth0]/main", True),
        ("fd00::1", "rtsp://[fd00::0001]/main", False),  # the same, but nobody has to compare so cleverly
    ],
)
def test_program_and_database_agree_on_what_is_at_the_cameras_own_address(room, host, url, own):
    camera = room.cameras.add(room.supervisor, replace(reachable(main_stream="", sub_stream=""), host=host))
    report = DeviceReport(profiles=(StreamProfile("a", "", "H264", 1920, 1080, 25, url),))
    learned = learned_at(camera.host, report)
    assert learned.main_stream == (url if own else "")
    with nullcontext() if own else pytest.raises(ControlRoomError), room.database.write() as work:
        work.session.execute(update(CameraRow).values(main_stream=url))
        audit.record(work, "recorder", "camera.read", "camera", camera.number)
