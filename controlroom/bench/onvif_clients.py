"""Identifies cameras in a process of its own: with the program's sessions, or with stock `onvif-zeep`.

    python -m controlroom.bench.onvif_clients ours|stock

The cameras come as JSON on the first line of stdin, the figures go to stdout as JSON. Both ways make the same calls:
services, make and model, clock, profiles, the addresses of every profile's stream and still, PTZ node and presets.
"""

import json
import logging
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import psutil

from controlroom.cameras.control.server import CONNECTING_AT_ONCE
from controlroom.cameras.devices import DeviceAddress
from controlroom.cameras.onvif import wsdl
from controlroom.cameras.onvif.media import with_addresses
from controlroom.cameras.onvif.probe import read_basics
from controlroom.cameras.onvif.ptz import PtzHead
from controlroom.cameras.onvif.ptz_capabilities import read_ptz_capabilities
from controlroom.cameras.onvif.session import CameraSession

Camera = Mapping[str, Any]
"""One camera to measure: host, port, user name and password."""


@dataclass(frozen=True)
class ClientFigures:
    """What one way took for all cameras; `_s` is processor time of the whole process unless it says wall."""

    connected: int
    profiles: int
    presets: int
    construct_s: float
    calls_s: float
    wall_s: float
    rss_growth_mb: float

    @property
    def cpu_s(self) -> float:
        """Processor time of everything."""
        return self.construct_s + self.calls_s


def construct(camera: Camera) -> CameraSession:
    """Make a session that knows the camera's services and can call those that both ways use."""
    address = DeviceAddress(camera["host"], camera["port"], camera["username"], camera["password"])
    session = CameraSession(address)
    session.find_services()
    for service in (wsdl.Service.DEVICE, wsdl.Service.MEDIA, wsdl.Service.PTZ):
        wsdl.document(service)
    return session


def identify(session: CameraSession) -> tuple[int, int]:
    """Read everything about a camera as the control process does, and its presets; returns how many of each."""
    basics = read_basics(session)
    for profile in basics.profiles:
        with_addresses(session, basics.media, profile)
    capabilities = read_ptz_capabilities(session, basics.profiles, basics.make)
    presets = [] if capabilities is None else PtzHead(session, capabilities).stored.list()
    session.close()
    return len(basics.profiles), len(presets)


def construct_stock(camera: Camera) -> Any:
    """Make a client of stock `onvif-zeep` with its media and PTZ services."""
    from onvif import ONVIFCamera

    made = ONVIFCamera(
        camera["host"], camera["port"], camera["username"], camera["password"], str(wsdl.folder())
    )
    made.create_media_service()
    made.create_ptz_service()
    return made


def calls_stock(client: Any) -> tuple[int, int]:
    """Make the same calls with stock `onvif-zeep`; returns how many profiles and presets the camera has."""
    client.devicemgmt.GetSystemDateAndTime()
    client.devicemgmt.GetDeviceInformation()
    client.devicemgmt.GetServices({"IncludeCapability": False})
    profiles = client.media.GetProfiles()
    for profile in profiles:
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        client.media.GetStreamUri({"StreamSetup": setup, "ProfileToken": profile.token})
        client.media.GetSnapshotUri({"ProfileToken": profile.token})
    presets = []
    steered = next((each for each in profiles if each.PTZConfiguration is not None), None)
    if steered is not None:
        configuration = steered.PTZConfiguration
        client.ptz.GetConfigurationOptions({"ConfigurationToken": configuration.token})
        client.ptz.GetNode({"NodeToken": configuration.NodeToken})
        presets = client.ptz.GetPresets({"ProfileToken": steered.token})
    return len(profiles), len(presets)


def measure(
    cameras: list[Camera], make: Callable[[Camera], Any], ask: Callable[[Any], tuple[int, int]]
) -> ClientFigures:
    """Make a client for every camera, then let each ask its camera; `CONNECTING_AT_ONCE` work at a time."""
    process = psutil.Process()
    before = process.memory_info().rss
    began, cpu = time.monotonic(), time.process_time()
    with ThreadPoolExecutor(CONNECTING_AT_ONCE) as pool:
        clients = list(pool.map(make, cameras))
        constructed = time.process_time()
        answers = list(pool.map(ask, clients))
    ended, wall = time.process_time(), time.monotonic() - began
    return ClientFigures(
        connected=len(answers),
        profiles=sum(profiles for profiles, _ in answers),
        presets=sum(presets for _, presets in answers),
        construct_s=round(constructed - cpu, 3),
        calls_s=round(ended - constructed, 3),
        wall_s=round(wall, 2),
        rss_growth_mb=round((process.memory_info().rss - before) / 1e6, 1),
    )


def main() -> int:
    """Measure the way that the command line names, and print the figures."""
    logging.disable(logging.CRITICAL)
    cameras = json.loads(sys.stdin.readline())
    ways = {"ours": (construct, identify), "stock": (construct_stock, calls_stock)}
    make, ask = ways[sys.argv[1]]
    print(json.dumps(asdict(measure(cameras, make, ask))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
