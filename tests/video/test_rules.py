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
    redirected,
    tile_state,
    with_login,
    without_picture,
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
    with pytest.raises(InvalidInput, match="automatic, tcp or udp"):
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


@pytest.mark.parametrize("stamped_fps", [25, 16, 14, 1000])
def test_a_stream_that_is_waited_for_is_never_late_whatever_its_stamps_say(stamped_fps):
    """Fifteen pictures a second for an hour, on a computer that needs 10 ms for each."""
    lateness, sent_fps = Lateness(), 15
    behind = [
        lateness.behind_s(n / stamped_fps, 100.0 + n / sent_fps, 1 / sent_fps - 0.010)
        for n in range(3600 * sent_fps)
    ]
    assert max(behind[60:]) == pytest.approx(0.0, abs=1e-9)
    assert max(behind) < 2.0, "arrival is judged after a moment"


def test_a_queue_is_noticed_when_nothing_is_waited_for_any_more():
    """Ten seconds up to date, then each picture takes this computer 100 ms, with right stamps of 15 fps."""
    lateness, now = Lateness(), 100.0
    for n in range(150):
        now = 100.0 + n / 15
        assert lateness.behind_s(n / 15, now, 0.05) == pytest.approx(0.0, abs=1e-6)
    behind = [lateness.behind_s(n / 15, now + (n - 149) * 0.1, 0.001) for n in range(150, 300)]
    assert behind[-1] == pytest.approx(150 * (0.1 - 1 / 15), abs=0.5)


def test_a_computer_that_waits_for_itself_now_and_then_still_notices_the_queue():
    """Each picture takes 100 ms; of every twelfth it seems as if it had been waited for."""
    lateness, behind = Lateness(), []
    for n in range(150):
        seemed = 0.09 if n % 12 == 0 else -0.02
        behind.append(lateness.behind_s(n / 15, 100.0 + n * 0.1, seemed))
    assert behind[-1] == pytest.approx(149 * (0.1 - 1 / 15), abs=0.5)


def test_missing_stamps_say_nothing():
    lateness = Lateness()
    assert [lateness.behind_s(None, 100.0 + n / 10, 0.0) for n in range(50)] == [0.0] * 50


def test_what_is_said_of_a_stream_without_a_picture():
    live, connecting = StreamState.LIVE, StreamState.CONNECTING
    assert without_picture(0.2, connecting, 0) is None
    assert without_picture(1.0, live, 0) is None
    for waited_s, state, spoilt in ((1.0, connecting, 0), (8.0, connecting, 3), (40.0, live, 0)):
        said = without_picture(waited_s, state, spoilt)
        assert said is not None
        assert said.fault is StreamFault.AWAITING_KEY
        assert ("damaged" in str(said)) is (spoilt > 0)
    given_up = without_picture(61.0, connecting, 0)
    assert given_up is not None
    assert given_up.fault is StreamFault.NOT_A_STREAM
    assert "I-frame" in str(given_up)


def test_a_redirection_is_followed_within_the_device_only():
    address = StreamAddress("rtsp://camera:8554/main", "viewer", "secret", "udp")
    for location, url in (
        ("rtsp://camera:8555/other?x=1", "rtsp://camera:8555/other?x=1"),
        ("RTSP://CAMERA/other", "rtsp://camera/other"),
        ("/other", "rtsp://camera:8554/other"),
        ("rtsp://someone:else@camera/other", "rtsp://camera/other"),
        ("rtsps://camera/other", "rtsps://camera/other"),
    ):
        assert redirected(address, location) == StreamAddress(url, "viewer", "secret", "udp")
    encrypted = StreamAddress("rtsps://camera/main", "viewer", "secret")
    for asked, location, words in (
        (address, "rtsp://elsewhere/main", "another device"),
        (address, "rtsp://camera.elsewhere/main", "another device"),
        (address, "rtsp://camera@elsewhere/main", "another device"),
        (address, "file:///etc/passwd", "cannot be read"),
        (address, "rtsp://[::1/x", "cannot be read"),
        (encrypted, "rtsp://camera/main", "not encrypted"),
    ):
        with pytest.raises(StreamError, match=words) as caught:
            redirected(asked, location)
        assert not caught.value.fault.final
