"""Checks the data folder (owner, access, space, local disk, settings), who works on it, and its backups."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil

from controlroom import settings
from controlroom.audit.signing import AuditFiles
from controlroom.care.manifests import backups
from controlroom.care.trust import faults_of, keys_of
from controlroom.doctor.records import CheckContext, CheckResult, fail, ok, warn
from controlroom.errors import ControlRoomError
from controlroom.platform import WINDOWS, close_to_others, file_system, network_share, open_to_others
from controlroom.processes.run_folder import Ledger
from controlroom.small_files import read_json

MOST_NAMED = 5  # things named one by one
LEAST_BYTES, LITTLE_BYTES = 200_000_000, 2_000_000_000
CRASH = "*-crash*.log"
BACKUP_IS_OLD = timedelta(days=2)  # one night may be missed


def check_folder(context: CheckContext) -> Iterator[CheckResult]:
    """Check the folder. A missing one is no fault: the first start makes it."""
    folder = context.folder
    if not folder.exists():
        yield warn("Place", f"{folder} is not there yet", remedy="`controlroom run` makes it.")
        yield space(next(each for each in folder.absolute().parents if each.exists()))
        return
    if not folder.is_dir():
        yield fail("Place", f"{folder} is not a folder", "Nothing can be kept.", "Name another: --data.")
        return
    yield ok("Place", str(folder))
    yield writable(folder)
    yield owner_only_access(folder)
    yield space(folder)
    yield on_local_disk(folder)
    yield settings_usable(context)


def check_running(context: CheckContext) -> Iterator[CheckResult]:
    """Read the ledgers in the run folder and the crash files among the logs."""
    yield desks(context)
    yield crashes(context)


def writable(folder: Path) -> CheckResult:
    """Check that it can be written, by writing: permissions say nothing about a full or read-only disk."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(b"x" * 65536)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return fail(
            "Writable",
            f"no: {error.strerror}",
            "Nothing can be saved; the desk shows live pictures at best.",
            "Make room, mount the disk for writing, or give this person the right to write there.",
        )
    return ok("Writable", "yes")


def owner_only_access(folder: Path) -> CheckResult:
    """Check that it is owned by this person and closed to everybody else."""
    if WINDOWS:
        return ok("Owner", "not looked at on Windows")
    owner = folder.stat().st_uid
    if owner != os.geteuid():
        return fail(
            "Owner",
            f"user number {owner}, and this is user number {os.geteuid()}",
            "The desk neither opens nor protects a folder of somebody else.",
            "Start it as that person, or name another folder with --data.",
        )
    return closed("Owner", folder, "this person, and closed to others")


def closed(name: str, folder: Path, words: str) -> CheckResult:
    """Check that nothing from `folder` down is open to others; `words` say that all is well."""
    open_ = list(open_to_others(folder))
    if not open_:
        return ok(name, words)
    named = ", ".join(str(path.relative_to(folder.parent)) for path in open_[:MOST_NAMED])
    more = f" and {len(open_) - MOST_NAMED:,} more" if len(open_) > MOST_NAMED else ""
    return warn(
        name,
        f"readable or writable by others: {named}{more}",
        "Whoever uses this computer may read what is in it.",
        "`controlroom doctor --mend` closes them.",
    )


def mend(context: CheckContext) -> Iterator[str]:
    """Close the data folder and the backups to others; yields what was done, or could not be."""
    for folder in {context.folder, backup_folder(context)}:
        if folder is not None and folder.is_dir():
            try:
                count = close_to_others(folder)
            except OSError as error:
                yield f"{folder} cannot be closed to others: {error.strerror or error} ({error.filename})."
            else:
                yield f"{folder}: {count:,} files and folders were open to others and are closed now."


def backup_folder(context: CheckContext) -> Path | None:
    """Where backups are, None where the settings cannot be used."""
    try:
        return context.folder / settings.load(context.folder, context.environment).backup_folder
    except ControlRoomError:
        return None


def space(folder: Path) -> CheckResult:
    """Check that there is enough space for logs, backups and the database to grow."""
    free = shutil.disk_usage(folder).free
    words = f"{free / 1e9:.1f} GB free"
    if free < LEAST_BYTES:
        return fail(
            "Space", words, "Soon nothing can be saved.", "Make room, or move the folder to another disk."
        )
    if free < LITTLE_BYTES:
        return warn("Space", words, "Backups may soon find no room.", "Make room in time.")
    return ok("Space", words)


