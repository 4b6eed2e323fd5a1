"""A site key that is lost, wrong or unreadable: told, never replaced by itself, and brought back or made anew."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from controlroom import site_key as site_keys
from controlroom.app.room import open_services
from controlroom.audit import service as audit
from controlroom.cameras.keys.service import SiteKeyService
from controlroom.cameras.records import NewCamera, Place
from controlroom.cameras.service import CameraService
from controlroom.errors import InvalidInput, PermissionRefused, RuleBroken, Unavailable
from controlroom.site_key import SiteKey, for_room, open_from_travel, put_in_place, seal_for_travel
from tests.builders import Room, make_room

NOW = datetime(2026, 11, 20, 22, 41, tzinfo=UTC)
PASSPHRASE = "four words of travel"
CAMERA = NewCamera(
    "014",
    "George Street",
    Place("George Street", "", ""),
    "10.0.0.5",
    80,
    "room",
    "s3cret",
    sub_stream="rtsp://a/b",
)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    made = make_room(tmp_path)
    made.cameras.add(made.supervisor, CAMERA)
    return made


def sealed(room: Room) -> list[str]:
    return [room.site_key.seal("s3cret")]


def service_of(room: Room, key: SiteKey) -> SiteKeyService:
    return SiteKeyService(room.database, key, room.folder / "site.key")


def test_a_key_is_made_where_nothing_is_sealed_yet(tmp_path: Path):
    key = for_room(tmp_path / "site.key", [])
    assert key.trouble is None
    assert (tmp_path / "site.key").stat().st_mode & 0o777 == 0o600
    assert for_room(tmp_path / "site.key", []).fingerprint == key.fingerprint


def test_a_lost_key_is_told_and_no_other_is_made(room: Room):
    path = room.folder / "site.key"
    path.unlink()
    key = for_room(path, sealed(room))
    assert not path.exists()
    assert key.trouble is not None
    assert "1 camera passwords" in key.trouble.what
    with pytest.raises(Unavailable, match="missing"):
        key.seal("anything")


def test_where_nobody_can_tell_what_is_sealed_no_key_is_made(tmp_path: Path):
    assert for_room(tmp_path / "site.key", None).trouble is not None
    assert not (tmp_path / "site.key").exists()


def test_a_wrong_key_is_told_and_left_alone(room: Room):
    path = room.folder / "site.key"
    passwords = sealed(room)
    path.unlink()
    stranger = SiteKey.make(path)
    key = for_room(path, passwords)
    assert key.trouble is not None
    assert "not the one" in key.trouble.what
    assert SiteKey.load(path).fingerprint == stranger.fingerprint


@pytest.mark.parametrize("content", [b"", b"no key at all", b"\xff\x00" * 40])
def test_an_unreadable_key_is_told_and_left_alone(room: Room, content: bytes):
    path = room.folder / "site.key"
    path.write_bytes(content)
    key = for_room(path, sealed(room))
    assert key.trouble is not None
    assert "cannot be read" in key.trouble.what
    assert path.read_bytes() == content


def test_the_room_opens_without_its_key_and_shows_what_it_can(tmp_path: Path):
    with open_services(tmp_path) as services:
        administrator = services.accounts.add_first("duty", "Administrator", "three random words")
        services.cameras.add(administrator, CAMERA)
        services.cameras.add(administrator, replace(CAMERA, number="015", password=""))
    (tmp_path / "site.key").unlink()
    with open_services(tmp_path) as services:
        assert services.keys.trouble is not None
        closed, open_one = services.cameras.logins(administrator).values()
        assert "missing" in closed.trouble
        assert open_one.trouble == ""
        assert [each.number for each in services.keys.standing(administrator).unreadable] == ["014"]


def test_a_new_key_is_made_on_demand_and_passwords_are_entered_anew(room: Room):
    path = room.folder / "site.key"
    path.unlink()
    key = for_room(path, sealed(room))
    keys, cameras = service_of(room, key), CameraService(room.database, key)
    with pytest.raises(PermissionRefused):
        keys.make_new(room.operator)
    assert not path.exists()
    fingerprint = keys.make_new(room.administrator)
    assert SiteKey.load(path).fingerprint == fingerprint
    (camera,) = keys.standing(room.administrator).unreadable
    keys.enter_login(room.administrator, camera.id, "room", "n3w-secret")
    assert keys.standing(room.administrator).unreadable == ()
    (login,) = cameras.logins(room.operator).values()
    assert (login.password, login.trouble) == ("n3w-secret", "")
    with room.database.read() as session:
        entries = audit.newest(session, 2)
    assert [each.action for each in entries] == ["camera.login-entered", "site-key.made"]
    assert "n3w-secret" not in repr(entries)


def test_a_key_in_order_is_not_replaced(room: Room):
    with pytest.raises(RuleBroken):
        service_of(room, room.site_key).make_new(room.administrator)


def test_an_unreadable_key_is_set_aside_when_a_new_one_is_made(room: Room):
    path = room.folder / "site.key"
    path.write_bytes(b"torn")
    service_of(room, for_room(path, sealed(room))).make_new(room.administrator)
    (aside,) = room.folder.glob("site.key.set-aside-*")
    assert aside.read_bytes() == b"torn"


def test_a_key_comes_back_from_another_desk(room: Room, tmp_path: Path):
    path = room.folder / "site.key"
    text = seal_for_travel(path, PASSPHRASE)
    passwords = sealed(room)
    path.unlink()
    key = for_room(path, passwords)
    keys = service_of(room, key)
    with pytest.raises(InvalidInput, match="passphrase"):
        keys.bring_back(room.administrator, text, "not the passphrase")
    assert keys.trouble is not None
    keys.bring_back(room.administrator, text, PASSPHRASE)
    assert keys.trouble is None
    assert key.open(passwords[0]) == "s3cret"
    assert SiteKey.load(path).fingerprint == key.fingerprint


def test_another_rooms_key_is_not_taken(room: Room, tmp_path: Path):
    SiteKey.make(tmp_path / "other.key")
    text = seal_for_travel(tmp_path / "other.key", PASSPHRASE)
    with pytest.raises(InvalidInput, match="opens none"):
        service_of(room, room.site_key).bring_back(room.administrator, text, PASSPHRASE)


def test_the_sealed_file_gives_nothing_away_and_tells_when_it_was_changed(tmp_path: Path):
    path = tmp_path / "site.key"
    key = SiteKey.make(path)
    text = seal_for_travel(path, PASSPHRASE)
    assert path.read_text() not in text
    assert open_from_travel(text, PASSPHRASE).fingerprint == key.fingerprint
    content = json.loads(text)
    content["sealed"] = content["sealed"][:-8] + "AAAAAA=="
    for wrong in (json.dumps(content), "{}", "not json", json.dumps({**content, "salt": 7})):
        with pytest.raises(InvalidInput):
            open_from_travel(wrong, PASSPHRASE)
    with pytest.raises(InvalidInput, match="too short"):
        seal_for_travel(path, "short")


def test_another_key_in_place_is_only_set_aside_when_told(tmp_path: Path):
    path = tmp_path / "site.key"
    first = SiteKey.make(path)
    other = SiteKey(site_keys.Fernet.generate_key())
    with pytest.raises(InvalidInput, match="--replace"):
        put_in_place(other, path, NOW, replace=False)
    assert put_in_place(first, path, NOW, replace=False) is None
    aside = put_in_place(other, path, NOW, replace=True)
    assert aside is not None
    assert SiteKey.load(aside).fingerprint == first.fingerprint
    assert SiteKey.load(path).fingerprint == other.fingerprint


def test_a_second_desk_gets_the_key_by_command(tmp_path: Path):
    here, there, file = tmp_path / "here", tmp_path / "there", tmp_path / "key.sealed"
    SiteKey.make(here / "site.key")
    environment = {**os.environ, "TRAVEL": PASSPHRASE}

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "controlroom.cli", "site-key", *words]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=60
        )

    assert run("export", str(file), "--data", str(here), "--passphrase-env", "TRAVEL").returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert run("import", str(file), "--data", str(there), "--passphrase-env", "TRAVEL").returncode == 0
    shown = [run("show", "--data", str(each)).stdout for each in (here, there)]
    assert shown[0] == shown[1] != ""


def test_the_first_key_of_a_room_on_a_server_is_made_for_its_administrator_alone(tmp_path: Path):
    room = make_room(tmp_path)
    path = room.folder / "another.key"
    keys = SiteKeyService(room.database, for_room(path, None), path)
    assert "none yet" in str(keys.trouble)
    with pytest.raises(PermissionRefused):
        keys.provide(room.operator)
    assert not path.exists()
    assert keys.provide(room.administrator)
    assert keys.trouble is None
    assert not keys.provide(room.administrator)


def test_no_key_is_made_where_another_has_sealed_passwords(room: Room):
    path = room.folder / "another.key"
    keys = SiteKeyService(room.database, for_room(path, None), path)
    assert not keys.provide(room.administrator)
    assert not path.exists()
