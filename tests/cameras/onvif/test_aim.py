"""A place in the picture comes to its middle: proven by what the simulated camera would draw, in pixels.

A point of the road is followed through the simulator's lens, before and after.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from controlroom.cameras.aiming import Aim, AimWay
from controlroom.cameras.devices import DeviceFault, FaultKind
from controlroom.cameras.onvif.aim import aim_head
from controlroom.cameras.onvif.probe import read_basics
from controlroom.cameras.onvif.ptz import PtzHead
from controlroom.cameras.onvif.ptz_capabilities import read_ptz_capabilities
from controlroom.cameras.onvif.session import CameraSession
from controlroom.simulator.fleet import Fleet
from controlroom.simulator.ptz_head import HeadPosition
from controlroom.simulator.scene.lens import lens_at
from controlroom.simulator.settings import PtzQuirks, Spaces, numbered_cameras
from tests.simulator.onvif.calling import address
from tests.waiting import wait_until

WIDE, HIGH = 1280, 720
HEIGHT_M = 7.0  # of the camera above the road
CORNER = (4.0, 24.0)  # a point of the road, metres right of the camera and away from it
START = HeadPosition(0.02, -0.15, 0.1)
KINDS = {
    "field of view": PtzQuirks(),
    "distances": PtzQuirks(fov=False),
    "positions": PtzQuirks(relative=False),
    "degrees": PtzQuirks(spaces=Spaces.DEGREES, fov=False),
    "speeds only": PtzQuirks(relative=False, absolute=False),
    "no zoom": PtzQuirks(zoom=False, fov=False),
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    cameras = numbered_cameras(len(KINDS))
    listed = [replace(camera, ptz=quirks) for camera, quirks in zip(cameras, KINDS.values(), strict=True)]
    with Fleet(listed, discovery=False) as fleet:
        yield fleet


def looks_at(fleet: Fleet, kind: str) -> HeadPosition:
    state = fleet.camera_state(list(KINDS).index(kind) + 1)
    return HeadPosition(state["pan"], state["tilt"], state["zoom"])


def stands(fleet: Fleet, kind: str) -> HeadPosition:
    """Where it looks once it has arrived."""
    wait_until(lambda: not fleet.camera_state(list(KINDS).index(kind) + 1)["moving"], "the head stands")
    return looks_at(fleet, kind)


def seen(position: HeadPosition) -> tuple[float, float]:
    """Where the corner is in the picture, -1 to 1 right and up from the middle."""
    column, row, _ = lens_at(position, WIDE, HIGH).place(
        np.array([CORNER[0]]), HEIGHT_M, np.array([CORNER[1]])
    )
    return float(column[0]) / WIDE * 2 - 1, 1 - float(row[0]) / HIGH * 2


@contextmanager
def head_at_start(fleet: Fleet, kind: str) -> Iterator[PtzHead]:
    session = CameraSession(address(fleet.cameras[list(KINDS).index(kind)]))
    try:
        basics = read_basics(session)
        capabilities = read_ptz_capabilities(session, basics.profiles, basics.make)
        assert capabilities is not None
        head = PtzHead(session, capabilities)
        if capabilities.abilities.absolute and kind != "degrees":
            place = {"PanTilt": {"x": START.pan, "y": START.tilt}}
            head.call(
                "AbsoluteMove", Position=place | ({"Zoom": {"x": START.zoom}} if kind != "no zoom" else {})
            )
            stands(fleet, kind)
        yield head
    finally:
        session.close()


def test_what_was_clicked_is_in_the_middle_afterwards(fleet: Fleet) -> None:
    with head_at_start(fleet, "field of view") as head:
        x, y = seen(looks_at(fleet, "field of view"))
        assert abs(x) > 0.1 and abs(y) > 0.1, "it is somewhere else before"
        assert aim_head(head, Aim(x, y)) is AimWay.EXACT
        now = stands(fleet, "field of view")
        assert seen(now) == pytest.approx((0, 0), abs=4 / WIDE)
        assert now.zoom == pytest.approx(START.zoom, abs=1e-4)


def test_a_box_fills_the_picture_without_losing_its_middle(fleet: Fleet) -> None:
    with head_at_start(fleet, "field of view") as head:
        before = looks_at(fleet, "field of view")
        x, y = seen(before)
        aim_head(head, Aim(x, y, 3.0))
        now = stands(fleet, "field of view")
        assert seen(now) == pytest.approx((0, 0), abs=12 / WIDE)
        closer = lens_at(now, WIDE, HIGH).focal / lens_at(before, WIDE, HIGH).focal
        assert 1.5 < closer <= 3.0, "never so close that some of the box is lost"


@pytest.mark.parametrize("kind", ["distances", "positions", "no zoom"])
def test_without_a_known_field_of_view_it_comes_nearer_and_never_goes_past(fleet: Fleet, kind: str) -> None:
    with head_at_start(fleet, kind) as head:
        x, y = seen(looks_at(fleet, kind))
        for _ in range(3):
            assert aim_head(head, Aim(x, y)) is AimWay.ESTIMATED
            x_now, y_now = seen(stands(fleet, kind))
            assert abs(x_now) < abs(x) * 0.9, "a second click goes on from where the first one led"
            assert abs(y_now) < abs(y)
            assert x_now * x >= -0.01
            x, y = x_now, y_now


def test_degrees_are_sent_as_degrees(fleet: Fleet) -> None:
    with head_at_start(fleet, "degrees") as head:
        before = stands(fleet, "degrees")
        toward = -0.8 if before.pan > 0 else 0.8
        assert aim_head(head, Aim(toward, 0)) is AimWay.ESTIMATED
        turned = (stands(fleet, "degrees").pan - before.pan) * 180  # its 360 degrees are -1 to 1
        assert turned * toward > 0
        assert 10 < abs(turned) < 30


def test_a_camera_that_only_knows_speeds_says_so_and_stays(fleet: Fleet) -> None:
    with head_at_start(fleet, "speeds only") as head:
        assert head.capabilities.abilities.aims is AimWay.TIMED
        before = looks_at(fleet, "speeds only")
        with pytest.raises(DeviceFault) as caught:
            aim_head(head, Aim(0.5, 0.5))
        assert caught.value.kind is FaultKind.NOT_SUPPORTED
        assert looks_at(fleet, "speeds only") == before
