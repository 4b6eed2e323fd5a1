"""Files that somebody else wrote something odd into: each is named or counts as not there, and the rest goes on."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from controlroom import settings
from controlroom.app.first_start import DRAFT, Draft, FirstStart
from controlroom.audit.signed_heads import SigningKey
from controlroom.audit.signing import AuditFiles, sign_head
from controlroom.care import manifests
from controlroom.care.backup import make_backup
from controlroom.care.records import MANIFEST
from controlroom.cli import main
from controlroom.configuration.personal import PersonalSettings
from controlroom.database.engine import ADDRESS_FILE, open_engine, room_url
from controlroom.database.workstation import secret_file
from controlroom.deployments import policy
from controlroom.errors import InvalidInput, Unavailable
from controlroom.log import vocabulary
from controlroom.processes import run_folder
from controlroom.recording.leases import LeaseBook
from controlroom.resources import resource
from controlroom.sealed_file import SealedFile
from controlroom.settings import Settings
from controlroom.site_key import SiteKey, open_from_travel, read_sealed
from controlroom.small_files import read_json, read_text
from controlroom.ui.window_state import WindowState
from tests.builders import Room, make_room
from tests.care.test_restore import carer_url

DEEP = b"[" * 200_000
ODD: dict[str, bytes] = {
    "empty": b"",
    "deep": DEEP,
    "deep tables": b'{"a":' * 100_000,
    "deep in a table": b"a = " + DEEP,
    "a list": b"[]",
    "a number": b"7",
    "a huge number": b"9" * 5000,
    "a number without end": b'{"a": 1e999}',
    "half a character": b'{"a": "\\ud800"}',
    "no text": b"\xff\xfe\x00\x00",
    "nul": b'{"a\x00": 1}',
    "another table": b'{"pid": [], "host": 1, "children": 1, "number": {}}',
}
Reader = Callable[[Path], Any]


def sealed(path: Path) -> Any:
    return SealedFile(path, SiteKey.make(path.with_suffix(".key"))).read()


def personal(path: Path) -> Any:
    path.rename(path.with_name("7.json"))
    return PersonalSettings(path.parent).of(7)


def first_start(path: Path) -> Any:
    path.rename(path.with_name(DRAFT))
    return FirstStart(path.parent, None, ExitStack()).draft


def window(path: Path) -> Any:
    return WindowState(path).get("a")


SAVE_WORK: dict[str, tuple[Reader, Any]] = {
    "leases": (lambda path: LeaseBook(path, lambda: 0.0).current(), []),
    "ledgers": (lambda path: (run_folder.running(path.parent), run_folder.sweep(path.parent)), ([], [])),
    "own settings": (personal, {}),
    "answers of the first start": (first_start, Draft()),
    "sealed file": (sealed, None),
    "window": (window, None),
}


def each_odd_file(folder: Path) -> Iterator[tuple[str, Path]]:
    """A folder with a file of each kind: what is odd, and the file."""
    for number, (name, content) in enumerate(ODD.items()):
        path = folder / str(number) / "file.json"
        path.parent.mkdir()
        path.write_bytes(content)
        yield name, path


@pytest.mark.parametrize("name", SAVE_WORK)
def test_a_file_that_only_saves_work_counts_as_not_there(tmp_path: Path, name: str):
    reader, nothing = SAVE_WORK[name]
    for said, path in each_odd_file(tmp_path):
        assert reader(path) == nothing, said


def in_list(name: str, read: Callable[[Path], Any]) -> Reader:
    """Reads the folder of lists with this one exchanged."""

    def reader(path: Path) -> Any:
        for each in resource("lists").iterdir():
            shutil.copy(each, path.with_name(each.name))
        path.rename(path.with_name(name))
        return read(path.parent)

    return reader


def settings_file(path: Path) -> Any:
    path.rename(path.with_name("settings.toml"))
    return settings.load(path.parent, {})


def database_address(path: Path) -> Any:
    path.rename(path.with_name(ADDRESS_FILE))
    return open_engine(room_url(path.parent, None))


def secret(path: Path) -> Any:
    path.chmod(0o600)
    path.rename(secret_file(path.parent, "desk"))
    return room_url(path.parent, "postgresql://server.example/controlroom")


NEEDED: dict[str, Reader] = {
    "database's address": database_address,
    "desk's secret": secret,
    "site key": SiteKey.load,
    "carried site key": lambda path: open_from_travel(read_sealed(path), "a passphrase"),
    "signing key": SigningKey.load,
    "settings": settings_file,
    "categories of the log": in_list("log_categories.toml", vocabulary.load),
    "parts of a score": in_list(policy.SCORE, lambda folder: policy.load_policy(folder=folder)),
}


MAY_BE = {
    ("settings", "empty"),  # they set nothing
    *(
        ("desk's secret", said)
        for said, content in ODD.items()
        if content and content.isascii() and len(content) < 100
    ),
} - {("desk's secret", "nul")}


@pytest.mark.parametrize("name", NEEDED)
def test_a_file_that_is_needed_is_named(tmp_path: Path, name: str):
    for said, path in each_odd_file(tmp_path):
        if (name, said) not in MAY_BE:
            with pytest.raises((Unavailable, InvalidInput)):
                NEEDED[name](path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes among files")
@pytest.mark.parametrize("name", ["database's address", "desk's secret"])
def test_a_pipe_in_the_place_of_what_leads_to_the_database_is_named(tmp_path: Path, name: str):
    os.mkfifo(pipe := tmp_path / "file.json")
    with pytest.raises(Unavailable):
        NEEDED[name](pipe)


def test_no_more_is_read_of_a_file_than_it_may_be_and_nothing_of_a_pipe(tmp_path: Path):
    with (large := tmp_path / "large").open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(ValueError, match="larger than"):
        read_text(large)
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe := tmp_path / "pipe")
        with pytest.raises(ValueError, match="it is no file"):
            read_json(pipe, object)


# -- the commands, with a backup's manifest and a line of the file of heads ------------------------------------------


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = make_room(tmp_path / "room")
    room.folder.mkdir(exist_ok=True)
    room.add_camera()
    files = AuditFiles.of(room.folder, Settings())
    sign_head(room.database, files)
    make_backup(room.database, room.folder, room.folder / "backups", files)
    return room


def run(room: Room, *words: str) -> int:
    return main([*words, "--data", str(room.folder), "--database", carer_url(room.folder)])


def with_times(fields: dict[str, Any], moment: str) -> dict[str, bytes]:
    """The record as it is, with a moment or a number that nobody can reckon with."""
    odd_moments = ("2030-01-01T00:00:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", 7, None)
    return {f"moment {each}": json.dumps({**fields, moment: each}).encode() for each in odd_moments}


def test_a_manifest_somebody_wrote_into_the_folder_stops_no_command_and_is_named(
    room: Room, capsys: pytest.CaptureFixture[str]
):
    (backup,) = manifests.backups(room.folder / "backups")
    written = json.loads((backup.folder / MANIFEST).read_text())
    contents = {
        **ODD,
        **with_times(written, "made_at"),
        "rows": json.dumps({**written, "rows": [1]}).encode(),
    }
    for number, content in enumerate(contents.values()):
        (folder := room.folder / "backups" / f"odd-{number}").mkdir()
        (folder / MANIFEST).write_bytes(content)
    assert run(room, "db", "backups") == 0
    said = capsys.readouterr().out
    assert said.count("CANNOT BE READ") == len(contents)
    assert all(f"odd-{number} is no finished backup" in said for number in range(len(contents)))
    assert run(room, "db", "backup") == 0
    room.database.close()
    assert run(room, "db", "restore", "newest", "--replace") == 0
    assert run(room, "db", "restore", str(room.folder / "backups" / "odd-1"), "--replace") == 1
    assert "is no finished backup" in capsys.readouterr().err


def test_a_line_somebody_wrote_into_the_file_of_heads_stops_no_command_and_is_named(
    room: Room, capsys: pytest.CaptureFixture[str]
):
    heads = AuditFiles.of(room.folder, Settings()).heads.path
    good = heads.read_bytes()
    first = json.loads(good.splitlines()[0])
    lines = {name: line for name, line in ODD.items() if line} | with_times(first, "signed_at")
    lines |= {"long": b"x" * 300_000, "number": json.dumps({**first, "number": 2**70}).encode()}
    heads.write_bytes(good + b"\n".join(lines.values()) + b"\n")
    assert run(room, "audit", "verify") == 0
    assert f"{len(lines)} lines of {heads} cannot be read" in capsys.readouterr().out
    room.add_camera("015")
    assert run(room, "audit", "sign") == 0
    assert run(room, "audit", "verify") == 0
    assert "heads that the database remembers are missing" not in capsys.readouterr().out
