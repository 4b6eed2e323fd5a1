"""Holds everything of setting up that differs between operating systems; Windows and macOS are untested."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from controlroom.installation.steps import SetUpFailed, run_recorded, say

WINDOWS = sys.platform == "win32"
LINUX = sys.platform.startswith("linux")


def _packages(libraries: str) -> dict[str, str]:
    """Library → package of Debian and Ubuntu, which name it after library and version, with few exceptions."""
    named: dict[str, str] = {}
    for library in libraries.split():
        name, version = library.split(".so.")
        dash = "-" if name[-1].isdigit() else ""
        named[library] = f"{name.lower()}{dash}{version}"
    return named


# What the wheels of Qt and OpenCV expect the system to have: everything the dynamic section of QtWidgets, of its
# plug-ins for X11 and off screen and of cv2 names and no wheel brings along.
LIBRARIES = _packages(
    """
    libEGL.so.1 libGL.so.1 libX11.so.6 libX11-xcb.so.1 libdbus-1.so.3 libfontconfig.so.1 libfreetype.so.6
    libstdc++.so.6 libxcb.so.1 libxcb-cursor.so.0 libxcb-glx.so.0 libxcb-icccm.so.4 libxcb-image.so.0
    libxcb-keysyms.so.1 libxcb-randr.so.0 libxcb-render.so.0 libxcb-render-util.so.0 libxcb-shape.so.0
    libxcb-shm.so.0 libxcb-sync.so.1 libxcb-util.so.1 libxcb-xfixes.so.0 libxcb-xkb.so.1
    libxkbcommon.so.0 libxkbcommon-x11.so.0 libzstd.so.1
    """
) | {"libglib-2.0.so.0": "libglib2.0-0", "libgthread-2.0.so.0": "libglib2.0-0", "libz.so.1": "zlib1g"}
WAYLAND_LIBRARIES = _packages("libwayland-client.so.0 libwayland-cursor.so.0 libwayland-egl.so.1")
LOCKED_BYTE = 1 << 20  # far behind what is written, so that Windows lets others read who holds a file
DEBIAN_POSTGRESQL = Path("/usr/lib/postgresql")  # one folder for each version
# Run in a Python of its own: the loader would not see, in this process, what apt-get has just installed.
TRY_TO_LOAD = """
import ctypes, json, sys
missing = []
for name in sys.argv[1:]:
    try:
        ctypes.CDLL(name)
    except OSError:
        missing.append(name)
print(json.dumps(missing))
"""


def script(venv: Path, name: str) -> Path:
    """Return where a virtual environment stores the program `name`."""
    return venv / "Scripts" / f"{name}.exe" if WINDOWS else venv / "bin" / name


def wanted_libraries(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return library → package for this session: Wayland's only where Wayland is."""
    return LIBRARIES | (WAYLAND_LIBRARIES if environment.get("WAYLAND_DISPLAY") else {})


def missing_libraries(names: Sequence[str]) -> list[str]:
    """Those of `names` that the system cannot load; always empty outside Linux, where the wheels bring all."""
    if not LINUX:
        return []
    command = [sys.executable, "-I", "-c", TRY_TO_LOAD, *names]
    answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    # A library that brings the trial down when loaded is as good as missing, but which one is not known.
    return json.loads(answer.stdout) if answer.returncode == 0 else list(names)


def is_root() -> bool:
    """True when this person may install system packages without asking."""
    return not WINDOWS and os.geteuid() == 0


def provide_libraries(record: Path, *, for_tests: bool) -> None:
    """Ensure that Qt and OpenCV find their system libraries; installs what is missing when root, else says how."""
    wanted = wanted_libraries()
    missing = missing_libraries(list(wanted))
    packages = sorted({wanted[name] for name in missing})
    if for_tests and LINUX and shutil.which("Xvfb") is None:
        if is_root() and shutil.which("apt-get"):
            packages.append("xvfb")
        else:
            say("Xvfb is not installed: the tests that need a display will be skipped.")
    if not packages:
        return
    if not shutil.which("apt-get"):
        raise SetUpFailed(
            f"Qt and OpenCV need system libraries that are missing: {', '.join(missing)}. "
            "Install the packages that bring them, then start again."
        )
    if not is_root():
        raise SetUpFailed(
            "Qt and OpenCV need system libraries that are missing. "
            f"Install them with this command, then start again:\n  {apt_command(packages)}"
        )
    install_with_apt(packages, record)
    if still := missing_libraries(missing):
        raise SetUpFailed(f"apt-get installed its packages, but {', '.join(still)} still cannot be loaded.")


def provide_postgresql(record: Path) -> None:
    """Install a PostgreSQL server for the tests when root, else ask for it in one line; it is never a failure.

    Debian's package starts a server of its own where the system starts services; the tests run their own beside it.
    """
    if not LINUX or shutil.which("initdb") or any(DEBIAN_POSTGRESQL.glob("*/bin/initdb")):
        return
    if not shutil.which("apt-get"):
        say("PostgreSQL is not installed: the tests that need a server will be skipped.")
    elif not is_root():
        say("PostgreSQL is not installed: the tests that need a server will be skipped. To have them run:")
        say(f"  {apt_command(['postgresql'])}")
    else:
        try:
            install_with_apt(["postgresql"], record)
        except SetUpFailed as failure:
            say(f"{failure} The tests that need PostgreSQL will be skipped.")


def apt_command(packages: Sequence[str]) -> str:
    """Return the one line a person types to install `packages` on Debian or Ubuntu."""
    command = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(packages)}"
    if is_root():
        return command
    return f"sudo sh -c '{command}'" if shutil.which("sudo") else f"su -c '{command}'"


def install_with_apt(packages: Sequence[str], record: Path) -> None:
    """Install Debian packages as root, saying which."""
    say(f"Installing system packages with apt-get: {' '.join(packages)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    # A failing update is no failure yet: the lists at hand may do, and the install says what is wrong.
    run_recorded(["apt-get", "update"], record, environment=quiet)
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    code, output = run_recorded(install, record, environment=quiet)
    if code != 0:
        errors = [line.strip() for line in output.splitlines() if line.startswith("E:")]
        raise SetUpFailed(
            f"apt-get could not install them ({errors[0] if errors else f'exit code {code}'}). "
            f"Check the network and the package sources, then try by hand: {apt_command(packages)}"
        )


@contextlib.contextmanager
def only_one_at_a_time(path: Path) -> Iterator[list[int]]:
    """Hold the lock file `path`; says so when another set-up holds it, and waits.

    Yields the descriptors a child should inherit: if this process is killed, the lock is held until that child has
    ended too. The system releases the lock however we end.
    """
    with path.open("a") as file:
        if not try_lock(file.fileno()):
            say("Another set-up is at work in this folder; waiting for it to end.")
            while not try_lock(file.fileno()):
                time.sleep(0.2)
        yield [] if WINDOWS else [file.fileno()]


def try_lock(descriptor: int) -> bool:
    """Lock an open file for this process, without waiting; False while another one holds it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def hand_over(command: Sequence[str]) -> NoReturn:
    """Become `command`: signals and the exit code are its own. Windows cannot, so there it is run and waited for."""
    sys.stdout.flush()
    sys.stderr.flush()
    if not WINDOWS:
        os.execv(command[0], list(command))
    with subprocess.Popen(command) as child:
        while True:
            # Ctrl+C reaches the program too; it decides how to end.
            with contextlib.suppress(KeyboardInterrupt):
                sys.exit(child.wait())
