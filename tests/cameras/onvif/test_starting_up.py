"""A camera that starts again in mid-pan answers before its services are there; its motors may be turning meanwhile."""

import pytest

from controlroom.cameras.devices import DeviceFault, FaultKind
from controlroom.cameras.onvif.probe import read_basics
from controlroom.cameras.onvif.ptz import PtzHead
from controlroom.cameras.onvif.ptz_capabilities import read_ptz_capabilities
from controlroom.cameras.onvif.session import CameraSession
from tests.cameras.onvif.loopback import HandMadeCamera, Reply

NOT_THERE_YET = [
    Reply(b"", 404),
    Reply(b"", 501),
    Reply(b"", 200),
    Reply(b"<html><body>Please wait</body></html>", 200, {"Content-Type": "text/html"}),
    Reply(b"<html><body>Not Found</body></html>", 404, {"Content-Type": "text/html"}),
]


def moving_head(camera: HandMadeCamera, *, stopped_before: bool) -> PtzHead:
    session = CameraSession(camera.address)
    basics = read_basics(session)
    capabilities = read_ptz_capabilities(session, basics.profiles, basics.make)
    assert capabilities is not None
    head = PtzHead(session, capabilities)
    head.move(1, 0, 0)
    if stopped_before:
        head.stop()
        head.move(1, 0, 0)
    return head


@pytest.mark.parametrize("stopped_before", [True, False])
@pytest.mark.parametrize("reply", NOT_THERE_YET)
def test_a_stop_that_a_camera_starting_up_cannot_take_is_worth_another_try(
    reply: Reply, stopped_before: bool
) -> None:
    with HandMadeCamera() as camera:
        head = moving_head(camera, stopped_before=stopped_before)
        stopping = head.over(head.session.another())  # as control and the command line do it
        camera.answers.update(Stop=reply, ContinuousMove=reply)
        with pytest.raises(DeviceFault) as caught:
            stopping.stop()
        assert caught.value.kind is FaultKind.BUSY
        assert "did before" in caught.value.what
        camera.answers.clear()
        stopping.stop()
        assert not camera.moving
        assert camera.log[-1] == "stop", "and the camera is not taken for one without Stop"


def test_a_camera_without_its_services_is_not_called_back() -> None:
    with HandMadeCamera() as camera:
        session = CameraSession(camera.address)
        read_basics(session)
        camera.answers["GetSystemDateAndTime"] = Reply(b"", 404)
        with pytest.raises(DeviceFault) as caught:
            session.read_clock()
    assert caught.value.kind is FaultKind.BUSY
