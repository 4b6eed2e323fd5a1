"""Focus, iris, presets and auxiliary commands against simulated cameras, each with and without the ability."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from controlroom.cameras.devices import DeviceFault, FaultKind
from controlroom.cameras.lens import LensState
from controlroom.cameras.onvif.imaging import IRIS_STEPS, Lens, read_lens_options
from controlroom.cameras.onvif.media import source_of
from controlroom.cameras.onvif.probe import probe, read_basics
from controlroom.cameras.onvif.ptz import PtzHead
from controlroom.cameras.onvif.ptz_capabilities import read_ptz_capabilities
from controlroom.cameras.onvif.session import CameraSession
from controlroom.simulator.fleet import Fleet
from controlroom.simulator.lens import MOST_IRIS_DB
from controlroom.simulator.settings import LensQuirks, PtzQuirks, numbered_cameras
from tests.simulator.onvif.calling import address
from tests.waiting import wait_until

USUAL = numbered_cameras(1)[0]
KINDS = {
    "all": USUAL,
    "manual first": replace(USUAL, lens=LensQuirks(manual_first=True)),
    "focus alone": replace(USUAL, lens=LensQuirks(iris=False)),
    "iris alone": replace(USUAL, lens=LensQuirks(focus=False)),
    "no lens": replace(
        USUAL,
        lens=LensQuirks(fitted=False),
        ptz=PtzQuirks(zoom=False, home=False, auxiliary=("", "tt:Wiper|On")),
    ),
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    listed = [replace(kind, number=f"{place:03d}") for place, kind in enumerate(KINDS.values(), 1)]
    with Fleet(listed, discovery=False) as fleet:
        yield fleet


@pytest.fixture
def session(fleet: Fleet, request: pytest.FixtureRequest) -> Iterator[CameraSession]:
    """A session with the camera named by the test's parameter."""
    session = CameraSession(address(fleet.cameras[list(KINDS).index(request.param)]))
    yield session
    session.close()


def lens_of(session: CameraSession) -> Lens:
    options = read_lens_options(session, source_of(read_basics(session).profiles))
    assert options is not None
    return Lens(session, options)


def head_of(session: CameraSession) -> PtzHead:
    basics = read_basics(session)
    capabilities = read_ptz_capabilities(session, basics.profiles, basics.make)
    assert capabilities is not None
    return PtzHead(session, capabilities)


def state_of(fleet: Fleet, kind: str) -> dict[str, object]:
    return fleet.camera_state(list(KINDS).index(kind) + 1)["lens"]


@pytest.mark.parametrize(
    ("session", "can"),
    [
        ("all", LensState(True, True, True, True, True, True)),
        ("focus alone", LensState(True, True, False, False, True, None)),
        ("iris alone", LensState(False, False, True, True, None, True)),
    ],
    indirect=["session"],
)
def test_what_a_lens_can_do_is_read(session: CameraSession, can: LensState) -> None:
    assert lens_of(session).state() == can


@pytest.mark.parametrize("session", ["no lens"], indirect=True)
def test_a_camera_without_the_imaging_service_has_no_lens(session: CameraSession) -> None:
    assert read_lens_options(session, source_of(read_basics(session).profiles)) is None
    report = probe(session.address)
    assert (report.focus, report.iris) == (False, False)


@pytest.mark.parametrize("session", ["all"], indirect=True)
def test_the_focus_moves_in_the_cameras_own_range_until_stopped(fleet: Fleet, session: CameraSession) -> None:
    lens = lens_of(session)
    lens.move(0.5)
    wait_until(lambda: float(str(state_of(fleet, "all")["focus"])) > 0.5, "it focuses farther")
    lens.stop()
    orders = state_of(fleet, "all")["orders"]
    assert isinstance(orders, list)
    assert [(each["order"], each["speed"]) for each in orders] == [("focus", 0.5), ("stop", 0.0)]
    assert not state_of(fleet, "all")["moving"]


