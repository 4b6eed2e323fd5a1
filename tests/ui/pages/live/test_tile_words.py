"""What a tile says, from its stream's status and the age of its picture."""

from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from controlroom.cameras.records import Camera, Place
from controlroom.ui.pages.live.tile import Tile
from controlroom.ui.pages.live.tile_words import TileWords, duration, show_age, words
from controlroom.video.records import Frame, StreamFault, StreamState, StreamStatus

NOW = 5000.0
WALL = datetime(2026, 11, 20, 22, 41, 7, tzinfo=UTC)
LIVE = StreamStatus(StreamState.LIVE, fps=14.9)


def said(status: StreamStatus = LIVE, age: float | None = 0.04, *, oldest: float = 0.0) -> TileWords:
    at = None if age is None else NOW - age
    return words("014", status, NOW, WALL, at=at, has_picture=age is not None, oldest_s=oldest)


def test_a_fresh_picture_is_live_with_its_rate_and_age():
    live = said()
    assert (live.state, live.rate, live.age, live.foot) == ("live", "15 fps", "40 ms", "")


def test_the_age_is_how_old_pictures_become_not_how_new_the_last_one_is():
    assert said(age=0.01, oldest=0.07).age == "70 ms"


@pytest.mark.parametrize("state", list(StreamState))
def test_no_claim_of_the_stream_makes_an_old_picture_live(state: StreamState):
    assert not said(StreamStatus(state), age=2.0).live


def test_a_stalled_picture_is_veiled_and_dated():
    stalled = said(age=3.2)
    assert (stalled.state, stalled.veiled, stalled.has_picture) == ("warn", True, True)
    assert stalled.foot == "stalled 3 s, last picture 22:41:03"
    assert stalled.short == "stalled 3 s"


def test_a_lost_picture_says_since_when_why_and_when_it_is_tried_again():
    lost = said(StreamStatus(StreamState.OFFLINE, "The encoder refuses.", retry_in_s=8.6), age=245)
    assert lost.headline == "No picture from camera 014"
    assert (lost.detail, lost.foot) == ("The encoder refuses.", "offline 4 min, retry in 9 s")
    assert (lost.state, lost.has_picture, lost.short) == ("alarm", False, "offline 4 min")


def test_a_try_under_way_does_not_count_down_from_nought():
    assert said(StreamStatus(StreamState.OFFLINE, retry_in_s=0.1), age=None).foot == "offline, trying now"


def test_a_key_picture_that_is_awaited_is_said_so_with_or_without_an_older_picture():
    detail = "Waiting for a key picture. The camera sends."
    waiting = StreamStatus(StreamState.CONNECTING, detail, fault=StreamFault.AWAITING_KEY)
    first = said(waiting, age=None)
    assert first.headline == "Camera 014 sends, waiting for a key picture"
    assert (first.state, first.detail, first.short) == (
        "idle",
        "The camera sends.",
        "waiting for a key picture",
    )
    assert said(waiting, age=12).foot == "offline 12 s, waiting for a key picture"


def test_a_picture_by_udp_says_so_since_packets_may_be_lost():
    by = {each: StreamStatus(StreamState.LIVE, fps=15, transport=each) for each in ("tcp", "udp")}
    assert (said(by["tcp"], age=0.1).rate, said(by["udp"], age=0.1).rate) == ("15 fps", "15 fps UDP")


def test_a_camera_being_called_says_so_without_alarm():
    calling = said(StreamStatus(StreamState.CONNECTING, "Connecting."), age=None)
    assert (calling.state, calling.headline, calling.detail) == ("idle", "Connecting to camera 014", "")


@pytest.mark.parametrize(
    ("fault", "headline"),
    [
        (StreamFault.REFUSED_PASSWORD, "Camera 014 refused the login"),
        (StreamFault.CERTIFICATE_CHANGED, "Camera 014 shows another certificate"),
        (StreamFault.UNSUPPORTED_SCHEME, "Camera 014 cannot be opened"),
    ],
)
def test_what_waits_for_somebody_to_act_says_why_and_is_not_tried_again(fault: StreamFault, headline: str):
    refused = said(StreamStatus(StreamState.REFUSED, "Its reason.", fault=fault), age=0.5)
    assert (refused.headline, refused.detail) == (headline, "Its reason.")
    assert "not tried again" in refused.foot


def test_a_camera_nobody_connects_to_is_no_fault():
    bare = said(StreamStatus(StreamState.STOPPED, "It has no address."), age=None)
    assert (bare.state, bare.foot, bare.detail) == ("idle", "not connected", "It has no address.")


def test_a_stream_known_to_live_whose_picture_has_not_come_is_not_live_yet():
    waiting = words("014", LIVE, NOW, WALL, at=NOW - 0.1, has_picture=False)
    assert (waiting.state, waiting.has_picture) == ("idle", False)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0, "10 ms"), (0.066, "70 ms"), (0.99, "990 ms"), (0.999, "1.0 s"), (1.44, "1.4 s")],
)
def test_ages_are_shown_in_steps_that_can_be_read(seconds: float, shown: str):
    assert show_age(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(45.9, "45 s"), (60, "1 min"), (7100, "1 h"), (200000, "2 d")]
)
def test_durations_are_as_coarse_as_they_are_long(seconds: float, shown: str):
    assert duration(seconds) == shown


def test_a_picture_left_from_before_a_tile_was_hidden_does_not_count_as_its_age(qtbot: QtBot):
    tile = Tile(0)
    qtbot.addWidget(tile)
    tile.set_camera(Camera(1, "014", "George Street, station", Place("", "", "")))
    tile.show()
    tile.set_picture(Frame(1, 100.0, 4, 2, 16, bytearray(32)), 100.05)
    tile.reveal(136.0)
    tile.set_picture(Frame(2, 136.1, 4, 2, 16, bytearray(32)), 136.15)
    status = StreamStatus(StreamState.LIVE, last_picture_at=136.1, fps=15.0)
    tile.set_status(status, 136.2, WALL)
    assert tile.words.live
    assert tile.words.age == "100 ms"
