"""A camera nobody watches is told as the recorder sees it."""

from dataclasses import replace
from datetime import UTC, datetime

from controlroom.cameras.records import Camera, Place
from controlroom.recording.records import CameraHealth, HealthState
from controlroom.ui.pages.cameras.list import CameraLine, health_words
from controlroom.video.records import StreamState, StreamStatus

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CAMERA = Camera(
    1, "014", "George Street", Place("George Street", "Town centre", "Fairfield"), host="10.0.0.5"
)


def health(state: HealthState, since: datetime) -> CameraHealth:
    return CameraHealth(1, state, since, NOW, "no answer")


def test_since_when_with_the_day_where_it_was_not_today() -> None:
    assert (
        health_words(health(HealthState.OFFLINE, NOW.replace(hour=3, minute=12)), NOW)
        == "offline since 03:12"
    )
    before = health(HealthState.SILENT, NOW.replace(day=19, hour=23))
    assert health_words(before, NOW) == "does not answer since 19 Nov 2026 23:00"
    assert health_words(health(HealthState.ONLINE, NOW), NOW) == "online"


def test_what_the_wall_sees_comes_first() -> None:
    gone = health(HealthState.OFFLINE, NOW.replace(hour=3, minute=12))
    words = (gone, health_words(gone, NOW))
    unwatched = CameraLine(CAMERA, None, *words)
    assert (unwatched.word, unwatched.mark, unwatched.troubled) == ("offline since 03:12", "alarm", True)
    assert unwatched.detail == "no answer"
    watched = CameraLine(CAMERA, StreamStatus(StreamState.LIVE), *words)
    assert (watched.word, watched.mark) == ("live", "live")
    stopped = CameraLine(CAMERA, StreamStatus(StreamState.STOPPED), *words)
    assert stopped.word == "offline since 03:12"


def test_a_healthy_camera_that_is_not_on_the_wall_answers() -> None:
    reached = replace(CAMERA, main_stream="rtsp://10.0.0.5/main")
    healthy = CameraLine(reached, answers=True)
    assert (healthy.word, healthy.mark, healthy.troubled) == ("answers", "live", False)
    assert CameraLine(reached).word == "not looked at", "without a recorder nobody knows"
