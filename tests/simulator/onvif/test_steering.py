"""A simulated head does as it is told, over the wire, with the habits its settings give it."""

from collections.abc import Iterator

import pytest

from controlroom.cameras.devices import DeviceFault, FaultKind
from controlroom.cameras.onvif.probe import read_basics
from controlroom.cameras.onvif.ptz import PtzHead
from controlroom.cameras.onvif.ptz_capabilities import read_ptz_capabilities
from controlroom.cameras.onvif.session import CameraSession
from controlroom.simulator.fleet import Fleet, SimulatedCamera
from controlroom.simulator.settings import CameraSettings, PtzQuirks, Spaces
from tests.simulator.onvif.calling import PTZ, Answer, address, call, move
from tests.waiting import wait_until

BORN_WITH = ["Station steps", "Tram stop", "Taxi rank", "Arcade", "Cash points", "Wide"]
QUIRKS = {
    "usual": PtzQuirks(),
    "ignores timeout": PtzQuirks(ignore_timeout=True),
    "refuses timeout": PtzQuirks(refuse_timeout=True),
    "knows no stop": PtzQuirks(stop_unsupported=True),
    "one axis at a time": PtzQuirks(one_axis_at_a_time=True),
    "continuous only": PtzQuirks(absolute=False, relative=False),
    "degrees": PtzQuirks(spaces=Spaces.DEGREES),
    "tells no movement": PtzQuirks(move_status=False),
    "stuck at moving": PtzQuirks(stuck_moving=True),
    "picky about names": PtzQuirks(preset_names_restricted=True),
    "eight presets": PtzQuirks(max_presets=8),
}
Cameras = dict[str, SimulatedCamera]


@pytest.fixture(scope="module")
def cameras() -> Iterator[Cameras]:
    settings = [
        CameraSettings(f"{place:03d}", name, seed=place, ptz=quirks)
        for place, (name, quirks) in enumerate(QUIRKS.items(), 1)
    ]
    with Fleet(settings, discovery=False) as fleet:
        yield dict(zip(QUIRKS, fleet.cameras, strict=True))


@pytest.fixture
def usual(cameras: Cameras) -> SimulatedCamera:
    """The usual camera, at rest in the middle."""
    camera = cameras["usual"]
    stand_at(camera, 0.0, 0.0, 0.0)
    return camera


@pytest.fixture
def head(cameras: Cameras, request: pytest.FixtureRequest) -> Iterator[PtzHead]:
    """The project's own client on the camera named by the test's parameter."""
    session = CameraSession(address(cameras[request.param]))
    try:
        capabilities = read_ptz_capabilities(session, read_basics(session).profiles)
        assert capabilities is not None
        yield PtzHead(session, capabilities)
    finally:
        session.close()


