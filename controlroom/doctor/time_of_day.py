"""Checks this computer's clock: plausible, synchronised, and with London's time zone known."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from controlroom.doctor.records import CheckContext, CheckResult, ok, warn
from controlroom.doctor.records import fail as failed

FAMILY = "Time"
PROGRAM_BORN = datetime(2026, 1, 1, tzinfo=UTC)  # a clock before this is wrong
WITHIN_S = 10


def check(context: CheckContext) -> Iterator[CheckResult]:
    """Check the clock, its synchronisation and the time zone."""
    yield plausible(context)
    yield synchronised()
    yield zone()


def plausible(context: CheckContext) -> CheckResult:
    """Check the year: a computer whose battery died starts in one long past."""
    words = f"{context.now:%Y-%m-%d %H:%M:%S} UTC"
    if context.now < PROGRAM_BORN:
        return failed(
            FAMILY,
            "Clock",
            words,
            "Every entry would carry a wrong time, and cameras refuse logins with it.",
            "Set the clock, and have it kept (chrony, systemd-timesyncd).",
        )
    return ok(FAMILY, "Clock", words)


def synchronised() -> CheckResult:
    """Check the synchronisation: chrony is asked first, then systemd."""
    if answer := _ask("chronyc", "-c", "tracking"):
        parts = answer.split(",")
        if len(parts) > 13 and parts[13].strip() == "Normal":
            return ok(FAMILY, "Kept by", f"chrony, {abs(float(parts[4])) * 1000:.1f} ms off")
        return _not_kept("chrony runs and is not synchronised")
    if answer := _ask("timedatectl", "show", "--property=NTPSynchronized", "--value"):
        if answer.strip() == "yes":
            return ok(FAMILY, "Kept by", "the system, synchronised")
        return _not_kept("the system, not synchronised")
    return warn(
        FAMILY,
        "Kept by",
        "not known: neither chrony nor timedatectl answers here",
        "Whether the clock can be trusted is not known; exhibits say so.",
        "On a machine that keeps evidence install chrony. In a container the host's clock counts.",
    )


def _not_kept(found: str) -> CheckResult:
    return warn(
        FAMILY,
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
        return failed(
            FAMILY, "Time zones", "Europe/London is unknown here", "No time can be shown.", "Install tzdata."
        )
    before, after = (
        datetime(2026, 10, 25, hour, 30, tzinfo=UTC).astimezone(london).tzname() for hour in (0, 1)
    )
    if (before, after) != ("BST", "GMT"):
        return failed(
            FAMILY,
            "Time zones",
            f"25 October 2026 changes from {before} to {after}",
            "Times around the change would be shown wrong.",
            "Bring tzdata up to date.",
        )
    return ok(FAMILY, "Time zones", "Europe/London, with its changes")


def _ask(*command: str) -> str:
    """Return what a program prints, empty when it is not there or fails."""
    if shutil.which(command[0]) is None:
        return ""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
