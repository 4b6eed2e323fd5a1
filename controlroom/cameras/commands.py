"""Implements `controlroom camera probe|ptz|discover`: works with any ONVIF device from the command line.

`import` and `export` of the register stand in `register_file/commands.py`.
"""

import argparse
import json
import math
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from controlroom.cameras.devices import (
    GONE,
    PASSING,
    DeviceAddress,
    DeviceFault,
    DeviceReport,
    FaultKind,
    PtzAbilities,
    PtzStatus,
    StreamProfile,
)
from controlroom.cameras.register_file.commands import add_parsers as add_register_parsers
from controlroom.cameras.register_file.commands import add_range_parser, add_sheet_option, write_sheet
from controlroom.cameras.rules import check_certificate
from controlroom.errors import InvalidInput
from controlroom.hosts import read_place

if TYPE_CHECKING:
    from controlroom.cameras.onvif.ptz import PtzHead

LONGEST_MOVE_S = 300.0
STOP_TRIES_S = 5.0


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    """Add `camera` and its own sub-commands; returned, so that others can be added to them."""
    camera = subparsers.add_parser(
        "camera", help="ask and steer any ONVIF camera; the register from and to files"
    )
    commands = camera.add_subparsers(dest="camera_command", required=True, metavar="COMMAND")
    probe = commands.add_parser("probe", help="what a camera is, what it sends and what it can do")
    _add_address(probe)
    probe.set_defaults(handler=_probe)
    ptz = commands.add_parser("ptz", help="move a camera, stop it, use its presets")
    _add_address(ptz)
    what = ptz.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--move", nargs=3, type=float, metavar=("PAN", "TILT", "ZOOM"), help="speeds of -1 to 1"
    )
    what.add_argument("--stop", action="store_true", help="stop every axis")
    what.add_argument("--goto", metavar="TOKEN", help="drive to a preset")
    what.add_argument("--presets", action="store_true", help="list the presets")
    what.add_argument("--status", action="store_true", help="where it points and whether it moves")
    ptz.add_argument("--seconds", type=float, default=1.0, help="how long to move (default 1)")
    ptz.set_defaults(handler=_ptz)
    discover = commands.add_parser("discover", help="search the network for ONVIF devices")
    discover.add_argument("--seconds", type=float, default=3.0, help="how long to listen (default 3)")
    discover.add_argument(
        "--interface", action="append", metavar="ADDRESS", help="ask only from this address of this computer"
    )
    discover.add_argument("--json", action="store_true", help="print JSON")
    discover.set_defaults(handler=_discover)
    add_sheet_option(discover)
    add_register_parsers(commands)
    add_range_parser(commands)
    return commands


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("host", metavar="HOST")
    parser.add_argument("--port", type=int, help="80, or 443 with --https")
    parser.add_argument("--user", default="")
    parser.add_argument(
        "--password-env", metavar="VAR", help="the environment variable that holds the password"
    )
    parser.add_argument("--https", action="store_true", help="over HTTPS, with the camera's own certificate")
    parser.add_argument(
        "--certificate", default="", metavar="SHA256", help="the one it must show, as a probe prints it"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def _address(options: argparse.Namespace) -> DeviceAddress:
    usual = 443 if options.https else 80
    host, port = read_place(options.host, usual if options.port is None else options.port)
    certificate = options.certificate.replace(":", "").lower()
    check_certificate(certificate)
    if not 0 < port < 65_536:
        raise InvalidInput(f"{port} is not a port.", remedy="Ports run from 1 to 65535.")
    password = ""
    if options.password_env:
        found = os.environ.get(options.password_env)
        if found is None:
            raise InvalidInput(
                f"The environment variable {options.password_env} is not set.",
                remedy="Put the camera's password into it.",
            )
        password = found
    return DeviceAddress(host, port, options.user, password, secure=options.https, certificate=certificate)


def _probe(options: argparse.Namespace) -> int:
    from controlroom.cameras.onvif.probe import probe

    report = probe(_address(options))
    _show(options, asdict(report), _report_lines(report))
    return 0


def _ptz(options: argparse.Namespace) -> int:
    speeds = None if options.move is None else _speeds(options.move)
    seconds = _seconds(options.seconds)
    with _head(_address(options)) as (head, stop):
        if speeds is not None:
            result = _move(head, stop, speeds, seconds)
            text = f"Moved for {result['moved_s']:.1f} s; Stop acknowledged after {result['stop_ms']:.0f} ms."
            _show(options, result, [text])
            return 130 if result["interrupted"] else 0
        if options.stop:
            started = time.monotonic()
            _stop_for_certain(stop)
            milliseconds = (time.monotonic() - started) * 1000
            text = f"Stopped; acknowledged after {milliseconds:.0f} ms."
            _show(options, {"stopped": True, "stop_ms": round(milliseconds, 1)}, [text])
        elif options.goto is not None:
            _check_preset(head, options.goto)
            head.stored.go_to(options.goto)
            _show(options, {"preset": options.goto}, [f"Driving to preset {options.goto}."])
        elif options.presets:
            presets = head.stored.list()
            lines = [f"{preset.token:>6}  {preset.name}" for preset in presets] or ["No presets are stored."]
            _show(options, [asdict(preset) for preset in presets], lines)
        else:
            status = head.status()
            _show(options, asdict(status), _status_lines(status))
    return 0


def _check_preset(head: "PtzHead", token: str) -> None:
    """Refuse a preset the camera does not list, because some take any token and stay where they are."""
    try:
        presets = head.stored.list()
    except DeviceFault:
        return  # it lists none; whether it has this one is for the camera to say
    if token not in (preset.token for preset in presets):
        listed = ", ".join(f"{preset.token} ({preset.name})" for preset in presets) or "none"
        raise InvalidInput(f"The camera has no preset {token}.", remedy=f"It lists: {listed}.")


def _discover(options: argparse.Namespace) -> int:
    from controlroom.cameras.onvif.discovery import discover, local_addresses

    for address in set(options.interface or ()) - set(local_addresses()):
        raise InvalidInput(f"{address} is not an IPv4 address of this computer.")
    devices = discover(_seconds(options.seconds), options.interface)
    if options.sheet is not None:
        write_sheet(options.sheet, devices)
    lines = [f"{device.host}:{device.port}  {device.name}  {device.hardware}".rstrip() for device in devices]
    _show(options, [asdict(device) for device in devices], lines or ["No ONVIF device answered."])
    return 0


@contextmanager
def _head(address: DeviceAddress) -> "Iterator[tuple[PtzHead, PtzHead]]":
    """Yield the camera's head twice, the second time over a connection of its own so that Stop never waits behind
    a move.
    """
    from controlroom.cameras.onvif.probe import read_basics
    from controlroom.cameras.onvif.ptz import PtzHead
    from controlroom.cameras.onvif.ptz_capabilities import read_ptz_capabilities
    from controlroom.cameras.onvif.session import CameraSession

    session = CameraSession(address)
    stop_session = session.another()
    try:
        basics = read_basics(session)
        capabilities = read_ptz_capabilities(session, basics.profiles, basics.make)
        if capabilities is None:
            raise DeviceFault(
                FaultKind.NOT_SUPPORTED,
                f"{address.title} cannot be steered.",
                "None of its profiles has pan, tilt and zoom.",
            )
        yield PtzHead(session, capabilities), PtzHead(stop_session, capabilities)
    finally:
        session.close()
        stop_session.close()


def _move(
    head: "PtzHead", stop: "PtzHead", speeds: tuple[float, float, float], seconds: float
) -> dict[str, Any]:
    """Move for `seconds`, then stop and wait for the acknowledgement, however the move ends."""
    started = time.monotonic()
    interrupted = False
    failure: DeviceFault | None = None
    with _interruptible():
        try:
            while (left := started + seconds - time.monotonic()) > 0:
                head.move(*speeds)
                hold_s = head.hold_s
                time.sleep(left if hold_s is None else min(left, hold_s / 2))
        except KeyboardInterrupt:
            interrupted = True
        except DeviceFault as fault:
            failure = fault
        finally:
            moved_s = time.monotonic() - started
            with _uninterrupted():
                stopping = time.monotonic()
                _stop_for_certain(stop)
                stop_ms = (time.monotonic() - stopping) * 1000
                if interrupted:  # the interrupted move may have been obeyed after the first Stop
                    _stop_for_certain(stop)
    if failure is not None:
        meaning = f"Stop was acknowledged {stop_ms:.0f} ms after that."
        raise DeviceFault(failure.kind, failure.what, meaning, failure.remedy)
    return {"moved_s": round(moved_s, 3), "stop_ms": round(stop_ms, 1), "interrupted": interrupted}


def _stop_for_certain(stop: "PtzHead") -> None:
    """Send Stop until it is acknowledged; raises a DeviceFault that says it was not after `STOP_TRIES_S`."""
    give_up_at, pause = time.monotonic() + STOP_TRIES_S, 0.1
    while True:
        try:
            stop.stop(seconds=1.5)
        except DeviceFault as fault:
            hopeless = fault.kind not in GONE | PASSING
            if hopeless or time.monotonic() > give_up_at:
                what = f"Stop was not acknowledged: {fault.what}"
                raise DeviceFault(fault.kind, what, "It may still be moving.", fault.remedy) from fault
            time.sleep(pause)
            pause *= 2
        else:
            return


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end a move in the same way as Ctrl+C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with _signals(("SIGTERM", "SIGHUP"), interrupt):
        yield


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ignore signals inside the block, a second Ctrl+C included: nothing may prevent Stop from being sent."""
    with _signals(("SIGINT", "SIGTERM", "SIGHUP"), signal.SIG_IGN):
        yield


@contextmanager
def _signals(names: tuple[str, ...], action: "Callable[..., None] | signal.Handlers") -> Iterator[None]:
    before = {}
    with suppress(ValueError):  # not in the main thread: nobody to interrupt
        for name in names:
            number = getattr(signal, name, None)
            if number is not None:
                before[number] = signal.signal(number, action)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _speeds(given: list[float]) -> tuple[float, float, float]:
    if any(not math.isfinite(value) or abs(value) > 1 for value in given):
        raise InvalidInput("A speed is out of range.", remedy="Speeds run from -1 to 1, 0 is at rest.")
    if not any(given):
        raise InvalidInput("All speeds are 0.", remedy="Use --stop to stop a camera.")
    pan, tilt, zoom = given
    return pan, tilt, zoom


def _seconds(given: float) -> float:
    if not math.isfinite(given) or not 0 < given <= LONGEST_MOVE_S:
        raise InvalidInput(f"{given:g} seconds is out of range.", remedy=f"Give 0.1 to {LONGEST_MOVE_S:.0f}.")
    return given


def _show(options: argparse.Namespace, value: Any, lines: list[str]) -> None:
    if options.json:
        print(json.dumps(value, indent=2, ensure_ascii=False))
    else:
        print("\n".join(lines))


def _report_lines(report: DeviceReport) -> list[str]:
    drift = report.clock_drift_s
    clock = (
        "unknown" if drift is None else f"{drift:+.1f} s" if abs(drift) < 120 else f"{drift / 60:+.0f} min"
    )
    lines = [
        f"Make       {report.make or 'not told'}",
        f"Model      {report.model or 'not told'}",
        f"Firmware   {report.firmware or 'not told'}",
        f"Serial     {report.serial or 'not told'}",
        f"Clock      {clock}",
        *([f"Shows      {report.certificate} (certificate)"] if report.certificate else []),
        f"Services   {', '.join(sorted(report.services)) or 'none'}",
        f"PTZ        {_abilities(report.ptz)}",
    ]
    for profile in report.profiles:
        lines += _profile_lines(profile)
    return lines + [f"Warning    {warning}" for warning in report.warnings]


def _profile_lines(profile: StreamProfile) -> list[str]:
    size = f"{profile.width}x{profile.height}" if profile.width else "size not told"
    rate = f"{profile.fps:g} fps" if profile.fps else ""
    told = " ".join(part for part in (profile.encoding, size, rate) if part)
    return [
        f"Profile    {profile.name or profile.token}: {told}",
        f"  stream   {profile.stream_url or 'none'}",
        *([f"  snapshot {profile.snapshot_url}"] if profile.snapshot_url else []),
    ]


def _abilities(ptz: PtzAbilities | None) -> str:
    if ptz is None:
        return "none"
    named = {
        "pan and tilt": ptz.pan_tilt,
        "zoom": ptz.zoom,
        "absolute moves": ptz.absolute,
        "relative moves": ptz.relative,
        "moves within the picture": ptz.relative_fov,
        f"presets (up to {ptz.max_presets})" if ptz.max_presets else "presets": ptz.presets,
        "home": ptz.home,
        "tours": ptz.tours,
    }
    return ", ".join(name for name, able in named.items() if able) or "none"


def _status_lines(status: PtzStatus) -> list[str]:
    def told(value: float | None) -> str:
        return "not told" if value is None else f"{value:+.3f}"

    moving = {True: "moving", False: "at rest", None: "not told"}[status.moving]
    return [f"Pan {told(status.pan)}, tilt {told(status.tilt)}, zoom {told(status.zoom)}; {moving}."]
