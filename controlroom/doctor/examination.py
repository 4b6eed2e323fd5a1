"""Runs every family of checks, in the order a person would look."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from controlroom.doctor import database, folder, machine, programs
from controlroom.doctor.records import CheckContext, CheckFamily, CheckResult, Verdict, fail

log = logging.getLogger(__name__)

FAMILIES: tuple[tuple[str, CheckFamily], ...] = (
    ("Program", programs.check_program),
    ("Screen", programs.check_screen),
    ("Data folder", folder.check_folder),
    ("Database", database.check_database),
    ("Keys", database.check_keys),
    ("Time", machine.check_time),
    ("Machine", machine.check_machine),
    ("Running", folder.check_running),
    ("Backups", folder.check_backups),
    ("Cameras", database.check_cameras),
)


def examine(
    context: CheckContext, families: Sequence[tuple[str, CheckFamily]] = FAMILIES
) -> Iterator[CheckResult]:
    """Yield each result as it comes; a family that fails itself is reported and the others go on."""
    for family, look in families:
        try:
            for result in look(context):
                yield replace(result, family=family)
        except Exception as error:  # a family that cannot be examined must not hide the others
            log.exception("looking at %s failed", family)
            yield replace(fail("The check itself", f"failed: {type(error).__name__}: {error}"), family=family)


def worst(checks: Sequence[CheckResult]) -> Verdict:
    """Return the worst verdict."""
    found = {check.verdict for check in checks}
    return next((each for each in (Verdict.FAIL, Verdict.WARN) if each in found), Verdict.OK)
