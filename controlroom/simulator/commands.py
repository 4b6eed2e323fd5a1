"""Implements `controlroom simulate`: runs simulated cameras on loopback ports until Ctrl+C."""

import argparse
import json
import os
import sys
from pathlib import Path

from controlroom.errors import InvalidInput
from controlroom.simulator.settings import (
    CameraSettings,
    FleetOptions,
    Light,
    camera_from_json,
    checked_footage,
    numbered_cameras,
)

_MOST_CAMERAS = 500
_DEFAULT_PASSWORD = "simulated"  # noqa: S105  not a secret: it guards nothing but simulated cameras


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `simulate`."""
    parser = subparsers.add_parser(
        "simulate",
        help="run simulated cameras",
        description="Simulated ONVIF and RTSP cameras with a street that really pans, tilts and zooms. Loopback only.",
    )
    parser.add_argument("--cameras", type=int, default=4, metavar="N", help="how many (default 4)")
    parser.add_argument("--list", metavar="FILE", help="cameras from a JSON file: [{number, name, seed, …}]")
    parser.add_argument(
        "--base-port",
        type=int,
        default=8554,
        metavar="P",
        help="RTSP port; ONVIF of camera n is at P + n, its own RTSP at P + N + n (default 8554, 0: free ones)",
    )
    parser.add_argument("--user", default="operator", help="user name (default operator)")
    parser.add_argument(
        "--password-env", metavar="VAR", help=f"variable with the password (else {_DEFAULT_PASSWORD})"
    )
    pictures = parser.add_mutually_exclusive_group()
    pictures.add_argument(
        "--loops", action="store_true", help="one encoded counter loop for all cameras: light"
    )
    pictures.add_argument("--footage", metavar="FILE", default="", help="serve a video file")
    parser.add_argument("--light", choices=[each.value for each in Light], default=Light.AUTO.value)
    parser.add_argument("--send-log", metavar="FILE", default="", help="write when each frame was sent")
    parser.add_argument(
        "--control-port", type=int, metavar="P", help="port of the control API (0: a free one)"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="N=FAULT",
        help="a fault from the start, e.g. 7=freeze or 3=packet-loss:0.2 (may be given several times)",
    )
    parser.add_argument("--no-discovery", action="store_true", help="do not answer WS-Discovery")
    parser.add_argument("--threads", type=int, default=4, help="threads that draw and encode (default 4)")
    parser.add_argument("--json", action="store_true", help="print one JSON line when ready")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when standard input closes")
    parser.set_defaults(handler=simulate)


def simulate(arguments: argparse.Namespace) -> int:
    """Run until a signal, or until stdin closes when asked to."""
    options = options_from(arguments)
    from controlroom.simulator.process import end_now, serve
    from controlroom.simulator.service import Simulator

    def ready(simulator: Simulator) -> None:
        described = simulator.describe()
        said = json.dumps(described) if arguments.json else _table(described, _logins(options, arguments))
        print(said, flush=True)

    serve(options, ready, until_stdin_closes=arguments.until_stdin_closes)
    end_now(0)


def options_from(arguments: argparse.Namespace) -> FleetOptions:
    """Return the fleet the arguments ask for; raises InvalidInput for what is not possible."""
    if arguments.footage:
        checked_footage(arguments.footage)
    password = _password(arguments.password_env)
    if arguments.list:
        cameras = _listed(Path(arguments.list), arguments.user, password)
    else:
        if not 1 <= arguments.cameras <= _MOST_CAMERAS:
            raise InvalidInput(f"--cameras is a number from 1 to {_MOST_CAMERAS}.")
        cameras = numbered_cameras(arguments.cameras, username=arguments.user, password=password)
    if not 0 <= arguments.base_port <= 65535 - 2 * len(cameras):
        raise InvalidInput(
            "--base-port leaves no room for the cameras' ports.", "", "Choose one from 1024 on, or 0."
        )
    return FleetOptions(
        cameras=cameras,
        base_port=arguments.base_port,
        loops=arguments.loops,
        footage=arguments.footage,
        light=Light(arguments.light),
        send_log=arguments.send_log,
        control_port=arguments.control_port,
        discovery=not arguments.no_discovery,
        threads=max(1, min(16, arguments.threads)),
        faults=_faults(arguments.fault, len(cameras)),
    )


def _faults(given: list[str], cameras: int) -> dict[int, str]:
    """Return the faults by place, each checked; raises InvalidInput."""
    from controlroom.simulator.fault_kinds import parse_fault

    faults = {}
    for each in given:
        place, _, fault = each.partition("=")
        if not place.isdecimal() or not 1 <= int(place) <= cameras:
            raise InvalidInput(
                f"--fault {each}: there is no camera {place!r}.", "", "Write it like 7=freeze."
            )
        faults[int(place)] = str(parse_fault(fault))
    return faults


def _password(variable: str | None) -> str:
    if variable is None:
        return _DEFAULT_PASSWORD
    password = os.environ.get(variable)
    if not password:
        raise InvalidInput(
            f"The environment variable {variable} is empty or not set.", "", "Put the password there."
        )
    return password


def _listed(path: Path, username: str, password: str) -> list[CameraSettings]:
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"The list of cameras {path} cannot be read: {error}.") from error
    if not isinstance(listed, list) or not listed or not all(isinstance(each, dict) for each in listed):
        raise InvalidInput(f"{path} does not hold a list of cameras.")
    return [camera_from_json({"username": username, "password": password, **each}) for each in listed]


def _logins(options: FleetOptions, arguments: argparse.Namespace) -> str:
    """Say what the cameras are signed in to with; a password from the environment is named, not shown."""
    logins = {(camera.username, camera.password) for camera in options.cameras}
    if len(logins) > 1:
        return f"each signed in to as {arguments.list} says"
    ((user, password),) = logins
    if arguments.password_env and password == os.environ.get(arguments.password_env):
        return f"user {user}, the password in {arguments.password_env}"
    return f"user {user}, password {password!r}"


def _table(described: dict, logins: str) -> str:
    """Return a table for people: how to sign in, one camera a line, then how to end."""
    lines = [f"{len(described['cameras'])} simulated cameras, {logins}"]
    for camera in described["cameras"]:
        address = f"{camera['host']}:{camera['onvif_port']}"
        lines.append(f"  {camera['number']:>7}  {camera['name']:<28} ONVIF {address:<16} {camera['main']}")
    if described.get("control_port"):
        lines.append(f"Control API: http://127.0.0.1:{described['control_port']}/cameras")
    lines.append("Ctrl+C ends them." if sys.stdin and sys.stdin.isatty() else "")
    return "\n".join(lines).rstrip()
