"""Runs the recorder process: `python -m controlroom.app.recorder --data DIR`, or `controlroom recorder run`.

In order: the log; the storage folder is locked (or somebody else's recorder is named and this one leaves); the
database is looked for, and waited for, never made or upgraded here; then everything runs until SIGTERM, Ctrl+C, a
desk's request, or the storage folder's end. No window, no decoder, no camera library: cameras are spoken to by a
control process of the recorder's own.
"""

import argparse
import json
import logging
import sys
import threading
from collections.abc import Sequence
from datetime import time, timedelta
from functools import partial
from pathlib import Path

import psutil
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from controlroom import logs, settings
from controlroom.app.chosen_hold_rules import ChosenHoldRules
from controlroom.app.data_folder import close_left_open
from controlroom.audit.signing import AuditFiles, require_heads, sign_head
from controlroom.care.nightly import run_nightly
from controlroom.clock import process_clock
from controlroom.configuration.service import SettingsService
from controlroom.database.engine import open_engine, room_url, sqlite_file
from controlroom.database.opening import known_revisions, revision_of
from controlroom.database.unit_of_work import Database
from controlroom.deployments.policy import load_policy
from controlroom.deployments.service import DeploymentServices
from controlroom.errors import Conflict, ControlRoomError, InvalidInput, Unavailable
from controlroom.log.snapshots import SNAPSHOTS, SnapshotStore
from controlroom.nouns import NOUNS
from controlroom.platform import on_termination, private_by_default
from controlroom.recording.health_store import HealthStore
from controlroom.recording.hold_store import HoldStore
from controlroom.recording.jobs import Job
from controlroom.recording.records import SIGNING
from controlroom.recording.rules import Daily, Every
from controlroom.recording.service import Recorder, RecorderParts
from controlroom.recording.storage_folder import RecorderStorage
from controlroom.site_key import FILE_NAME, SiteKey

log = logging.getLogger(__name__)

STORAGE = "recorder"  # folder inside the data folder, unless the settings name another
SECOND_RECORDER = 3  # exit code
LAST_DESK_GONE_S = 20.0


def main(arguments: Sequence[str] | None = None) -> int:
    """The process's whole life; the exit code. The database's address may come as one JSON line on stdin."""
    if arguments is None:
        private_by_default()
    parser = argparse.ArgumentParser(prog="controlroom.app.recorder")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--with-desk", type=int, default=0, metavar="PID")
    options = parser.parse_args(arguments)
    line = sys.stdin.readline() if not sys.stdin.isatty() else ""
    url = json.loads(line).get("database") if line.strip() else None
    return run_recorder(options.data, url, with_desk=options.with_desk)


def run_recorder(
    folder: Path, url: str | None = None, *, listen: str = "", with_desk: int = 0, to_stderr: bool = False
) -> int:
    """Run until asked to end; returns the exit code. `listen` is host:port; `with_desk` ends it with that process.

    Raises Conflict when another recorder holds the storage, Unavailable when it cannot listen.
    """
    ending = threading.Event()
    on_termination(ending.set)
    chosen = settings.load(folder)
    kept = logs.set_up(folder / "logs", name="recorder", to_stderr=to_stderr, megabytes=chosen.log_megabytes)
    storage = RecorderStorage.of(folder, chosen)
    try:
        storage.take()
        address = database_address(folder, url)
        if _wait_for_file(folder, address, ending, with_desk):
            _serve(folder, chosen, storage, address, listen, ending, with_desk)
    except Conflict as error:
        log.info("%s", error)
        if to_stderr:
            raise
        return SECOND_RECORDER
    finally:
        storage.release()
        kept.close()
    return 0


def _wait_for_file(folder: Path, address: str, ending: threading.Event, with_desk: int) -> bool:
    """An SQLite file is made by a desk, never here; False when nobody is left who would make it."""
    path = sqlite_file(address)
    if path is not None and not path.exists():
        log.info("there is no database yet; waiting for a desk to make it")
        while not path.exists():
            gone = with_desk and not psutil.pid_exists(with_desk)
            if ending.wait(2) or gone or not folder.is_dir():
                return False
    return True


