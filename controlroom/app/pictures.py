"""Takes test pictures: from a camera on the register for rapid deployment, from a stream that is being tried."""

from pathlib import Path

from controlroom.accounts.records import Actor
from controlroom.cameras.remembered import DeskCameras
from controlroom.errors import Unavailable
from controlroom.platform import private_folder
from controlroom.ui.stream_address import stream_address
from controlroom.video.one_picture import look, take_one_picture
from controlroom.video.pool import VideoPool
from controlroom.video.records import Look, StreamAddress


def picture_of(cameras: DeskCameras, pool: VideoPool, folder: Path, actor: Actor, number: str) -> Path:
    """A picture of the camera with that number, in `folder` until the record has its own copy; waits for it."""
    found = next((each for each in cameras.cameras(actor) if each.number == number), None)
    login = cameras.logins(actor).get(found.id) if found is not None else None
    url = (login.main_stream or login.sub_stream) if login is not None else ""
    if found is None or login is None or not url:
        raise Unavailable(
            f"Camera {number} has no stream address on the register.",
            remedy="Add it under Cameras, or choose a file.",
        )
    if login.trouble:
        raise Unavailable(login.trouble, remedy="Choose a file.")
    private_folder(folder)
    return take_one_picture(pool, stream_address(login, url), folder / f"camera-{found.id}.jpg")


def test_picture(pool: VideoPool, folder: Path, stream: StreamAddress) -> Look:
    """A picture of a stream that is being tried, in `folder` until the next one; waits for it."""
    private_folder(folder)
    return look(pool, stream, folder / "test-picture.jpg")
