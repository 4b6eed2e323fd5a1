"""Keeps test pictures in the store of pictures, and checks that they are pictures and still the ones recorded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.deployments.deployments.tables import CheckRow
from controlroom.errors import InvalidInput, NotFound, Unavailable
from controlroom.log.records import Snapshot
from controlroom.log.snapshots import SNAPSHOTS, SnapshotStore

Decodes = Callable[[Path], None]
"""Raises InvalidInput unless a file can be decoded as a picture."""
BEGINNINGS = {b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png"}  # → the suffix under which it is kept
LARGEST = 20_000_000  # bytes
REMEDY = "Take it from the camera, or choose a JPEG or PNG file."


def no_decoder(picture: Path) -> None:
    """Refuse every picture: for processes that have no decoder and record none."""
    raise Unavailable(f"{picture.name} cannot be decoded in this process.", remedy="Record it at a desk.")


@contextmanager
def kept_picture(
    store: SnapshotStore, picture: Path, at: datetime, check_decodes: Decodes
) -> Iterator[Snapshot]:
    """Copy a picture into the store for the check recorded inside the block; it is removed again when that fails.

    The copy is decoded, since the file it was made from may change at any time.
    """
    suffix = check_picture(picture)
    snapshot = store.keep(picture, at, "test", suffix)
    try:
        check_decodes(store.path_of(snapshot))
        yield snapshot
    except BaseException:
        store.discard(snapshot)
        raise


def check_picture(picture: Path) -> str:
    """The suffix for what it begins as; raises InvalidInput unless the file is there and begins as a picture."""
    try:
        size = picture.stat().st_size
        with picture.open("rb") as file:
            first = file.read(8)
    except OSError as error:
        raise InvalidInput(
            f"{picture.name} cannot be read: {error.strerror or error}.", remedy=REMEDY
        ) from error
    suffix = next((suffix for begins, suffix in BEGINNINGS.items() if first.startswith(begins)), "")
    if not suffix:
        raise InvalidInput(f"{picture.name} is not a picture.", remedy=REMEDY)
    if size > LARGEST:
        raise InvalidInput(f"{picture.name} is larger than {LARGEST // 1_000_000} MB.", remedy=REMEDY)
    return suffix


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
