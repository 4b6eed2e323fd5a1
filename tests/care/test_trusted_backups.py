"""A backup is believed only when the room signed it, names nothing outside itself, and its records are whole."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from controlroom.audit.signed_heads import SigningKey
from controlroom.audit.signing import AuditFiles, begin_new_key, sign_head
from controlroom.care import manifests
from controlroom.care.backup import make_backup
from controlroom.care.nightly import run_nightly
from controlroom.care.records import MANIFEST, Backup
from controlroom.care.restoring import restore
from controlroom.care.trust import SQLITE_NAME, Trust, is_safe, keys_of, signed
from controlroom.cli import main
from controlroom.codec import to_plain
from controlroom.errors import ControlRoomError, InvalidInput, Unavailable
from controlroom.incidents.links import IncidentLinks
from controlroom.log import vocabulary
from controlroom.log.records import NewLogEntry
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.nouns import NOUNS
from controlroom.settings import Settings
from tests.builders import Room, make_room
from tests.care.test_restore import carer_url, everything, files_below
from tests.engines import tamper
from tests.log.writing import write_entry

OUTSIDE = [
    "../database.url",
    "/etc/passwd",
    "snapshots/../../site.key",
    "database.url",
    "site.key",
    "snapshots",
]
OUTSIDE += [
    "snapshots//x",
    "snapshots/./x",
    "snapshots\\..\\x",
    "C:/x",
    "snapshots/C:x",
    "snapshots/a\0b",
    "",
]

ONE_A_DAY = replace(Settings(), backups_daily=1, backups_weekly=0, backups_monthly=0)

# What concerns the backup's files alone is the same on both engines, and is tried on one.
both_engines = pytest.mark.both_engines


@pytest.fixture
def room(tmp_path: Path, engine_kind: str) -> Room:
    room = make_room(tmp_path / "room")
    room.folder.mkdir(exist_ok=True)
    picture = room.folder / "picture.jpg"
    picture.write_bytes(b"a picture of the entrance")
    log = LogService(
        room.database, vocabulary.load(), SnapshotStore(room.folder / "snapshots"), IncidentLinks()
    )
    write_entry(log, room.operator, NewLogEntry("two people by the entrance", snapshot=picture))
    (room.folder / "settings.toml").write_text('site_name = "Town Hall"\n')
    return room


@pytest.fixture
def files(room: Room) -> AuditFiles:
    files = AuditFiles.of(room.folder, Settings())
    sign_head(room.database, files)
    return files


@pytest.fixture
def backup(room: Room, files: AuditFiles, tmp_path: Path) -> Backup:
    return make_backup(room.database, room.folder, tmp_path / "backups", files)


def put_back(room: Room, backup: Backup, files: AuditFiles, **trust: Any) -> None:
    room.database.close()
    given = {"keys": keys_of(files), **trust}
    places = {"nouns": NOUNS, "heads": files.heads.path, "trust": Trust(**given)}
    restore(backup, room.folder, carer_url(room.folder), room.clock, **places, replace=True)


def rewrite(backup: Backup, **changes: Any) -> Backup:
    """The backup as somebody who can write in its folder would leave it."""
    path = backup.folder / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    return Backup(backup.folder, replace(backup.manifest, **changes))


@both_engines
def test_a_backup_is_signed_with_the_rooms_key(room: Room, files: AuditFiles, backup: Backup):
    key = SigningKey.load(files.key)
    assert backup.manifest.public_key == key.public
    assert signed(backup.manifest, key).signature == backup.manifest.signature
    assert manifests.newest_good(backup.folder.parent, Trust(keys_of(files))) == backup
    assert manifests.newest_good(backup.folder.parent, Trust({"another"})) is None
    put_back(room, backup, files)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rows": {}}, "not genuine"),
        ({"faults": ["made up"]}, "not genuine"),
        ({"audit_sequence": 7}, "not genuine"),
        ({"signature": "", "public_key": ""}, "not signed"),
    ],
)
def test_a_manifest_that_was_changed_is_refused(
    room: Room, files: AuditFiles, backup: Backup, changes: dict[str, Any], said: str
):
    changed = rewrite(backup, **changes)
    room.database.close()
    before, lying = everything(carer_url(room.folder)), files_below(room.folder)
    with pytest.raises(Unavailable, match=said):
        put_back(room, manifests.read_backup(changed.folder), files)
    assert (everything(carer_url(room.folder)), files_below(room.folder).keys()) == (before, lying.keys())


def test_one_signed_with_a_key_made_on_the_spot_is_refused(
    room: Room, files: AuditFiles, backup: Backup, tmp_path: Path
):
    mine = SigningKey.create(tmp_path / "mine.key")
    forged = replace(backup, manifest=signed(backup.manifest, mine))
    manifests.write_manifest(forged.folder, forged.manifest)
    with pytest.raises(Unavailable, match="not this room's"):
        put_back(room, manifests.read_backup(forged.folder), files)


@both_engines
def test_a_new_machine_checks_it_with_the_public_half_or_not_at_all(
    room: Room, files: AuditFiles, backup: Backup
):
    public = SigningKey.load(files.key).public
    files.key.rename(files.key.with_name("somewhere.else"))
    with pytest.raises(Unavailable, match=r"key is not here.*--public-key"):
        put_back(room, backup, files)
    put_back(room, backup, files, keys={public})


def test_an_old_one_without_a_signature_is_put_back_only_when_asked_for(
    room: Room, files: AuditFiles, backup: Backup
):
    path = backup.folder / MANIFEST
    given = json.loads(path.read_text())
    path.write_text(
        json.dumps({key: given[key] for key in given if key not in ("signature", "public_key", "faults")})
    )
    old = manifests.read_backup(backup.folder)
    with pytest.raises(Unavailable, match="not signed"):
        put_back(room, old, files)
    put_back(room, old, files, unsigned=True)


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_name_leads_out_of_a_backup(room: Room, files: AuditFiles, backup: Backup, name: str):
    assert not is_safe(name)
    manifest = replace(backup.manifest, files={**backup.manifest.files, name: "0" * 64})
    manifests.write_manifest(backup.folder, signed(manifest, SigningKey.load(files.key)))
    with pytest.raises(InvalidInput, match="does not belong"):
        manifests.read_backup(backup.folder)
    assert manifests.backups(backup.folder.parent) == []


@both_engines
def test_nothing_is_planted_by_a_backup_given_on_the_command_line(
    room: Room, files: AuditFiles, backup: Backup, capsys: pytest.CaptureFixture[str]
):
    planted = room.folder / "database.url"
    (backup.folder.parent / "database.url").write_text("postgresql://elsewhere/room")
    rewrite(backup, files={**backup.manifest.files, "../database.url": "0" * 64})
    room.database.close()
    where = ["--data", str(room.folder), "--database", carer_url(room.folder)]
    assert main(["db", "restore", str(backup.folder), "--replace", "--unsigned", *where]) == 1
    assert "does not belong" in capsys.readouterr().err
    assert not planted.exists()


@pytest.mark.parametrize("way", ["file", "folder", "manifest"])
def test_no_link_in_a_backup_is_followed(
    room: Room, files: AuditFiles, backup: Backup, tmp_path: Path, way: str
):
    elsewhere = tmp_path / "elsewhere"
    picture = backup.folder / next(each for each in backup.manifest.files if each.startswith("snapshots/"))
    place = {"file": picture, "folder": picture.parent, "manifest": backup.folder / MANIFEST}[way]
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    with pytest.raises(ControlRoomError, match="link"):
        put_back(room, manifests.read_backup(backup.folder), files)


@pytest.mark.parametrize("way", ["symbolic", "hard", "folder"])
def test_a_link_among_the_pictures_goes_into_no_backup_and_is_told(
    room: Room, files: AuditFiles, tmp_path: Path, way: str
):
    secret = tmp_path / "secrets" / "site.key"
    secret.parent.mkdir()
    secret.write_bytes(b"the site key")
    trap = room.folder / "snapshots" / "trap.jpg"
    if way == "hard":
        trap.hardlink_to(secret)
    else:
        trap.symlink_to(secret if way == "symbolic" else secret.parent)
    with pytest.raises(Unavailable, match=r"not sound: snapshots/trap\.jpg was left out: it is a"):
        make_backup(room.database, room.folder, tmp_path / "backups", files)
    (kept,) = manifests.backups(tmp_path / "backups")
    assert kept.manifest.faults
    assert b"the site key" not in b"".join(files_below(kept.folder).values())


def test_a_settings_file_that_is_a_link_is_left_out(room: Room, files: AuditFiles, tmp_path: Path):
    (tmp_path / "other.toml").write_text("somebody's own")
    (room.folder / "settings.toml").unlink()
    (room.folder / "settings.toml").symlink_to(tmp_path / "other.toml")
    with pytest.raises(Unavailable, match=r"settings\.toml was left out"):
        make_backup(room.database, room.folder, tmp_path / "backups", files)


@both_engines
def test_rows_that_are_not_those_that_were_signed_are_refused(
    room: Room, files: AuditFiles, backup: Backup, engine_kind: str
):
    """Signed again with the room's own key: the rows still have to be as they were written."""
    if engine_kind != "sqlite":
        rows = {**backup.manifest.rows, "log_entries": 7}
        manifests.write_manifest(
            backup.folder, signed(replace(backup.manifest, rows=rows), SigningKey.load(files.key))
        )
        before = everything(carer_url(room.folder))
        with pytest.raises(Unavailable, match="log_entries has 1 rows instead of 7"):
            put_back(room, manifests.read_backup(backup.folder), files)
        assert everything(carer_url(room.folder)) == before
        return
    copy = backup.folder / SQLITE_NAME
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("DROP TRIGGER log_texts_no_update")
        connection.execute("UPDATE log_texts SET text = 'nobody was there'")
    digests = {**backup.manifest.files, SQLITE_NAME: manifests.digest_of(copy)}
    again = signed(replace(backup.manifest, files=digests), SigningKey.load(files.key))
    manifests.write_manifest(backup.folder, again)
    room.database.close()
    before, lying = everything(carer_url(room.folder)), files_below(room.folder)
    with pytest.raises(Unavailable, match="not as they were written: words of the log"):
        put_back(room, manifests.read_backup(backup.folder), files)
    assert (everything(carer_url(room.folder)), files_below(room.folder).keys()) == (before, lying.keys())


