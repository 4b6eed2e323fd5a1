"""The demonstration's simulated cameras: one for each number shown, and one that is not on the register yet."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from controlroom.cameras.records import NewCamera
from controlroom.simulator.borough.build import Endpoint
from controlroom.simulator.borough.places import register
from controlroom.simulator.fleet import Fleet, SimulatedCamera
from controlroom.simulator.settings import CameraSettings

USER = "viewer"
SPARE = "095"  # the tour adds it over ONVIF
SPARE_NAME = "Tamworth Road, tram stop"


def fleet_for(numbers: Sequence[str]) -> Fleet:
    """The simulator for these cameras of the register and the spare one, each with a street and a maker of its own."""
    facts = {camera.number: camera for camera in register()}
    password = secrets.token_urlsafe(12)
    cameras = [
        _settings(place, number, facts.get(number), password)
        for place, number in enumerate((*numbers, SPARE))
    ]
    return Fleet(cameras, prepare=True, control=False)


def endpoint(camera: SimulatedCamera) -> Endpoint:
    """Where a simulated camera answers, as the register keeps it."""
    return Endpoint(
        host=camera.host,
        port=camera.onvif_port,
        username=camera.username,
        password=camera.password,
        main_stream=camera.main_url,
        sub_stream=camera.sub_url,
    )


def _settings(place: int, number: str, camera: NewCamera | None, password: str) -> CameraSettings:
    settings = CameraSettings(
        number=number, name=SPARE_NAME, seed=place + 1, username=USER, password=password
    )
    if camera is None:
        return settings
    return replace(settings, name=camera.name, make=camera.make, model=camera.model)