@pytest.mark.parametrize("session", ["manual first"], indirect=True)
def test_a_camera_that_focuses_by_itself_is_told_not_to_first(fleet: Fleet, session: CameraSession) -> None:
    lens = lens_of(session)
    lens.move(-1)
    assert state_of(fleet, "manual first")["moving"]
    lens.stop()
    assert lens.state().focuses_itself is False
    lens.set_autofocus(True)
    assert lens.state().focuses_itself is True


@pytest.mark.parametrize("session", ["iris alone"], indirect=True)
def test_the_iris_opens_and_closes_by_steps_to_its_ends_and_sets_itself_again(
    fleet: Fleet, session: CameraSession
) -> None:
    lens, step = lens_of(session), MOST_IRIS_DB / IRIS_STEPS
    before = float(str(state_of(fleet, "iris alone")["iris_db"]))
    lens.turn_iris(-1)
    assert state_of(fleet, "iris alone")["iris_db"] == pytest.approx(before + step), "closed by one step"
    assert lens.state().exposes_itself is False
    lens.turn_iris(100)
    assert state_of(fleet, "iris alone")["iris_db"] == 0, "open, and no farther"
    lens.set_auto_iris()
    assert lens.state().exposes_itself is True
    with pytest.raises(DeviceFault) as caught:
        lens.move(1)
    assert caught.value.kind is FaultKind.NOT_SUPPORTED


@pytest.mark.parametrize("session", ["all"], indirect=True)
def test_presets_are_renamed_where_they_stand_and_removed(session: CameraSession) -> None:
    head = head_of(session)
    stored = head.stored.save("Cash machine")
    renamed = head.stored.rename(stored.token, "Cash machines")
    assert (renamed.token, renamed.name) == (stored.token, "Cash machines")
    other = next(each for each in head.stored.list() if each.token != stored.token and each.pan != stored.pan)
    with pytest.raises(DeviceFault, match="does not stand at") as caught:
        head.stored.rename(other.token, "Elsewhere")
    assert caught.value.kind is FaultKind.BUSY
    assert other in head.stored.list(), "neither renamed nor moved to where the camera stands"
    head.stored.remove(stored.token)
    assert stored.token not in {each.token for each in head.stored.list()}
    with pytest.raises(DeviceFault):
        head.stored.remove(stored.token)


@pytest.mark.parametrize("session", ["all"], indirect=True)
def test_home_is_driven_to_and_set(fleet: Fleet, session: CameraSession) -> None:
    head = head_of(session)
    head.stored.save_home()
    here = head.status()
    head.move(-0.3 if (here.pan or 0) > 0 else 0.3, 0, 0)
    wait_until(lambda: head.status().pan != here.pan)
    head.stop()
    head.stored.go_home()
    wait_until(lambda: head.status().pan == pytest.approx(here.pan, abs=0.001), "it is home again")


@pytest.mark.parametrize("session", ["all"], indirect=True)
def test_auxiliary_commands_are_sent_as_listed_and_no_others(fleet: Fleet, session: CameraSession) -> None:
    head = head_of(session)
    head.auxiliary("tt:Wiper|On")
    assert fleet.camera_state(1)["extras"] == {"tt:Wiper": "On"}
    with pytest.raises(DeviceFault, match="does not list"):
        head.auxiliary("tt:SelfDestruct|On")


@pytest.mark.parametrize("session", ["no lens"], indirect=True)
def test_what_a_camera_lacks_is_known_before_it_is_asked(session: CameraSession) -> None:
    head = head_of(session)
    abilities = head.capabilities.abilities
    assert not abilities.zoom and not abilities.home
    assert abilities.auxiliary == ("tt:Wiper|On",), "an empty command is none"
    with pytest.raises(DeviceFault) as caught:
        head.stored.go_home()
    assert caught.value.kind is FaultKind.NOT_SUPPORTED
