"""Checks what the system provides to running processes: shared memory, open files, memory, and network ports."""

import contextlib
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil

from controlroom.doctor.records import CheckContext, CheckResult, fail, ok, warn
from controlroom.platform import WINDOWS

FAMILY = "Machine"
SHARED = Path("/dev/shm")  # noqa: S108  where Linux keeps shared memory
LEAST_SHARED, LITTLE_SHARED = 64_000_000, 256_000_000  # 16 tiles of 1080p are 130 MB
FEW_FILES = 1024  # of a process that holds 100 streams
LITTLE_MEMORY = 2_000_000_000
DISCOVERY = ("239.255.255.250", 3702)  # WS-Discovery


def check(_context: CheckContext) -> Iterator[CheckResult]:
    """Check that there is enough of each for a full wall."""
    yield shared_memory()
    yield open_files()
    yield memory()
    yield loopback()
    yield search()


def shared_memory() -> CheckResult:
    """Check the shared memory, through which pictures go from the media workers to the desk."""
    if not SHARED.is_dir():
        return ok(FAMILY, "Shared memory", "the system's own")
    usage = shutil.disk_usage(SHARED)
    words = f"{usage.free / 1e6:.0f} of {usage.total / 1e6:.0f} MB free"
    if usage.free < LEAST_SHARED:
        return fail(
            FAMILY,
            "Shared memory",
            words,
            "Pictures find no room on their way to the window.",
            "Enlarge /dev/shm (in a container: --shm-size=1g).",
        )
    if usage.free < LITTLE_SHARED:
        return warn(
            FAMILY, "Shared memory", words, "A wall of 16 large pictures does not fit.", "Enlarge /dev/shm."
        )
    return ok(FAMILY, "Shared memory", words)


def open_files() -> CheckResult:
    """Check the limit of open files: each stream, pipe and database connection is one."""
    if WINDOWS:
        return ok(FAMILY, "Open files", "no limit that matters on Windows")
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < FEW_FILES:
        return warn(
            FAMILY,
            "Open files",
            f"{soft} at most",
            "About a hundred streams need more.",
            f"ulimit -n {min(hard, 4096) if hard > 0 else 4096}, or LimitNOFILE in the service.",
        )
    return ok(FAMILY, "Open files", f"{soft} at most")


def memory() -> CheckResult:
    """Check how much memory is free now."""
    free = psutil.virtual_memory().available
    words = f"{free / 1e9:.1f} of {psutil.virtual_memory().total / 1e9:.1f} GB free"
    if free < LITTLE_MEMORY:
        return warn(FAMILY, "Memory", words, "A large wall may not fit.", "Close other programs.")
    return ok(FAMILY, "Memory", words)


def loopback() -> CheckResult:
    """Check that a port of this computer can be opened, since the room's parts on one computer talk over them."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            with socket.create_connection(("127.0.0.1", port), timeout=2):
                return ok(FAMILY, "Ports", "ports of this computer open and answer")
    except OSError as error:
        return fail(
            FAMILY,
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
            FAMILY,
            "Search for cameras",
            f"multicast is refused: {error.strerror or error}",
            "Cameras are not found by themselves; their addresses can be typed in.",
            "Give the network card an address, or allow UDP port 3702.",
        )
    return ok(FAMILY, "Search for cameras", "multicast on UDP 3702 is allowed")
