"""Checks that there is a display to open windows on, and the typeface they use."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from controlroom.doctor.records import CheckContext, CheckResult, fail, ok, warn
from controlroom.platform import LINUX

FAMILY = "Screen"
TYPEFACE = "font_hanken_grotesk"


def check(context: CheckContext) -> Iterator[CheckResult]:
    """Check display and typeface."""
    yield display(context)
    yield typeface()


def display(context: CheckContext) -> CheckResult:
    """Check for X11 or Wayland on Linux; elsewhere windows always open."""
    named = context.environment.get("WAYLAND_DISPLAY") or context.environment.get("DISPLAY")
    if not LINUX:
        return ok(FAMILY, "Display", "the system's own")
    if not named:
        return warn(
            FAMILY,
            "Display",
            "none: neither DISPLAY nor WAYLAND_DISPLAY is set",
            "The desk cannot open a window here; recorder, commands and tests do without.",
            "Start it in a graphical session.",
        )
    local = named.removeprefix("unix").removeprefix(":") if named.startswith((":", "unix:")) else ""
    socket = Path("/tmp/.X11-unix") / f"X{local.split('.')[0]}"  # noqa: S108  where X servers put it
    if local and socket.parent.is_dir() and not socket.exists():
        return fail(
            FAMILY,
            "Display",
            f"{named} is named, but nothing is there",
            "The desk cannot open a window.",
            "Start it in a running graphical session.",
        )
    return ok(FAMILY, "Display", named)


def typeface() -> CheckResult:
    """Check the typeface, which ships as a package, so that a machine without fonts shows text."""
    found = importlib.util.find_spec(TYPEFACE)
    files = list(Path(found.origin).parent.rglob("HankenGrotesk-*.otf")) if found and found.origin else []
    if len(files) >= 4:
        return ok(FAMILY, "Typeface", "Hanken Grotesk, shipped with the program")
    return warn(
        FAMILY,
        "Typeface",
        "the shipped typeface is missing",
        "Text is shown in the system's own, which may be too wide for its place.",
        "Install the program again.",
    )
