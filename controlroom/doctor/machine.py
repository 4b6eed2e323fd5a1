"""Checks what the computer provides: the right time, shared memory, open files, memory, and network ports."""

import contextlib
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psutil

from controlroom.doctor.records import CheckContext, CheckResult, fail, ok, warn
from controlroom.platform import WINDOWS

SHARED = Path("/dev/shm")  # noqa: S108  where Linux keeps shared memory
LEAST_SHARED, LITTLE_SHARED = 64_000_000, 256_000_000  # 16 tiles of 1080p are 130 MB
FEW_FILES = 1024  # of a process that holds 100 streams
LITTLE_MEMORY = 2_000_000_000
DISCOVERY = ("239.255.255.250", 3702)  # WS-Discovery
PROGRAM_BORN = datetime(2026, 1, 1, tzinfo=UTC)  # a clock before this is wrong
CLOCK_ANSWERS_WITHIN_S = 10


def check_time(context: CheckContext) -> Iterator[CheckResult]:
    """Check the clock, its synchronisation and the time zone."""
    yield plausible(context)
    yield synchronised()
    yield zone()


def check_machine(_context: CheckContext) -> Iterator[CheckResult]:
    """Check that there is enough of each for a full wall."""
    yield shared_memory()
    yield open_files()
    yield memory()
    yield loopback()
    yield search()


def plausible(context: CheckContext) -> CheckResult:
    """Check the year: a computer whose battery died starts in one long past."""
    words = f"{context.now:%Y-%m-%d %H:%M:%S} UTC"
    if context.now >= PROGRAM_BORN:
        return ok("Clock", words)
    return fail(
        "Clock",
        words,
        "Every entry would carry a wrong time, and cameras refuse logins with it.",
        "Set the clock, and have it kept (chrony, systemd-timesyncd).",
    )


def synchronised() -> CheckResult:
    """Check the synchronisation: chrony is asked first, then systemd."""
    if answer := _ask("chronyc", "-c", "tracking"):
        parts = answer.split(",")
        if len(parts) > 13 and parts[13].strip() == "Normal":
            return ok("Kept by", f"chrony, {abs(float(parts[4])) * 1000:.1f} ms off")
        return _drifts("chrony runs and is not synchronised")
    if answer := _ask("timedatectl", "show", "--property=NTPSynchronized", "--value"):
        if answer.strip() == "yes":
            return ok("Kept by", "the system, synchronised")
        return _drifts("the system, not synchronised")
    return warn(
        "Kept by",
        "not known: neither chrony nor timedatectl answers here",
        "Whether the clock can be trusted is not known; exhibits say so.",
        "On a machine that keeps evidence install chrony. In a container the host's clock counts.",
    )


def _drifts(found: str) -> CheckResult:
    return warn(
        "Kept by",
        found,
        "Times in log and evidence drift; exhibits say 'unknown' for the difference to true time.",
        "Give it a time server it can reach.",
    )


def zone() -> CheckResult:
    """Check both sides of the October change, as London had it."""
    try:
        london = ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        return fail("Time zones", "Europe/London is unknown here", "No time can be shown.", "Install tzdata.")
    before, after = (
        datetime(2026, 10, 25, hour, 30, tzinfo=UTC).astimezone(london).tzname() for hour in (0, 1)
    )
    if (before, after) == ("BST", "GMT"):
        return ok("Time zones", "Europe/London, with its changes")
    return fail(
        "Time zones",
        f"25 October 2026 changes from {before} to {after}",
        "Times around the change would be shown wrong.",
        "Bring tzdata up to date.",
    )


def _ask(*command: str) -> str:
    """Return what a program prints, empty when it is not there or fails."""
    if shutil.which(command[0]) is None:
        return ""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=CLOCK_ANSWERS_WITHIN_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def shared_memory() -> CheckResult:
    """Check the shared memory, through which pictures go from the media workers to the desk."""
    if not SHARED.is_dir():
        return ok("Shared memory", "the system's own")
    usage = shutil.disk_usage(SHARED)
    words = f"{usage.free / 1e6:.0f} of {usage.total / 1e6:.0f} MB free"
    if usage.free < LEAST_SHARED:
        return fail(
            "Shared memory",
            words,
            "Pictures find no room on their way to the window.",
            "Enlarge /dev/shm (in a container: --shm-size=1g).",
        )
    if usage.free < LITTLE_SHARED:
        return warn("Shared memory", words, "A wall of 16 large pictures does not fit.", "Enlarge /dev/shm.")
    return ok("Shared memory", words)


def open_files() -> CheckResult:
    """Check the limit of open files: each stream, pipe and database connection is one."""
    if WINDOWS:
        return ok("Open files", "no limit that matters on Windows")
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= FEW_FILES:
        return ok("Open files", f"{soft} at most")
    return warn(
        "Open files",
        f"{soft} at most",
        "About a hundred streams need more.",
        f"ulimit -n {min(hard, 4096) if hard > 0 else 4096}, or LimitNOFILE in the service.",
    )


def memory() -> CheckResult:
    """Check how much memory is free now."""
    free = psutil.virtual_memory().available
    words = f"{free / 1e9:.1f} of {psutil.virtual_memory().total / 1e9:.1f} GB free"
    if free < LITTLE_MEMORY:
        return warn("Memory", words, "A large wall may not fit.", "Close other programs.")
    return ok("Memory", words)


def loopback() -> CheckResult:
    """Check that a port of this computer can be opened, since the room's parts on one computer talk over them."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            with socket.create_connection(("127.0.0.1", port), timeout=2):
                return ok("Ports", "ports of this computer open and answer")
    except OSError as error:
        return fail(
            "Ports",
            f"no port of this computer can be used: {error.strerror or error}",
            "Recorder and desk cannot speak to each other.",
            "Look at the firewall's rules for loopback.",
        )


def search() -> CheckResult:
    """Check that the search for cameras (multicast on UDP 3702) is possible."""
    try:
        with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as one:
            one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 0)  # stays on this computer
            one.sendto(b"", DISCOVERY)
    except OSError as error:
        return warn(
            "Search for cameras",
            f"multicast is refused: {error.strerror or error}",
            "Cameras are not found by themselves; their addresses can be typed in.",
            "Give the network card an address, or allow UDP port 3702.",
        )
    return ok("Search for cameras", "multicast on UDP 3702 is allowed")