def by_client(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("head", [name], indirect=True)


def go(camera: SimulatedCamera, inner: str, timeout: str = "") -> Answer:
    wait = f"<Timeout>{timeout}</Timeout>" if timeout else ""
    return move(camera, "ContinuousMove", f"<Velocity>{inner}</Velocity>{wait}")


def turning(x: float, y: float = 0.0) -> str:
    return f'<t:PanTilt x="{x}" y="{y}"/>'


def zooming(x: float) -> str:
    return f'<t:Zoom x="{x}"/>'


def position(camera: SimulatedCamera) -> tuple[float, float, float]:
    answer = move(camera, "GetStatus")
    values = answer.attribute("PanTilt", "x"), answer.attribute("PanTilt", "y"), answer.attribute("Zoom", "x")
    pan, tilt, zoom = (float(each) for each in values)
    return pan, tilt, zoom


def state(camera: SimulatedCamera) -> str:
    (node,) = move(camera, "GetStatus").root.iter("{*}MoveStatus")
    return "/".join(sorted(set(node.itertext())))


def stand_at(camera: SimulatedCamera, pan: float, tilt: float, zoom: float) -> None:
    assert (
        move(camera, "AbsoluteMove", f"<Position>{turning(pan, tilt)}{zooming(zoom)}</Position>").status
        == 200
    )
    wait_until(lambda: state(camera) == "IDLE", why="the head comes to rest")
    assert position(camera) == pytest.approx((pan, tilt, zoom), abs=1e-4)


def test_a_camera_is_born_with_six_presets_at_six_places(cameras: Cameras) -> None:
    answer = move(cameras["continuous only"], "GetPresets")
    assert answer.texts("Name") == BORN_WITH
    places = {tuple(node.attrib.values()) for node in answer.root.iter("{*}PanTilt")}
    assert len(places) == len(BORN_WITH)


def test_a_head_moves_until_told_to_stop(usual: SimulatedCamera) -> None:
    assert state(usual) == "IDLE"
    assert go(usual, turning(0.2, -0.1)).status == 200
    assert state(usual) == "MOVING"
    wait_until(lambda: position(usual)[0] > 0.02 and position(usual)[1] < -0.005)
    assert move(usual, "Stop").status == 200
    assert state(usual) == "IDLE"
    assert position(usual) == position(usual)


def test_a_move_ends_by_itself_after_its_timeout(usual: SimulatedCamera) -> None:
    go(usual, turning(0.5), "PT0.2S")
    assert state(usual) == "MOVING"
    wait_until(lambda: state(usual) == "IDLE")
    assert position(usual)[0] == pytest.approx(0.5 * 0.6 * 0.2, abs=1e-3)


def test_an_axis_stops_alone(usual: SimulatedCamera) -> None:
    go(usual, turning(0.1) + zooming(0.5))
    assert move(usual, "Stop", "<PanTilt>true</PanTilt><Zoom>false</Zoom>").status == 200
    pan, _, zoom = position(usual)
    wait_until(lambda: position(usual)[2] > zoom + 0.01, why="the zoom goes on")
    assert position(usual)[0] == pan
    assert move(usual, "Stop", "<PanTilt>false</PanTilt><Zoom>true</Zoom>").status == 200
    assert state(usual) == "IDLE"


def test_an_axis_that_stop_does_not_name_stops_too(usual: SimulatedCamera) -> None:
    """The standard's own words; what is in doubt stands still."""
    go(usual, turning(0.1) + zooming(0.5))
    assert move(usual, "Stop", "<PanTilt>true</PanTilt>").status == 200
    assert state(usual) == "IDLE"


def test_an_axis_that_a_move_does_not_name_goes_on(usual: SimulatedCamera) -> None:
    go(usual, turning(0.1))
    go(usual, zooming(0.2))
    pan, _, zoom = position(usual)
    wait_until(lambda: position(usual)[0] > pan and position(usual)[2] > zoom)
    assert go(usual, turning(0.0) + zooming(0.0)).status == 200
    assert state(usual) == "IDLE"


def test_a_head_goes_where_it_is_sent_and_by_how_far(usual: SimulatedCamera) -> None:
    stand_at(usual, 0.2, -0.1, 0.3)
    by = f"<Translation>{turning(-0.1, 0.05)}{zooming(-0.1)}</Translation>"
    assert move(usual, "RelativeMove", by).status == 200
    wait_until(lambda: state(usual) == "IDLE")
    assert position(usual) == pytest.approx((0.1, -0.05, 0.2), abs=1e-4)


def test_a_slower_move_takes_longer(usual: SimulatedCamera) -> None:
    slow = "<Speed>" + turning(0.05, 0.05) + "</Speed>"
    assert move(usual, "AbsoluteMove", f"<Position>{turning(1, 0)}</Position>{slow}").status == 200
    assert state(usual) == "MOVING"
    assert move(usual, "Stop").status == 200
    assert position(usual)[0] < 0.5


def test_a_preset_is_stored_reached_moved_and_forgotten(usual: SimulatedCamera) -> None:
    stand_at(usual, -0.2, 0.1, 0.15)
    token = move(usual, "SetPreset", "<PresetName>Bandstand – west</PresetName>").text("PresetToken")
    stand_at(usual, 0.0, 0.0, 0.0)
    assert move(usual, "GotoPreset", f"<PresetToken>{token}</PresetToken>").status == 200
    wait_until(lambda: state(usual) == "IDLE")
    assert position(usual) == pytest.approx((-0.2, 0.1, 0.15), abs=1e-4)
    stand_at(usual, 0.1, 0.0, 0.0)
    again = f"<PresetName>Bandstand – east</PresetName><PresetToken>{token}</PresetToken>"
    assert move(usual, "SetPreset", again).text("PresetToken") == token
    assert move(usual, "GetPresets").texts("Name") == [*BORN_WITH, "Bandstand – east"]
    assert move(usual, "SetPreset", "<PresetName>Bandstand – east</PresetName>").codes[-1] == "PresetExist"
    assert move(usual, "RemovePreset", f"<PresetToken>{token}</PresetToken>").status == 200
    assert move(usual, "GotoPreset", f"<PresetToken>{token}</PresetToken>").codes[-1] == "NoToken"
    assert move(usual, "GetPresets").texts("Name") == BORN_WITH


def test_home_is_where_it_was_set(usual: SimulatedCamera) -> None:
    stand_at(usual, 0.15, -0.05, 0.1)
    assert move(usual, "SetHomePosition").status == 200
    stand_at(usual, 0.0, 0.0, 0.0)
    assert move(usual, "GotoHomePosition").status == 200
    wait_until(lambda: state(usual) == "IDLE")
    assert position(usual) == pytest.approx((0.15, -0.05, 0.1), abs=1e-4)


def test_a_full_camera_stores_no_more_presets(cameras: Cameras) -> None:
    camera = cameras["eight presets"]
    assert [move(camera, "SetPreset").status for _ in range(3)] == [200, 200, 500]
    answer = move(camera, "SetPreset", "<PresetName>Ninth</PresetName>")
    assert answer.codes == ["Receiver", "Action", "TooManyPresets"]


def test_a_timeout_may_be_ignored(cameras: Cameras) -> None:
    camera = cameras["ignores timeout"]
    before = position(camera)[0]
    go(camera, turning(-0.5), "PT0.1S")
    wait_until(lambda: position(camera)[0] < before - 0.1, why="it runs on past its tenth of a second")
    move(camera, "Stop")
    assert state(camera) == "IDLE"


def test_a_camera_may_move_one_axis_at_a_time(cameras: Cameras) -> None:
    camera = cameras["one axis at a time"]
    assert go(camera, turning(0.1) + zooming(0.1)).codes[:2] == ["Sender", "InvalidArgVal"]
    assert go(camera, zooming(0.1)).status == 200
    assert move(camera, "Stop").status == 200


def test_a_camera_may_have_continuous_moves_only(cameras: Cameras) -> None:
    camera = cameras["continuous only"]
    for operation, vector in (("AbsoluteMove", "Position"), ("RelativeMove", "Translation")):
        answer = move(camera, operation, f"<{vector}>{turning(0.1)}</{vector}>")
        assert answer.codes == ["Receiver", "ActionNotSupported"]
    told = call(camera, "GetNodes", service=PTZ).content
    assert b"Absolute" not in told and b"Relative" not in told


def test_a_camera_may_leave_out_its_movement(cameras: Cameras) -> None:
    camera = cameras["tells no movement"]
    assert move(camera, "GetStatus").root.find(".//{*}MoveStatus") is None
    assert (
        call(camera, "GetServiceCapabilities", service=PTZ).attribute("Capabilities", "MoveStatus") == "false"
    )


def test_degrees_are_spoken_throughout(cameras: Cameras) -> None:
    camera = cameras["degrees"]
    where = f"<Position>{turning(270, 45)}{zooming(0.5)}</Position>"
    assert move(camera, "AbsoluteMove", where).status == 200
    wait_until(lambda: state(camera) == "IDLE")
    assert position(camera) == pytest.approx((270, 45, 0.5), abs=0.01)
    by = f"<Translation>{turning(-90, 45)}</Translation>"
    assert move(camera, "RelativeMove", by).status == 200
    wait_until(lambda: state(camera) == "IDLE")
    assert position(camera) == pytest.approx((180, 90, 0.5), abs=0.01)
    assert (
        move(camera, "AbsoluteMove", f"<Position>{turning(-10, 0)}</Position>").codes[-1] == "InvalidPosition"
    )


@by_client("degrees")
def test_our_client_understands_degrees(head: PtzHead) -> None:
    preset = next(each for each in head.stored.list() if each.name == "Tram stop")
    head.stored.go_to(preset.token)
    wait_until(lambda: head.status().moving is False)
    status = head.status()
    assert (status.pan, status.tilt) == pytest.approx((preset.pan, preset.tilt), abs=1e-3)
    assert status.pan is not None and -1 <= status.pan <= 1


@pytest.mark.parametrize(
    "head",
    ["usual", "ignores timeout", "refuses timeout", "knows no stop", "one axis at a time", "degrees"],
    indirect=True,
)
def test_our_client_moves_and_stops_every_camera(head: PtzHead) -> None:
    head.move(0.3, 0.2, 0.1)
    assert head.status().moving is True
    head.stop()
    assert head.status().moving is False


@by_client("stuck at moving")
def test_our_client_does_not_believe_a_head_that_says_it_moves_for_ever(head: PtzHead) -> None:
    head.move(0.1, 0.0, 0.0)
    head.stop()
    assert head.status().moving is True
    wait_until(lambda: head.status().moving is None)


@by_client("picky about names")
def test_our_client_finds_a_name_a_picky_camera_takes(head: PtzHead) -> None:
    assert head.stored.save("Café & bank").name == "Cafe_bank"


@by_client("continuous only")
def test_our_client_reads_the_presets_and_abilities(head: PtzHead) -> None:
    assert [preset.name for preset in head.stored.list()] == BORN_WITH
    assert not head.capabilities.abilities.absolute
    assert not head.capabilities.abilities.relative
    with pytest.raises(DeviceFault) as caught:
        head.stored.go_to("999")
    assert caught.value.kind is FaultKind.BAD_ARGUMENT
