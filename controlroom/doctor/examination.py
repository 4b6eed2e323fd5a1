"""Runs every family of checks, in the order a person would look."""

import logging
from collections.abc import Iterator, Sequence

from controlroom.doctor import (
    backups,
    cameras,
    database,
    folder,
    keys,
    machine,
    programs,
    running,
    screen,
    time_of_day,
)
from controlroom.doctor.records import CheckContext, CheckFamily, CheckResult, Verdict, fail

log = logging.getLogger(__name__)

FAMILIES: tuple[tuple[str, CheckFamily], ...] = (
    (programs.FAMILY, programs.check),
    (screen.FAMILY, screen.check),
    (folder.FAMILY, folder.check),
    (database.FAMILY, database.check),
    (keys.FAMILY, keys.check),
    (time_of_day.FAMILY, time_of_day.check),
    (machine.FAMILY, machine.check),
    (running.FAMILY, running.check),
    (backups.FAMILY, backups.check),
    (cameras.FAMILY, cameras.check),
)


def examine(
    context: CheckContext, families: Sequence[tuple[str, CheckFamily]] = FAMILIES
) -> Iterator[CheckResult]:
    """Yield each result as it comes; a family that fails itself is reported and the others go on."""
    for name, look in families:
        try:
            yield from look(context)
        except Exception as error:  # what keeps one family from looking must not hide the others
            log.exception("looking at %s failed", name)
            yield fail(name, "The check itself", f"failed: {type(error).__name__}: {error}")


def worst(checks: Sequence[CheckResult]) -> Verdict:
    """Return the worst verdict."""
    for verdict in (Verdict.FAIL, Verdict.WARN):
        if any(check.verdict is verdict for check in checks):
            return verdict
    return Verdict.OK