def _serve(
    folder: Path,
    chosen: settings.Settings,
    storage: RecorderStorage,
    address: str,
    listen: str,
    ending: threading.Event,
    with_desk: int,
) -> None:
    try:
        close_left_open(folder / SNAPSHOTS, folder / chosen.backup_folder)
    except OSError as error:
        log.warning("pictures or backups cannot be closed to others: %s", error)
    engine = open_engine(address)
    database = Database(engine, process_clock(), NOUNS)
    host, port = _listen(listen or chosen.recorder_listen)
    recorder = Recorder(
        RecorderParts(
            storage=storage,
            database=database,
            site_key=partial(SiteKey.load, folder / FILE_NAME),
            clock=database.clock,
            jobs=the_jobs(database, folder),
            check_every_s=chosen.camera_look_s,
            stop_refusals=chosen.stop_refusals,
            host=host,
            port=port,
            hold_rules=ChosenHoldRules(database, folder),
            unready=partial(unready, engine),
        )
    )
    try:
        recorder.start()
        _wait(recorder, ending, with_desk)
        log.info("the recorder ends: %s", recorder.reason or "told by the system")
    finally:
        recorder.close()
        database.close()


def database_address(folder: Path, url: str | None) -> str:
    """The recorder's database address: on a server, with the recorder's own role and secret where they lie here."""
    return room_url(folder, url, process="recorder")


def unready(engine: Engine) -> str:
    """Why the database cannot be used now; "" when it answers and is of our revision."""
    try:
        with engine.connect() as connection:
            current = revision_of(connection)
    except DBAPIError as error:
        return f"does not answer: {str(error.orig).splitlines()[0][:200]}"
    if current != known_revisions()[-1]:
        return "is being upgraded, or is of another version"
    return ""


def the_jobs(database: Database, folder: Path) -> tuple[Job, ...]:
    """Everything that is done by the clock."""
    health, holds = HealthStore(database), HoldStore(database)

    def chosen() -> settings.Settings:
        """As the room has chosen by now."""
        return SettingsService(database, folder).started.settings

    def alerts() -> str:
        services = DeploymentServices.over(database, load_policy(chosen()), SnapshotStore(folder / SNAPSHOTS))
        past = len(services.alerts.raise_due())
        if past == 1:
            return "1 deployment past its end"
        return f"{past} deployments past their end" if past else "nothing past its end"

    def sign() -> str:
        files = AuditFiles.of(folder, chosen())
        signed = sign_head(database, files)
        require_heads(database, files)
        return f"signed up to entry {signed.sequence}" if signed is not None else "nothing new to sign"

    def nightly() -> str:
        night = run_nightly(database, folder, chosen())
        if night.failed:
            raise Unavailable(night.words)
        return night.words

    return (
        Job(SIGNING, "Audit head signed", Every(timedelta(hours=1)), sign),
        Job("nightly", "Nightly care", Daily(time(3, 20)), nightly, timedelta(minutes=20)),
        Job("alerts", "Deployment alerts", Every(timedelta(minutes=15)), alerts),
        Job("health", "Camera health tidied", Daily(time(4, 10)), health.prune, timedelta(minutes=30)),
        Job("holds", "Counters of holds tidied", Daily(time(4, 20)), holds.prune, timedelta(minutes=30)),
    )


def _listen(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise InvalidInput(
            f"The recorder cannot listen at '{address}'.", remedy="Use host:port, such as 127.0.0.1:0."
        )
    return host.strip("[]"), int(port)


def _wait(recorder: Recorder, ending: threading.Event, with_desk: int) -> None:
    """Until something ends it. Signals reach Python only while the main thread turns, so it looks ever so often."""
    gone_s = 0.0
    while not ending.wait(0.2) and not recorder.ended.is_set():
        if with_desk and not psutil.pid_exists(with_desk):
            gone_s += 0.2
            if gone_s > LAST_DESK_GONE_S:
                recorder.end("its desk is gone")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ControlRoomError, Unavailable) as failure:
        sys.stderr.write(f"{failure}\n")
        sys.exit(1)
