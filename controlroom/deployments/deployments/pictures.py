"""Keeps test pictures in the store of pictures, and checks that they are pictures and still the ones recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.deployments.deployments.tables import CheckRow
from controlroom.errors import InvalidInput, NotFound
from controlroom.log.records import Snapshot
from controlroom.log.snapshots import SNAPSHOTS, SnapshotStore

BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")  # JPEG, PNG
LARGEST = 20_000_000  # bytes
REMEDY = "Take it from the camera, or choose a JPEG or PNG file."


@contextmanager
def kept_picture(store: SnapshotStore, picture: Path, at: datetime) -> Iterator[Snapshot]:
    """Copy a picture into the store for the check recorded inside the block; it is removed again when that fails."""
    check_picture(picture)
    if store.holds(picture):
        raise InvalidInput("That picture belongs to a record already.", remedy=REMEDY)
    snapshot = store.keep(picture, at, "test")
    try:
        yield snapshot
    except BaseException:
        store.discard(snapshot)
        raise


def check_picture(picture: Path) -> None:
    """Raise InvalidInput unless the file is there and is a picture."""
    try:
        size = picture.stat().st_size
        with picture.open("rb") as file:
            first = file.read(8)
    except OSError as error:
        raise InvalidInput(
            f"{picture.name} cannot be read: {error.strerror or error}.", remedy=REMEDY
        ) from error
    if not first.startswith(BEGINNINGS):
        raise InvalidInput(f"{picture.name} is not a picture.", remedy=REMEDY)
    if size > LARGEST:
        raise InvalidInput(f"{picture.name} is larger than {LARGEST // 1_000_000} MB.", remedy=REMEDY)


def check_kept(session: Session, folder: Path) -> tuple[list[str], str]:
    """Look whether every test picture in the data folder is there and unchanged."""
    store, faults, count = SnapshotStore(folder / SNAPSHOTS), [], 0
    query = select(CheckRow.picture_path, CheckRow.picture_sha256).where(CheckRow.picture_path != "")
    for path, digest in session.execute(query):
        count += 1
        try:
            if not store.is_unchanged(Snapshot(path, digest)):
                faults.append(f"the test picture {path} was changed")
        except NotFound:
            faults.append(f"the test picture {path} is missing")
    return faults, f"{count:,} as they were taken"
