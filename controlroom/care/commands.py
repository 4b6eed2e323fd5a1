"""Implements `controlroom db …`: upgrades, checks, backs up and restores a room's data by hand."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from controlroom import settings
from controlroom.audit.signing import AuditFiles
from controlroom.care.backup import LEFT_OUT, make_backup
from controlroom.care.checking import check
from controlroom.care.declarations import as_markdown
from controlroom.care.manifests import newest_good, read_backup, readable
from controlroom.care.opening import open_room_database
from controlroom.care.records import Finding, Health
from controlroom.care.restoring import note_restore, restore
from controlroom.care.trust import Trust, faults_of, keys_of
from controlroom.clock import process_clock, show_moment
from controlroom.database.command_line import add_room_options, folder_of
from controlroom.database.engine import room_url
from controlroom.database.opening import require_there, revisions
from controlroom.database.server import new_secret, upgrade
from controlroom.database.server_engine import is_server
from controlroom.database.unit_of_work import Database
from controlroom.database.workstation import keep_secret
from controlroom.errors import InvalidInput, NotFound
from controlroom.settings import Settings


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `db` and its actions."""
    parser = subparsers.add_parser("db", help="look after the room's data: upgrade, check, back up, restore")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    upgrade = actions.add_parser("upgrade", help="bring the database to this version's revision")
    upgrade.set_defaults(handler=_upgrade)
    check = actions.add_parser("check", help="is everything still as it was written?")
    check.set_defaults(handler=_check)
    backup = actions.add_parser("backup", help="back up the room, also while desks write")
    backup.set_defaults(handler=_backup)
    listed = actions.add_parser("backups", help="list the backups there are")
    listed.set_defaults(handler=_backups)
    restore = actions.add_parser("restore", help="put a backup back; what is there is moved aside")
    restore.add_argument("backup", help="its name, its folder, or 'newest'")
    restore.add_argument("--replace", action="store_true", help="something is there: move it aside")
    restore.add_argument(
        "--public-key", action="append", default=[], help="trust this key instead of the one in the key file"
    )
    restore.add_argument("--unsigned", action="store_true", help="it is from before backups were signed")
    restore.add_argument("--unsound", action="store_true", help="it was not sound, and there is no other")
    restore.set_defaults(handler=_restore)
    secret = actions.add_parser("secret", help="a new password for the desk or the recorder on a server")
    secret.add_argument("process", choices=("desk", "recorder"), help="which role gets it")
    secret.set_defaults(handler=_secret)
    declared = actions.add_parser(
        "declarations", help="print triggers, grants and hiding, as in docs/declarations.md"
    )
    declared.set_defaults(handler=_declarations)
    for each in (backup, listed, restore):
        each.add_argument("--to" if each is backup else "--from", dest="backups", type=Path, metavar="FOLDER")
    for each in (upgrade, check, backup, listed, restore, secret):
        add_room_options(each)


def _places(options: argparse.Namespace) -> "tuple[Path, Settings, AuditFiles, Path]":
    """Return the data folder, settings, audit files, and where backups are."""
    folder = folder_of(options)
    known = settings.load(folder)
    backups = getattr(options, "backups", None) or folder / known.backup_folder
    return folder, known, AuditFiles.of(folder, known), backups.absolute()


@contextmanager
def _open(options: argparse.Namespace, folder: Path) -> "Iterator[Database]":
    database = open_room_database(folder, options.database, process_clock(), options.nouns())
    try:
        yield database
    finally:
        database.close()


def _upgrade(options: argparse.Namespace) -> int:
    folder = _places(options)[0]
    if is_server(room_url(folder, options.database)):
        before, after = upgrade(room_url(folder, options.database), options.nouns())
        print(
            f"The database is at revision {after}" + (f" (was {before})." if before != after else " already.")
        )
        return 0
    with _open(options, folder) as database:
        print(f"The database is at revision {revisions(database.engine)[0]}.")
    return 0


def _declarations(options: argparse.Namespace) -> int:
    print(as_markdown(options.nouns()), end="")
    return 0


def _secret(options: argparse.Namespace) -> int:
    folder = _places(options)[0]
    address = room_url(folder, options.database)
    if not is_server(address):
        raise InvalidInput("An SQLite file needs no secret.", remedy="Name the server with --database.")
    folder.mkdir(parents=True, exist_ok=True)
    path = keep_secret(folder, options.process, new_secret(address, options.process))
    print(f"The new secret is in {path}, for its owner alone. The old one is worth nothing from now on.")
    return 0


def _check(options: argparse.Namespace) -> int:
    folder, _settings, files, _backups_folder = _places(options)
    require_there(room_url(folder, options.database))
    with _open(options, folder) as database:
        return _tell(check(database, folder, files))


def _tell(findings: list[Finding]) -> int:
    for each in findings:
        print(each.line)
    faults = sum(each.health is Health.FAULT for each in findings)
    print("Everything is as it was written." if not faults else f"{faults} faults.")
    return 1 if faults else 0


def _backup(options: argparse.Namespace) -> int:
    folder, _settings, files, target = _places(options)
    with _open(options, folder) as database:
        done = make_backup(database, folder, target, files)
    rows = sum(done.manifest.rows.values())
    print(
        f"{done.folder}: {rows:,} rows, {len(done.manifest.files)} files, audit entry {done.manifest.audit_sequence:,}."
    )
    print(LEFT_OUT)
    return 0


def _backups(options: argparse.Namespace) -> int:
    _folder, _settings, files, target = _places(options)
    (found, faults), keys = readable(target), keys_of(files)
    for each in found:
        rows = sum(each.manifest.rows.values())
        print(
            f"{each.name}  {show_moment(each.manifest.made_at)}  revision {each.manifest.revision}  {rows:,} rows"
            + "".join(f"  NOT TO BE TRUSTED: {fault}" for fault in faults_of(each.manifest, keys))
            + ("  NOT SOUND" if each.manifest.faults else "")
        )
    for fault in faults:
        print(f"CANNOT BE READ: {fault.what}")
    if not found:
        print(f"There is no backup in {target}. Make one with: controlroom db backup")
    return 0


def _restore(options: argparse.Namespace) -> int:
    folder, _settings, files, target = _places(options)
    trust = Trust(options.public_key or keys_of(files), options.unsigned, options.unsound)
    if options.backup == "newest":
        backup = newest_good(target, trust)
        if backup is None:
            raise NotFound(f"There is no good backup in {target}.")
    else:
        given = Path(options.backup)
        backup = read_backup((given if given.is_dir() else target / options.backup).resolve())
    url = room_url(folder, options.database)
    places = {"nouns": options.nouns(), "heads": files.heads.path}
    done = restore(backup, folder, url, process_clock(), **places, replace=options.replace, trust=trust)
    print(f"{backup.name} is back, with {sum(backup.manifest.rows.values()):,} rows.")
    if done.aside:
        print(f"What was there is kept: {done.aside}")
    if is_server(url):
        upgrade(url, options.nouns())  # a backup of an older version, and the roles' rights
    with _open(options, folder) as database:
        for line in note_restore(database, folder, files, backup):
            print(line)
        return _tell(check(database, folder, files))