@both_engines
def test_a_picture_changed_in_the_backup_before_is_not_shared_with_the_next(
    room: Room, files: AuditFiles, backup: Backup
):
    picture = next(each for each in backup.manifest.files if each.startswith("snapshots/"))
    (backup.folder / picture).write_bytes(b"A PICTURE OF THE ENTRANCE")
    room.clock.advance(timedelta(minutes=1))
    following = make_backup(room.database, room.folder, backup.folder.parent, files)
    manifests.check_files(following)
    assert (following.folder / picture).read_bytes() == (room.folder / picture).read_bytes()


# -- what is not whole -------------------------------------------------------------------------------------------


def break_chain(room: Room) -> str:
    tamper(room.folder, "UPDATE audit_entries SET actor = 'Nobody' WHERE sequence = 1")
    return "the audit chain: "


def lose_pictures(room: Room) -> str:
    shutil.rmtree(room.folder / "snapshots" / "2026")
    return "pictures: .* is missing"


def change_words(room: Room) -> str:
    tamper(room.folder, "UPDATE log_texts SET text = 'nobody was there'")
    return "words of the log: "


def change_record(room: Room) -> str:
    tamper(room.folder, "UPDATE log_entries SET author = 'Operator 01'")
    return "the audit chain: log entry 1: 'author' was changed past the program"


