"""The ONVIF client against the simulator, which checks nonces and freshness and knows many makes' quirks."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from controlroom.cameras.devices import DeviceAddress, DeviceFault, FaultKind, Preset
from controlroom.cameras.onvif.discovery import discover
from controlroom.cameras.onvif.probe import probe, read_basics
from controlroom.cameras.onvif.ptz import PtzHead
from controlroom.cameras.onvif.ptz_capabilities import read_ptz_capabilities
from controlroom.cameras.onvif.session import CameraSession
from controlroom.simulator.fleet import Fleet, SimulatedCamera
from controlroom.simulator.settings import CameraSettings, PtzQuirks, Spaces, numbered_cameras
from tests.waiting import LIMIT_S, wait_until

BASE = numbered_cameras(1)[0]


def with_ptz(quirks: PtzQuirks) -> CameraSettings:
    return replace(BASE, ptz=quirks)


# One process for all: starting one takes longer than asking them all.
KINDS: dict[str, CameraSettings] = {
    "plain": BASE,
    "ahead": replace(BASE, clock_offset_s=7200.0),
    "behind": replace(BASE, clock_offset_s=-300.0),
    "signed clock": replace(BASE, sign_everything=True, clock_offset_s=1000.0),
    "digest only": replace(BASE, http_digest_only=True),
    "locking": replace(BASE, lock_after_refusals=3),
    "fixed": with_ptz(PtzQuirks(fitted=False)),
    "ignores timeout": with_ptz(PtzQuirks(ignore_timeout=True)),
    "refuses timeout": with_ptz(PtzQuirks(refuse_timeout=True)),
    "no stop": with_ptz(PtzQuirks(stop_unsupported=True, ignore_timeout=True)),
    "one axis": with_ptz(PtzQuirks(one_axis_at_a_time=True)),
    "degrees": with_ptz(PtzQuirks(spaces=Spaces.DEGREES)),
    "no move status": with_ptz(PtzQuirks(move_status=False)),
    "picky names": with_ptz(PtzQuirks(preset_names_restricted=True)),
}
STEERED = [name for name in KINDS if name != "fixed"]


@pytest.fixture(scope="module")
def cameras() -> Iterator[dict[str, SimulatedCamera]]:
    listed = [replace(kind, number=f"{place:03d}") for place, kind in enumerate(KINDS.values(), 1)]
    with Fleet(listed, discovery=True) as fleet:
        yield dict(zip(KINDS, fleet.cameras, strict=True))


def address(camera: SimulatedCamera, password: str | None = None) -> DeviceAddress:
    secret = camera.password if password is None else password
    return DeviceAddress(camera.host, camera.onvif_port, camera.username, secret)


@contextlib.contextmanager
def head_of(camera: SimulatedCamera) -> Iterator[PtzHead]:
    session = CameraSession(address(camera))
    try:
        basics = read_basics(session)
        capabilities = read_ptz_capabilities(session, basics.profiles, basics.make)
        assert capabilities is not None
        yield PtzHead(session, capabilities)
    finally:
        session.close()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_camera_is_probed_to_its_streams(
    cameras: dict[str, SimulatedCamera], kind: str
) -> None:
    camera = cameras[kind]
    report = probe(address(camera))
    assert report.main_profile is not None
    assert report.sub_profile is not None
    assert report.main_profile.stream_url == camera.main_url
    assert report.sub_profile.stream_url == camera.sub_url
    assert (report.main_profile.width, report.sub_profile.width) == (1280, 640)
    assert report.clock_drift_s == pytest.approx(KINDS[kind].clock_offset_s, abs=LIMIT_S)
    assert (report.ptz is not None) == (kind != "fixed")


@pytest.mark.parametrize("kind", STEERED)
def test_every_kind_of_head_pans_and_stops(cameras: dict[str, SimulatedCamera], kind: str) -> None:
    with head_of(cameras[kind]) as head:
        before = head.status()
        assert before.pan is not None
        away = -0.4 if before.pan > 0 else 0.4
        head.move(away, 0, 0)
        wait_until(lambda: abs((head.status().pan or 0) - (before.pan or 0)) > 0.02, "it pans")
        head.stop()
        rests = head.status().pan
        for _ in range(30):  # each a question to the camera: time enough to move on
            assert head.status().pan == pytest.approx(rests, abs=0.002)


def test_pan_and_zoom_together_reach_a_camera_that_takes_one_at_a_time(
    cameras: dict[str, SimulatedCamera],
) -> None:
    with head_of(cameras["one axis"]) as head:
        before = head.status()
        head.move(-0.3, 0, 0.5 if (before.zoom or 0) < 0.5 else -0.5)
        wait_until(lambda: head.status().pan != before.pan and head.status().zoom != before.zoom)
        head.stop()


def test_a_move_ends_by_its_own_timeout_when_nobody_goes_on(cameras: dict[str, SimulatedCamera]) -> None:
    with head_of(cameras["plain"]) as head:
        head.move(0.1, 0, 0)
        wait_until(lambda: head.status().moving is False, "the camera ended the move")


def test_presets_are_listed_stored_and_driven_to(cameras: dict[str, SimulatedCamera]) -> None:
    with head_of(cameras["picky names"]) as head:
        stored = head.stored.save("Café corner, north")
        assert stored.name == "Cafe_corner_north"
        listed: list[Preset] = head.stored.list()
        assert stored in listed
        target = next(preset for preset in listed if preset.pan is not None and preset.token != stored.token)
        head.stored.go_to(target.token)
        assert target.pan is not None
        wait_until(lambda: head.status().pan == pytest.approx(target.pan, abs=0.01), "it arrived")


def test_a_wrong_password_is_tried_once_and_locks_nobody_out(cameras: dict[str, SimulatedCamera]) -> None:
    camera = cameras["locking"]
    session = CameraSession(address(camera, "wrong"))
    for _ in range(10):
        with pytest.raises(DeviceFault) as caught:
            read_basics(session)
        assert caught.value.kind is FaultKind.NOT_AUTHORISED
    session.close()
    assert probe(address(camera)).model, "the account is not locked: one refusal, not ten"


def test_the_simulated_cameras_are_found_on_the_loopback(cameras: dict[str, SimulatedCamera]) -> None:
    ports = {device.port for device in discover(2.0, ["127.0.0.1"])}
    assert {camera.onvif_port for camera in cameras.values()} <= ports
