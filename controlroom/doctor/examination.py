"""Every family of checks, in the order a person would look."""

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
from controlroom.doctor.records import Check, Given, Look, Verdict, fail

log = logging.getLogger(__name__)

FAMILIES: tuple[tuple[str, Look], ...] = (
    (programs.FAMILY, programs.look),
    (screen.FAMILY, screen.look),
    (folder.FAMILY, folder.look),
    (database.FAMILY, database.look),
    (keys.FAMILY, keys.look),
    (time_of_day.FAMILY, time_of_day.look),
    (machine.FAMILY, machine.look),
    (running.FAMILY, running.look),
    (backups.FAMILY, backups.look),
    (cameras.FAMILY, cameras.look),
)


def examine(given: Given, families: Sequence[tuple[str, Look]] = FAMILIES) -> Iterator[Check]:
    """Each check as it is made; one that fails itself says so and the others go on."""
    for name, look in families:
        try:
            yield from look(given)
        except Exception as error:  # what keeps one family from looking must not hide the others
            log.exception("looking at %s failed", name)
            yield fail(name, "The check itself", f"failed: {type(error).__name__}: {error}")


def worst(checks: Sequence[Check]) -> Verdict:
    """The verdict over all."""
    for verdict in (Verdict.FAIL, Verdict.WARN):
        if any(check.verdict is verdict for check in checks):
            return verdict
    return Verdict.OK