def lose_key(room: Room) -> str:
    (room.folder / "audit-signing.key").unlink()
    return "it is not signed"


@both_engines
@pytest.mark.parametrize("harm", [break_chain, lose_pictures, change_words, change_record, lose_key])
def test_a_backup_of_a_room_that_is_not_whole_fails_loudly_and_displaces_no_good_one(
    room: Room, files: AuditFiles, backup: Backup, harm: Any, capsys: pytest.CaptureFixture[str]
):
    said, target = harm(room), backup.folder.parent
    room.clock.advance(timedelta(minutes=1))
    with pytest.raises(Unavailable, match=rf"not sound: {said}"):
        make_backup(room.database, room.folder, target, files)
    marked, good = manifests.backups(target)
    assert marked.manifest.faults
    assert good == backup
    room.clock.advance(timedelta(minutes=1))
    outcome = run_nightly(room.database, room.folder, replace(Settings(), backup_folder=str(target)))
    assert "backup" in {job.job for job in outcome.failed}
    assert backup.folder.is_dir()
    trusted = Trust({backup.manifest.public_key})
    assert manifests.newest_good(target, trusted) == backup
    with pytest.raises(Unavailable, match=r"was not sound|not signed"):
        trusted.check(marked)
    room.database.close()
    where = ["--data", str(room.folder), "--to", str(target), "--database", carer_url(room.folder)]
    assert main(["db", "backup", *where]) == 1
    assert "not sound" in capsys.readouterr().err


