"""Checks Python, the locked packages, and the system libraries that Qt and OpenCV need."""

import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from controlroom.doctor.records import CheckContext, CheckResult, fail, ok, warn
from controlroom.installation import system

FAMILY = "Program"
PYTHONS = ((3, 11), (3, 14))  # from, and not any more
LOCK = Path(__file__).resolve().parents[2] / "requirements" / "run.txt"
LOADED = ("PySide6.QtWidgets", "cv2", "av", "lxml.etree", "psycopg")
LOAD_WITHIN_S = 60


def check(context: CheckContext) -> Iterator[CheckResult]:
    """Check each, with a remedy for whoever installed it."""
    yield python()
    yield packages()
    yield from libraries(context)
    yield loads()


def python() -> CheckResult:
    """Check that this Python is a version the locked packages exist for."""
    version = ".".join(map(str, sys.version_info[:3]))
    if PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]:
        return ok(FAMILY, "Python", version)
    return fail(
        FAMILY, "Python", version, "The locked packages are for 3.11 to 3.13.", "Start with one of these."
    )


def pins(text: str) -> dict[str, str]:
    """Read package → version from a lock file, for packages without a condition."""
    found = re.findall(r"(?m)^([A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?==([^\s;\\]+)\s*(?:\\|$)", text)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def packages(lock: Path = LOCK) -> CheckResult:
    """Compare the installed versions with the lock."""
    try:
        wanted = pins(lock.read_text(encoding="utf-8"))
    except OSError:
        return ok(FAMILY, "Packages", "no lock file beside this installation to compare with")
    wrong = []
    for name, version in wanted.items():
        try:
            here = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            here = "missing"
        if here != version:
            wrong.append(f"{name} {here} (locked: {version})")
    if not wrong:
        return ok(FAMILY, "Packages", f"{len(wanted)} as locked")
    missing = any("missing" in each for each in wrong)
    make = fail if missing else warn
    return make(
        FAMILY,
        "Packages",
        ", ".join(wrong[:6]) + (f" and {len(wrong) - 6} more" if len(wrong) > 6 else ""),
        "This is not the program as it was tested.",
        "Run `python3 bootstrap.py --version`: it brings .venv in line with the lock.",
    )


def libraries(context: CheckContext) -> Iterator[CheckResult]:
    """Check the system libraries that the wheels of Qt and OpenCV need."""
    wanted = system.wanted_libraries(context.environment)
    missing = system.missing_libraries(list(wanted))
    if not missing:
        yield ok(FAMILY, "System libraries", f"all {len(wanted)} that Qt and OpenCV need")
        return
    packages_ = sorted({wanted[name] for name in missing})
    yield fail(
        FAMILY,
        "System libraries",
        f"missing: {', '.join(missing)}",
        "Windows or pictures do not open without them.",
        f"On Debian and Ubuntu: {system.apt_command(packages_)}",
    )


def loads() -> CheckResult:
    """Check that each library really loads, in a process of its own as in the program."""
    code = "import importlib, sys; importlib.import_module(sys.argv[1])"
    broken = []
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
            broken.append(f"{module}: not loaded within {LOAD_WITHIN_S} s")
            continue
        if done.returncode:
            broken.append(f"{module}: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    if not broken:
        return ok(FAMILY, "Loading", ", ".join(LOADED))
    return fail(
        FAMILY,
        "Loading",
        "; ".join(broken),
        "The part of the room that uses it does not start.",
        "Install the program again: remove .venv and run `python3 bootstrap.py --version`.",
    )
