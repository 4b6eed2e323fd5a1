"""Says how a stream of the register is opened: with its login, by its transport, and held to its certificate."""

from controlroom.cameras.records import CameraLogin
from controlroom.video.records import StreamAddress


def stream_address(login: CameraLogin, url: str) -> StreamAddress:
    """Return what the video pool opens for one of a camera's streams."""
    return StreamAddress(
        url,
        login.username,
        login.password,
        login.stream_transport.value.lower(),
        login.stream_certificate,
    )