def test_backups_that_were_not_sound_are_thinned_out_by_themselves(
    room: Room, files: AuditFiles, backup: Backup
):
    lose_pictures(room)
    target = backup.folder.parent
    for _ in range(manifests.UNSOUND_RETAINED + 2):
        room.clock.advance(timedelta(minutes=1))
        with pytest.raises(Unavailable, match="not sound"):
            make_backup(room.database, room.folder, target, files)
    manifests.remove_old(target, ONE_A_DAY, keys_of(files))
    kept = manifests.backups(target)
    assert len([each for each in kept if each.manifest.faults]) == manifests.UNSOUND_RETAINED
    assert kept[-1] == backup


def pretend(backup: Backup, at: datetime, **changes: Any) -> str:
    """A folder without files whose manifest somebody who can write there made of a genuine one; its name."""
    folder = backup.folder.parent / f"{at:%Y-%m-%dT%H%M%SZ}"
    folder.mkdir()
    shutil.copy(backup.folder / MANIFEST, folder)
    said = {"made_at": at.isoformat(), "files": {}, **changes}
    rewrite(Backup(folder, backup.manifest), **said)
    return folder.name


def test_backups_nobody_signed_displace_no_good_one_and_are_left_and_named(
    room: Room, files: AuditFiles, backup: Backup
):
    target, day = backup.folder.parent, backup.manifest.made_at
    made_up = {
        pretend(backup, day + timedelta(days=1)): "its signature is not genuine",
        pretend(backup, day + timedelta(days=2), signature="", public_key=""): "it is not signed",
        pretend(backup, day + timedelta(days=3), faults=["made up"]): "its signature is not genuine",
        pretend(backup, day + timedelta(days=4), **genuine(backup)): "its manifest belongs to another",
    }
    done = manifests.remove_old(target, ONE_A_DAY, keys_of(files))
    assert done.gone == ()
    assert backup.folder.is_dir()
    for name, why in made_up.items():
        assert any(said.startswith(f"{name}: {why}") for said in done.left)
        assert (target / name).is_dir()
    outcome = run_nightly(room.database, room.folder, replace(ONE_A_DAY, backup_folder=str(target)))
    (words,) = [job.words for job in outcome.jobs if job.job == "old backups"]
    assert "4 that this room did not make, left where they are" in words
    assert all(name in words for name in made_up)


def genuine(backup: Backup) -> dict[str, Any]:
    """What a copy of the manifest says."""
    return {each: to_plain(backup.manifest)[each] for each in ("made_at", "files")}


def test_backups_signed_with_a_former_key_of_the_room_are_thinned_out_as_well(
    room: Room, files: AuditFiles, backup: Backup
):
    begin_new_key(room.database, files, "command line")
    room.clock.advance(timedelta(minutes=1))
    target = backup.folder.parent
    outcome = run_nightly(room.database, room.folder, replace(ONE_A_DAY, backup_folder=str(target)))
    assert {job.job: job.words for job in outcome.jobs}["old backups"] == "1 taken away, 1 kept"
    assert not backup.folder.exists()


def test_a_backup_takes_no_picture_from_one_that_nobody_signed(room: Room, files: AuditFiles, backup: Backup):
    (name,) = [each for each in backup.manifest.files if each.startswith("snapshots/")]
    other = b"b picture of the entrance"
    made_up = backup.folder.parent / pretend(
        backup, backup.manifest.made_at + timedelta(days=1), files={name: sha256(other).hexdigest()}
    )
    (made_up / name).parent.mkdir(parents=True)
    (made_up / name).write_bytes(other)
    room.clock.advance(timedelta(minutes=1))
    made = make_backup(room.database, room.folder, backup.folder.parent, files)
    assert made.manifest.files[name] == backup.manifest.files[name]


# -- the owner's alone -------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_pictures_and_backups_are_the_owners_alone_whatever_the_umask(
    room: Room, files: AuditFiles, tmp_path: Path
):
    before = os.umask(0)
    try:
        picture = tmp_path / "open.jpg"
        picture.write_bytes(b"a picture")
        SnapshotStore(room.folder / "pictures" / "snapshots").keep(picture, room.clock.now())
        made = make_backup(room.database, room.folder, tmp_path / "new" / "backups", files)
    finally:
        os.umask(before)
    for top in (room.folder / "pictures", tmp_path / "new", made.folder):
        open_ = [path for path in (top, *top.rglob("*")) if path.stat().st_mode & 0o077]
        assert not open_
