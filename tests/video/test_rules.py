"""What is decided without looking at anything: ages, addresses, pauses, lateness."""

import pytest

from controlroom.errors import InvalidInput
from controlroom.video.records import StreamAddress, StreamFault, StreamState
from controlroom.video.rules import (
    LONGEST_PAUSE_S,
    BackOff,
    Lateness,
    StreamError,
    checked,
    fit_within,
    place,
    tile_state,
    with_login,
)


@pytest.mark.parametrize(
    ("reported", "age", "shown"),
    [
        (StreamState.CONNECTING, None, StreamState.CONNECTING),
        (StreamState.OFFLINE, None, StreamState.OFFLINE),
        (StreamState.LIVE, None, StreamState.CONNECTING),
        (StreamState.LIVE, 0.1, StreamState.LIVE),
        (StreamState.LIVE, 2.0, StreamState.STALLED),
        (StreamState.LIVE, 9.9, StreamState.STALLED),
        (StreamState.LIVE, 10.0, StreamState.OFFLINE),
        (StreamState.CONNECTING, 0.5, StreamState.LIVE),
        (StreamState.CONNECTING, 30.0, StreamState.OFFLINE),
        (StreamState.REFUSED, 0.5, StreamState.REFUSED),
        (StreamState.STOPPED, 0.5, StreamState.STOPPED),
    ],
)
def test_a_tile_shows_the_age_of_its_picture_and_not_what_anyone_hopes(reported, age, shown):
    assert tile_state(reported, age) is shown


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "concat:a|b", "/etc/passwd", "ftp://camera/x", "", "C:\\x"]
)
def test_addresses_that_are_not_streams_are_refused(url):
    with pytest.raises(StreamError) as caught:
        checked(StreamAddress(url))
    assert caught.value.fault is StreamFault.UNSUPPORTED_SCHEME
    assert caught.value.fault.final
    assert "rtsp" in str(caught.value)


@pytest.mark.parametrize("address", [StreamAddress("rtsp:///x"), StreamAddress("rtsp://c:99999/x")])
def test_addresses_that_name_no_camera_are_refused(address):
    with pytest.raises(InvalidInput):
        checked(address)


def test_an_unknown_transport_is_refused():
    with pytest.raises(InvalidInput, match="tcp or udp"):
        checked(StreamAddress("rtsp://camera/x", transport="pigeon"))


def test_a_login_inside_the_address_is_taken_out_and_escaped_again():
    address = checked(StreamAddress("RTSP://viewer:p%40ss%2Fword@[::1]:8554/main?x=1"))
    assert (address.url, address.username, address.password) == (
        "rtsp://[::1]:8554/main?x=1",
        "viewer",
        "p@ss/word",
    )
    assert place(address) == ("::1", 8554)
    assert with_login(address) == "rtsp://viewer:p%40ss%2Fword@[::1]:8554/main?x=1"
    assert "p@ss" not in repr(address)


@pytest.mark.parametrize(("url", "port"), [("rtsp://c/x", 554), ("rtsps://c/x", 322), ("https://c/x", 443)])
def test_each_scheme_has_its_port(url, port):
    assert place(checked(StreamAddress(url))) == ("c", port)


def test_a_picture_keeps_its_shape_inside_the_tile():
    assert fit_within(1280, 720, 480, 480) == (480, 270)
    assert fit_within(640, 360, 1920, 1080) == (1920, 1080)
    assert fit_within(576, 704, 300, 100) == (82, 100)
    assert fit_within(4000, 1, 10, 10) == (10, 1)


def test_pauses_double_up_to_a_limit_and_are_spread():
    back_off = BackOff()
    pauses = [back_off.after(0.0, 0.5) for _ in range(8)]
    assert pauses[:4] == [1.0, 2.0, 4.0, 8.0]
    assert pauses[-1] == LONGEST_PAUSE_S
    assert back_off.after(0.0, 0.0) < LONGEST_PAUSE_S < back_off.after(0.0, 1.0)


def test_only_minutes_of_pictures_are_forgiven():
    flapping = BackOff()
    assert [flapping.after(10.0, 0.5) for _ in range(4)] == [1.0, 2.0, 4.0, 8.0]
    assert flapping.after(121.0, 0.5) == 1.0


def test_pictures_that_queue_up_are_late_and_a_steady_delay_is_not():
    lateness = Lateness()
    assert [lateness.behind_s(n / 10, 100.0 + n / 10 + 0.4, 0.0) for n in range(20)] == pytest.approx(
        [0.0] * 20, abs=1e-6
    )
    assert lateness.behind_s(2.0, 103.0, 0.0) == pytest.approx(0.6, abs=0.01)
    assert lateness.behind_s(2.1, 102.5, 0.0) == pytest.approx(0.0, abs=0.01)


def test_stamps_that_stand_still_or_jump_say_nothing():
    lateness = Lateness()
    for n in range(5):
        assert lateness.behind_s(0.0, 100.0 + n, 0.0) == 0.0
    assert lateness.behind_s(5000.0, 106.0, 0.0) == 0.0
    assert lateness.behind_s(3.0, 107.0, 0.0) == 0.0