def on_local_disk(folder: Path) -> CheckResult:
    """Check that it is on a local disk, since SQLite's locks and its log do not work on network shares."""
    if share := network_share(folder):
        return fail(
            "Disk",
            f"a network share ({share})",
            "SQLite can be damaged there when two computers or a lost connection come together.",
            "Keep the folder on a disk of this computer; for several desks use PostgreSQL.",
        )
    kind = file_system(folder)
    return ok("Disk", f"of this computer ({kind})" if kind else "of this computer, as far as can be told")


def settings_usable(context: CheckContext) -> CheckResult:
    """Check that the settings file and the environment can be used."""
    try:
        found = settings.resolve(context.folder, context.environment)
    except ControlRoomError as error:
        return fail("Settings", error.what, "The desk does not start with it.", error.remedy)
    own = [f"{name} ({source.value})" for name, source in found.sources.items()]
    return ok("Settings", f"set on this computer: {', '.join(own)}" if own else "none set on this computer")


def desks(context: CheckContext) -> CheckResult:
    """Report the running desks and recorder, each of which writes a ledger."""
    alive, dead = [], 0
    for path in sorted((context.folder / "run").glob("*.json")):
        try:
            ledger = read_json(path, Ledger)
            started = psutil.Process(ledger.pid).create_time()
        except (OSError, ValueError, psutil.Error):
            dead += 1
            continue
        if abs(started - (ledger.started or 0)) < 1.0:
            alive.append(str(ledger.pid))
        else:
            dead += 1
    if len(alive) > 1 and context.file is not None:
        return warn(
            "Desks",
            f"{len(alive)} on this folder: processes {', '.join(alive)}",
            "Several desks on one SQLite folder work, and take turns at writing.",
            "For several workplaces use PostgreSQL.",
        )
    left = f"; {dead} killed run left its ledger, the next start sweeps it" if dead else ""
    return ok("Desks", (f"process {alive[0]}" if alive else "none now") + left)


def crashes(context: CheckContext) -> CheckResult:
    """Report what the interpreter wrote when it crashed."""
    found = sorted(path for path in (context.folder / "logs").glob(CRASH) if path.stat().st_size)
    if not found:
        return ok("Crashes", "none on record")
    return warn(
        "Crashes",
        f"{len(found)} on record, the newest in {found[-1].name}",
        "The desk ended without closing; nothing saved is lost by that.",
        "Send that file with a report; take it away when it is known.",
    )


def check_backups(context: CheckContext) -> Iterator[CheckResult]:
    """Check that backups are closed to others and sound, and the age of the newest good one."""
    try:
        known = settings.load(context.folder, context.environment)
    except ControlRoomError as error:
        yield warn("Newest", f"not known: {error.what}")
        return
    folder = context.folder / known.backup_folder
    if context.file is not None and not context.file.exists():
        yield ok("Newest", "nothing to back up yet")
        return
    if folder.is_dir() and not folder.is_relative_to(context.folder):  # there it has been looked at already
        yield closed("Owner", folder, "closed to others")
    own = keys_of(AuditFiles.of(context.folder, known))
    there = backups(folder)
    # Without the key nobody can tell: then all of them are looked at.
    every = [each for each in there if not own or not any(faults_of(each.manifest, own))]
    if strange := sorted({each.name for each in there} - {each.name for each in every}):
        yield warn(
            "Signed",
            f"{len(strange)} not with this room's key: {', '.join(strange[:MOST_NAMED])}",
            "They are left where they are, count for nothing and displace no backup.",
            "See with `controlroom db backups` whether you know them; move away what you do not.",
        )
    if every and (faults := every[0].manifest.faults):
        yield fail(
            "Sound",
            f"{every[0].name} is not: {'; '.join(faults[:MOST_NAMED])}",
            "What is backed up is not as it was written; the good backups from before are kept.",
            "Run `controlroom db check`.",
        )
    found = next((each for each in every if not each.manifest.faults), None)
    if found is None:
        yield warn(
            "Newest",
            f"none in {folder}",
            "Nothing could be brought back today.",
            "`controlroom db backup` makes one; the nightly care makes them by itself.",
        )
        return
    age = context.now - found.manifest.made_at
    hours = age.total_seconds() / 3600
    words = f"{found.name}, {f'{hours:.0f} hours' if hours < 48 else f'{hours / 24:.0f} days'} old"
    if age <= BACKUP_IS_OLD:
        yield ok("Newest", words)
        return
    yield fail(
        "Newest",
        words,
        "Everything since then would be lost with this disk.",
        "See why the nightly care does not run (the status page), or run `controlroom db backup`.",
    )
