"""Checks who else works on this data (desks, a recorder), and what killed runs and crashes left behind."""

import json
from collections.abc import Iterator

import psutil

from controlroom.doctor.records import CheckContext, CheckResult, ok, warn

FAMILY = "Running"
CRASH = "*-crash*.log"


def check(context: CheckContext) -> Iterator[CheckResult]:
    """Read the ledgers in the run folder and the crash files among the logs."""
    yield desks(context)
    yield crashes(context)


def desks(context: CheckContext) -> CheckResult:
    """Report the running desks and recorder, each of which writes a ledger."""
    alive, dead = [], 0
    for path in sorted((context.folder / "run").glob("*.json")):
        try:
            ledger = json.loads(path.read_text(encoding="utf-8"))
            started = psutil.Process(ledger["pid"]).create_time()
        except (OSError, ValueError, KeyError, TypeError, psutil.Error):
            dead += 1
            continue
        if abs(started - (ledger.get("started") or 0)) < 1.0:
            alive.append(str(ledger["pid"]))
        else:
            dead += 1
    if len(alive) > 1 and context.file is not None:
        return warn(
            FAMILY,
            "Desks",
            f"{len(alive)} on this folder: processes {', '.join(alive)}",
            "Several desks on one SQLite folder work, and take turns at writing.",
            "For several workplaces use PostgreSQL.",
        )
    left = f"; {dead} killed run left its ledger, the next start sweeps it" if dead else ""
    return ok(FAMILY, "Desks", (f"process {alive[0]}" if alive else "none now") + left)


def crashes(context: CheckContext) -> CheckResult:
    """Report what the interpreter wrote when it crashed."""
    found = sorted(path for path in (context.folder / "logs").glob(CRASH) if path.stat().st_size)
    if not found:
        return ok(FAMILY, "Crashes", "none on record")
    return warn(
        FAMILY,
        "Crashes",
        f"{len(found)} on record, the newest in {found[-1].name}",
        "The desk ended without closing; nothing saved is lost by that.",
        "Send that file with a report; take it away when it is known.",
    )
