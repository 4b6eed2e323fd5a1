"""Runs one demonstration from start to end: cameras, folder, records, desk; nothing of it is left afterwards."""

import os
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from controlroom.accounts.records import Actor, Role, User
from controlroom.app.desk import Desk
from controlroom.app.recorder_care import RecorderUse
from controlroom.app.room import Room, open_services
from controlroom.app.run import run_desk
from controlroom.audit.signing import AuditFiles, sign_head
from controlroom.cameras.records import NewCamera, Owner, Protocol
from controlroom.demo.folders import disposable_folder
from controlroom.log.snapshots import SNAPSHOTS, SnapshotStore
from controlroom.platform import has_display
from controlroom.simulator.borough.build import Endpoint, build_borough, numbers_to_show
from controlroom.simulator.borough.people import DEMO_PASSWORD, DESK_OF
from controlroom.simulator.borough.photographs import DEPLOYABLE_NAME, seed_of
from controlroom.simulator.borough.places import register
from controlroom.simulator.fleet import Fleet, SimulatedCamera
from controlroom.simulator.settings import CameraSettings
from controlroom.tour.steps import take_the_tour
from controlroom.tour.walk import Walk
from controlroom.ui.window_state import WindowState

TOUR_SIZE = (1920, 1080)
USER = "viewer"
SPARE = "095"  # the tour adds it over ONVIF
SPARE_NAME = "Tamworth Road, tram stop"
BY_HTTPS = "002"  # it answers by HTTPS alone, with a certificate of its own
IN_STORE = "RDC-10"  # the free unit: its test picture is taken from it once it hangs


def run_demo(cameras: int, role: str, tour: Path | None, size: tuple[int, int] | None) -> int:
    """Run the demonstration; returns the exit code. Without a display the tour is taken instead, offscreen."""
    if not has_display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        if tour is None:
            tour = Path(tempfile.gettempdir()) / "controlroom-tour"
            print("There is no display here: the tour is taken offscreen instead.")
    with disposable_folder() as folder:
        # On the command line everything is said before the window is there; afterwards the window speaks.
        print(f"Starting {cameras} simulated cameras …", flush=True)
        with _fleet(numbers_to_show(cameras)) as fleet:
            endpoints = {camera.number: _endpoint(camera) for camera in fleet.cameras}
            spare = endpoints.pop(SPARE)
            script = None
            if tour is not None:
                script = partial(_tour, folder=tour, spare=spare)
            user = _write_records(folder, endpoints, Role(role))
            return run_desk(
                folder,
                prepare=partial(_sit_down, user=user),
                quick=_sit_down,
                script=script,
                recorder=RecorderUse.OWN,
                size=(size or TOUR_SIZE) if tour is not None else size,
            )


def _write_records(folder: Path, endpoints: dict[str, Endpoint], role: Role) -> User:
    """Fill the room before anything runs in it, so that the recorder's first look finds what is there."""
    print("Writing thirteen months of the borough …", flush=True)
    with open_services(folder) as services:
        pictures = SnapshotStore(services.folder / SNAPSHOTS)
        borough = build_borough(services.database, services.site_key, endpoints, pictures=pictures)
        sign_head(services.database, AuditFiles.of(services.folder, services.settings))
    wall = [camera.id for camera in borough.shown if camera.number != IN_STORE]
    cells = next(size for size in (1, 4, 9, 16) if size >= min(16, len(wall)))
    _remember_wall(folder, wall, cells)
    user = next(each for each in borough.users if each.login == DESK_OF[role])
    print(f"Signed in as {user.handle}; every account's password is '{DEMO_PASSWORD}'.", flush=True)
    return user


def _sit_down(room: Room, user: User) -> Actor:
    """Sign in as anybody would; only the typing is spared."""
    return room.services.sign_in.sign_in(user.login, DEMO_PASSWORD)


def _remember_wall(folder: Path, camera_ids: list[int], size: int) -> None:
    """As if somebody had arranged the wall the day before."""
    state = WindowState(folder / "window.json")
    state.set("live.size", size)
    state.set("live.cameras", camera_ids[:size])
    state.save()


def _tour(desk: Desk, *, folder: Path, spare: Endpoint) -> int:
    return take_the_tour(Walk(desk, folder, spare))


def _fleet(numbers: Sequence[str]) -> Fleet:
    """The simulator for these cameras of the register, the unit in store and the spare camera."""
    facts = {camera.number: camera for camera in register()}
    password = secrets.token_urlsafe(12)
    cameras = [
        _settings(place, number, facts.get(number), password)
        for place, number in enumerate(dict.fromkeys((*numbers, IN_STORE, SPARE)))
    ]
    return Fleet(cameras, prepare=True, control=False)


def _endpoint(camera: SimulatedCamera) -> Endpoint:
    """Where a simulated camera answers, as the register stores it."""
    return Endpoint(
        host=camera.host,
        port=camera.onvif_port,
        username=camera.username,
        password=camera.password,
        main_stream=camera.main_url,
        sub_stream=camera.sub_url,
        protocol=Protocol.ONVIF_HTTPS if camera.number == BY_HTTPS else Protocol.ONVIF,
    )


def _settings(place: int, number: str, camera: NewCamera | None, password: str) -> CameraSettings:
    settings = CameraSettings(
        number=number,
        name=SPARE_NAME,
        seed=place + 1,
        username=USER,
        password=password,
        https_only=number == BY_HTTPS,
    )
    if camera is None:
        return settings
    settings = replace(settings, name=camera.name, make=camera.make, model=camera.model)
    if camera.owner is not Owner.RAPID_DEPLOYMENT:
        return settings
    # As in the test pictures it took before; what it writes into a picture names no street, since it moves.
    return replace(settings, name=DEPLOYABLE_NAME, seed=seed_of(number))
