"""One picture from a camera that no tile shows, against the simulator's."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from controlroom.errors import Unavailable
from controlroom.simulator.fleet import Fleet
from controlroom.video.one_picture import NoPicture, look, take_one_picture
from controlroom.video.records import StreamAddress, StreamFault, StreamState


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with Fleet(1, loops=True, discovery=False) as fleet:
        yield fleet


def address(fleet, **more):
    camera = fleet.cameras[0]
    login = {"username": camera.username, "password": camera.password, **more}
    return StreamAddress(camera.stream_url("main", with_login=False), **login)


def test_a_picture_of_the_cameras_own_size_is_saved_and_the_stream_closed(desk, fleet, tmp_path: Path):
    path = take_one_picture(desk.pool, address(fleet), tmp_path / "view.jpg")
    picture = cv2.imread(str(path))
    assert picture is not None
    height, width, _ = picture.shape
    assert width >= 1280
    assert width > height
    tiles = [f"one-picture-{number}" for number in range(1, 5)]
    assert {desk.pool.status(tile).state for tile in tiles} == {StreamState.STOPPED}


def test_a_camera_that_refuses_the_password_says_so(desk, fleet, tmp_path: Path):
    with pytest.raises(Unavailable, match="No picture came"):
        take_one_picture(desk.pool, address(fleet, password="wrong"), tmp_path / "view.jpg")
    assert not (tmp_path / "view.jpg").exists()


def test_a_look_tells_size_codec_and_rate_and_tries_a_login_that_was_refused_once_more(
    desk, fleet, tmp_path: Path
):
    seen = look(desk.pool, address(fleet), tmp_path / "look.jpg")
    assert (seen.width, seen.height, seen.codec) == (1280, 720, "H264")
    assert seen.fps > 0
    assert seen.path.stat().st_size > 1000
    before = fleet.camera_state()["logins_refused"]
    for tries in (1, 2):
        with pytest.raises(NoPicture) as refused:
            look(desk.pool, address(fleet, password="guess"), tmp_path / "none.jpg")
        assert refused.value.fault is StreamFault.REFUSED_PASSWORD
        assert fleet.camera_state()["logins_refused"] == before + tries, "once for each time somebody asked"
