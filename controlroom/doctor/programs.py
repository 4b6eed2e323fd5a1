"""Checks the program itself (Python, locked packages, system libraries) and the screen it opens its windows on."""

import importlib.metadata
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from controlroom.doctor.records import CheckContext, CheckResult, fail, ok, warn
from controlroom.installation import system
from controlroom.platform import LINUX

PYTHONS = ((3, 11), (3, 14))  # from, and not any more
LOCK = Path(__file__).resolve().parents[2] / "requirements" / "run.txt"
LOADED = ("PySide6.QtWidgets", "cv2", "av", "lxml.etree", "psycopg")
LOAD_WITHIN_S = 60
TYPEFACE = "font_hanken_grotesk"


def check_program(context: CheckContext) -> Iterator[CheckResult]:
    """Check each, with a remedy for whoever installed it."""
    yield python()
    yield packages()
    yield libraries(context)
    yield loads()


def check_screen(context: CheckContext) -> Iterator[CheckResult]:
    """Check display and typeface."""
    yield display(context)
    yield typeface()


def python() -> CheckResult:
    """Check that this Python is a version the locked packages exist for."""
    version = ".".join(map(str, sys.version_info[:3]))
    if PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]:
        return ok("Python", version)
    return fail("Python", version, "The locked packages are for 3.11 to 3.13.", "Start with one of these.")


def pins(text: str) -> dict[str, str]:
    """Read package → version from a lock file, for packages without a condition."""
    found = re.findall(r"(?m)^([A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?==([^\s;\\]+)\s*(?:\\|$)", text)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def packages(lock: Path = LOCK) -> CheckResult:
    """Compare the installed versions with the lock."""
    try:
        wanted = pins(lock.read_text(encoding="utf-8"))
    except OSError:
        return ok("Packages", "no lock file beside this installation to compare with")
    wrong = []
    for name, version in wanted.items():
        try:
            here = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            here = "missing"
        if here != version:
            wrong.append(f"{name} {here} (locked: {version})")
    if not wrong:
        return ok("Packages", f"{len(wanted)} as locked")
    make = fail if any("missing" in each for each in wrong) else warn
    return make(
        "Packages",
        ", ".join(wrong[:6]) + (f" and {len(wrong) - 6} more" if len(wrong) > 6 else ""),
        "This is not the program as it was tested.",
        "Run `python3 bootstrap.py --version`: it brings .venv in line with the lock.",
    )


def libraries(context: CheckContext) -> CheckResult:
    """Check the system libraries that the wheels of Qt and OpenCV need."""
    wanted = system.wanted_libraries(context.environment)
    missing = system.missing_libraries(list(wanted))
    if not missing:
        return ok("System libraries", f"all {len(wanted)} that Qt and OpenCV need")
    return fail(
        "System libraries",
        f"missing: {', '.join(missing)}",
        "Windows or pictures do not open without them.",
        f"On Debian and Ubuntu: {system.apt_command(sorted({wanted[name] for name in missing}))}",
    )


def loads() -> CheckResult:
    """Check that each library really loads, in a process of its own as in the program."""
    code = "import importlib, sys; importlib.import_module(sys.argv[1])"
    failed = []
    for module in LOADED:
        try:
            done = subprocess.run(
                [sys.executable, "-c", code, module],
                capture_output=True,
                text=True,
                errors="replace",
                timeout=LOAD_WITHIN_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            failed.append(f"{module}: not loaded within {LOAD_WITHIN_S} s")
            continue
        if done.returncode:
            failed.append(f"{module}: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    if not failed:
        return ok("Loading", ", ".join(LOADED))
    return fail(
        "Loading",
        "; ".join(failed),
        "The part of the room that uses it does not start.",
        "Install the program again: remove .venv and run `python3 bootstrap.py --version`.",
    )


def display(context: CheckContext) -> CheckResult:
    """Check for X11 or Wayland on Linux; elsewhere windows always open."""
    named = context.environment.get("WAYLAND_DISPLAY") or context.environment.get("DISPLAY")
    if not LINUX:
        return ok("Display", "the system's own")
    if not named:
        return warn(
            "Display",
            "none: neither DISPLAY nor WAYLAND_DISPLAY is set",
            "The desk cannot open a window here; recorder, commands and tests do without.",
            "Start it in a graphical session.",
        )
    local = named.removeprefix("unix").removeprefix(":") if named.startswith((":", "unix:")) else ""
    socket = Path("/tmp/.X11-unix") / f"X{local.split('.')[0]}"  # noqa: S108  where X servers put it
    if local and socket.parent.is_dir() and not socket.exists():
        return fail(
            "Display",
            f"{named} is named, but nothing is there",
            "The desk cannot open a window.",
            "Start it in a running graphical session.",
        )
    return ok("Display", named)


def typeface() -> CheckResult:
    """Check the typeface, which ships as a package, so that a machine without fonts shows text."""
    found = importlib.util.find_spec(TYPEFACE)
    files = list(Path(found.origin).parent.rglob("HankenGrotesk-*.otf")) if found and found.origin else []
    if len(files) >= 4:
        return ok("Typeface", "Hanken Grotesk, shipped with the program")
    return warn(
        "Typeface",
        "the shipped typeface is missing",
        "Text is shown in the system's own, which may be too wide for its place.",
        "Install the program again.",
    )
